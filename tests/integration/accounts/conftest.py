"""Two councils with teams, an administrator of each and of both, and ways to sign in and to give roles."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine

from keepsight.apps.accounts.models import Authority, Membership, Partnership, Role, Team, User
from keepsight.apps.audit.models import Event
from tests import factories


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@dataclass
class World:
    """Fell and Vale, a partnership of the two, one team each."""

    fell: Authority
    vale: Authority
    both: Partnership
    fell_team: Team
    fell_other: Team
    vale_team: Team
    admin: User  # of Fell
    admin_of_vale: User
    admin_of_both: User


@pytest.fixture
def world() -> World:
    fell = factories.authority(code="fell", name="Fell")
    vale = factories.authority(code="vale", name="Vale")
    both = Partnership.objects.create(name="Fell and Vale")
    both.authorities.add(fell, vale)
    of_both = factories.user(name="Admin Both")
    hold(of_both, Role.ADMINISTRATOR, fell, partnership=both)
    return World(
        fell, vale, both,
        factories.team(fell, name="Harbour"), factories.team(fell, name="Moor"), factories.team(vale, name="Brook"),
        factories.user(Role.ADMINISTRATOR, of=fell, name="Admin Fell"),
        factories.user(Role.ADMINISTRATOR, of=vale, name="Admin Vale"),
        of_both,
    )  # fmt: skip


def hold(user: User, role: str, of: Authority, **given: Any) -> Membership:
    """A role that a person holds since January, unless said otherwise."""
    return Membership.objects.create(user=user, role=role, authority=of, **{"starts_on": date(2020, 1, 1), **given})


@pytest.fixture
def sign_in(client):
    """Sign somebody in."""

    def signed(user: User, browser: Any = client) -> Any:
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("pk"))


def day(name: str, on: date) -> dict[str, int]:
    """A day as three boxes send it."""
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}
