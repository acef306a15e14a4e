"""Setting a level: what is needed, what waits for a manager, and what is in force meanwhile."""

from datetime import date

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.risk import actions, policies
from keepsight.apps.risk.models import Confirmation
from keepsight.apps.risk.queries import level_history, level_in_force, override_reasons, waiting_approvals
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import book
from keepsight.core.terms import ContactMode, Level
from tests import factories as make
from tests.factories import NOW, TODAY, days
from tests.tables import ids, table

pytestmark = pytest.mark.django_db
REASON = "The grandparents have moved in and see to the children."


@pytest.fixture
def team():
    return make.team()


@pytest.fixture
def who(team):
    user, worker = make.practitioner(team)
    user.worker = worker
    return user


@pytest.fixture
def manager(team):
    return make.user(Role.TEAM_MANAGER, team=team)


def a_child(who, *, computed="amber", service="cin", **more):
    child = make.child(who.worker.authority)
    make.plan(child, who.worker, service=service, **more)
    make.rating(child, level=computed, service=service)
    return child


def confirm(child, level, by, **more):
    return actions.confirm(child, level=Level(level), by=by, at=NOW, on=TODAY, **more)


def code(child):
    return next(iter(override_reasons(child.authority)))


def test_the_computed_level_needs_no_reason(who):
    child = a_child(who)
    made = confirm(child, "amber", who)
    assert (made.level, made.computed_level, made.approval, made.reason) == ("amber", "amber", "not_needed", "")
    assert (made.rated_by, made.review_on) == (who.name, days(14))
    assert level_in_force(child) == "amber"
    assert Event.objects.get().kind == EventKind.RATING_CONFIRMED


REFUSED = table("""
    computed | set   | reason code | reason                                   || because
    amber    | green |             | The grandparents have moved in and help. || Choose the kind of reason
    amber    | green | made-up     | The grandparents have moved in and help. || Choose the kind of reason
    amber    | green | known       | All is well now.                         || 20 characters or more
    amber    | green | known       |                                          || 20 characters or more
    green    | red   | known       | Short                                    || 20 characters or more
""")


@pytest.mark.parametrize("row", REFUSED, ids=ids(REFUSED))
def test_another_level_needs_a_reason(row, who):
    child = a_child(who, computed=row["computed"])
    given = code(child) if row["reason code"] == "known" else row["reason code"]
    with pytest.raises(NotAllowedNow, match=row["because"]):
        confirm(child, row["set"], who, reason_code=given, reason=row["reason"])
    assert not Confirmation.objects.exists()
    assert not Event.objects.exists()


APPROVALS = table("""
    in force | computed | set   || needs a manager | because
             | amber    | amber ||                 |
             | red      | amber || yes             | nobody is worked as less than Red without a manager
    red      | amber    | amber || yes             | going down from Red
    red      | green    | green || yes             |
    red      | red      | amber || yes             |
    red      | amber    | red   ||                 | staying
    amber    | amber    | green ||                 | going down from Amber
    amber    | green    | red   ||                 | raising never does
    green    | amber    | red   ||                 |
             | green    | red   ||                 |
""")


@pytest.mark.parametrize("row", APPROVALS, ids=ids(APPROVALS))
def test_what_needs_a_manager(row):
    rules = policies.Overriding.from_table(book().table("rating"))
    waits = policies.needs_manager(row["set"], in_force=row["in force"], computed=row["computed"], rules=rules)
    assert waits == (row["needs a manager"] == "yes")


REVIEWS = table("""
    level | service    | mode      || review after
    red   | cp         | emergency || 7
    amber | cin        | emergency || 14
    green | cin        | bau       || 28
    green | early_help | emergency || 7
    red   | early_help | recovery  || 28
""")


@pytest.mark.parametrize("row", REVIEWS, ids=ids(REVIEWS))
def test_when_a_level_is_looked_at_again(row):
    reviews = book().table("rating")["review"]
    found = policies.review_days(row["level"], row["service"], ContactMode(row["mode"]), reviews)
    assert found == int(row["review after"])


def test_going_down_from_red_waits_and_red_stays_in_force(who, manager):
    child = a_child(who, computed="red")
    confirm(child, "red", who)
    waiting = confirm(child, "amber", who, reason_code=code(child), reason=REASON)
    assert waiting.approval == "waiting"
    assert level_in_force(child) == "red"
    assert [row["pk"] for row in waiting_approvals(grants_of(manager, NOW))] == [waiting.pk]
    actions.approve(waiting, approved=True, by=manager, at=NOW, on=TODAY)
    assert level_in_force(child) == "amber"
    assert waiting_approvals(grants_of(manager, NOW)) == []
    assert Event.objects.filter(kind=EventKind.RATING_APPROVED).count() == 1


def test_a_refused_level_leaves_the_one_before_in_force(who, manager):
    child = a_child(who, computed="red")
    first = confirm(child, "red", who)
    waiting = confirm(child, "amber", who, reason_code=code(child), reason=REASON)
    refused = actions.approve(waiting, approved=False, by=manager, at=NOW, on=TODAY)
    assert (refused.approval, refused.is_current) == ("refused", False)
    first.refresh_from_db()
    assert first.is_current
    assert level_in_force(child) == "red"
    assert [row["approval"] for row in level_history(child)] == ["refused", "not_needed"]  # nothing is lost


def test_a_level_is_answered_once(who, manager):
    child = a_child(who, computed="red")
    waiting = confirm(child, "amber", who, reason_code=code(child), reason=REASON)
    actions.approve(waiting, approved=True, by=manager, at=NOW, on=TODAY)
    with pytest.raises(NotAllowedNow, match="no longer waits"):
        actions.approve(waiting, approved=False, by=manager, at=NOW, on=TODAY)


def test_nobody_approves_their_own_level(manager, team):
    worker = make.worker(team)
    child = make.child(team.authority)
    make.plan(child, worker)
    make.rating(child, level="red")
    waiting = confirm(child, "amber", manager, reason_code=code(child), reason=REASON)
    with pytest.raises(NotPermitted, match="another manager"):
        actions.approve(waiting, by=manager, at=NOW, on=TODAY)


def test_a_practitioner_approves_nothing(who, team):
    child = a_child(who, computed="red")
    waiting = confirm(child, "amber", who, reason_code=code(child), reason=REASON)
    colleague, _ = make.practitioner(team)
    with pytest.raises(NotPermitted):
        actions.approve(waiting, by=colleague, at=NOW, on=TODAY)


def test_a_child_of_another_team_is_not_theirs_to_rate(who):
    stranger, _ = make.practitioner()
    with pytest.raises(NotPermitted, match="not among those you work with"):
        confirm(a_child(who), "amber", stranger)


def test_an_analyst_rates_nobody(who):
    analyst = make.user(Role.ANALYST, of=who.worker.authority)
    with pytest.raises(NotPermitted):
        confirm(a_child(who), "amber", analyst)


def test_a_membership_that_has_ended_gives_nothing(who):
    who.memberships.update(ends_on=date(2020, 6, 3))
    with pytest.raises(NotPermitted):
        confirm(a_child(who), "amber", who)


def test_without_a_computed_level_there_is_nothing_to_confirm(who):
    child = make.child(who.worker.authority)
    make.plan(child, who.worker)
    with pytest.raises(NotAllowedNow, match="no rating"):
        confirm(child, "amber", who)


def test_nothing_is_left_half_done(who, monkeypatch):
    child = a_child(who)
    first = confirm(child, "amber", who)

    def fails(*_, **__):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("keepsight.apps.audit.actions.record", fails)
    with pytest.raises(RuntimeError):
        confirm(child, "red", who, reason_code=code(child), reason=REASON)
    first.refresh_from_db()
    assert first.is_current
    assert Confirmation.objects.count() == 1


def test_a_level_waits_for_loads_and_ratings_before_it_holds_any_row():
    """Both take the one lock first; otherwise each could wait for the other, and PostgreSQL would fail one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if connection.vendor != "postgresql":
        pytest.skip("left out: this run has no PostgreSQL")
    user, worker = make.practitioner()
    child = make.child(worker.authority)
    make.plan(child, worker)
    make.rating(child, level="red")
    with CaptureQueriesContext(connection) as asked:
        confirm(child, "red", user)
    asked = [query["sql"] for query in asked]
    first = next(place for place, sql in enumerate(asked) if "pg_advisory" in sql)
    held = next(place for place, sql in enumerate(asked) if "FOR UPDATE" in sql)
    assert first < held
