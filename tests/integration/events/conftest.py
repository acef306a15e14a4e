"""A council before an emergency, who leads it, and a browser signed in as that person."""

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.command.actions.activating import Wish, activate
from keepsight.apps.registers import actions as registers
from tests import factories as make


@pytest.fixture
def frozen():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def council():
    authority = make.authority(settings={"contact_mode": "bau", "second_factor": "off"})
    registers.install(authority, at=make.NOW)
    return authority


@pytest.fixture
def lead(council):
    return make.user(Role.EMERGENCY_LEAD, of=council, name="Lena Exampleby")


@pytest.fixture
def begin(council, lead):
    """Activate a pack."""

    def begun(pack="severe_weather", exercise=False, **more):
        wish = Wish(pack, exercise, "Snow is forecast for the weekend", **more)
        return activate(council, wish, by=lead, at=make.NOW, on=make.TODAY)

    return begun


@pytest.fixture
def desk(client, lead, frozen):
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
