"""What the commands share that work on the running system: starting Django, and showing that work goes on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from keepsight.core.errors import NotAllowedNow


def start() -> None:
    """Make the register reachable. Called inside a command, so that ``keepsight --help`` stays quick."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
    django.setup()
    from keepsight.core.packs import book

    book()  # rules that cannot be used stop here, with their sentence
    _check_tables()


def _check_tables() -> None:
    """Refuse to work on a register whose tables are missing or older than this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotAllowedNow(
            "The register's tables are not made yet, or are older than this version. "
            "Make them with: .venv/bin/python manage.py migrate",
            code="no_tables",
        )


@contextmanager
def working(says: str) -> Iterator[None]:
    """Show that work goes on, on the error stream, so that ``--json`` stays clean."""
    from rich.console import Console

    with Console(stderr=True).status(says):
        yield


def one_by_one(authorities: list[Any], doing: str) -> Iterator[Any]:
    """Give the authorities in turn, with a bar on the error stream."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(authorities, description=doing, console=console, transient=True, disable=not console.is_terminal)
