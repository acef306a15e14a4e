"""Importing entries: what is read from a file, what is added, what is handed back, and a kill in the middle."""

import contextlib
import csv
import io
import time
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.people.models import Identifier
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions import importing
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import as_text, register_of, rule_of
from keepsight.apps.registers.models import Entry, Import, Notice, Register, Version
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.core.packs import book
from keepsight.core.registers import slots_for
from tests import factories as make
from tests.killed import Talker

KILLS, ROWS = 6, 1200
pytestmark = pytest.mark.django_db
HEAD = ["What must be done", "By when", "Came from"]


@pytest.fixture
def register():
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    return register_of(authority, "action")


@pytest.fixture
def lead(register):
    return make.user(Role.EMERGENCY_LEAD, of=register.authority)


def as_csv(*rows, head=HEAD, encoding="utf-8"):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def as_workbook(*rows, head=HEAD):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"default_date_format": "dd/mm/yyyy"}) as made:
        made.add_worksheet("Read me").write(0, 0, "About this file")
        page = made.add_worksheet("Actions")
        for number, row in enumerate([head, *rows]):
            for place, cell in enumerate(row):
                if str(cell).startswith("="):
                    page.write_formula(number, place, cell, None, "#REF!")
                else:
                    page.write(number, place, cell)
    return kept.getvalue()


def send(register, by, content, name="actions.csv", **more):
    load = importing.keep(register, SimpleUploadedFile(name, content), by=by, at=make.NOW, **more)
    return importing.read(load, by=by, at=make.NOW)


def troubles(load):
    return {row.row: row.trouble for row in importing.bad_rows(load)}


def test_good_rows_are_added_and_bad_ones_say_which_cell_and_what_would_be_right(register, lead):
    load = send(
        register, lead, as_csv(("Ring", "5/6/2020", "Plan"), ("", "31/02/2020", "Dream"), ("Write", "2020-07-01", ""))
    )
    assert (load.rows_in, load.rows_good, load.rows_bad) == (3, 2, 1)
    assert troubles(load) == {
        3: "Column A (What must be done): What must be done is missing.\n"
        "Column B (By when): By when must be a real day, like 27/03/2020, and is “31/02/2020”.\n"
        "Column C (Came from): Came from must be one of Meeting, Plan, Audit, Return, Other, and is “Dream”."
    }
    assert Entry.objects.count() == 0
    assert importing.add_rows(load, by=lead, at=make.NOW) == 2
    assert importing.add_rows(load, by=lead, at=make.NOW) == 2  # asked twice
    found = Entry.objects.order_by("number")
    assert [(e.number, e.title, str(e.due_on), e.k1) for e in found] == [
        (1, "Ring", "2020-06-05", "plan"),
        (2, "Write", "2020-07-01", ""),
    ]
    assert [c.kind for c in found[0].changes.all()] == ["imported"]
    assert actions.add(register, {"what": "Next", "due_on": "2020-06-05"}, by=lead, at=make.NOW).number == 3
    assert Logged.objects.filter(kind="entries_imported").count() == 1


def test_a_workbook_is_read_from_the_sheet_whose_headings_fit(register, lead):
    day = make.NOW.replace(tzinfo=None, hour=0, minute=0)
    content = as_workbook(("Ring", day, "Audit"), ("=A9", day, "Audit"), ("Write", "=1+1", ""))
    load = send(register, lead, content, name="list.xlsx")
    assert (load.sheet, load.rows_good) == ("Actions", 1)
    assert troubles(load) == {
        3: "Column A: the cell holds #REF!, not a value. Put the value there.",
        4: "Column B: the cell holds #REF!, not a value. Put the value there.",
    }
    assert load.trouble == "Sheets that were not read: Read me."
    assert importing.good_rows(load)[0].values["fields"]["due_on"] == "2020-06-03"


def test_owner_and_team_are_named_by_address_and_name(register, lead):
    team = make.team(register.authority, name="North")
    owner = make.user(Role.CELL_MEMBER, of=register.authority)
    head = [*HEAD, "Owner", "Team"]
    load = send(
        register, lead,
        as_csv(
            ("Ring", "5/6/2020", "", owner.email.upper(), " north "), ("Ring", "5/6/2020", "", "nobody@x.org", "South"),
            ("Write", "5/6/2020", "", owner.email, ""), head=head,
        ),
    )  # fmt: skip
    assert list(troubles(load)) == [3]
    assert "Column D (Owner): This must be the e-mail address of somebody who works here" in troubles(load)[3]
    assert "Column E (Team): This must be the name of a team" in troubles(load)[3]
    importing.add_rows(load, by=lead, at=make.NOW)
    assert set(Entry.objects.values_list("owner", "team")) == {(owner.pk, team.pk), (owner.pk, None)}
    assert Notice.objects.get(user=owner).said == "2 Actions have been given to you"


def test_columns_that_are_called_something_else_can_be_named(register, lead):
    load = send(register, lead, as_csv(("Ring", "5/6/2020"), head=["Task", "Deadline"]))
    assert (load.columns, load.rows_good) == (["", ""], 0)
    again = importing.read(load, by=lead, at=make.NOW, columns=["what", "due_on"])
    assert again.rows_good == 1


def test_the_same_file_sent_twice_is_seen(register, lead):
    content = as_csv(("Ring", "5/6/2020", "Plan"))
    first = send(register, lead, content)
    importing.add_rows(first, by=lead, at=make.NOW)
    assert importing.added_before(send(register, lead, content)) == first
    assert importing.added_before(send(register, lead, content + b"\r\n,,")) is None


def test_a_register_that_changed_meanwhile_is_read_again_first(register, lead):
    load = send(register, lead, as_csv(("Ring", "5/6/2020", "Plan")))
    held = register.current
    register.current = Version.objects.create(
        register=register, number=99, definition=held.definition, made_at=make.NOW
    )
    register.save()
    load.refresh_from_db()
    with pytest.raises(NotAllowedNow, match="Read it again"):
        importing.add_rows(Import.objects.get(pk=load.pk), by=lead, at=make.NOW)
    assert Entry.objects.count() == 0


def about_children(authority):
    """A register about children, made of that of actions."""
    table = {**book().table("registers/action"), "subject": "child", "alerts": []}
    table["access"] = {**table["access"], "add": ["leader"], "read": ["leader"]}
    register = Register.objects.create(authority=authority, key="of-children")
    register.current = Version.objects.create(
        register=register, number=1, definition=as_text(table), from_pack="x", made_at=make.NOW
    )
    register.slots = slots_for(rule_of(register.current), {})
    register.save()
    return register


def test_a_child_is_named_by_number_and_one_out_of_reach_looks_like_none(register):
    authority = register.authority
    leader, mine, other = make.user(Role.LEADER, of=authority), make.child(authority), make.child(make.authority())
    for child, value in ((mine, "S-1"), (other, "S-2")):
        Identifier.objects.create(authority=child.authority, child=child, scheme="case", value=value)
    load = send(
        about_children(authority), leader,
        as_csv(*((n, "Ring", "5/6/2020") for n in ("s-1", "S-2", "S-3", "")), head=["Child", *HEAD[:2]]),
    )  # fmt: skip
    said = troubles(load)
    assert list(said) == [3, 4, 5]
    assert said[3].replace("S-2", "S-3") == said[4]
    assert said[5].endswith("Say which child this is about.")
    importing.add_rows(load, by=leader, at=make.NOW)
    assert Entry.objects.get().child == mine


cells = st.fixed_dictionaries(
    {
        "what": st.text(
            st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("C", "Z")), min_size=1
        ),
        "due_on": st.dates(min_value=make.NOW.date() - timedelta(90), max_value=make.NOW.date() + timedelta(90)).map(
            str
        ),
        "progress": st.sampled_from(["", "red", "A", "Green"]),
        "came_from": st.sampled_from(["", "Plan", "other"]),
        "evidence": st.sampled_from(["", "https://example.org/a", "Minutes"]),
    }
)
HEADS = ["what", "due_on", "progress", "came_from", "evidence"]
LIKE = [
    "title", "state", "values", "rag", "due_on", "due_at", "soon_on", "due_clock", "is_open", "k1", "k2",
    "k3", "k4", "d1", "d2", "d3", "n1", "n2", "n3", "revision", "state_since", "added_at", "added_by_id",
    "changed_at", "changed_by_id", "owner_id", "team_id", "child_id", "cell", "version_id", "event_id",
    "exercise_id",
]  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(cells, min_size=1, max_size=6))
def test_adding_in_bulk_is_adding_one_by_one(register, lead, rows):
    Entry.objects.all().delete()
    load = send(register, lead, as_csv(*([row[name] for name in HEADS] for row in rows), head=HEADS))
    importing.add_rows(load, by=lead, at=make.NOW)
    bulk = list(Entry.objects.order_by("number"))
    single = [actions.add(register, row, by=lead, at=make.NOW, about=About()) for row in rows]
    assert len(bulk) == len(single)
    for one, other in zip(bulk, single, strict=True):
        assert {name: getattr(one, name) for name in LIKE} == {name: getattr(other, name) for name in LIKE}
        assert one.words.split("\n")[1:] == other.words.split("\n")[1:]
        assert one.words.split("\n")[0] == f"ACT-{one.number}"
        assert one.changes.get().after == other.changes.get().after


junk = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=80).map(lambda tail: as_csv(("Ring", "5/6/2020", "Plan")) + tail),
    st.text(max_size=80).map(lambda text: as_csv((text, "5/6/2020", text)).decode().encode("utf-16")),
    st.text(max_size=80).map(lambda text: as_csv((text, text, text), encoding="utf-8")),
    st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=9)).map(
        lambda cut: (whole := as_workbook(("Ring", "5/6/2020", "Plan")))[: cut[0]] + cut[1] + whole[cut[0] :]
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=junk, name=st.sampled_from(["a.csv", "a.xlsx"]))
def test_no_file_whatever_its_bytes_ends_in_anything_but_a_sentence(register, lead, content, name):
    with contextlib.suppress(BadInput):  # which is a sentence
        load = send(register, lead, content, name=name)
        assert load.state in ("refused", "staged")
        assert load.trouble if load.state == "refused" else load.rows_in == load.rows_good + load.rows_bad


def test_ten_thousand_rows_of_which_five_hundred_are_bad(register, lead, capsys):
    rows = [(f"Task {n}", "31/02/2020" if n % 20 == 0 else "5/6/2020", "Plan") for n in range(10_000)]
    began = time.perf_counter()
    load = send(register, lead, as_workbook(*rows), name="long.xlsx")
    read = time.perf_counter()
    assert importing.add_rows(load, by=lead, at=make.NOW) == 9_500
    done = time.perf_counter()
    with capsys.disabled():
        print(f"\n10,000 rows: read in {read - began:.1f} s, 9,500 added in {done - read:.1f} s")
    assert Entry.objects.count() == 9_500
    assert importing.bad_rows(load).count() == 500


def test_the_pages_from_sending_to_what_is_handed_back(register, lead, client):
    client.force_login(lead, "allauth.account.auth_backends.AuthenticationBackend")
    start = f"/registers/{register.authority.code}/action/import/"
    sent = client.post(start, {"file": SimpleUploadedFile("a.csv", as_csv(("Ring", "5/6/2020", ""), ("", "x", "")))})
    assert sent.status_code == 302
    page = client.get(sent.url)
    assert "Column B (By when): By when must be a real day" in page.text
    load = Import.objects.get()
    back = b"".join(client.get(f"/registers/imports/{load.ref}/rows/to-mend.csv").streaming_content).decode("utf-8-sig")
    assert back.splitlines()[1].startswith('"","x","","a.csv, row 3. Column A')
    other = make.user(Role.EMERGENCY_LEAD, of=register.authority)
    client.post(f"/registers/imports/{load.ref}/rows/add/")
    assert Entry.objects.get().title == "Ring"
    assert "1 entry was added" in client.get(sent.url).text
    empty = b"".join(client.get(start + "empty.xlsx").streaming_content)
    assert send(register, lead, empty, name="empty.xlsx").state == "refused"  # nothing below its headings
    client.force_login(other, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(sent.url).status_code == 404


def test_rows_that_nobody_added_are_taken_away_after_a_week(register, lead):
    load = send(register, lead, as_csv(("Ring", "5/6/2020", "")))
    assert importing.forget_old(at=make.NOW + timedelta(days=6)) == 0
    assert importing.forget_old(at=make.NOW + timedelta(days=8)) == 1
    load.refresh_from_db()
    assert (load.state, load.rows.count(), importing.place_of(load).exists()) == ("dropped", 0, False)


def test_a_kill_in_the_middle_leaves_nothing_half_added(database, tmp_path):
    before, after = [0, 0, "staged", 0, ROWS], [ROWS, ROWS, "added", ROWS, 0]
    with Talker("tests.integration.registers.killed_import", database, tmp_path) as talker:
        talker.ask("prepare", ROWS)
        assert talker.ask("left") == before
        whole = talker.run("add")
        assert talker.ask("left") == after
        talker.ask("prepare", ROWS)
        for moment in [*whole.spread(KILLS), *whole.around(-1)]:
            talker.kill(moment, "add")
            assert talker.ask("left") == (after if whole.committed_by(moment) else before), f"killed at {moment}"
            assert talker.ask("clear") == [True, not whole.committed_by(moment)]
            if whole.committed_by(moment):
                talker.ask("prepare", ROWS)
        assert talker.ask("add") == ROWS
        assert talker.ask("left") == after
