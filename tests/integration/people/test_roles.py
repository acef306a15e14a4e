"""The roles of the pack are the roles of the product, and each permission that a pack names exists."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import Permission, permissions_of, permissions_with_reason, rules
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.permissions import grants_of
from tests import factories as make


def test_pack_and_product_name_the_same_roles():
    assert {rule.id: rule.name for rule in rules().values()} == {role.value: role.label for role in Role}


def test_each_permission_that_a_role_names_exists_and_each_that_exists_is_held_by_some_role():
    named = frozenset().union(*(permissions_with_reason(role) for role in rules()))
    assert named == set(Permission)


def test_nothing_held_with_a_reason_is_held_without():
    for role, rule in rules().items():
        assert not {Permission(name) for name in rule.with_reason} & permissions_of(role), role


def test_roles_that_reach_a_child_say_so():
    reach = {Permission.CHILD_VIEW, Permission.CHILD_FIND, Permission.KNOWN_CHECK}
    for role, rule in rules().items():
        assert rule.children == bool(permissions_with_reason(role) & reach), role


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.ANALYST, Role.QUALITY_ASSURANCE, Role.LEADER])
def test_figures_count_early_help_for_whoever_reads_them(role):
    council = make.authority()
    for service in ("early_help", "cin"):
        make.plan(make.child(council), service=service)
    grants = grants_of(make.user(role, of=council), make.NOW)
    assert plans_visible_to(grants, Permission.PICTURE_VIEW).count() == 2
