"""
Guards of the log while tables are changed.

SQLite changes a table by making it anew, which no trigger outlives, and refuses while a trigger of
another table speaks of it. So the guards step aside for a migration of this app, and stand again
after every ``migrate``, whatever took them away.
"""

import sys
from typing import Any

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from keepsight.apps.audit import guards

BEGUN = ("audit", "0003_chain")


def step_aside(*, using: str, plan: Any = None, **_: Any) -> None:
    """Before the migrations of a plan: take the guards down where a table of the log is made anew."""
    connection = connections[using]
    if plan is None or not _begun(connection):
        return
    if gone := guards.missing(connection):
        sys.stderr.write(f"Guards of the log were gone: {', '.join(gone)}. Check it: keepsight audit verify\n")
    if connection.vendor == "sqlite" and any(migration.app_label == "audit" for migration, _ in plan):
        guards.take_down(connection)


def stand_again(*, using: str, plan: Any = None, **_: Any) -> None:
    """After the migrations: whatever is not there is put up, by whoever may."""
    connection = connections[using]
    if plan is not None and _begun(connection) and guards.missing(connection) and guards.owned(connection):
        guards.put_up_again(connection)


def _begun(connection: Any) -> bool:
    return BEGUN in MigrationRecorder(connection).applied_migrations()
