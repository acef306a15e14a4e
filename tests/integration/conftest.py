"""What integration tests share: a database of their own, for tests whose other processes must reach it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import SimpleTestCase

from tests.migrated import Template


def _touches_the_database(item: pytest.Item) -> bool:
    return (
        item.get_closest_marker("django_db") is not None
        or "django_db_setup" in getattr(item, "fixturenames", ())
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The run on PostgreSQL leaves out what does not touch its database: the run on SQLite did it."""
    if not os.environ.get("KEEPSIGHT_DATABASE", "").startswith("postgres"):
        return
    here = Path(__file__).parent
    out = [item for item in items if here in item.path.parents and not _touches_the_database(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path, django_db_setup: Template) -> Iterator[str]:
    """A migrated database of its own without a row: a file, and one in the server of the run where there is one."""
    on_postgresql = os.environ.get("KEEPSIGHT_DATABASE", "").startswith("postgres")
    if on_postgresql != (request.param == "postgresql"):
        pytest.skip("left out: the run on the other database does it")
    with django_db_setup.copy(f"keepsight_{request.node.originalname}"[:63], tmp_path) as url:
        yield url
