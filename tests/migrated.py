"""
Databases with every table and no row, for tests that start other processes: copied, because migrating takes seconds.

The copy is taken of the database that Django's own ``migrate`` has just made for the tests.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

KEPT = "keepsight_migrated"


class Template:
    """A migrated database that nobody writes to."""

    def __init__(self, kept: str):
        self.kept = kept

    def make(self) -> None:
        """Copy the database of the tests as it stands."""
        connection.ensure_connection()
        with closing(sqlite3.connect(self.kept)) as kept:
            connection.connection.backup(kept)

    @contextmanager
    def copy(self, name: str, folder: Path) -> Iterator[str]:
        """Give the address of a database of one's own, as migrated; the key of its log lies in the folder."""
        _lay_key(folder)
        file = folder / "own.sqlite3"
        shutil.copyfile(self.kept, file)
        yield f"sqlite:///{file}"


class OnPostgresql(Template):
    """The same in the server of the run."""

    def __init__(self, kept: str, server: str):
        super().__init__(kept)
        self.server = server

    def make(self) -> None:
        connection.close()
        connection.close_pool()  # a database is copied only while nobody is connected to it
        with self._connected() as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.kept} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {self.kept} TEMPLATE {connection.settings_dict['NAME']}")

    @contextmanager
    def copy(self, name: str, folder: Path) -> Iterator[str]:
        _lay_key(folder)
        with self._connected() as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {self.kept}")
            yield self.server.rsplit("/", 1)[0] + f"/{name}"
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _connected(self) -> Any:
        import psycopg

        return psycopg.connect(self.server, autocommit=True)


def _lay_key(folder: Path) -> None:
    """The log of a migrated database has begun with the key of these tests; its processes find it in their folder."""
    (folder / "audit-key").write_text(settings.AUDIT_KEY)


class Turn:
    """Among the processes of one run: the first to ask migrates and keeps a copy, from which the others make theirs."""

    def __init__(self, folder: Path):
        self.server = os.environ.get("KEEPSIGHT_DATABASE", "")
        self.kept = KEPT if connection.vendor == "postgresql" else str(folder / f"{KEPT}.sqlite3")
        self.done = folder / f"{KEPT}.done"
        self.lock = (folder / f"{KEPT}.lock").open("w")

    def begin(self) -> None:
        """Wait for who migrates; then have Django find everything done."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.done.exists():
            return  # nobody has: the lock is held until the copy is made
        fcntl.flock(self.lock, fcntl.LOCK_UN)
        if connection.vendor == "postgresql":
            connection.settings_dict["TEST"]["TEMPLATE"] = self.kept
            return
        prepare = connection.prepare_database

        def restored() -> None:
            with closing(sqlite3.connect(self.kept)) as kept:
                connection.ensure_connection()
                kept.backup(connection.connection)
            connection.prepare_database = prepare  # a later migrate, within a test, finds its own database
            prepare()

        connection.prepare_database = restored  # called first by migrate

    def end(self) -> Template | None:
        """Give the copy, made now if this process is the first."""
        here = connection.settings_dict["NAME"]
        if not (connection.is_in_memory_db() if connection.vendor == "sqlite" else here.startswith("test_")):
            fcntl.flock(self.lock, fcntl.LOCK_UN)
            return None  # no test of this run asks for the database, so there is none of the tests
        template = OnPostgresql(self.kept, self.server) if connection.vendor == "postgresql" else Template(self.kept)
        if not self.done.exists():
            template.make()
            self.done.touch()
        fcntl.flock(self.lock, fcntl.LOCK_UN)
        return template
