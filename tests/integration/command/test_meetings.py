"""Meetings: planned by the rhythm of the phase, kept with what was agreed, closed by the chair."""

from datetime import timedelta

import pytest

from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.command.actions import meetings as actions
from keepsight.apps.command.models import Attendance, Meeting
from keepsight.apps.registers.models import Entry, Link
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.command.world import local, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return world()


def planned(here, cell="children_leaders"):
    return list(Meeting.objects.filter(cell=here.cells[cell]).order_by("starts_at"))


def first(here):
    actions.plan_meetings(here.event, make.days(1), make.NOW)
    return planned(here)[0]


def test_the_rhythm_of_the_phase_is_planned_once(here):
    assert actions.plan_meetings(here.event, make.days(7), make.NOW) > 0
    starts = [each.starts_at for each in planned(here)]
    assert starts[:3] == [local("2020-06-03 16:30"), local("2020-06-04 08:30"), local("2020-06-04 16:30")]
    assert actions.plan_meetings(here.event, make.days(7), make.NOW) == 0
    assert [item.title for item in planned(here)[0].items.order_by("order")][:2] == [
        "Actions of the last meeting", "New guidance and what it means",
    ]  # fmt: skip


def test_a_change_of_phase_moves_what_is_to_come_and_never_the_past(here):
    actions.plan_meetings(here.event, make.days(7), make.NOW)
    held, prepared = planned(here)[0], planned(here)[3]
    item = actions.Item("Only this", "Prepared", prepared.items.first().pk)
    actions.keep(prepared, actions.Record(items=[item]), by=here.lead, at=make.NOW, revision=1)
    here.event.phase = "after"
    here.event.save()
    later = make.NOW + timedelta(days=1)
    actions.plan_meetings(here.event, make.days(7), later)
    left = {each.pk: each for each in planned(here)}
    assert held.pk in left, "a meeting of yesterday stays"
    assert (left[prepared.pk].state, left[prepared.pk].why[:10]) == ("cancelled", "The rhythm")
    coming = [each.starts_at for each in left.values() if each.starts_at > later and each.state == "planned"]
    assert coming == [local("2020-06-08 09:00")]


def test_a_meeting_that_was_moved_or_cancelled_is_not_planned_again(here):
    actions.plan_meetings(here.event, make.days(2), make.NOW)
    one, two = planned(here)[:2]
    actions.move_meeting(one, local("2020-06-03 18:00"), by=here.lead, at=make.NOW)
    actions.cancel(two, why="All are at the hub", by=here.lead, at=make.NOW)
    assert actions.plan_meetings(here.event, make.days(2), make.NOW) == 0
    assert local("2020-06-03 16:30") not in [each.starts_at for each in planned(here)]


def test_actions_and_decisions_are_captured_in_one_go(here):
    meeting = first(here)
    record = actions.Record(
        items=[actions.Item(item.title, "Said so", item.pk) for item in meeting.items.order_by("order")],
        there=[actions.There("Merle Memberby", "present", here.member.pk), actions.There("Guest Someby", "present")],
        captured=[
            actions.Captured("action", {"what": "Ring each school", "due_on": "5/6/2020"}, here.member),
            actions.Captured("decision", {"what": "We open hubs", "decided_on": "3/6/2020",
                                          "decided_by": "leadership", "because": "Places ran out"}),
        ],
    )  # fmt: skip
    after = meeting.starts_at + timedelta(hours=1)
    meeting = actions.keep(meeting, record, by=here.lead, at=after, revision=1)
    assert (meeting.state, meeting.revision) == ("held", 2)
    linked = Entry.objects.filter(pk__in=Link.objects.filter(meeting_id=meeting.pk).values("entry"))
    assert {(each.register.key, each.title, each.owner_id) for each in linked} == {
        ("action", "Ring each school", here.member.pk), ("decision", "We open hubs", None),
    }  # fmt: skip
    assert {each.event_id for each in linked} == {here.event.pk}
    assert Attendance.objects.filter(meeting=meeting, was="present").count() == 2


def test_a_wrong_action_keeps_nothing_of_the_save(here):
    meeting = first(here)
    item = actions.Item("Changed", "", meeting.items.first().pk)
    record = actions.Record(items=[item], captured=[actions.Captured("action", {"what": "No day"}, place=2)])
    with pytest.raises(actions.WrongCapture) as wrong:
        actions.keep(meeting, record, by=here.lead, at=make.NOW, revision=1)
    assert (wrong.value.place, wrong.value.troubles) == (2, {"due_on": "By when is missing."})
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.items.filter(title="Changed").count()) == (1, 0)


def test_who_saves_an_older_record_is_told_and_nothing_is_lost(here):
    meeting = first(here)
    item = meeting.items.first()
    actions.keep(meeting, actions.Record([actions.Item("A", "Theirs", item.pk)]), by=here.lead, at=make.NOW, revision=1)
    with pytest.raises(actions.MeetingChanged, match="Ashen Leaderby"):
        actions.keep(
            meeting, actions.Record([actions.Item("A", "Mine", item.pk)]), by=here.member, at=make.NOW, revision=1
        )
    item.refresh_from_db()
    assert item.notes == "Theirs"


def test_the_chair_agrees_the_record_and_then_it_stays(here):
    meeting = first(here)
    after = meeting.starts_at + timedelta(hours=1)
    with pytest.raises(NotAllowedNow, match="held"):
        actions.agree(meeting, by=here.lead, at=make.NOW, revision=1)
    meeting = actions.keep(meeting, actions.Record(), by=here.member, at=after, revision=1)
    with pytest.raises(NotPermitted, match="chair"):
        actions.agree(meeting, by=here.member, at=after, revision=2)
    meeting = actions.agree(meeting, by=here.lead, at=after, revision=2)
    with pytest.raises(NotAllowedNow, match="stays as it is"):
        actions.keep(meeting, actions.Record(), by=here.lead, at=after, revision=meeting.revision)
    assert Logged.objects.filter(kind="meeting_kept", subject_type="meeting").count() == 2


def test_nobody_without_a_role_there_keeps_a_meeting(here):
    meeting = first(here)
    outsider = make.user("emergency_lead", of=make.authority())
    for who in (outsider, make.user("commissioner", of=here.authority)):
        with pytest.raises(NotPermitted):
            actions.keep(meeting, actions.Record(), by=who, at=make.NOW, revision=1)


def test_nothing_is_planned_or_kept_when_the_event_is_over(here):
    meeting = first(here)
    here.event.state = "closed"
    here.event.save()
    assert actions.plan_meetings(here.event, make.days(9), make.NOW) == 0
    with pytest.raises(NotAllowedNow, match="over"):
        actions.keep(meeting, actions.Record(), by=here.lead, at=make.NOW, revision=1)


def test_of_two_who_call_the_same_moment_one_is_told(here, monkeypatch):
    cell, called = here.cells["children_leaders"], {"agenda": "", "by": here.lead, "at": make.NOW}
    when = make.NOW + timedelta(days=2)
    actions.add_meeting(cell, title="First", starts_at=when, **called)
    with pytest.raises(NotAllowedNow, match="at that time already"):
        actions.add_meeting(cell, title="Second", starts_at=when, **called)
    monkeypatch.setattr(actions, "_check_free", lambda *_: None)  # the other one was called after this was asked
    with pytest.raises(NotAllowedNow, match="at that time already"):
        actions.add_meeting(cell, title="Second", starts_at=when, **called)
    assert Meeting.objects.filter(cell=cell, starts_at=when).count() == 1
