"""Who may reach which children: roles by reach, and the same answer for children and for plans."""

import pytest

from keepsight.apps.accounts.models import Membership
from keepsight.apps.accounts.permissions import Permission, grants_of
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.permissions import check_user_can_open_child, children_visible_to
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.factories import TODAY, days
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
    grants = grants_of(person, TODAY)
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
    seen = list(children_visible_to(grants_of(person, TODAY)).values_list("pk", flat=True))
    assert len(seen) == len(set(seen)) == 2


def test_a_role_for_the_whole_authority_needs_no_join(world):
    team, person, _ = world
    Membership.objects.create(user=person, authority=team.authority, role="leader", starts_on=days(-1))
    assert "JOIN" not in str(children_visible_to(grants_of(person, TODAY)).query)
