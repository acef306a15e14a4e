"""``keepsight access``: the week's report of records opened in an emergency, and the nightly look for own records."""

from datetime import date, datetime, timedelta

import click

from keepsight.cli.rate import authorities


@click.group(short_help="Report what was opened in an emergency; close workers' own records.")
def command() -> None:
    """What somebody looks at each week, and what runs each night."""


@command.command(short_help="List what was opened in an emergency in one week.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--week", "day", type=click.DateTime(["%Y-%m-%d"]), help="Any day of the week; last week if not given.")
def report(code: str | None, day: datetime | None) -> None:
    """Who opened which record in an emergency, why, and whether somebody looked at it. No child's name."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.governance.presenters import access as presenters
    from keepsight.apps.people.queries import broken_glass_in

    on = timezone.localdate()
    monday = _monday(day.date() if day else on - timedelta(days=7))
    begins, ends = presenters.span_of_week(monday)
    for authority in authorities(code):
        rows = presenters.present_broken(broken_glass_in({authority.pk}, since=begins, until=ends), on)
        click.echo(f"{authority.name}, {monday:%d/%m/%Y} to {monday + timedelta(days=6):%d/%m/%Y}: {len(rows)} opened")
        for row in rows:
            looked = f"looked at by {row['reviewed_by']}" if row["reviewed_at"] else f"due {row['due']:%d/%m/%Y}"
            flags = "".join(f" [{flag}]" for flag in (row["nth"], "overdue" if row["overdue"] else "") if flag)
            click.echo(
                f"  {timezone.localtime(row['at']):%d/%m/%Y %H:%M}  {row['number']}  {row['by']} ({row['roles']})  "
                f"{row['why']}  {looked}{flags}"
            )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@command.command(short_help="Close every record that matches a declared relative.")
def block() -> None:
    """Look through the register for declared relatives. Loads do so by themselves; run it each night as well."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.people.actions import block_declared

    click.echo(f"{block_declared(at=timezone.now())} records were closed to a worker.")
