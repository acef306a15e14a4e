"""People who sign in through the form, in an authority that is no example: nothing is switched off."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from keepsight.apps.accounts.models import Authority, Role, User
from tests import factories as make

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def stand_still(db) -> Iterator[Any]:
    cache.clear()  # counts of tries
    with time_machine.travel(make.NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def real() -> Authority:
    """A council that uses Keepsight in earnest; it tries to switch the second factor off all the same."""
    return make.authority(is_example=False, name="Realshire")


@pytest.fixture
def example() -> Authority:
    return make.authority()


@pytest.fixture
def worker(example) -> User:
    """A practitioner of an example authority, of whom no second factor is asked."""
    return make.user(Role.PRACTITIONER, team=make.team(example))


@pytest.fixture
def enter() -> Callable[..., Client]:
    """Sign in through the form; gives the browser."""

    def entered(user: User, password: str = make.PASSWORD, **browser: Any) -> Client:
        client = Client(**browser)
        client.last = client.post("/account/login/", {"login": user.email, "password": password})  # type: ignore[attr-defined]
        return client

    return entered


@pytest.fixture
def inside() -> Callable[[User], Client]:
    """A browser in which this person has signed in already."""

    def signed(user: User) -> Client:
        client = Client()
        client.force_login(user, BACKEND)
        return client

    return signed
