"""``keepsight example``: invent two councils and write their files; with ``--install``, load them too."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, float], None]


@click.command(short_help="Invent the example authorities and write their files.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--scale", type=float, default=1.0, show_default=True, help="Multiplies children, cases and schools.")
@click.option("--seed", type=int, default=2020, show_default=True, help="Another seed invents other people.")
@click.option(
    "--as-at", "as_at", type=click.DateTime(["%Y-%m-%d"]), help="Day that the files describe; today if not given."
)
@click.option("--install", is_flag=True, help="Load the files, rate, plan and take the first snapshot as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(folder: Path, scale: float, seed: int, as_at: datetime | None, install: bool, as_json: bool) -> None:
    """Invent Fellshire and Fenborough and write their files below FOLDER, as councils' systems export them."""
    from keepsight.example import write

    day = as_at.date() if as_at else datetime.now(ZoneInfo("Europe/London")).date()
    with _bar() as tell:
        said = write(folder, as_at=day, scale=scale, seed=seed, progress=tell)
    if install:
        said["installed"] = _install(folder, day)
    click.echo(json.dumps(said, indent=1, default=str) if as_json else _sentences(said, folder))


def _install(folder: Path, day: date) -> Any:
    """Make the authorities and the example people, and load both folders."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.intake.example import install

    with _bar() as tell:
        return install(folder, on=day, at=timezone.now(), progress=tell)


@contextmanager
def _bar() -> Iterator[Tell]:
    """Show one bar on the error stream, so that ``--json`` stays clean."""
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Starting", total=1.0)

        def tell(what: str, done: float) -> None:
            progress.update(task, description=what[:34], completed=done)

        yield tell


def _sentences(said: dict[str, Any], folder: Path) -> str:
    """Say in words what was written."""
    lines = [f"Written below {folder}, as at {date.fromisoformat(said['as_at']):%d/%m/%Y}:"]
    for code, council in said["authorities"].items():
        children, rows = council["children"], council["rows"]
        cases = sum(children[group] for group in ("assessment", "cin", "cp", "cla", "care_leaver"))
        lines.append(
            f"  {council['name']} ({code}): {council['pupils']:,} pupils, {cases:,} open social-care cases, "
            f"{rows['send_register']:,} education, health and care plans, {rows['attendance']:,} register marks."
        )
    if "installed" in said:
        installed = said["installed"]
        for code, council in installed["authorities"].items():
            state = f"kept as it is. {council['because']}" if council["state"] == "kept" else f"{council['state']}."
            lines.append(f"  {said['authorities'][code]['name']}: {state}")
        lines.append(f"Sign in as one of these, with the password {installed['password']}:")
        lines += [f"  {who['email']:<44} {who['role']}, {who['where']}" for who in installed["people"]]
    else:
        lines.append("Everyone in these files is invented. To load them as well, add --install.")
    return "\n".join(lines)
