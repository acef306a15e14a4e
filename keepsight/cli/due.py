"""``keepsight due``: plan contact, and say how many children must be seen. Names only when asked for."""

import json
from datetime import date, datetime
from typing import Any

import click

from keepsight.cli.rate import authorities

# As the pages have them (contact.models.QUEUES), in the order of a morning.
QUEUES = {
    "open": "open cases",
    "to-see": "to see today",
    "overdue": "of them overdue",
    "due-soon": "due soon",
    "nobody": "whom nobody has seen in time",
    "red": "Red",
    "red-not-seen": "Red and not seen face to face in the interval",
    "unrated": "unrated, worked as Red",
    "review-expired": "with a rating past its review",
    "amber": "Amber",
    "green": "Green",
}


@click.command(short_help="Plan contact and list who must be seen.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--list", "queue", type=click.Choice(list(QUEUES)), help="List the children of one queue.")
@click.option("--names", is_flag=True, help="Show names in the list. Without it, the case system's numbers only.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day to plan for; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(code: str | None, queue: str | None, names: bool, on: datetime | None, as_json: bool) -> None:
    """Plan the contact of every child with something open and count who must be seen, or list one queue."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.contact import actions, queries

    day, said = on.date() if on else timezone.localdate(), []
    for authority in site.one_by_one(authorities(code), "Planning"):
        planned = actions.plan(authority, on=day, at=timezone.now())
        row = {"authority": authority.code, "name": authority.name, "on": day.isoformat(), "planned": planned}
        if queue:
            row["list"] = queries.listed(authority, queue, day, names=names)
        else:
            row["counts"] = queries.counts(authority, list(QUEUES), day)
        said.append(row)
    if as_json:
        click.echo(json.dumps(said, indent=1, default=str))
    else:
        click.echo("\n\n".join(_rows(row, queue) if queue else _counts(row, day) for row in said))


def _counts(row: dict[str, Any], day: date) -> str:
    lines = [f"{row['name']}, {day:%d/%m/%Y}"]
    lines += [f"{row['counts'][queue]:>8,}  {words}" for queue, words in QUEUES.items()]
    return "\n".join(lines)


def _rows(row: dict[str, Any], queue: str) -> str:
    lines = [f"{row['name']}: {len(row['list']):,} {QUEUES[queue]}"]
    for child in row["list"]:
        due = f"{child['due_on']:%d/%m/%Y}" if child["due_on"] else "no day set"
        who = f"{child['number'] or child['ref']}{'  ' + child['name'] if 'name' in child else ''}"
        lines.append(f"  {due:<11} {who}  {child['why']}")
    return "\n".join(lines)
