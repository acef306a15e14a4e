"""``keepsight rate``: rate every child with something open, by the policy in force."""

import json
from datetime import date, datetime
from typing import Any

import click

from keepsight.core.errors import BadInput


class NoSuchAuthority(BadInput):
    """The register knows no authority by this code."""

    code = "no_such_authority"


@click.command(short_help="Rate every open child with the policy in force.")
@click.option("--authority", "code", help="Code of one authority; all of them if not given.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day to rate as at; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(code: str | None, on: datetime | None, as_json: bool) -> None:
    """Rate the children of an authority. Ratings that have not changed are left as they are."""
    from keepsight.cli import site

    site.start()
    from django.utils import timezone

    from keepsight.apps.risk import actions, queries

    day, said = on.date() if on else timezone.localdate(), []
    for authority in site.one_by_one(authorities(code), "Rating"):
        new = actions.rate(authority, on=day, at=timezone.now())
        said.append({"authority": authority.code, "name": authority.name, "new": new, **queries.coverage(authority)})
    click.echo(json.dumps(said, indent=1, default=str) if as_json else "\n".join(_sentence(row, day) for row in said))


def authorities(code: str | None) -> list[Any]:
    """
    Give the authorities asked for, by code; all of them without one.

    Raises
    ------
    NoSuchAuthority
        Naming the codes that are known.
    """
    from keepsight.apps.accounts.models import Authority

    everyone = list(Authority.objects.order_by("code"))
    chosen = [authority for authority in everyone if code in (None, authority.code)]
    if not chosen:
        known = ", ".join(authority.code for authority in everyone) or "none: load a council's files first"
        raise NoSuchAuthority(f"No authority is called {code or 'anything'}. Known here: {known}.")
    return chosen


def _sentence(row: dict[str, Any], day: date) -> str:
    levels = f"{row['red']:,} Red, {row['amber']:,} Amber, {row['green']:,} Green"
    children = "child" if row["rated"] == 1 else "children"
    new = "rating is" if row["new"] == 1 else "ratings are"
    rated = f"{row['rated']:,} {children} rated ({levels}); {row['new']:,} {new} new."
    return f"{row['name']}, as at {day:%d/%m/%Y}: {rated}"
