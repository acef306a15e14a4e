"""What all tests share: where the sector's files are, and what is said when they are not there."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests import migrated

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
settings.register_profile("keepsight", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("keepsight")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from tests.together import Together

    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish(session):
    gc.freeze()  # what was imported lives to the end: looking through it again and again costs minutes
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        from tests.together import longest_first

        items[:] = [items[place] for place in longest_first([item.nodeid for item in items])]
    for item in items:
        if "database" in getattr(item, "fixturenames", ()):  # copied from the database of the tests, which is made
            item.add_marker(pytest.mark.django_db)  # only where a test asks for it
    if (SHARED / "data").is_dir():
        return
    left_out = pytest.mark.skip(reason="left out: the sector's sample files do not stand beside the project")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(left_out)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real and sample files beside the project."""
    return SHARED


@pytest.fixture(scope="session")
def migrating(tmp_path_factory) -> migrated.Turn:
    """One process of the run migrates; the others wait and copy."""
    folder = tmp_path_factory.getbasetemp()
    return migrated.Turn(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, migrating) -> None:
    migrating.begin()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, migrating) -> migrated.Template | None:
    """The migrated database of the tests as it is before any of them writes to it."""
    with django_db_blocker.unblock():
        return migrating.end()


@pytest.fixture(scope="session", autouse=True)
def emptying_the_log() -> Iterator[None]:
    """Tests that commit empty every table afterwards: only there the guards of the log step aside."""
    from django.db import connection
    from django.test import TransactionTestCase

    from keepsight.apps.audit import guards, sealing
    from keepsight.apps.audit.models import Anchor, ChainHead

    teardown = TransactionTestCase._fixture_teardown

    def emptied(self: TransactionTestCase) -> None:
        guards.take_down(connection)
        teardown(self)
        sealing.begin(ChainHead, Anchor, datetime.now(UTC))
        guards.put_up(connection)

    TransactionTestCase._fixture_teardown = emptied
    yield
    TransactionTestCase._fixture_teardown = teardown
