"""``keepsight check``: the counts that the pages show, and whether every kept figure still holds."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

NOT_AGREED = 14  # exit code when something does not agree


@click.command(short_help="Print the counts that the pages show.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the counts; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(code: str | None, on: datetime | None, as_json: bool) -> None:
    """
    Count each queue as the pages do, verify the snapshots, and make the newest report again.

    Exit code 14: something does not agree; each disagreement is named.
    """
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.briefing.checking import check
    from keepsight.cli.rate import authorities

    chosen = authorities(code)
    with site.working("Counting, and making the newest report again"):
        found = check(chosen, on=on.date() if on else timezone.localdate())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        names = {authority.code: authority.name for authority in chosen}
        _print(found, names | {"together": "Together"})
    if found.wrong:
        sys.exit(NOT_AGREED)


def _print(found: Any, names: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="Children in each list, as the pages show them")
    table.add_column("List")
    for place in found.counts:
        table.add_column(names[place], justify="right")
    for queue in next(iter(found.counts.values()), {}):
        table.add_row(queue, *(f"{counts[queue]:,}" for counts in found.counts.values()))
    console.print(table)
    for note in found.notes:
        click.echo(note)
    for sentence in found.wrong:
        click.echo(f"Does not agree: {sentence}", err=True)
    if not found.wrong:
        snapshots = "snapshot" if found.snapshots == 1 else "snapshots"
        made = f" and report {found.report}" if found.report else ""
        click.echo(f"Everything agrees: lists, indicators, {found.snapshots:,} {snapshots}{made}.")
