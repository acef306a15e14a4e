"""``keepsight people``: everybody who signs in, what stands out, and partnerships of authorities."""

import json
from typing import Any

import click

from keepsight.cli.person import CannotLetIn


@click.command(short_help="List who signs in, and what an access review looks at.")
@click.option("--authority", "codes", multiple=True, help="Code of an authority; all of them if not given.")
@click.option("--report", help="Only the people of one report; the names of the reports with 'all'.")
@click.option("--partnership", default="", help="Make a partnership of this name of the authorities given.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(codes: tuple[str, ...], report: str | None, partnership: str, as_json: bool) -> None:
    """Print one line a person: name, address, state of the account, last use, roles. No child."""
    from keepsight.cli import site

    site.start()
    from keepsight.cli.rate import authorities

    chosen = [authorities(code)[0] for code in codes] if codes else authorities(None)
    if partnership:
        _make_partnership(partnership, chosen if codes else [])
    elif report == "all":
        _print_counts(chosen, as_json)
    else:
        _print_people(chosen, report, as_json)


def _make_partnership(name: str, authorities: list[Any]) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts.actions.teams import make_partnership

    if len(authorities) < 2:
        raise CannotLetIn("A partnership needs two authorities: give --authority twice.")
    make_partnership(name, authorities, at=timezone.now())
    click.echo(f"{name}: {', '.join(sorted(authority.name for authority in authorities))}.")


def _print_counts(authorities: list[Any], as_json: bool) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts import present_people, staff

    counts = staff.report_counts([authority.pk for authority in authorities], timezone.localdate())
    if as_json:
        click.echo(json.dumps(counts, indent=1))
        return
    for row in present_people.present_reports(counts):
        click.echo(f"{row['count']:>6}  {row['heading']} ({row['name']})")


def _print_people(authorities: list[Any], report: str | None, as_json: bool) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts import present_people, staff

    ids, on = [authority.pk for authority in authorities], timezone.localdate()
    conditions = staff.reports(ids, on)
    if report and report not in conditions:
        raise CannotLetIn(f"There is no report called {report}. There are: {', '.join(conditions)}.")
    people = staff.people_in(ids).filter(conditions[report]) if report else staff.people_in(ids)
    found = list(staff.with_columns(people))
    rows = present_people.present_rows(found, staff.roles_of(found, ids), on)
    if as_json:
        click.echo(json.dumps([{**row, "state": row["state"][0]} for row in rows], indent=1))
        return
    for row in rows:
        roles = "; ".join(row["roles"]) or "no role"
        click.echo(f"{row['name']}, {row['email']}, {row['state'][0].lower()}, last used {row['last_used']}: {roles}")
