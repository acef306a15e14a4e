"""Registers: other people's entries, states that one may not reach, definitions, files."""

import io
import json
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from keepsight.apps.registers.actions import defining
from keepsight.apps.registers.models import (
    Attachment,
    Bulk,
    BulkItem,
    Comment,
    Entry,
    Link,
    Message,
    Notice,
    Register,
    SavedView,
    Version,
)
from tests.access.attacks.table import DENIED, Attacker, attempt, refused
from tests.access.emergency import easement
from tests.access.world import SUBJECTS

USES, ABSENCES = "/registers/fellshire/easement_use/", "/registers/fellshire/absence/"
OUT_OF_REACH = ("restricted", "before_adoption", "own_record", "other_authority")


def entry_of(a: Attacker, key: str) -> Entry:
    return Entry.objects.get(ref=a.world.subjects[key].ids["entry"])


def page(a: Attacker, name: str, end: str = "") -> str:
    """The page of an entry: of a child's class, or of one of the others of the world."""
    subject = a.world.subjects.get(name)
    return f"/registers/entries/{subject.ids['entry'] if subject else a.world.ids[f'entry_{name}']}/{end}"


def as_typed(values: dict[str, Any]) -> dict[str, str]:
    """Values as the form sends them: a day in three parts."""
    typed: dict[str, str] = {}
    for name, value in values.items():
        if name.endswith("_on"):
            typed |= dict(zip((f"{name}_year", f"{name}_month", f"{name}_day"), value.split("-"), strict=True))
        else:
            typed[name] = value
    return typed


def _said(response: Any) -> str:
    """The page's own words, without what differs by chance."""
    import re

    return re.sub(r"nonce=\S+|value=\"[^\"]*\"|after=[^\"&]*", "", response.content.decode())


@attempt("REG-01", "Comment on an entry about another team's child", "Refused, nothing is kept", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    for key in ("standard", *OUT_OF_REACH):
        refused(a.post(page(a, key, "comment/"), {"text": "I was here"}))
    assert not Comment.objects.filter(text="I was here").exists()


@attempt("REG-02", "Another entry's file, comment and link through an entry of one's own", "Not found", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager/other team")
    ids = a.world.subjects["standard"].ids
    assert a.get(page(a, "other_team")).status_code == 200
    refused(a.get(page(a, "other_team", f"files/{ids['file']}/")))
    refused(a.post(page(a, "other_team", f"files/{ids['file']}/away/"), {"why": "Not wanted"}))
    refused(a.post(page(a, "other_team", f"comment/{ids['comment']}/take-back/")))
    refused(a.post(page(a, "other_team", f"link/{ids['link']}/away/")))
    assert Attachment.objects.get(ref=ids["file"]).taken_away_at is None
    assert Comment.objects.get(pk=ids["comment"]).taken_back_at is None
    assert Link.objects.filter(pk=ids["link"]).exists()


@attempt("REG-03", "Take back what somebody else said", "Refused", DENIED)
def _(a: Attacker) -> None:
    said = a.world.subjects["standard"].ids["comment"]
    refused(a.as_("team_manager").post(page(a, "standard", f"comment/{said}/take-back/")))
    assert Comment.objects.get(pk=said).text


@attempt("REG-04", "Put others' entries among those that one changes together", "Only one's own are taken", "")
def _(a: Attacker) -> None:
    a.as_("team_manager/other team")
    refs = [str(a.world.subjects[key].ids["entry"]) for key in ("other_team", "standard", *OUT_OF_REACH)]
    made = a.post(f"{USES}bulk/", {"entry": refs, "kind": "move", "to": "withdrawn", "why": "Not needed", "asked": "1"})
    assert made.status_code == 302, made.status_code
    items = BulkItem.objects.filter(bulk=Bulk.objects.latest("pk")).values_list("entry__ref", flat=True)
    assert [str(ref) for ref in items] == refs[:1]
    a.post(made.headers["Location"])
    assert entry_of(a, "other_team").state == "withdrawn"
    assert entry_of(a, "standard").state == "asked"


@attempt("REG-05", "See and carry out a change of many that somebody else prepared", "Not found", DENIED)
def _(a: Attacker) -> None:
    many = a.world.ids["bulk"]
    for person in ("team_manager", "leader/named", "leader/other authority"):
        refused(a.as_(person).get(f"/registers/several/{many}/"))
        refused(a.post(f"/registers/several/{many}/"))
    assert Bulk.objects.get(ref=many).state == Bulk.State.SHOWN


@attempt("REG-06", "Open, begin with or take away somebody else's saved list", "It is not used, and stays", "")
def _(a: Attacker) -> None:
    view = SavedView.objects.get(pk=a.world.ids["view"])
    SavedView.objects.filter(pk=view.pk).update(name="Leadersownlist", query={"pairs": [["state", "withdrawn"]]})
    a.as_("team_manager")
    assert "Leadersownlist" not in a.get(f"{USES}?view={view.pk}").seen
    a.post(f"{USES}saved/{view.pk}/begin/")
    a.post(f"{USES}saved/{view.pk}/away/")
    assert not SavedView.objects.get(pk=view.pk).is_default


@attempt("REG-07", "Read, map, add and take away the rows of somebody else's file", "Not found", DENIED)
def _(a: Attacker) -> None:
    here = f"/registers/imports/{a.world.ids['import']}/"
    for person in ("team_manager", "leader/named", "leader/other authority"):
        a.as_(person)
        for response in (
            a.get(f"{here}rows/"), a.get(f"{here}columns/"), a.post(f"{here}columns/", {"column_0": "short"}),
            a.post(f"{here}rows/add/"), a.get(f"{here}rows/to-mend.csv"),
        ):  # fmt: skip
            refused(response)
            assert "Rowfromafile" not in response.seen


@attempt("REG-08", "Open and mark somebody else's notice", "Not found, and unread as before", DENIED)
def _(a: Attacker) -> None:
    mine = a.world.subjects["standard"].ids["notice"]
    refused(a.as_("own_worker").post(f"/registers/notices/{mine}/open/"))
    a.post("/registers/notices/all/read/", {"notice": mine})
    a.post("/registers/notices/all/read/")
    assert Notice.objects.get(pk=mine).read_at is None


MASS = {
    "owner": "1", "owner_id": "1", "state": "authorised", "exercise": "1", "exercise_id": "1", "event": "1",
    "event_id": "1", "child": "1", "child_id": "1", "team": "1", "register": "1", "number": "999", "added_by": "1",
    "ref": "00000000-0000-4000-8000-000000000000", "title": "Mine now", "is_open": "", "k1": "x", "revision_": "1",
    "given-owner": "1", "about-subject": "CN-Brixhald",
}  # fmt: skip
KEPT = ("owner_id", "state", "exercise_id", "event_id", "child_id", "register_id", "number", "added_by_id", "ref")


@attempt("REG-09", "Change with an entry its owner, state, event, exercise, child and number", "They stay", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    before = Entry.objects.filter(pk=entry_of(a, "standard").pk).values(*KEPT).get()
    sent = as_typed({**easement(SUBJECTS["standard"]), "legal_source": "SI 2020/909"})
    came = a.post(page(a, "standard", "change/"), {**MASS, **sent, "revision": "1"})
    assert came.status_code == 302, "the change itself is allowed, or this proves nothing"
    assert entry_of(a, "standard").values["legal_source"] == "SI 2020/909"
    assert Entry.objects.filter(pk=entry_of(a, "standard").pk).values(*KEPT).get() == before


@attempt("REG-10", "Add an entry as agreed already, in an exercise, given to somebody", "It begins where all do", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    own = {**MASS, **as_typed(easement(SUBJECTS["standard"])), "about-subject": f"CN-{SUBJECTS['standard']}"}
    assert a.post(f"{USES}add/", own).status_code == 302
    made = Entry.objects.latest("pk")
    assert (made.state, made.exercise_id, made.owner_id) == ("asked", None, None)
    assert (made.child, made.added_by) == (a.child("standard"), a.user)


@attempt("REG-11", "Add an entry about a child out of reach", "As if there were no such child", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    count, said = Entry.objects.count(), set()
    for number in (*(f"CN-{SUBJECTS[key]}" for key in ("standard", *OUT_OF_REACH)), "CN-Nobodyatall"):
        came = a.post(f"{USES}add/", {**as_typed(easement("Some")), "about-subject": number})
        assert came.status_code == 422
        said.add(_said(came))
    assert len(said) == 1
    assert Entry.objects.count() == count


@attempt("REG-12", "Link an entry to a child, family or entry out of reach", "As if there were none", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    own, said = entry_of(a, "other_team"), set()
    for kind, values in (
        ("child", [*(f"CN-{SUBJECTS[key]}" for key in ("standard", *OUT_OF_REACH)), "CN-Nobodyatall"]),
        ("entry", ["EAU-1", "ABS-1", "EAU-99999"]),
    ):
        for value in values:
            came = a.post(page(a, "other_team", "link/"), {"kind": kind, kind: value})
            came.seen = came.seen.replace(value, "")  # what was typed stands in the box again
            assert came.status_code == 422
            assert not a.told(came, "standard", *OUT_OF_REACH)
            said.add((kind, "is called that" in came.seen))
    assert said == {("child", True), ("entry", True)}
    assert own.links.count() == 2  # to its child, and to the meeting that took it up


def _ready(a: Attacker, by: str) -> Entry:
    """A use of an easement that this person asked for, with all that its agreement needs."""
    held = entry_of(a, "standard")
    held.values |= {"authorised_on": "2020-06-03", "authoriser_post": "team"}
    held.added_by = held.changed_by = a.world.people[by]
    held.save()
    return held


@attempt(
    "REG-13",
    "Agree what one has asked for oneself, by the form, the board and many at once",
    "A second person does",
    "",
)
def _(a: Attacker) -> None:
    held = _ready(a, "team_manager")
    a.as_("team_manager")
    sent = {"to": "authorised", "revision": held.revision, "sent": "1", "ref": str(held.ref), "why": "Because"}
    assert a.post(page(a, "standard", "move/"), sent).status_code in (403, 409, 422)
    assert a.post(f"{USES}board/", sent).status_code in (403, 409, 422)
    made = a.post(
        f"{USES}bulk/", {"entry": [str(held.ref)], "kind": "move", "to": "authorised", "why": "", "asked": "1"}
    )
    if made.status_code == 302:
        a.post(made.headers["Location"])
    assert entry_of(a, "standard").state == "asked"
    assert a.as_("leader").post(page(a, "standard", "move/"), sent).status_code == 302  # else this proves nothing
    assert entry_of(a, "standard").state == "authorised"


@attempt("REG-14", "Agree as somebody whose role does not", "Refused", "")
def _(a: Attacker) -> None:
    held = _ready(a, "team_manager")
    sent = {"to": "authorised", "revision": held.revision, "sent": "1"}
    a.as_("own_worker").post(page(a, "standard", "move/"), sent)
    assert entry_of(a, "standard").state == "asked"


@attempt("REG-15", "Move to a state that does not follow, or that no register has", "Refused", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    for to in ("ended", "extended", "nonsense", "", "asked"):
        a.post(page(a, "standard", "move/"), {"to": to, "sent": "1", "why": "Because", "revision": "1"})
        a.post(f"{USES}board/", {"to": to, "ref": str(entry_of(a, "standard").ref), "revision": "1", "why": "Because"})
    assert entry_of(a, "standard").state == "asked"


CURIOUS = ("leader", "emergency_lead", "cell_member", "analyst", "practitioner", "quality_assurance", "commissioner")


@attempt(
    "REG-16", "Read a confidential register: home, list, board, figures, search, file, entry", "Only one's own", DENIED
)
def _(a: Attacker) -> None:
    for person in CURIOUS:
        a.as_(person)
        a.post(f"{ABSENCES}search/", {"words": "Secretillnes"})
        for end in ("", "?show=all", "?words=1", "board/", "summary/", "csv/", "xlsx/", "saved/"):
            came = a.get(f"{ABSENCES}{end}")
            assert "Secretillness" not in came.seen, (person, end)
            assert page(a, "absence") not in came.seen, (person, end)
        assert "Secretillness" not in a.get("/registers/").seen
        for response in (
            a.get(page(a, "absence")), a.get(page(a, "absence", "change/")), a.get(f"{ABSENCES}add/"),
            a.get(page(a, "absence", f"files/{a.world.ids['absence_file']}/")), a.get(f"{ABSENCES}import/"),
            a.post(page(a, "absence", "comment/"), {"text": "Get well"}), a.get(f"{ABSENCES}csv/"),
        ):  # fmt: skip
            refused(response)
            assert "Secretillness" not in response.seen


@attempt("REG-17", "Read of one's own absence what managers noted for each other", "Not shown, not filtered by", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    own = a.get(page(a, "absence"))
    assert "Secretillness isolates" in own.seen  # one's own entry is there to read
    for url in (page(a, "absence"), f"{ABSENCES}?col=note&col=isolation_why", f"{ABSENCES}?sort=note", ABSENCES):
        came = a.get(url)
        assert "has a cough" not in came.seen
        assert "Positive test" not in came.seen


@attempt("REG-18", "An entry of an exercise from outside: by its address, list, search and file", "Not there", DENIED)
def _(a: Attacker) -> None:
    a.as_("leader")
    refused(a.get(page(a, "inside")))
    refused(a.post(page(a, "inside", "move/"), {"to": "doing"}))
    actions = "/registers/fellshire/action/"
    a.post(f"{actions}search/", {"words": "Stormexercise"})
    for end in ("?show=all", "?show=all&words=1", "board/", "csv/?show=all"):
        answer = a.get(f"{actions}{end}")
        assert answer.status_code == 200
        assert "Stormexercise only" not in answer.seen


@attempt("REG-19", "A live entry, a child's entry and a live list from inside an exercise", "Not there", DENIED)
def _(a: Attacker) -> None:
    a.as_("leader")
    assert a.post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/").status_code == 302
    for name in ("action", "standard", "return"):
        refused(a.get(page(a, name)))
        refused(a.post(page(a, name, "comment/"), {"text": "From inside"}))
    came = a.get(f"{USES}?show=all")
    assert not a.told(came, *a.world.subjects)
    assert "Ring the homes" not in a.get("/registers/fellshire/action/?show=all").seen
    assert not Comment.objects.filter(text="From inside").exists()


@attempt("REG-20", "Change live definitions, mail and messages from inside an exercise", "Refused, nothing changes", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    a.post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/")
    pk = a.world.ids["register_action"]
    here, versions = f"/registers/definitions/register/{pk}/", Version.objects.filter(register=pk).count()
    for url, sent in (
        (f"{here}draft/throw-away/", {"seen": _seen(pk)}),
        (f"{here}switch/", {"on": "no"}), (f"{here}draft/fields/new/", {"label": "New", "kind": "text"}),
        (f"/registers/definitions/register/{a.world.ids['register_issue']}/draft/start/", {}),
        ("/registers/messages/unsent/again/", {}),
    ):  # fmt: skip
        assert a.post(url, sent).status_code in (403, 404, 409), url
    assert Version.objects.filter(register=pk).count() == versions
    assert Register.objects.get(pk=pk).is_on
    assert not Version.objects.filter(register=a.world.ids["register_issue"], is_draft=True).exists()
    assert Message.objects.get(pk=a.world.ids["message"]).state == Message.State.GIVEN_UP


def _seen(register: int) -> str:
    """The fingerprint of a register's draft, as its page carries it."""
    return defining.digest(Version.objects.get(register=register, is_draft=True).definition)


@attempt(
    "REG-21",
    "Learn from counts, tiles and the board that a restricted child has an entry",
    "Pages are as without it",
    "",
)
def _(a: Attacker) -> None:
    a.as_("leader")
    pages = [f"{USES}{end}" for end in ("", "board/", "summary/", "?due=overdue", "?state=asked")] + ["/registers/"]
    before = [_said(a.get(url)) for url in pages]
    Entry.objects.filter(child__in=[a.child("restricted").pk, a.child("own_record").pk]).delete()
    after = [_said(a.get(url)) for url in pages]
    assert before == after


@attempt("REG-22", "Find by search an entry about a child out of reach", "As if nobody had one", "searched")
def _(a: Attacker) -> None:
    a.as_("leader")
    said = set()
    number = f"EAU-{entry_of(a, 'restricted').number}"
    for words in ("Brixhalden", "Brixhald", number, "Nobodyatall"):
        a.post(f"{USES}search/", {"words": words})
        came = a.get(f"{USES}?words=1&show=all")
        came.seen = came.seen.replace(words, "")  # what was typed stands in the box again
        assert not a.told(came, *OUT_OF_REACH)
        said.add(came.seen.count("<tr"))
    assert len(said) == 1


@attempt(
    "REG-23",
    "Forge the place in a list, sort and filter by what no list offers",
    "The list as it begins, or nothing",
    "",
)
def _(a: Attacker) -> None:
    a.as_("leader")
    for query in (
        "after=x", "after=%00", "after=eyJ4IjoxfQ==", "before=../..", "sort=child__surname", "sort=values",
        "f_short=x", "f_reason_words=Brixhald", "f_easement=%00", "owner=-1", f"owner={2**62}", "team=x",
        "state=asked'--", "sort=-words",
        "col=child", "col=values&col=words", "due=never", "rag=%F0", "view=0", f"view={2**70}", "words=1",
        f"owner={a.world.ids['far_person']}", f"team={a.world.ids['far_team']}", "exercise=1", "register=2",
    ):  # fmt: skip
        came = a.get(f"{USES}?{query}")
        assert came.status_code in (200, 404), query
        assert not a.told(came, *OUT_OF_REACH), query


@attempt("REG-24", "Give an entry to somebody of another authority, or who may not read it", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    for person in ("leader/other authority", "provider", "no_role", "stranger"):
        who = a.world.people[person]
        sent = {"owner": who.pk if who else 10**9, "revision": "1"}
        assert a.post(page(a, "standard", "assign/"), sent).status_code == 422, person
    assert entry_of(a, "standard").owner_id is None


@attempt("REG-25", "Tell somebody of an entry that they may not read", "They are told nothing", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    outside = a.world.people["practitioner/other team"]
    count = Notice.objects.filter(user=outside).count()
    a.post(page(a, "restricted", "comment/"), {"text": "See this", "tell": outside.pk})
    a.post(page(a, "restricted", "comment/"), {"text": f"See this @{outside.name}", "tell": ""})
    assert Notice.objects.filter(user=outside).count() == count


@attempt("REG-26", "Carry a child's name out in a notice or a message", "Neither holds a word of an entry", "")
def _(a: Attacker) -> None:
    from django.test import override_settings

    from keepsight.apps.registers.actions import messages

    a.as_("own_worker")
    words = " ".join(f"{SUBJECTS['standard']}{end}" for end in ("fo", "su", "ad"))
    with override_settings(SITE_ADDRESS="https://keepsight.example"):
        told = a.world.people["team_manager"]
        a.post(page(a, "standard", "comment/"), {"text": words, "tell": told.pk})
        own = {**as_typed(easement(SUBJECTS["standard"])), "about-subject": f"CN-{SUBJECTS['standard']}"}
        a.post(f"{USES}add/", own)
        assert messages.queue is not None
    assert Notice.objects.filter(user=told).exists()
    kept = [*Notice.objects.values_list("said", flat=True), *Message.objects.values_list("subject", flat=True)]
    kept += Message.objects.values_list("body", flat=True)
    assert [text for text in kept if SUBJECTS["standard"].lower() in text.lower()] == []


FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0")


@attempt(
    "REG-27", "A formula in every answer of an entry, taken away as CSV and as a workbook", "It stays text", "exported"
)
def _(a: Attacker) -> None:
    import re

    a.as_("leader")
    held = entry_of(a, "standard")
    for formula in FORMULAS:
        held.values |= dict.fromkeys(("short", "legal_source", "reason_words", "instead", "local_words"), formula)
        held.title = formula
        held.save()
        for line in a.get(f"{USES}csv/").seen.split("\n\n")[-1].splitlines():
            for cell in re.split(r"[,;]", line):
                assert not cell.strip('"').startswith(("=", "@", "+1", "-2", "\t", "\r")), cell
    assert "<f>" not in a.get(f"{USES}xlsx/").seen


def packed(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}
FILES = {
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "page.html": b"<html><script>",
    "page.txt": b"<!doctype html><script>alert(1)</script>", "letter.docm": packed(**WORD),
    "letter.docx": packed(**WORD, **{"word/vbaProject.bin": b"x"}), "run.exe": b"MZ" + b"\x00" * 60,
    "bomb.docx": packed(**WORD, **{"word/media.xml": b"0" * (40 << 20)}), "many.zip": packed(a=b"x"),
    "poly.pdf": b"<script>alert(1)</script>%PDF-1.7", "poly.png": b"<svg/>\x89PNG\r\n\x1a\n",
    "run.sh": b"#!/bin/sh\nrm",
    "none": b"", "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
}  # fmt: skip


@attempt("REG-28", "Attach a script, a page, a macro, a program, a bomb, and a file of two kinds", "None is kept", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    count = Attachment.objects.count()
    for name, content in FILES.items():
        came = a.post(page(a, "standard", "attach/"), {"file": SimpleUploadedFile(name, content)})
        assert came.status_code == 422, name
    assert Attachment.objects.count() == count


@attempt(
    "REG-29",
    "Climb out of the folder, or write a header, by the name of a file",
    "A plain name, kept under a random one",
    "attachment_added",
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for name in ("../../../secret-key.txt", "..\\..\\evil.txt", 'a"\r\nX-Evil: 1.txt', "a\u202etxt.exe.txt"):
        came = a.post(page(a, "standard", "attach/"), {"file": SimpleUploadedFile(name, b"words")})
        assert came.status_code in (302, 422)
        made = Attachment.objects.latest("pk")
        assert "/" not in made.name
        assert "\\" not in made.name
        assert ".." not in made.stored_as
        got = a.get(page(a, "standard", f"files/{made.ref}/"))
        assert "X-Evil" not in got.headers


@attempt("REG-30", "Have a file opened in the browser as a page of ours", "It can only be saved", "attachment_opened")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    came = a.get(page(a, "standard", f"files/{a.world.subjects['standard'].ids['file']}/"))
    assert came.status_code == 200
    assert came["Content-Disposition"].startswith("attachment")
    assert came["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in came["Content-Security-Policy"]


@attempt("REG-31", "Import a page, a bomb, a broken workbook, and a list with formulas", "Refused, or rows as text", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    count = Entry.objects.count()
    for name, content in (
        ("page.html", b"<script>"), ("list.xlsx", b"PK\x03\x04 broken"), ("../../list.csv.exe", b"MZ"),
        ("list.csv", b"\x00\xff\xfe" * 50), ("bomb.xlsx", packed(**{"xl/workbook.xml": b"0" * (40 << 20)})),
        ("formula.csv", b"In a few words,Reason\n=cmd|' /C calc'!A0,=1+1\n"),
    ):  # fmt: skip
        came = a.post(f"{USES}import/", {"file": SimpleUploadedFile(name, content)})
        assert came.status_code in (302, 422), name
    assert Entry.objects.count() == count


@attempt("REG-32", "Import a row about a child out of reach", "Handed back as one about nobody", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    numbers = [f"CN-{SUBJECTS[key]}" for key in ("standard", "restricted", "own_record")] + ["CN-Nobodyatall"]
    rows = "".join(f"{number},Video\n" for number in numbers)
    came = a.post(f"{USES}import/", {"file": SimpleUploadedFile("l.csv", f"Child,In a few words\n{rows}".encode())})
    assert came.status_code == 302
    shown = a.get(came.headers["Location"])
    assert shown.status_code == 200
    shown.seen = shown.seen.replace(numbers[0], "").replace(numbers[1], "").replace(numbers[2], "")
    assert not a.told(shown, "standard", "restricted", "own_record")


@attempt(
    "REG-33", "Save over what another has changed, by a number of one's own", "Both are shown, nothing is lost", ""
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    Entry.objects.filter(pk=entry_of(a, "standard").pk).update(revision=5)
    for revision in ("1", "4", "6", "-1", "x"):
        sent = as_typed({**easement(SUBJECTS["standard"]), "legal_source": "Overwritten"})
        came = a.post(page(a, "standard", "change/"), {**sent, "revision": revision})
        if revision in ("1", "4", "6"):
            assert came.status_code == 422, revision
            assert entry_of(a, "standard").values["legal_source"] == "SI 2020/445"


@attempt("REG-34", "Edit a register without the right to", "Not found", DENIED)
def _(a: Attacker) -> None:
    pk = a.world.ids["register_action"]
    here = f"/registers/definitions/register/{pk}/"
    for person in ("practitioner", "cell_member", "team_manager", "leader/other authority", "quality_assurance"):
        a.as_(person)
        for end in ("", "pack/", "draft/", "draft/look/", "draft/text/", "draft/whole/access/"):
            refused(a.get(f"{here}{end}"))
        for end in ("draft/start/", "draft/publish/", "draft/throw-away/", "switch/", "draft/text/", "draft/file/"):
            refused(a.post(f"{here}{end}", {"text": "name = 'Mine'", "note": "Because", "on": "no"}))
    assert Version.objects.filter(register=pk).count() == 2


def _wider(a: Attacker, change: tuple[str, str]) -> Register:
    register = Register.objects.get(pk=a.world.ids["register_action"])
    held = Version.objects.get(register=register, is_draft=True)
    assert change[0] in held.definition
    here = f"/registers/definitions/register/{register.pk}/draft/"
    sent = {"text": held.definition.replace(*change, 1), "seen": defining.digest(held.definition)}
    assert a.post(f"{here}text/", sent).status_code == 302
    now = Version.objects.get(register=register, is_draft=True)
    a.post(f"{here}publish/", {"note": "More should see it", "seen": defining.digest(now.definition)})
    return register


@attempt("REG-35", "Let more people read a register by an edit of one's own", "A second person publishes that", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    register = _wider(a, ("read = [", 'read = ["analyst",'))
    assert Version.objects.get(pk=Register.objects.get(pk=register.pk).current_id).number == 1


@attempt("REG-36", "Let more people take a register away by an edit of one's own", "A second person publishes that", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    register = _wider(a, ("export = [", 'export = ["cell_member",'))
    assert Version.objects.get(pk=Register.objects.get(pk=register.pk).current_id).number == 1


@attempt(
    "REG-37",
    "Send as a register a bomb, a path, a page and a definition that runs something",
    "Refused in a sentence",
    "",
)
def _(a: Attacker) -> None:
    a.as_("leader")
    here = f"/registers/definitions/register/{a.world.ids['register_action']}/draft/file/"
    seen = defining.digest(Version.objects.get(register=a.world.ids["register_action"], is_draft=True).definition)
    for name, content in (
        ("a.toml", b"name = [[[["), ("a.toml", b"formula = \"__import__('os').system('id')\""), ("a.html", b"<script>"),
        ("a.zip", packed(**{"../../evil.toml": b"x = 1"})), ("a.toml", b"\xff\xfe\x00"), ("a.toml", b"a" * 300_000),
        ("a.zip", packed(**{"registers/action.toml": b"#" * (40 << 20)})),
    ):  # fmt: skip
        came = a.post(here, {"file": SimpleUploadedFile(name, content), "seen": seen})
        assert came.status_code == 422, name


@attempt("REG-38", "Read an entry about a child whose record was restricted since", "Not there any more", DENIED)
def _(a: Attacker) -> None:
    from keepsight.apps.people.models import Child

    a.as_("leader")
    assert a.get(page(a, "health")).status_code == 200
    Child.objects.filter(pk=a.child("health").pk).update(record_class="restricted")
    a.answers.clear()
    refused(a.get(page(a, "health")))
    refused(a.get(page(a, "health", f"files/{a.world.subjects['health'].ids['file']}/")))
    assert not a.told(a.get(f"{USES}?show=all"), "health")


@attempt("REG-39", "Read a confidential place out of an entry's free text, list, board and file", "Left out", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    columns = "?show=all&col=number&col=subject&col=short&col=instead&col=local_words"
    for key in ("safe_contact", "sibling_of_safe"):
        for url in (page(a, key), page(a, key, "change/"), f"{USES}{columns}", f"{USES}csv/{columns}", f"{USES}board/"):
            assert "a" not in a.told(a.get(url), key).get(key, ""), url


@attempt("REG-40", "Null bytes, forty thousand letters and broken JSON in the forms of an entry", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for words in ("\x00", "a\x00b", "x" * 40_000, "\u202e", "'; DROP TABLE registers_entry; --", "\\"):
        sent = as_typed({**easement("Some"), "short": words, "legal_source": words, "reason_words": words})
        assert a.post(page(a, "standard", "change/"), {**sent, "revision": "1"}).status_code in (302, 422)
        assert a.post(page(a, "standard", "comment/"), {"text": words}).status_code in (302, 422)
        assert a.post(f"{USES}search/", {"words": words}).status_code in (302, 422)
        assert a.get(f"{USES}?words=1").status_code == 200
    assert (
        a.post(page(a, "standard", "change/"), json.dumps({"a": 1}), content_type="application/json").status_code == 422
    )
