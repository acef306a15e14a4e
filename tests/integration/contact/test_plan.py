"""Planning contact from the register: who is due when, with whom, and on which list."""

import pytest

from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.contact import actions
from keepsight.apps.contact.models import ContactPlan
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db


def plan(of, **more):
    return actions.plan(of.authority, **{"on": TODAY, "at": NOW, **more})


@pytest.fixture
def worker():
    return make.worker()


@pytest.fixture
def child(worker):
    made = make.child(worker.authority)
    make.involvement(made, worker, kind="cin")
    make.visit(made, visit_on=days(-3), mode="f2f_home")
    return made


def test_a_plan_says_when_how_why_and_who(child, worker):
    make.confirmation(child, level="red")
    assert plan(child) == 1
    row = ContactPlan.objects.get()
    assert (row.worker_id, row.team_id, row.authority_id) == (worker.pk, worker.team_id, worker.authority_id)
    assert (row.service, row.is_open, row.level, row.worked_level) == ("cin", True, "red", "red")
    assert (row.due_on, row.due_mode, row.bound_by, row.bound_id) == (days(4), "f2f", "table", "EM-CIN-R")
    assert (row.last_f2f_on, row.last_seen_by, row.f2f_in_interval) == (days(-3), "social_care", True)
    assert row.why == "Red, child in need: face to face every 7 days; last seen face to face 31 May."
    assert row.level_review_on == days(5)
    assert row.pack_id == "standing+pandemic_2020"


def test_an_open_case_nobody_has_rated_is_worked_as_red(child):
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.level, row.worked_level, row.bound_id) == ("unrated", "red", "EM-CIN-R")
    assert list(ContactPlan.objects.unrated()) == [row]


def test_planning_again_changes_nothing(child):
    plan(child)
    before = list(ContactPlan.objects.values())
    assert plan(child) == 1
    assert list(ContactPlan.objects.values()) == before


def test_a_case_that_closes_leaves_the_plan(child):
    plan(child)
    child.involvements.update(ended_on=TODAY)
    assert plan(child) == 0
    assert not ContactPlan.objects.exists()


def test_a_few_children_leave_the_others_plans_alone(child, worker):
    other = make.child(worker.authority)
    make.involvement(other, worker)
    plan(child)
    child.involvements.update(ended_on=TODAY)
    assert plan(child, children=[other.pk]) == 1
    assert set(ContactPlan.objects.values_list("pk", flat=True)) == {child.pk, other.pk}


def test_a_child_without_anything_open_has_no_plan_and_is_no_trouble(worker):
    child = make.child(worker.authority)
    assert plan(child) == 0


def test_an_authority_without_children_is_no_trouble():
    authority = make.authority()
    assert actions.rate_and_plan(authority, on=TODAY, at=NOW) == (0, 0)


def test_the_key_worker_is_of_the_first_open_spell_that_names_one(child, worker):
    other = make.worker(make.team(child.authority))
    make.involvement(child, None, kind="cp", started_on=days(-5))
    make.involvement(child, other, kind="early_help", started_on=days(-300))
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.service, row.worker_id) == ("cp", worker.pk)
    assert (row.early_help, row.early_help_team_id, row.early_help_worker_id) == (True, other.team_id, other.pk)


def test_early_help_that_has_ended_is_not_beside_social_care(child, worker):
    make.involvement(child, worker, kind="early_help", started_on=days(-300), ended_on=days(-9))
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.early_help, row.early_help_team_id, row.early_help_worker_id) == (False, None, None)


def test_attendance_is_a_line_of_sight(child):
    school = make.setting(child.authority)
    monday = days(-2)
    make.enrolment(school, child, weeks={monday: r"/ \ / . . . . . . . . . . ."})
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.last_seen_on, row.last_seen_by) == (days(-1), "school")
    assert (row.sight_lines, row.sight_lines_named) == (2, "social_care,school")


def test_the_list_of_those_whom_nobody_has_seen(child, worker):
    unseen = make.child(worker.authority)
    make.involvement(unseen, worker, kind="cp", started_on=days(-100))
    plan(child)
    assert [row.pk for row in ContactPlan.objects.nobody_has_seen(TODAY)] == [unseen.pk]


def test_emergency_and_usual_business_differ(child):
    plan(child)
    authority = child.authority
    authority.settings["contact_mode"] = "bau"
    authority.save()
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.bound_by, row.bound_id) == ("statute", "T12")


def test_without_an_event_the_standing_packs_hold(child):
    authority = child.authority
    authority.settings = {}
    authority.save()
    actions.rate_and_plan(authority, on=TODAY, at=NOW)
    row = ContactPlan.objects.get()
    assert (row.bound_id, row.pack_id) == ("T12", "standing")


def test_an_easement_counts_only_when_switched_on(worker):
    child = make.child(worker.authority)
    placed = {"placement_started_on": days(-100).isoformat(), "placement_type": "U6"}
    make.involvement(child, worker, kind="cla", started_on=days(-100), details=placed)
    make.confirmation(child, level="green")
    make.visit(child, visit_on=days(-42), mode="f2f_home", service="cla")
    make.visit(child, visit_on=days(-7), mode="video", service="cla")
    plan(child)
    assert ContactPlan.objects.get().due_mode == "f2f"
    authority = child.authority
    authority.settings["easements"] = ["E01"]
    authority.save()
    plan(child)
    row = ContactPlan.objects.get()
    assert (row.due_mode, row.due_on) == ("seen", days(-7 + 42))


def test_planning_is_an_event_without_names(child):
    plan(child)
    assert Event.objects.get(kind=EventKind.PLANNED).detail == {"planned": 1}


def test_nothing_is_left_half_done(child, monkeypatch):
    plan(child)
    before = list(ContactPlan.objects.values())

    def fails(*_, **__):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("keepsight.apps.audit.actions.record", fails)
    with pytest.raises(RuntimeError):
        plan(child, on=days(1))
    assert list(ContactPlan.objects.values()) == before


@pytest.mark.parametrize(("day", "count"), [(0, 0), (4, 0), (5, 1)])
def test_a_red_child_leaves_the_interval_at_midnight_without_a_new_plan(child, day, count):
    make.confirmation(child, level="red")
    plan(child)
    assert ContactPlan.objects.get().f2f_due_on == days(4)
    assert ContactPlan.objects.queue("red-not-seen", days(day)).count() == count
    plan(child, on=days(day))
    assert ContactPlan.objects.queue("red-not-seen", days(day)).count() == count
