"""PostgreSQL: the pages' own role adds to the log and can do nothing else to it; and the pages work with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

NOT_YOURS = psycopg.errors.InsufficientPrivilege
ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("as_the_pages.py")
CANNOT = (
    "UPDATE audit_event SET reason = ''",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "DROP TABLE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE audit_event DISABLE TRIGGER audit_event_keep",
    "DROP TRIGGER audit_event_keep ON audit_event",
    "SET session_replication_role = replica",
    "UPDATE audit_chainhead SET seq = 0",
    "INSERT INTO audit_chainhead (id, seq, link) VALUES (2, 0, '')",
    "DELETE FROM audit_chainhead",
    "TRUNCATE audit_chainhead",
    "UPDATE audit_anchor SET seq = 0",
    "DELETE FROM audit_anchor",
    "CREATE OR REPLACE FUNCTION audit_event_seal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TEMP TABLE mine (seq bigint, link text, content text); "
    "CREATE TRIGGER mine BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION audit_event_seal()",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
    "ALTER TABLE audit_event OWNER TO keepsight_app",
    "SET ROLE keepsight",
    "DELETE FROM django_migrations",
)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_role_of_the_pages(database, tmp_path):
    env = {**os.environ, "KEEPSIGHT_VAR": str(tmp_path), "PYTHONPATH": str(ROOT),
           "DJANGO_SETTINGS_MODULE": "tests.settings"}  # fmt: skip

    def run(url: str, *words: str) -> str:
        command = [sys.executable, str(SCRIPT), *words]
        done = subprocess.run(command, env=env | {"KEEPSIGHT_DATABASE": url}, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run(database, "owner")
    as_pages = database.replace("postgres://keepsight@", "postgres://keepsight_app@")
    assert as_pages != database
    assert json.loads(run(as_pages, "pages")) == {
        "work": 200, "child": 200, "visit": 302, "fits": True, "owner": False, "prune": "not_allowed_now",
    }  # fmt: skip
    for statement in CANNOT:
        with psycopg.connect(as_pages, autocommit=True) as connection, pytest.raises(NOT_YOURS):
            connection.execute(statement)
    with psycopg.connect(as_pages, autocommit=True) as connection:
        before = connection.execute("SELECT seq FROM audit_chainhead").fetchone()[0]
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            connection.execute(
                "INSERT INTO audit_event (at, kind, content, link, detail, actor_id, actor_name, actor_roles, "
                "authority_code, subject_type, subject_id, reason, source, address, seq) "
                "VALUES (now(), 'x', repeat('0', 64), '', '{}', '', '', '', '', '', '', '', '', '', 1)"
            )
        assert connection.execute("SELECT seq FROM audit_chainhead").fetchone()[0] == before
    assert json.loads(run(database, "check")) == {"fits": True, "guards": []}
