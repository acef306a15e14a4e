"""The menu and the sections: short for every role, and everything that a role may open is reached from them."""

import pytest
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import permissions_of
from keepsight.apps.registers.sections import SECTIONS
from keepsight.config.context import MORE, NAVIGATION, ROOM, _links

AT_MOST = 9


@pytest.mark.parametrize("role", Role.values)
def test_no_role_has_more_than_a_line_of_menu(role):
    menu = _links(frozenset({role}))
    assert 0 < len(menu) <= AT_MOST
    assert len(dict(menu)) == len(menu)


@pytest.mark.parametrize("role", Role.values)
def test_what_the_menu_has_no_room_for_is_one_click_away(role):
    held = set(permissions_of(role))
    shown = {address for _, address in _links(frozenset({role}))}
    home = {reverse(name) for _, lines in SECTIONS for _, name, _, any_of in lines if any_of & held}
    if reverse("registers:home") not in shown:
        home = set()
    reached = shown | home
    missed = [text for text, name, any_of in (*NAVIGATION, *MORE) if any_of & held and reverse(name) not in reached]
    assert missed == []


def test_more_of_the_menu_is_in_the_sections():
    in_sections = {name for _, lines in SECTIONS for _, name, _, _ in lines}
    assert {name for _, name, _ in MORE} <= in_sections
    assert ROOM <= AT_MOST
