"""The attempts that meet the database itself, on PostgreSQL too; on SQLite they run in ``tests/access``."""

import pytest
from django.db import connection

from tests.access.attacks import ATTEMPTS
from tests.access.test_attacks import test_it_fails_safely as it_fails_safely

pytestmark = pytest.mark.django_db
MEETS_THE_DATABASE = ("FORM-", "HTTP-", "FIND-", "END-", "LOG-", "SESS-")


@pytest.mark.parametrize(
    "attempt", [each for each in ATTEMPTS if each.id.startswith(MEETS_THE_DATABASE)], ids=lambda each: each.id
)
def test_it_fails_safely_here_too(world, caplog, attempt):
    if connection.vendor != "postgresql":
        pytest.skip("left out: runs on SQLite in tests/access")
    it_fails_safely(world, caplog, attempt)
