"""
Databases with every table and no row, for tests that start other processes: copied, because migrating takes seconds.

The copy is taken of the database that Django's own ``migrate`` has just made for the tests.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


class Template:
    """A migrated database that nobody writes to."""

    def __init__(self, kept: str):
        self.kept = kept

    @contextmanager
    def copy(self, name: str, folder: Path) -> Iterator[str]:
        """Give the address of a database of one's own, as migrated; the key of its log lies in the folder."""
        _lay_key(folder)
        file = folder / "own.sqlite3"
        shutil.copyfile(self.kept, file)
        yield f"sqlite:///{file}"

    def drop(self) -> None:
        """Keep it no longer."""


class OnPostgresql(Template):
    """The same in the server of the run."""

    def __init__(self, kept: str, server: str):
        super().__init__(kept)
        self.server = server

    @contextmanager
    def copy(self, name: str, folder: Path) -> Iterator[str]:
        _lay_key(folder)
        with self._connected() as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {self.kept}")
            yield self.server.rsplit("/", 1)[0] + f"/{name}"
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        with self._connected() as server:
            server.execute(f"DROP DATABASE {self.kept} WITH (FORCE)")

    def _connected(self) -> Any:
        import psycopg

        return psycopg.connect(self.server, autocommit=True)


def _lay_key(folder: Path) -> None:
    """The log of a migrated database has begun with the key of these tests; its processes find it in their folder."""
    (folder / "audit-key").write_text(settings.AUDIT_KEY)


def keep(file: Path, server: str) -> Template | None:
    """Copy the database of the tests as it stands: into a file, or beside it in the server."""
    if connection.vendor == "sqlite":
        if not connection.is_in_memory_db():
            return None  # no test of this run asks for the database, so there is none of the tests
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as kept:
            connection.connection.backup(kept)
        return Template(str(file))
    tested = connection.settings_dict["NAME"]
    if not tested.startswith("test_"):
        return None
    connection.close()
    connection.close_pool()  # a database is copied only while nobody is connected to it
    template = OnPostgresql(f"{tested}_migrated", server)
    with template._connected() as connected:
        connected.execute(f"CREATE DATABASE {template.kept} TEMPLATE {tested}")
    return template
