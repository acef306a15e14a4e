"""``keepsight undo``: the register back to what it was before a load."""

import json

import click

from keepsight.core.errors import BadInput


class NoSuchLoad(BadInput):
    """No load has this number."""

    code = "no_such_load"


@click.command(short_help="Put the register back to what it was before a load.")
@click.argument("number", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def command(number: int, as_json: bool) -> None:
    """
    Undo the load of this NUMBER, then rate and plan its authority again.

    The newest load is undone first. A load whose children people have recorded something about
    stays. Exit code 11: no load has this number; 12: not allowed now.
    """
    from keepsight.cli import site

    site.start()
    from django.db import transaction
    from django.utils import timezone

    from keepsight.apps.accounts.models import Authority
    from keepsight.apps.audit.models import Load
    from keepsight.apps.contact.actions import rate_and_plan
    from keepsight.apps.intake import actions

    load = Load.objects.filter(pk=number).first()
    if load is None:
        raise NoSuchLoad(f"No load has the number {number}. The page Loads shows each with its number.")
    authority = Authority.objects.get(code=load.authority_code)
    at, on = timezone.now(), timezone.localdate()
    with transaction.atomic():
        actions.undo(load, at=at)
        rated, planned = rate_and_plan(authority, on=on, at=at)
    if as_json:
        said = {"load": number, "authority": authority.code, "state": "undone", "rated": rated, "planned": planned}
        click.echo(json.dumps(said, indent=1))
    else:
        click.echo(
            f"Load {number} is undone: the register of {authority.name} is as it was before it. "
            f"Rated and planned again as at {on:%d/%m/%Y}."
        )
