"""The same form sent twice at the same moment records one visit a child, on both databases."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("two_sends.py")
NAME = "keepsight_two_sends"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[str]:
    """An empty database of its own: a file, and one in the server of the run where there is one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/two.sqlite3"
        return
    server = os.environ.get("KEEPSIGHT_DATABASE", "")
    if not server.startswith("postgres"):
        pytest.skip("left out: this run has no PostgreSQL")
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        yield server.rsplit("/", 1)[0] + f"/{NAME}"
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def test_two_browsers_send_the_same_visit_at_once(database, tmp_path):
    env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    ran = subprocess.run([sys.executable, str(SCRIPT)], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    rounds = ran.stdout.splitlines()
    assert len(rounds) == 5, ran.stderr[-2000:]
    # both browsers are told that it is recorded; two children, two visits, two events; nobody is lost
    assert set(rounds) == {"302 302 2 2 2"}
