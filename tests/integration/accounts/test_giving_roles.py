"""The rule book: who may give what to whom. Each row can be read by somebody who runs a council's accounts."""

import pytest

from keepsight.apps.accounts.actions import people, roles
from keepsight.apps.accounts.models import Membership, Role, Service, User
from keepsight.apps.accounts.permissions import Permission, rules
from keepsight.apps.accounts.places import KINDS, find_place
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.accounts.wording import PERMISSION_WORDS
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotPermitted
from tests import factories
from tests.integration.accounts.conftest import events, hold

pytestmark = pytest.mark.django_db
ON, AT = factories.TODAY, factories.NOW

# by whom; role; how far; in which place; what comes of it
BOOK = [
    ("admin", "practitioner", "team", "fell_team", "given"),
    ("admin", "practitioner", "own", "fell", "given"),
    ("admin", "practitioner", "authority", "fell", "given"),
    ("admin", "team_manager", "team", "fell_team", "given"),
    ("admin", "leader", "authority", "fell", "given"),
    ("admin", "administrator", "authority", "fell", "given"),
    ("admin", "information_governance", "authority", "fell", "given"),
    ("admin", "practitioner", "team", "vale_team", "refused"),
    ("admin", "leader", "authority", "vale", "refused"),
    ("admin", "leader", "partnership", "both", "refused"),
    ("admin_of_vale", "leader", "partnership", "both", "refused"),
    ("admin_of_both", "leader", "partnership", "both", "given"),
    ("admin_of_both", "practitioner", "team", "vale_team", "given"),
    ("admin", "leader", "team", "fell_team", "not so"),  # a leader answers for more than a team
    ("admin", "administrator", "team", "fell_team", "not so"),  # accounts are a council's, not a team's
    ("admin", "information_governance", "own", "fell", "not so"),
    ("admin", "duty_worker", "team", "fell_team", "not so"),  # works for every team
    ("admin", "no_such_role", "authority", "fell", "refused"),
    ("leader", "practitioner", "team", "fell_team", "refused"),
    ("governance", "practitioner", "team", "fell_team", "refused"),  # who watches gives nothing
    ("practitioner", "practitioner", "team", "fell_team", "refused"),
]


@pytest.mark.parametrize(("by", "role", "kind", "where", "comes"), BOOK)
def test_who_may_give_what(world, by, role, kind, where, comes):
    giver = (
        getattr(world, by, None)
        or {
            "leader": lambda: factories.user(Role.LEADER, of=world.fell),
            "governance": lambda: factories.user(Role.INFORMATION_GOVERNANCE, of=world.fell),
            "practitioner": lambda: factories.user(Role.PRACTITIONER, team=world.fell_team),
        }[by]()
    )
    somebody = factories.user()
    place = find_place(kind, getattr(world, where).pk)
    given = {"role": role, "starts_on": ON, "ends_on": None, "reason": "joined", "by": giver, "at": AT, "on": ON}
    if comes == "given":
        roles.give(somebody, place, **given)
        assert role in grants_of(somebody, AT).roles
        (event,) = events(EventKind.ROLE_GIVEN)
        assert (event.actor_name, event.subject_id, event.reason) == (giver.name, str(somebody.pk), "joined")
        assert event.detail["role"] == role
    else:
        with pytest.raises(NotPermitted if comes == "refused" else NotThisWay):
            roles.give(somebody, place, **given)
        assert not Membership.objects.filter(user=somebody).exists()
        assert not events(EventKind.ROLE_GIVEN)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_nobody_gives_themselves_any_role(world, role):
    place = find_place(
        rules()[role].scopes[-1] if rules()[role].scopes[-1] != "partnership" else "authority", world.fell.pk
    )
    with pytest.raises(NotPermitted):
        roles.give(
            world.admin, place, role=role, starts_on=ON, ends_on=None, reason="for me", by=world.admin, at=AT, on=ON
        )


# what is held; what is to be given as well; whether both together may be
TOGETHER = [
    ("practitioner", "team_manager", True),
    ("team_manager", "administrator", True),  # warned about in a report, because a small council may have to
    ("administrator", "information_governance", False),
    ("information_governance", "administrator", False),
    ("practitioner", "school", False),
    ("member", "practitioner", False),
    ("school", "provider", True),
]


@pytest.mark.parametrize(("held", "more", "may"), TOGETHER)
def test_which_roles_one_person_may_hold_together(world, held, more, may):
    somebody = factories.user(held, of=world.fell)
    place = find_place("authority", world.fell.pk)
    given = {"role": more, "starts_on": ON, "ends_on": None, "reason": "acts up", "by": world.admin, "at": AT, "on": ON}
    if may:
        roles.give(somebody, place, **given)
    else:
        with pytest.raises(NotThisWay):
            roles.give(somebody, place, **given)


# first day; first day without; reason; the field that is wrong
DAYS = [
    (0, None, "joined", ""),
    (5, 9, "joined", ""),
    (-1, None, "joined", "starts_on"),  # roles are not given for days that are past
    (0, 0, "joined", "last_day"),
    (3, 2, "joined", "last_day"),
    (0, None, "   ", "reason"),
    (0, None, "x", "reason"),
]


@pytest.mark.parametrize(("first", "until", "reason", "wrong"), DAYS)
def test_days_and_reason(world, first, until, reason, wrong):
    somebody, place = factories.user(), find_place("team", world.fell_team.pk)
    until_day = None if until is None else factories.days(until)
    given = {"role": "practitioner", "starts_on": factories.days(first), "ends_on": until_day, "reason": reason}
    if not wrong:
        roles.give(somebody, place, **given, by=world.admin, at=AT, on=ON)
        assert bool(grants_of(somebody, AT).roles) == (first == 0)
        return
    with pytest.raises(NotThisWay) as refused:
        roles.give(somebody, place, **given, by=world.admin, at=AT, on=ON)
    assert refused.value.field == wrong


def test_the_same_role_is_not_held_twice_on_one_day(world):
    somebody, place = factories.user(), find_place("team", world.fell_team.pk)
    given = {"role": "practitioner", "reason": "joined", "by": world.admin, "at": AT, "on": ON}
    roles.give(somebody, place, **given, starts_on=ON, ends_on=factories.days(5))
    with pytest.raises(NotThisWay):
        roles.give(somebody, place, **given, starts_on=factories.days(4), ends_on=None)
    roles.give(somebody, place, **given, starts_on=factories.days(5), ends_on=None)


def test_a_service_reaches_its_teams_and_moves_with_them(world):
    service = Service.objects.create(authority=world.fell, name="Early help")
    type(world.fell_team).objects.filter(pk=world.fell_team.pk).update(service=service)
    head = factories.user()
    roles.give(
        head, find_place("service", service.pk), role="team_manager", starts_on=ON, ends_on=None, reason="head of it",
        by=world.admin, at=AT, on=ON,
    )  # fmt: skip
    assert grants_of(head, AT).scope(Permission.TEAM_VIEW).team_ids == {world.fell_team.pk}
    type(world.fell_team).objects.filter(pk=world.fell_other.pk).update(service=service)
    assert grants_of(head, AT).scope(Permission.TEAM_VIEW).team_ids == {world.fell_team.pk, world.fell_other.pk}
    service.teams.clear()
    assert grants_of(head, AT).scope(Permission.TEAM_VIEW).is_empty


def test_a_partnership_reaches_its_authorities_and_no_more(world):
    third = factories.authority()
    head = factories.user()
    hold(head, Role.LEADER, world.fell, partnership=world.both)
    reached = grants_of(head, AT).scope(Permission.PICTURE_VIEW).authority_ids
    assert reached == {world.fell.pk, world.vale.pk}
    assert third.pk not in reached
    world.both.authorities.clear()
    assert grants_of(head, AT).scope(Permission.PICTURE_VIEW).is_empty


def test_scoping_costs_no_query_for_services_and_partnerships(world, django_assert_num_queries):
    head = factories.user()
    hold(head, Role.LEADER, world.fell, partnership=world.both)
    hold(head, Role.TEAM_MANAGER, world.fell, service=Service.objects.create(authority=world.fell, name="Care"))
    with django_assert_num_queries(3):
        grants_of(head, AT)


# --- ending --------------------------------------------------------------------------------------------
def end(held, by, **given):
    roles.end(held, **{"from_day": ON, "reason": "moved", "by": by, "at": AT, "on": ON, **given})


def test_a_role_ends_at_once_or_on_its_day(world):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team)
    held = somebody.memberships.get()
    end(held, world.admin, from_day=factories.days(1))
    assert grants_of(somebody, AT).roles
    assert not grants_of(somebody, AT + (factories.days(1) - ON)).roles
    held.refresh_from_db()
    end(held, world.admin)
    assert not grants_of(somebody, AT).roles
    assert len(events(EventKind.ROLE_ENDED)) == 2


def test_a_role_of_another_council_is_not_ended(world):
    held = factories.user(Role.PRACTITIONER, team=world.vale_team).memberships.get()
    with pytest.raises(NotPermitted):
        end(held, world.admin)
    shared = hold(factories.user(), Role.LEADER, world.fell, partnership=world.both)
    with pytest.raises(NotPermitted):
        end(shared, world.admin)
    end(shared, world.admin_of_both)


def test_the_last_administrator_stays(world):
    """Fell has its own and the partnership's; when the second goes, the first must stay."""
    end(world.admin_of_both.memberships.get(), factories_admin(world))
    first = world.admin_of_vale.memberships.get()
    other = factories_admin(world)
    end(other.memberships.filter(authority=world.vale).get(), world.admin_of_vale)
    with pytest.raises(NotThisWay, match="last administrator"):
        roles.end(first, from_day=ON, reason="moved", by=None, at=AT, on=ON)
    with pytest.raises(NotThisWay, match="last administrator"):
        people.end_account(world.admin_of_vale, reason="left", by=None, at=AT, on=ON)
    with pytest.raises(NotThisWay, match="last administrator"):
        people.change(
            world.admin_of_vale, name="V", email="v@vale.example", expires_on=factories.days(9), reason="agency",
            by=None, at=AT, on=ON,
        )  # fmt: skip


def factories_admin(world) -> User:
    """Another administrator of both councils, by two roles of one person."""
    known = User.objects.filter(name="Second Admin").first()
    if known is None:
        known = factories.user(Role.ADMINISTRATOR, of=world.fell, name="Second Admin")
        hold(known, Role.ADMINISTRATOR, world.vale)
    return known


def test_an_administrator_whose_account_runs_out_does_not_count(world):
    User.objects.filter(pk=world.admin_of_both.pk).update(expires_on=ON)
    with pytest.raises(NotThisWay, match="last administrator"):
        people.end_account(world.admin, reason="left", by=None, at=AT, on=ON)


def test_nobody_ends_their_own_account_or_role(world):
    with pytest.raises(NotPermitted):
        people.end_account(world.admin, reason="left", by=world.admin, at=AT, on=ON)
    with pytest.raises(NotPermitted):
        end(world.admin.memberships.get(), world.admin)


def test_an_account_that_works_elsewhere_too_is_not_ended_by_one_council(world):
    somebody = factories.user(Role.PRACTITIONER, team=world.fell_team)
    hold(somebody, Role.PRACTITIONER, world.vale, team=world.vale_team)
    for act in (
        lambda by: people.end_account(somebody, reason="left", by=by, at=AT, on=ON),
        lambda by: people.one_time_link(somebody, by=by, at=AT, on=ON),
        lambda by: people.change(
            somebody, name="X", email="x@x.example", expires_on=None, reason="typo", by=by, at=AT, on=ON
        ),
    ):
        with pytest.raises(NotPermitted):
            act(world.admin)
        if "end_account" not in act.__code__.co_names:
            act(world.admin_of_both)
    people.end_account(somebody, reason="left", by=world.admin_of_both, at=AT, on=ON)
    assert grants_of(User.objects.get(pk=somebody.pk), AT).roles == ()


# --- words ---------------------------------------------------------------------------------------------
def test_every_permission_is_said_in_one_sentence_of_its_own():
    assert set(PERMISSION_WORDS) == set(Permission)
    assert len(set(PERMISSION_WORDS.values())) == len(PERMISSION_WORDS)


def test_roles_of_the_pack_name_each_other_by_ids_that_exist():
    for rule in rules().values():
        assert rule.scopes, rule.id
        assert set(rule.scopes) <= set(KINDS), rule.id
        assert {*rule.stand_ins, *rule.arranges_for, *rule.never_with} <= set(rules()), rule.id
        assert all(rules()[each].lendable for each in rule.arranges_for), rule.id
        assert all(rule.id in rules()[each].never_with for each in rule.never_with), rule.id
    assert not any(rules()[role].lendable for role in ("administrator", "information_governance"))
