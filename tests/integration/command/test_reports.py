"""The operating picture: assembled from what stands, signed by the holder of the position, unchanged after."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.command import guards
from keepsight.apps.command.actions import checklists, raising, rapid_response, reports, returns
from keepsight.apps.command.addresses import source_href
from keepsight.apps.command.models import CommandReport, Meeting
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, Link
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.command.picture import compare
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.command.world import local, world

pytestmark = pytest.mark.django_db
MORNING = local("2020-06-03 07:00")


@pytest.fixture
def here():
    return world()


def assemble(here, at=make.NOW):
    return reports.assemble(here.event, "cop", by=here.member, at=at)


def block(report, key):
    return next(each for each in report.body["blocks"] if each["id"] == key)


def action(here, what, due, at=make.NOW, **more):
    register = register_of(here.authority, "action")
    return registers.add(register, {"what": what, "due_on": due}, by=here.lead, at=at, event=here.event, **more)


def issue(here, **given):
    raw = {"what": "No drivers", "severity": "red", "raised_on": "3/6/2020", **given}
    return registers.add(register_of(here.authority, "issue"), raw, by=here.lead, at=make.NOW, event=here.event)


def test_it_is_assembled_from_returns_registers_decisions_checklists_and_figures(here):
    returns.open_rounds(here.event, MORNING)
    slip = here.event.rounds.get(key="department_daily").slips.get(owed_by="Public health")
    given = {"headline": "Testing runs", "department": "Public health", "as_at": "3/6/2020", "overall": "amber",
             "situation": "Two sites", "decisions_wanted": "no"}  # fmt: skip
    returns.fill_in(slip, given, by=here.member, at=MORNING)
    action(here, "Late one", "1/6/2020")
    action(here, "In time", "30/6/2020")
    checklists.tick(here.event, "first_day", 0, note="", by=here.member, at=MORNING)
    Snapshot.objects.create(
        authority_code=here.authority.code, taken_at=MORNING, as_at=make.TODAY, folder="x", digest="ab" * 32,
        pack_id="p", pack_hash="0" * 64, counts={"queues": {"nobody": 4, "red": 11}},
    )  # fmt: skip
    report = assemble(here)
    assert [row["cells"][:3] for row in block(report, "departments")["rows"]] == [
        ["Public health", "Amber", "Testing runs"]
    ]
    assert block(report, "missing")["figures"][0]["value"] == "7"
    assert "Public health" not in [row["cells"][0] for row in block(report, "missing")["rows"]]
    assert [row["cells"][1] for row in block(report, "actions")["rows"]] == ["Late one"]
    assert {each["label"]: each["value"] for each in block(report, "children")["figures"]} == {
        "Children whom nobody has seen in time": "4", "Children rated Red": "11",
    }  # fmt: skip
    assert block(report, "checklist")["figures"][0]["value"] == "1 of 7"
    numbers = {each["number"] for each in report.body["sources"]}
    cited = {each["source"] for part in report.body["blocks"] for each in [*part["figures"], *part["rows"]]}
    assert cited <= numbers
    assert len(numbers) == len(report.body["sources"])
    assert any("fingerprint abababab" in each["words"] for each in report.body["sources"])


def test_each_figure_of_a_register_counts_what_the_list_shows(here):
    for number in range(3):
        action(here, f"Late {number}", "1/6/2020")
    report = assemble(here)
    figure = block(report, "actions")["figures"][0]
    source = report.body["sources"][figure["source"] - 1]
    register = register_of(here.authority, "action")
    shown = entries_visible_to(grants_of(here.member, make.NOW), register).filter(due_on__lt=make.TODAY, is_open=True)
    assert (figure["value"], source["opens"]) == (str(shown.count()), {"register": "action", "query": "due=overdue"})


def test_only_the_holder_of_the_position_signs_and_not_who_put_it_together(here):
    report = assemble(here)
    with pytest.raises(NotPermitted, match="chair of the Strategic"):
        reports.sign(report, by=here.lead, at=make.NOW, seen=report.digest)
    own = reports.assemble(here.event, "cop", by=here.chair, at=make.NOW)
    with pytest.raises(NotPermitted, match="second person"):
        reports.sign(own, by=here.chair, at=make.NOW, seen=own.digest)


def test_what_is_signed_is_what_was_seen_and_never_changes(here):
    report = assemble(here)
    seen = report.digest
    report = reports.write(report, "summary", "We hold.", by=here.member, at=make.NOW, seen=seen)
    with pytest.raises(reports.ReportChanged):
        reports.sign(report, by=here.chair, at=make.NOW, seen=seen)
    report = reports.sign(report, by=here.chair, at=make.NOW, seen=report.digest)
    assert (report.state, report.signed_by, reports.is_whole(report)) == ("signed", here.chair, True)
    with pytest.raises(NotAllowedNow, match="stays as it is"):
        reports.write(report, "summary", "We do not.", by=here.member, at=make.NOW, seen=report.digest)
    for change in (
        {"body": {**report.body, "phase": "Another"}},
        {"number": 9},
        {"state": "draft"},
        {"signed_at": None},
    ):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            CommandReport.objects.filter(pk=report.pk).update(**change)
    CommandReport.objects.filter(pk=report.pk).update(
        state="replaced", signed_by=None
    )  # as when its signer is forgotten
    report.refresh_from_db()
    assert reports.is_whole(report)
    connection.check_constraints()  # PostgreSQL drops no trigger while rows wait to be checked
    guards.take_down(connection)
    CommandReport.objects.filter(pk=report.pk).update(body={**report.body, "phase": "Another"})
    guards.put_up(connection)
    report.refresh_from_db()
    assert not reports.is_whole(report), "whoever can take the guard down is found out by the fingerprint"


def test_versions_are_numbered_replace_each_other_and_say_what_changed(here):
    first = assemble(here)
    reports.write(first, "summary", "We hold.", by=here.member, at=make.NOW, seen=first.digest)
    again = assemble(here)
    assert (again.pk, block(again, "summary")["text"]) == (first.pk, "We hold.")
    reports.sign(again, by=here.chair, at=make.NOW, seen=again.digest)
    later = make.NOW + timedelta(hours=2)
    registers.add(
        register_of(here.authority, "decision"),
        {"what": "Hubs open", "decided_on": "3/6/2020", "decided_by": "strategic", "because": "Places ran out"},
        by=here.lead, at=later, event=here.event,
    )  # fmt: skip
    second = assemble(here, later)
    assert (second.number, block(second, "decisions")["figures"][0]["value"]) == (2, "1")
    opens = next(e for e in second.body["sources"] if e["number"] == block(second, "decisions")["figures"][0]["source"])
    assert source_href(opens["opens"], here.authority.code) == "#block-decisions"
    assert len(block(second, "decisions")["rows"]) == 1, "what the figure opens is what it counts"
    said = {part["title"]: part["sentences"] for part in compare(again.body, second.body)}
    assert "Decisions since the last picture: 1, was 0." in said["Decisions since the last picture"]
    reports.sign(second, by=here.chair, at=later, seen=second.digest)
    first.refresh_from_db()
    assert first.state == "replaced"


def test_an_exercise_shows_no_live_figure_and_no_live_entry():
    live = world()
    action(live, "Live and late", "1/6/2020")
    exercise = type(live.event).objects.create(
        authority=live.authority, pack="pandemic_2020", pack_hash="0" * 64, title="Exercise Otter", phase="closure",
        reason="Practice", is_exercise=True, activated_at=MORNING,
    )  # fmt: skip
    report = reports.assemble(exercise, "cop", by=live.member, at=make.NOW)
    assert block(report, "actions")["rows"] == []
    assert block(report, "children")["sentences"] == ["Live figures are left out of an exercise."]


def test_an_issue_goes_up_step_by_step_and_stands_on_the_agenda(here):
    raised = issue(here)
    meeting = Meeting.objects.create(
        cell=here.cells["tactical"], title="Tactical", starts_at=local("2020-06-04 13:00"), changed_at=MORNING
    )
    with pytest.raises(NotAllowedNow, match="Say why"):
        raising.escalate(raised, here.cells["tactical"], why=" ", by=here.lead, at=make.NOW)
    with pytest.raises(NotAllowedNow, match="can move to"):
        raising.escalate(raised, here.cells["strategic"], why="Too slow", by=here.lead, at=make.NOW)
    raised = raising.escalate(raised, here.cells["tactical"], why="Highways must act", by=here.lead, at=make.NOW)
    assert (raised.state, Link.objects.get(entry=raised).meeting_id) == ("with_group", meeting.pk)
    raised = raising.escalate(raised, here.cells["strategic"], why="Money", by=here.lead, at=make.NOW)
    assert raised.state == "escalated"


def test_a_group_answers_an_issue_in_five_working_days_and_its_decision_is_kept(here):
    raised = issue(here)
    raw = {"matter": "Drivers", "trigger": "Firm closed", "question": "Who drives?", "urgency": "red"}
    group = rapid_response.start(
        here.event, raw, issue=raised, lead=here.lead, members=[here.member], cell=here.cells["rapid_response"],
        meets_at=local("2020-06-04 09:00"), by=here.member, at=make.NOW,
    )  # fmt: skip
    assert (str(group.due_on), group.owner) == ("2020-06-10", here.lead)
    meeting = Meeting.objects.get(cell=here.cells["rapid_response"])
    assert {each.name for each in meeting.attendances.all()} == {here.lead.name, here.member.name}
    assert set(Link.objects.filter(entry=group).values_list("other_id", "meeting_id")) == {
        (raised.pk, None), (None, meeting.pk),
    }  # fmt: skip
    decided = {"answer": "agreed", "words": "Taxis for six weeks", "decided_on": make.TODAY, "granted": 9000}
    with pytest.raises(NotAllowedNow):
        rapid_response.decide(group, by=here.lead, at=make.NOW, **decided)
    assert not Entry.objects.filter(register__key="decision").exists()
    group = Entry.objects.get(pk=group.pk)
    group = registers.change(
        group, {"options": "A or B", "advice": "A"}, by=here.lead, at=make.NOW, revision=group.revision
    )
    group = registers.move(group, "paper", by=here.lead, at=make.NOW)
    follow = [rapid_response.FollowUp("Order taxis", make.days(1), here.member)]
    decision = rapid_response.decide(group, follow_ups=follow, by=here.lead, at=make.NOW, **decided)
    group.refresh_from_db()
    assert (group.state, group.values["decision_entry"]) == ("decided", decision.pk)
    assert Entry.objects.get(register__key="action").title == "Order taxis"
