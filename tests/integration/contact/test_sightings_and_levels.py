"""Another pair of eyes, an interval of the child's own, and a level set: each changes the plan at once."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.contact import actions
from keepsight.apps.contact.models import AgreedInterval, ContactPlan, Sighting
from keepsight.apps.contact.queries import agreed_interval_of, seen_by_others
from keepsight.apps.risk.queries import override_reasons
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.terms import Level, SightLine
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    user, worker = make.practitioner()
    user.worker = worker
    return user


@pytest.fixture
def child(who):
    made = make.child(who.worker.authority)
    make.involvement(made, who.worker, kind="cin", started_on=days(-100))
    make.visit(made, visit_on=days(-10), service="cin")
    actions.rate_and_plan(made.authority, on=TODAY, at=NOW)
    return made


def see(child, by, **more):
    answers = {"seen_on": days(-1), "line": SightLine.HEALTH, **more}
    return actions.record_sighting(child, by=by, at=NOW, on=TODAY, **answers)


def test_a_sighting_is_a_line_of_sight_and_never_meets_the_visit(child, who):
    due_on = ContactPlan.objects.get().due_on
    see(child, who, who="Fern Inventedly, health visitor", note="At the clinic")
    plan = ContactPlan.objects.get()
    assert (plan.last_seen_on, plan.last_seen_by, plan.last_other_on) == (days(-1), "health", days(-1))
    assert plan.sight_lines_named == "social_care,health"
    assert plan.due_on == due_on
    assert seen_by_others(child) == [(days(-1), "health", "Fern Inventedly, health visitor", True, "At the clinic")]
    assert Event.objects.filter(kind=EventKind.SIGHTING_RECORDED).count() == 1


def test_a_sighting_to_come_is_refused(child, who):
    with pytest.raises(NotAllowedNow, match="cannot be after today"):
        see(child, who, seen_on=days(1))
    assert not Sighting.objects.exists()


def test_a_stranger_records_no_sighting(child):
    stranger, _ = make.practitioner()
    with pytest.raises(NotPermitted):
        see(child, stranger)


def test_a_sighting_is_undone_when_the_plan_fails(child, who, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("keepsight.apps.contact.actions.planning.contact_plans", fails)
    with pytest.raises(RuntimeError):
        see(child, who)
    assert not Sighting.objects.exists()


def agree(child, by, **more):
    answers = {"every": 2, "unit": "working_days", "reason": "Agreed at the review.", **more}
    return actions.agree_interval(child, by=by, at=NOW, on=TODAY, **answers)


def test_an_interval_of_the_childs_own_plan_wins_where_it_is_shorter(child, who):
    agree(child, who, every=3, unit="days")
    agree(child, who)
    plan = ContactPlan.objects.get()
    assert (plan.bound_by, plan.due_on) == ("plan", days(-7))
    assert agreed_interval_of(child) == (2, "working_days", "Agreed at the review.")
    assert AgreedInterval.objects.count() == 2  # the one before is history


def test_an_interval_that_says_nothing_is_refused(child, who):
    for wrong in ({"every": 0}, {"unit": "months"}, {"reason": " "}):
        with pytest.raises(NotAllowedNow):
            agree(child, who, **wrong)
    assert not AgreedInterval.objects.exists()


def test_an_interval_is_not_for_analysts(child):
    with pytest.raises(NotPermitted):
        agree(child, make.user(Role.ANALYST, of=child.authority))


def test_a_level_set_changes_how_often_the_child_is_seen(child, who):
    assert ContactPlan.objects.get().level == "unrated"
    computed = child.ratings.get(is_current=True).level
    actions.confirm_level(child, level=Level(computed), by=who, at=NOW, on=TODAY)
    plan = ContactPlan.objects.get()
    assert (plan.level, plan.worked_level) == (computed, computed)
    assert plan.level_review_on == days({"amber": 14, "green": 28}[computed])


def test_while_a_lower_level_waits_red_intervals_hold(child, who):
    kind = next(iter(override_reasons(child.authority)))
    words = {"reason_code": kind, "reason": "The police told us of a new risk last night."}
    actions.confirm_level(child, level=Level.RED, by=who, at=NOW, on=TODAY, **words)
    computed = child.ratings.get(is_current=True).level
    waiting = actions.confirm_level(child, level=Level(computed), by=who, at=NOW, on=TODAY)
    assert (waiting.approval, ContactPlan.objects.get().level) == ("waiting", "red")
    manager = make.user(Role.TEAM_MANAGER, team=who.worker.team)
    actions.approve_level(waiting, approved=True, by=manager, at=NOW, on=TODAY)
    assert ContactPlan.objects.get().level == computed
