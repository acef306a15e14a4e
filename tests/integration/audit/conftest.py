"""The log's tests stand still on one Wednesday and keep anchors in a folder of their own."""

from collections.abc import Iterator

import pytest
import time_machine

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from tests import factories as make


@pytest.fixture(autouse=True)
def stand_still() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def anchored_here(settings, tmp_path):
    settings.ANCHORS = tmp_path / "anchors"
    return settings.ANCHORS


@pytest.fixture
def write(db):
    """Write so many events."""

    def written(count: int, **given) -> None:
        for number in range(count):
            audit.record(EventKind.SEARCHED, at=make.NOW, source=f"page {number}", rows=number, **given)

    return written
