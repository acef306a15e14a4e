"""What integration tests share: a database of their own, for tests whose other processes must reach it."""

import os
from collections.abc import Iterator

import pytest

from tests.migrated import Template


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path, django_db_setup: Template) -> Iterator[str]:
    """A migrated database of its own without a row: a file, and one in the server of the run where there is one."""
    on_postgresql = os.environ.get("KEEPSIGHT_DATABASE", "").startswith("postgres")
    if on_postgresql != (request.param == "postgresql"):
        pytest.skip("left out: the run on the other database does it")
    with django_db_setup.copy(f"keepsight_{request.node.originalname}"[:63], tmp_path) as url:
        yield url
