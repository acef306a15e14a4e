"""One world for all tests of a module, on a clock that stands still; nothing of it stays."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test.utils import override_settings

from tests import factories as make
from tests.access.world import World, build, settings_of_walk


@pytest.fixture(autouse=True)
def stand_still() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(make.NOW, tick=False), override_settings(**settings_of_walk()):
            cache.clear()
            yield build()
        transaction.set_rollback(True)
