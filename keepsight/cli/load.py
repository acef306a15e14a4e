"""``keepsight load``: a folder of a council's files into the register, or a look at what it would change."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from keepsight.core.errors import BadInput

MOST_FINDINGS = 12
WIDEST = 112  # characters that the table of counts needs
Tell = Callable[[str, int, int], None]


@click.command(short_help="Load a folder of a council's files.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--authority", "code", required=True, help="Code of the authority whose files these are.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--as-at", "as_at", type=click.DateTime(["%Y-%m-%d"]), help="Day that the files describe; today if not given.")  # fmt: skip  # noqa: E501
@click.option("--create", is_flag=True, help="Make the authority first, with --name and --la-code.")
@click.option("--name", default="", help="With --create: the authority's name.")
@click.option("--la-code", default="", help="With --create: its DfE number, three digits.")
@click.option("--json", "as_json", is_flag=True, help="Print counts, findings and times as JSON.")
def command(
    folder: Path, code: str, dry_run: bool, as_at: datetime | None, create: bool, name: str, la_code: str, as_json: bool
) -> None:
    """
    Load every list below FOLDER into the register, all or nothing.

    Files are recognised by their headers, so names do not matter. Loading the same files again
    changes nothing. Exit code 11: a file cannot be used; 12: not allowed now.
    """
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.intake import actions

    authority, made = _authority(code, create=create, name=name, la_code=la_code)
    day = as_at.date() if as_at else datetime.now(ZoneInfo("Europe/London")).date()
    act = actions.stage if dry_run else actions.load_folder
    with _bar() as tell:
        load = act(authority, folder, as_at=day, at=timezone.now(), progress=tell)
        if not dry_run:
            tell("Rating and planning", 0, 1)
            _rate_and_plan(authority)
    if as_json:
        click.echo(json.dumps(_told(load), indent=1))
    else:
        _print(load, authority.name, dry_run)
        click.echo(_what_next(authority, made=made, dry_run=dry_run))


def _rate_and_plan(authority: Any) -> None:
    """A child whom a load brings is in no list until planned, so nobody has to remember to do it."""
    from django.utils import timezone

    from keepsight.apps.audit.anchors import anchor_if_due
    from keepsight.apps.contact.actions import rate_and_plan

    rate_and_plan(authority, on=timezone.localdate(), at=timezone.now())
    anchor_if_due(at=timezone.now())


def _what_next(authority: Any, *, made: bool, dry_run: bool) -> str:
    if not dry_run:
        return f"Rated and planned with the new facts. To see who is due: keepsight due --authority {authority.code}."
    but = f" but that {authority.name} stands in the list of authorities now, without children" if made else ""
    return f"Nothing was changed{but}. To load, run the same command without --dry-run."


def _authority(code: str, *, create: bool, name: str, la_code: str) -> tuple[Any, bool]:
    """Give the authority, and whether it was made just now."""
    from keepsight.apps.accounts.models import Authority

    held = Authority.objects.filter(code=code).first()
    if held is not None:
        return held, False
    if not create:
        known = ", ".join(Authority.objects.order_by("code").values_list("code", flat=True)) or "none yet"
        raise BadInput(f"There is no authority called {code} (known: {known}). Add --create, --name and --la-code.")
    if not name or not (la_code.isdigit() and len(la_code) == 3):
        raise BadInput("To make an authority, give --name and its three-digit DfE number with --la-code.")
    other = Authority.objects.filter(la_code=la_code).first()
    if other is not None:
        raise BadInput(f"DfE number {la_code} belongs to {other.name} already, whose code is {other.code}.")
    if not code.replace("-", "").replace("_", "").isalnum() or len(code) > 40:
        raise BadInput(f"{code} cannot be a code: use letters, digits and hyphens, up to 40.")
    return Authority.objects.create(code=code, name=name[:80], la_code=la_code), True


@contextmanager
def _bar() -> Iterator[Tell]:
    """Show one bar on the error stream, so that ``--json`` stays clean."""
    columns = (TextColumn("{task.description:<38}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())  # fmt: skip  # noqa: E501
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Starting", total=1)

        def tell(what: str, done: int, total: int) -> None:
            progress.update(task, description=what[:38], completed=done, total=total)

        yield tell


def _told(load: Any) -> dict[str, Any]:
    from keepsight.apps.intake.queries import finding_groups

    return {
        "load": load.pk,
        "state": load.state,
        "as_at": str(load.as_at),
        "rows_in": load.rows_in,
        "rows_left_out": load.rows_rejected,
        "counts": load.counts,
        "findings": finding_groups(load),
        "seconds": {what: round(taken, 3) for what, taken in load.seconds.items()},
    }


def _print(load: Any, name: str, dry_run: bool) -> None:
    from keepsight.apps.intake.presenters import KINDS, label_of, present_counts
    from keepsight.apps.intake.queries import finding_groups

    console = Console(highlight=False, soft_wrap=True, width=max(Console().width, WIDEST))
    what = "A look at what would change" if dry_run else f"Load {load.pk}"
    console.print(
        f"{what}: {name}, as at {load.as_at:%d/%m/%Y}. {load.rows_in:,} rows read, "
        f"{load.rows_rejected:,} left out and named. {sum(load.seconds.values()):.1f} s."
    )
    table = Table(box=None, header_style="bold")
    table.add_column("Table", no_wrap=True)
    for title in KINDS.values():
        table.add_column(title, justify="right", no_wrap=True)
    for row in present_counts(load.counts):
        table.add_row(row["label"], *(f"{count:,}" if count else "·" for count in row["counts"]))
    console.print(table)
    groups = finding_groups(load)
    if groups:
        console.print("Findings, the rows left out first:")
    for group in groups[:MOST_FINDINGS]:
        where = group["file"] if group["files"] == 1 else f"{group['files']} files"
        console.print(
            f"  {group['count']:>7,}  {label_of(group['code'])} ({where}). {group['expected']} {group['done']}"
        )
    slow = sorted(load.seconds.items(), key=lambda item: -item[1])[:6]
    console.print("Time: " + ", ".join(f"{part} {taken:.1f} s" for part, taken in slow if taken >= 0.05))
