"""``keepsight serve``: the pages, by granian."""

from typing import Any

import click

THREADS = 4  # a worker; the server's own default grows threads until the database has no connection left


@click.command(short_help="Serve the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
def command(host: str, port: int, workers: int) -> None:
    """Serve until stopped with Ctrl+C. For an example authority, say who may sign in."""
    from keepsight.cli import site

    site.start()
    _check_free(host, port)
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104 – shown, not opened
    click.echo(f"Keepsight is at http://{shown}:{port}/  (stop with Ctrl+C)")
    for line in _example_people():
        click.echo(line)

    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "keepsight.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        log_access=False,
    ).serve()  # type: ignore[no-untyped-call]


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
