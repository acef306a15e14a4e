"""Editing a register in the browser: a draft, a look at it, publishing, and what entries of yesterday keep."""

import html
import io
import tomllib
import zipfile

import pytest
import tomli_w
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Told
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import actions, packing
from keepsight.apps.registers.actions import defining
from keepsight.apps.registers.actions.entries import WrongEntry
from keepsight.apps.registers.actions.refreshing import refresh
from keepsight.apps.registers.definitions import register_of, rule_of
from keepsight.apps.registers.models import Entry, Register, Version
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import PackError, read_pack
from tests import factories as make
from tests.integration.desk.conftest import sign_in, stand_still  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    return register_of(authority, "action")


@pytest.fixture
def lead(register):
    return make.user(Role.EMERGENCY_LEAD, of=register.authority)


def changed(register, by, change, *, note="Wanted", publisher=None):
    """Draft, change the table of the definition, publish; gives the register as it is then."""
    draft = defining.start(register, by=by, at=make.NOW)
    table = tomllib.loads(draft.definition)
    change(table)
    draft = defining.save(register, tomli_w.dumps(table), seen=defining.digest(draft.definition), by=by, at=make.NOW)
    defining.publish(register, note=note, seen=defining.digest(draft.definition), by=publisher or by, at=make.NOW)
    return Register.objects.select_related("current", "authority").get(pk=register.pk)


def field(table, key):
    return next(each for each in table["fields"] if each["id"] == key)


def add(register, by, **more):
    return actions.add(register, {"what": "Ring every school", "due_on": "2020-06-05", **more}, by=by, at=make.NOW)


# --- entries of yesterday -------------------------------------------------------------------------------
def test_a_field_added_tomorrow_does_not_break_an_entry_of_yesterday(register, lead):
    entry = add(register, lead)

    def cost(table):
        table["fields"].append({"id": "cost", "label": "What it costs", "kind": "money", "required": True})

    register = changed(register, lead, cost)
    entry = actions.change(Entry.objects.get(pk=entry.pk), {"detail": "By noon"}, by=lead, at=make.NOW, revision=1)
    assert (entry.values["detail"], entry.version.number, "cost" in entry.values) == ("By noon", 2, False)
    with pytest.raises(WrongEntry, match="What it costs is missing"):
        actions.change(entry, {"cost": ""}, by=lead, at=make.NOW, revision=2)
    with pytest.raises(WrongEntry, match="What it costs is missing"):
        add(register, lead)
    assert actions.move(entry, "doing", by=lead, at=make.NOW).state == "doing"


def test_what_a_retired_field_held_stays(register, lead):
    entry = add(register, lead, detail="Begin with the small ones")
    register = changed(register, lead, lambda table: field(table, "detail").update(retired=True))
    entry = actions.change(Entry.objects.get(pk=entry.pk), {"what": "Ring all"}, by=lead, at=make.NOW, revision=1)
    assert entry.values["detail"] == "Begin with the small ones"
    assert "detail" not in add(register, lead).values


def test_a_field_taken_away_while_somebody_typed_is_named_with_what_they_typed(register, lead):
    entry = add(register, lead)
    register = changed(register, lead, lambda table: field(table, "detail").update(retired=True))
    typed = {"what": "Ring all", "detail": "Begin with the small ones"}
    with pytest.raises(WrongEntry) as gone:
        actions.change(Entry.objects.get(pk=entry.pk), typed, by=lead, at=make.NOW, revision=1)
    assert list(gone.value.troubles) == ["detail"]
    assert "“More about it” was taken away" in gone.value.troubles["detail"]
    assert "Begin with the small ones" in gone.value.troubles["detail"]
    entry = actions.change(Entry.objects.get(pk=entry.pk), {"what": "Ring all"}, by=lead, at=make.NOW, revision=1)
    assert entry.title == "Ring all"


def test_a_field_that_never_was_is_refused_with_the_nearest(register, lead):
    with pytest.raises(WrongEntry, match="no field called detial. Did you mean detail?"):
        add(register, lead, detial="Begin")


def test_a_choice_taken_away_stays_where_it_was_chosen(register, lead):
    entry = add(register, lead, came_from="audit")

    def without_audit(table):
        came = field(table, "came_from")
        came["choices"] = [each for each in came["choices"] if each["id"] != "audit"]

    changed(register, lead, without_audit)
    entry = actions.change(Entry.objects.get(pk=entry.pk), {"what": "Ring all"}, by=lead, at=make.NOW, revision=1)
    assert entry.values["came_from"] == "audit"
    with pytest.raises(WrongEntry, match="Came from must be one of"):
        actions.change(entry, {"came_from": "audit"}, by=lead, at=make.NOW, revision=2)


def test_a_field_newly_in_filters_gets_its_column_for_old_entries(register, lead):
    entry = add(register, lead)

    def cost(table):
        table["fields"].append({"id": "cost", "label": "What it costs", "kind": "money"})

    register = changed(register, lead, cost)
    actions.change(Entry.objects.get(pk=entry.pk), {"cost": "120"}, by=lead, at=make.NOW, revision=1)
    assert Entry.objects.get(pk=entry.pk).n1 is None
    register = changed(register, lead, lambda table: field(table, "cost").update(indexed=True))
    entry.refresh_from_db()
    assert (register.slots["cost"], entry.n1, entry.revision) == ("n1", 120.0, 2)


def test_many_entries_are_gone_through_in_batches(register, lead):
    for number in range(5):
        add(register, lead, due_on=f"2020-06-1{number}")
    Entry.objects.update(d1=None, title="", due_on=None)
    assert refresh(register.pk, batch=2) == 5
    found = Entry.objects.order_by("number").values_list("title", "d1", "due_on")
    assert [(title, str(one), str(two)) for title, one, two in found][-1] == (
        "Ring every school", "2020-06-14", "2020-06-14",
    )  # fmt: skip


def test_what_is_computed_is_kept_filtered_and_worked_out_for_old_entries(register, lead):
    old = add(register, lead, due_on="2020-06-05")

    def days(table):
        table["fields"] += [
            {"id": "asked_on", "label": "Asked on", "kind": "date"},
            {"id": "length", "label": "Days it takes", "kind": "computed", "formula": "due_on - asked_on",
                "indexed": True},
            {"id": "is_long", "label": "Long", "kind": "computed", "formula": "due_on > '2020-06-04'"},
        ]  # fmt: skip

    register = changed(register, lead, days)
    old.refresh_from_db()
    assert (old.values["is_long"], "length" in old.values, old.n1) == (True, False, None)
    new = add(register, lead, asked_on="2020-06-01")
    assert (new.values["length"], new.n1, register.slots["length"]) == (4, 4.0, "n1")
    new = actions.change(new, {"asked_on": "2020-06-03"}, by=lead, at=make.NOW, revision=1)
    assert (new.values["length"], new.changes.last().after) == (2, {"asked_on": "2020-06-03", "length": 2})
    assert "length" not in add(register, lead, length=99).values  # nobody fills it in


def test_what_is_not_asked_is_not_kept(register, lead):
    def why(table):
        table["fields"].append(
            {
                "id": "which",
                "label": "Which meeting",
                "kind": "text",
                "required": True,
                "only_when": "came_from=meeting",
            }
        )

    register = changed(register, lead, why)
    with pytest.raises(WrongEntry, match="Which meeting is missing"):
        add(register, lead, came_from="Meeting")
    entry = add(register, lead, came_from="meeting", which="Gold")
    entry = actions.change(entry, {"came_from": "plan"}, by=lead, at=make.NOW, revision=1)
    assert "which" not in entry.values
    assert entry.changes.last().before == {"came_from": "meeting", "which": "Gold"}


# --- drafts ---------------------------------------------------------------------------------------------
def test_a_second_publisher_is_refused_politely(register, lead):
    other = make.user(Role.LEADER, of=register.authority)
    draft = defining.start(register, by=lead, at=make.NOW)
    table = tomllib.loads(draft.definition)
    table["purpose"] = "What was promised."
    draft = defining.save(register, tomli_w.dumps(table), seen=defining.digest(draft.definition), by=lead, at=make.NOW)
    seen = defining.digest(draft.definition)
    defining.publish(register, note="Shorter", seen=seen, by=lead, at=make.NOW)
    with pytest.raises(defining.DraftChanged, match=f"{lead.name} published or threw away"):
        defining.publish(register, note="Shorter", seen=seen, by=other, at=make.NOW)
    assert [each.number for each in register.versions.order_by("number")] == [1, 2]


def test_a_draft_that_somebody_else_changed_is_not_written_over(register, lead):
    other = make.user(Role.LEADER, of=register.authority)
    draft = defining.start(register, by=lead, at=make.NOW)
    seen, table = defining.digest(draft.definition), tomllib.loads(draft.definition)
    defining.save(register, tomli_w.dumps({**table, "purpose": "Mine."}), seen=seen, by=lead, at=make.NOW)
    with pytest.raises(defining.DraftChanged, match=f"{lead.name} changed this draft"):
        defining.save(register, tomli_w.dumps({**table, "purpose": "Theirs."}), seen=seen, by=other, at=make.NOW)
    assert tomllib.loads(defining.draft_of(register).definition)["purpose"] == "Mine."


def test_a_version_installed_meanwhile_stops_the_draft(register, lead):
    draft = defining.start(register, by=lead, at=make.NOW)
    Version.objects.filter(pk=draft.pk).update(number=0)  # it was made of a version before
    with pytest.raises(defining.DraftChanged, match="begin again"):
        defining.publish(register, note="x", seen=defining.digest(draft.definition), by=lead, at=make.NOW)


def test_more_readers_need_a_second_person(register, lead):
    other = make.user(Role.LEADER, of=register.authority)
    with pytest.raises(NotAllowedNow, match="communications may read it.*Somebody else"):
        changed(register, lead, lambda table: table["access"]["read"].append("communications"))
    draft = defining.draft_of(register)
    defining.publish(register, note="Agreed", seen=defining.digest(draft.definition), by=other, at=make.NOW)
    assert "communications" in rule_of(register_of(register.authority, "action").current).access.read


WRONG = [
    (lambda t: t["fields"].remove(field(t, "evidence")), "1 entry holds something under “Evidence”. Retire the field,"),
    (lambda t: field(t, "evidence").update(kind="number"),
        "1 entry holds something under “Evidence”. Retire the field and"),
    (lambda t: t.update(subject="team"), "The entries there are about none."),
    (lambda t: t["states"].append({"id": "lost", "name": "Lost", "ends": True}),
        "no entry can ever come to the state “Lost”"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_what_stands_against_publishing_is_said(register, lead, change, sentence):
    add(register, lead, evidence="A letter")
    with pytest.raises(PackError) as wrong:
        changed(register, lead, change)
    assert sentence in wrong.value.sentence
    assert register_of(register.authority, "action").current.number == 1


def test_a_state_in_which_entries_stand_is_not_taken_out(register, lead):
    actions.move(add(register, lead), "doing", by=lead, at=make.NOW)

    def without_doing(table):
        table["states"] = [each for each in table["states"] if each["id"] != "doing"]
        for state in table["states"]:
            state["moves"] = [to for to in state["moves"] if to != "doing"]
        table["clocks"][0]["while"] = ["open"]
        table["tiles"][2]["states"] = ["open"]

    with pytest.raises(PackError, match="1 entry stands in the state “Being done”"):
        changed(register, lead, without_doing)


def test_who_may_not_edit_finds_nothing(register, sign_in):  # noqa: F811
    outsider = make.user(Role.CELL_MEMBER, of=register.authority)
    elsewhere = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    with pytest.raises(NotPermitted):
        defining.start(register, by=elsewhere, at=make.NOW)
    for who in (outsider, elsewhere):
        client = sign_in(who)
        assert client.get(reverse("registers:definition", args=[register.pk])).status_code == 404
        assert client.post(reverse("registers:draft_start", args=[register.pk])).status_code == 404
    assert not Version.objects.filter(is_draft=True).exists()


# --- packs ----------------------------------------------------------------------------------------------
def test_a_register_taken_away_is_read_back_as_a_pack(register, tmp_path):
    data = packing.as_pack("action", register.current.definition, authority="Inventshire", on=make.TODAY)
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        bundle.extractall(tmp_path)
    pack = read_pack(tmp_path / "action_register")
    assert pack.tables["registers/action"] == tomllib.loads(register.current.definition)
    assert tomllib.loads(packing.from_file(data)["action"]) == pack.tables["registers/action"]


BROKEN = [(b"", "source is missing"), (b"\xff\xfe", "neither a text"), (b"PK\x03\x04 no", "cannot be opened"),
          (b"name = ", "is not TOML"), (b"x" * 1_000_001, "larger than")]  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), BROKEN)
def test_a_broken_file_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(PackError) as wrong:
        packing.from_file(data)
    assert sentence in wrong.value.sentence


# --- the pages ------------------------------------------------------------------------------------------
def test_a_field_is_added_looked_at_and_published_on_the_pages(register, lead, sign_in):  # noqa: F811
    client = sign_in(lead)
    page = client.get(reverse("registers:definition", args=[register.pk])).content.decode()
    assert "Due on the day in “By when”" in page
    client.post(reverse("registers:draft_start", args=[register.pk]))
    new = reverse("registers:draft_part_new", args=[register.pk, "fields"])
    form = client.get(new).context["form"]
    seen = form.initial["seen"]
    assert client.post(new, {"label": "", "kind": "yes_no", "seen": seen}).status_code == 422
    answer = client.post(new, {"label": "Seen by somebody else?", "kind": "yes_no", "indexed": "on", "seen": seen})
    assert answer.status_code == 302
    again = client.post(new, {"label": "Another", "kind": "text", "seen": seen})
    assert (again.status_code, "changed this draft" in again.content.decode()) == (422, True)
    look = client.get(reverse("registers:draft_look", args=[register.pk])).content.decode()
    assert "Seen by somebody else?" in look
    draft = client.get(reverse("registers:draft", args=[register.pk]))
    assert "New field “Seen by somebody else?”." in draft.content.decode().replace("&quot;", '"')
    seen = draft.context["draft"]["seen"]
    publish = reverse("registers:draft_publish", args=[register.pk])
    assert client.post(publish, {"note": "", "seen": seen}).status_code == 422
    assert client.post(publish, {"note": "Virus questions", "seen": seen}).status_code == 302
    rule = rule_of(register_of(register.authority, "action").current)
    assert [(each.id, each.kind) for each in rule.fields][-1] == ("seen_by_somebody_else", "yes_no")
    kinds = Told.objects.filter(kind=EventKind.REGISTER_EDITED).order_by("seq")
    assert [each.detail["what"] for each in kinds] == ["draft_started", "draft_saved", "published"]
    assert "Virus questions" in client.get(reverse("registers:definition", args=[register.pk])).content.decode()


PARTS = [
    ("states", {"name": "Waiting", "moves": ["doing"]}, "New state “Waiting”"),
    ("clocks", {"title": "Look", "from_": "added", "every": "2", "unit": "days", "while_": ["open"], "soon_days": "1",
                "source": "Here"}, "New clock “Look”"),
    ("tiles", {"title": "From audits", "counted": "came_from=audit"}, "New tile “From audits”"),
    ("alerts", {"when": "moved", "state": "done", "to": ["adder"], "how": "at_once"}, "New alert"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "answers", "sentence"), PARTS)
def test_each_kind_of_part_is_added_and_taken_out(register, lead, sign_in, part, answers, sentence):  # noqa: F811
    client = sign_in(lead)
    client.post(reverse("registers:draft_start", args=[register.pk]))
    new = reverse("registers:draft_part_new", args=[register.pk, part])
    seen = client.get(new).context["form"].initial["seen"]
    answer = client.post(new, {**answers, "seen": seen})
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(reverse("registers:draft", args=[register.pk]))
    assert sentence in page.content.decode()
    known = {"action"}
    rows = tomllib.loads(defining.draft_of(register).definition)[part]
    before = {each["id"] for each in tomllib.loads(register.current.definition)[part]} | known
    made = next(each["id"] for each in rows if each["id"] not in before)
    held = client.get(reverse("registers:draft_part", args=[register.pk, part, made]))
    assert held.status_code == 200
    todo = {"do": "take_out", "seen": page.context["draft"]["seen"]}
    client.post(reverse("registers:draft_move", args=[register.pk, part, made]), todo)
    assert client.get(reverse("registers:draft", args=[register.pk])).context["draft"]["changes"] == []


@pytest.mark.parametrize("part", ["list", "access"])
def test_a_page_sent_as_it_stands_changes_nothing(register, lead, sign_in, part):  # noqa: F811
    client = sign_in(lead)
    client.post(reverse("registers:draft_start", args=[register.pk]))
    address = reverse("registers:draft_whole", args=[register.pk, part])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(reverse("registers:draft", args=[register.pk]))
    assert page.context["draft"]["changes"] == []


def test_fields_change_places_and_retire_with_one_button(register, lead, sign_in):  # noqa: F811
    client = sign_in(lead)
    client.post(reverse("registers:draft_start", args=[register.pk]))
    for do in ("up", "retire"):
        seen = defining.digest(defining.draft_of(register).definition)
        client.post(reverse("registers:draft_move", args=[register.pk, "fields", "detail"]), {"do": do, "seen": seen})
    fields = tomllib.loads(defining.draft_of(register).definition)["fields"]
    assert [(each["id"], each.get("retired", False)) for each in fields[:2]] == [("detail", True), ("what", False)]
    seen = defining.digest(defining.draft_of(register).definition)
    client.post(reverse("registers:draft_throw_away", args=[register.pk]), {"seen": seen})
    assert defining.draft_of(register) is None


def test_a_wrong_text_is_refused_beside_what_was_typed(register, lead, sign_in):  # noqa: F811
    client = sign_in(lead)
    client.post(reverse("registers:draft_start", args=[register.pk]))
    address = reverse("registers:draft_text", args=[register.pk])
    form = client.get(address).context["form"]
    text = form.initial["text"].replace('prefix = "ACT"', 'prefx = "ACT"')
    page = client.post(address, {"text": text, "seen": form.initial["seen"]})
    assert page.status_code == 422
    assert "no key called prefx. Did you mean prefix?" in page.content.decode()
    assert 'prefx = "ACT"' in html.unescape(page.content.decode())
    text = form.initial["text"].replace('title = "what"', 'title = "waht"')
    assert client.post(address, {"text": text, "seen": form.initial["seen"]}).status_code == 302
    assert (
        "no field called waht. Did you mean what?"
        in client.get(reverse("registers:draft", args=[register.pk])).content.decode()
    )


def test_a_register_is_begun_published_switched_off_and_carried_over(register, lead, sign_in):  # noqa: F811
    client = sign_in(lead)
    answers = {"authority": register.authority_id, "plural": "Vaccinations", "name": "Vaccination", "prefix": "VXN",
               "purpose": "Who was offered what."}  # fmt: skip
    made = client.post(reverse("registers:definition_new"), answers)
    assert made.status_code == 302
    new = Register.objects.get(key="vaccination")
    page = client.get(made["Location"])
    assert (page.context["draft"]["troubles"], new.is_on, new.current) == ([], False, None)
    publish = reverse("registers:draft_publish", args=[new.pk])
    client.post(publish, {"note": "New", "seen": page.context["draft"]["seen"]})
    new.refresh_from_db()
    assert (new.is_on, new.current.number) == (True, 1)
    client.post(reverse("registers:definition_switch", args=[new.pk]), {"on": "no"})
    new.refresh_from_db()
    assert not new.is_on
    pack = client.get(reverse("registers:definition_export", args=[new.pk]))
    assert pack["Content-Type"] == "application/zip"
    neighbour = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    there = sign_in(neighbour)
    file = io.BytesIO(pack.content)
    file.name = "vaccination_register.zip"
    answer = there.post(reverse("registers:definition_upload"), {"file": file})
    assert answer.status_code == 302
    copy = Register.objects.get(key="vaccination", authority=neighbour.memberships.get().authority)
    assert defining.draft_of(copy).definition == new.current.definition


def test_a_copy_takes_the_fields_and_not_the_name(register, lead, sign_in):  # noqa: F811
    client = sign_in(lead)
    answers = {"authority": register.authority_id, "plural": "Promises", "name": "Promise", "prefix": "PRO",
               "purpose": "What we promised.", "like": register.pk}  # fmt: skip
    page = client.get(client.post(reverse("registers:definition_new"), answers)["Location"])
    assert page.context["draft"]["troubles"] == []
    assert [each["id"] for each in page.context["said"]["fields"]][:2] == ["what", "detail"]
    again = client.post(reverse("registers:definition_new"), answers)
    assert (again.status_code, "already" in again.content.decode()) == (422, True)
