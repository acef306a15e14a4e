"""Who may reach which children: roles by reach, and the same answer for children and for plans."""

import pytest

from keepsight.apps.accounts.models import Membership
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.permissions import (
    check_user_can_open_child,
    children_counted_for,
    children_visible_to,
    grants_of,
    may_name,
)
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.factories import NOW, days
from tests.tables import ids, table

pytestmark = pytest.mark.django_db

# own: on the person's caseload, in another team. unplanned: nothing open, so no plan.
REACH = table("""
    role         | for       || own | team | council | unplanned | elsewhere
    practitioner | team      || yes | yes  |         |           |
    practitioner | authority || yes | yes  | yes     | yes       |
    team_manager | team      || yes | yes  |         |           |
    leader       | authority || yes | yes  | yes     | yes       |
    analyst      | authority ||     |      |         |           |
    data_loader  | authority ||     |      |         |           |
    none         | none      ||     |      |         |           |
""")


@pytest.fixture
def world():
    team = make.team()
    council = team.authority
    elsewhere_team = make.team(council)
    person = make.user(role="", of=None)
    worker = make.worker(elsewhere_team, user=person)
    children = {
        "own": (make.child(council), worker),
        "team": (make.child(council), make.worker(team)),
        "council": (make.child(council), make.worker(elsewhere_team)),
        "unplanned": (make.child(council), None),
    }
    children["elsewhere"] = (make.child(), None)
    for child, by in children.values():
        if by is not None:
            make.plan(child, by)
    make.plan(children["elsewhere"][0])
    return team, person, {name: child for name, (child, _) in children.items()}


@pytest.mark.parametrize("row", REACH, ids=ids(REACH))
def test_reach(row, world):
    team, person, children = world
    if row["role"] != "none":
        Membership.objects.create(
            user=person, authority=team.authority, team=team if row["for"] == "team" else None, role=row["role"],
            starts_on=days(-1),
        )  # fmt: skip
    grants = grants_of(person, NOW)
    seen = set(children_visible_to(grants).values_list("pk", flat=True))
    wanted = {child.pk for name, child in children.items() if row[name] == "yes"}
    assert seen == wanted
    planned = set(plans_visible_to(grants, Permission.CHILD_VIEW).values_list("pk", flat=True))
    assert planned == wanted - {children["unplanned"].pk}
    for child in children.values():
        if child.pk in wanted:
            check_user_can_open_child(grants, child)
        else:
            with pytest.raises(NotPermitted):
                check_user_can_open_child(grants, child)


def test_no_child_comes_twice(world):
    team, person, children = world
    for role in ("practitioner", "team_manager"):
        Membership.objects.create(user=person, authority=team.authority, team=team, role=role, starts_on=days(-1))
    make.worker(team, user=person)
    seen = list(children_visible_to(grants_of(person, NOW)).values_list("pk", flat=True))
    assert len(seen) == len(set(seen)) == 2


def test_a_role_for_the_whole_authority_needs_no_join(world):
    leader = make.user("leader", of=world[0].authority)
    assert "JOIN" not in str(children_visible_to(grants_of(leader, NOW)).query)


# The own worker and the manager of that worker's team; where nobody is the worker, the manager of the case's team.
RESTRICTED = table("""
    role         | for       || own | colleague | other_team | unallocated | unplanned
    practitioner | team      || yes |           |            |             |
    practitioner | authority || yes |           |            |             |
    team_manager | team      || yes | yes       |            | yes         |
    team_manager | authority || yes |           |            |             |
    leader       | team      || yes |           |            |             |
    leader       | authority || yes |           |            |             |
    analyst      | authority ||     |           |            |             |
    none         | none      ||     |           |            |             |
""")


@pytest.mark.parametrize("row", RESTRICTED, ids=ids(RESTRICTED))
def test_a_restricted_record_is_for_its_worker_and_the_manager_of_that_workers_team(row):
    team = make.team()
    person = make.user(role="", of=None)
    by = {
        "own": make.worker(team, user=person), "colleague": make.worker(team),
        "other_team": make.worker(make.team(team.authority)),
    }  # fmt: skip
    children = {name: make.child(team.authority, record_class="restricted") for name in (*by, "unallocated")}
    for name, worker in by.items():
        make.plan(children[name], worker)
    make.plan(children["unallocated"], worker=None, team=team)
    children["unplanned"] = make.child(team.authority, record_class="restricted")
    if row["role"] != "none":
        Membership.objects.create(
            user=person, authority=team.authority, team=team if row["for"] == "team" else None, role=row["role"],
            starts_on=days(-1),
        )  # fmt: skip
    grants = grants_of(person, NOW)
    wanted = {child.pk for name, child in children.items() if row[name] == "yes"}
    assert set(children_visible_to(grants).values_list("pk", flat=True)) == wanted
    parts = ("child__record_class", "worker_id", "worker__team_id", "team_id")
    named = {
        pk
        for pk, *whose in plans_visible_to(grants, Permission.CHILD_VIEW).values_list("pk", *parts)
        if may_name(
            grants, Permission.CHILD_VIEW, child_id=pk,
            **dict(zip(("record_class", "worker_id", "worker_team_id", "team_id"), whose, strict=True)),
        )
    }  # fmt: skip
    assert named == wanted
    counted = set(children_counted_for(grants).values_list("pk", flat=True))
    assert set(plans_visible_to(grants, Permission.CHILD_VIEW).values_list("pk", flat=True)) <= counted
