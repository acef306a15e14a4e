"""``keepsight person``: somebody who may sign in, and what they are here for."""

from difflib import get_close_matches
from typing import Any

import click

from keepsight.core.errors import BadInput

ROLES = ("practitioner", "team_manager", "leader", "analyst", "data_loader")


class CannotLetIn(BadInput):
    """The address, password, team or worker does not do."""

    code = "cannot_let_in"


@click.command(short_help="Let somebody sign in, with a role.")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they are here for.")
@click.option("--authority", "code", required=True, help="Code of the authority where they hold it.")
@click.option("--name", default="", help="Their name; needed the first time.")
@click.option("--team", default="", help="Only this team; a worker's own, if not given; else the whole authority.")
@click.option("--worker", default="", help="Their name in the case system: its children become their own.")
def command(email: str, role: str, code: str, name: str, team: str, worker: str) -> None:
    """
    Let the person of this EMAIL sign in, with a role in an authority or one team of it.

    Asks for a password the first time. Run it again to give one person more roles.
    """
    from keepsight.cli import site

    site.start()
    from django.db import transaction
    from django.utils import timezone

    from keepsight.apps.accounts import actions
    from keepsight.apps.accounts.models import Role, Team, User, Worker
    from keepsight.cli.rate import authorities

    authority = authorities(code)[0]
    its_worker = _named(Worker, authority, worker) if worker else None
    its_team = _named(Team, authority, team) if team else its_worker and its_worker.team
    if its_worker and its_worker.user and its_worker.user.email != email.lower():
        raise CannotLetIn(f"{worker} signs in already, with another address.")
    held = User.objects.filter(email=email.lower()).first()
    password = "" if held else _password(email, name)
    with transaction.atomic():
        user = held or actions.make_user(email=email, name=name, password=password)
        actions.give_role(user, role=role, authority=authority, team=its_team, on=timezone.localdate())
        if its_worker:
            actions.link_worker(user, its_worker)
    click.echo(f"{user.email} may sign in: {Role(role).label}, {its_team or f'all of {authority.name}'}.")


def _named(model: Any, authority: Any, name: str) -> Any:
    """Give the team or worker of this name, or say which names come close."""
    held = {row.name: row for row in model.objects.filter(authority=authority)}
    if name not in held:
        near = get_close_matches(name, held) or sorted(held)[:5]
        known = "; ".join(near) or "none has been loaded"
        raise CannotLetIn(f"{authority.name} has no {model._meta.verbose_name} called {name} (close to it: {known}).")
    return held[name]


def _password(email: str, name: str) -> str:
    """Ask for a password of somebody new, and hold it to the same rules as the pages do."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from keepsight.apps.accounts.models import User

    if not name:
        raise CannotLetIn(f"{email} is new here. Say who it is with --name.")
    try:
        validate_email(email)
        password: str = click.prompt("Password, at least twelve characters", hide_input=True, confirmation_prompt=True)
        validate_password(password, User(email=email, name=name))
    except ValidationError as trouble:
        raise CannotLetIn(" ".join(trouble.messages)) from trouble
    return password
