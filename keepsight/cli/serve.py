"""``keepsight serve``: the pages, by granian."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

THREADS = 4  # a worker; the server's own default grows threads until the database has no connection left


@click.command(short_help="Serve the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--jobs/--no-jobs", default=True, show_default=True, help="Also do the work on the queue.")
def command(host: str, port: int, workers: int, jobs: bool) -> None:
    """Serve until stopped with Ctrl+C. For an example authority, say who may sign in."""
    from keepsight.cli import site

    site.start()
    _check_guards()
    _check_free(host, port)
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104 – shown, not opened
    click.echo(f"Keepsight is at http://{shown}:{port}/  (stop with Ctrl+C)")
    for line in _example_people():
        click.echo(line)

    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        "keepsight.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        log_access=False,
    )
    with _at_work(jobs):
        server.serve()  # type: ignore[no-untyped-call]


@contextmanager
def _at_work(jobs: bool) -> Iterator[None]:
    """Keep a worker at the queue while the pages are served; it finishes what it is doing when told to stop."""
    if not jobs:
        yield
        return
    from django.conf import settings

    from keepsight.apps.audit import tasks
    from keepsight.apps.briefing.tasks import put_back

    put_back()
    tasks.begin()
    worker = subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--no-startup-delay", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PYTHONPATH": str(settings.BASE_DIR)},
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _check_guards() -> None:
    """Serve no record while the log of who looked could be changed."""
    from django.db import connection

    from keepsight.apps.audit import guards
    from keepsight.core.errors import NotAllowedNow

    if guards.missing(connection):
        raise NotAllowedNow(
            "Triggers that keep the log of who looked from being changed are gone, so no page is served. "
            "Put them up with: keepsight audit guards. Then check the log: keepsight audit verify",
            code="no_guards",
        )


def _check_free(host: str, port: int) -> None:
    """Refuse a port that somebody listens on: the server would share it in silence, with an old copy perhaps."""
    import socket

    from keepsight.core.errors import NotAllowedNow

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise NotAllowedNow(
                f"Port {port} on {host} is taken ({trouble.strerror}). Choose another with --port.", code="port_taken"
            ) from trouble


def _example_people() -> list[str]:
    """Who may sign in to the example, with their shared password; nothing where real people work."""
    from keepsight.apps.accounts.models import Authority, Membership, Role
    from keepsight.apps.intake.example import PASSWORD

    if not Authority.objects.exists():
        return ["No authority has been loaded yet. Try: keepsight example var/example --install"]
    held: Any = Membership.objects.filter(authority__is_example=True, user__is_active=True)
    people = held.order_by("user__email").values_list("user__email", "role", "authority__name", "team__name")
    rows: dict[str, list[str]] = {}
    for email, role, authority, team in people:
        rows.setdefault(f"{email:<42} {Role(role).label}", []).append(team or authority)
    if not rows:
        return []
    listed = [f"  {person}, {' and '.join(dict.fromkeys(places))}" for person, places in rows.items()]
    return ["Every person here is invented. Sign in as:", *listed, f"  with the password  {PASSWORD}"]
