"""The desk's tests stand still on one Wednesday, and sign in without the form."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from keepsight.apps.accounts.models import Role, User
from tests import factories as make


@pytest.fixture(autouse=True)
def stand_still() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """Give a client in which this person has signed in."""

    def signed(user: User) -> Client:
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed


@pytest.fixture
def team(db):
    return make.team()


@pytest.fixture
def worker(team):
    """A practitioner of the team, as user and as worker row."""
    return make.practitioner(team)


@pytest.fixture
def manager(team):
    return make.user(Role.TEAM_MANAGER, team=team)


@pytest.fixture
def leader(team):
    return make.user(Role.LEADER, of=team.authority)
