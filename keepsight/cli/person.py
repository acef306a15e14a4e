"""``keepsight person``: somebody who may sign in, what they are here for, and the end of it."""

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

import click

from keepsight.core.errors import BadInput
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Roles

ROLES = tuple(rule.id for rule in book().read("roles", Roles).roles)
DAY = click.DateTime(["%Y-%m-%d"])


class CannotLetIn(BadInput):
    """The address, password, team or worker does not do."""

    code = "cannot_let_in"


@click.command(short_help="Let somebody sign in, with a role; end a role or an account.")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), help="What they are here for.")
@click.option("--authority", "code", help="Code of the authority where they hold it.")
@click.option("--name", default="", help="Their name; needed the first time.")
@click.option("--team", default="", help="Only this team; a worker's own, if not given; else the whole authority.")
@click.option("--service", default="", help="All teams of this service.")
@click.option("--partnership", default="", help="All authorities of this partnership.")
@click.option("--own", is_flag=True, help="Only their own cases.")
@click.option("--worker", default="", help="Their name in the case system: its children become their own.")
@click.option("--from", "first", type=DAY, help="First day of the role, or first day without it; today if not given.")
@click.option("--until", "last", type=DAY, help="Last day of the role.")
@click.option("--reason", default="", help="Why; needed to end something.")
@click.option("--end-role", type=click.Choice(ROLES), help="End this role, in the authority given.")
@click.option("--end", "end_account", is_flag=True, help="End the account.")
@click.option("--link", is_flag=True, help="Print a one-time link on which they set a password.")
def command(email: str, **asked: Any) -> None:
    """
    Let the person of this EMAIL sign in, with a role in an authority, a service, a team, or a partnership.

    Asks for a password the first time, unless a one-time link is asked for. Run it again to give one
    person more roles. With nothing but the EMAIL it prints what the person holds.
    """
    from keepsight.cli import site

    site.start()
    if asked["role"]:
        _let_in(email, **asked)
    elif asked["end_role"]:
        _end_role(email, **asked)
    elif asked["end_account"]:
        _end_account(email, asked["reason"])
    if asked["link"]:
        _print_link(email)
    elif not any(asked[each] for each in ("role", "end_role", "end_account")):
        _print_roles(email)


def _let_in(email: str, *, role: str, code: str | None, name: str, worker: str, link: bool, **asked: Any) -> None:
    from django.db import transaction
    from django.utils import timezone

    from keepsight.apps.accounts import actions, policies, staff
    from keepsight.apps.accounts.actions.people import keep, with_address
    from keepsight.apps.accounts.models import Role, Worker
    from keepsight.apps.audit.models import EventKind

    authority = _authority(code)
    its_worker = _named(Worker, authority, worker) if worker else None
    place = _place(authority, its_worker, **asked)
    if its_worker and its_worker.user and its_worker.user.email != email.lower():
        raise CannotLetIn(f"{worker} signs in already, with another address.")
    held = with_address(email)
    password = "" if held else _password(email, name, asked=not link)
    at, on = timezone.now(), timezone.localdate()
    starts_on, ends_on = _days(asked["first"], asked["last"], on)
    with transaction.atomic():
        user = held or actions.make_user(email=email, name=name, password=password or None, at=at)
        policies.check_fits(user, role, place, [each.role for each in staff.live_memberships(user, on)])
        if held is None:
            keep(EventKind.PERSON_MADE, user, by=None, at=at, reason=asked["reason"], authority=authority)
        actions.give_role(
            user, role=role, on=starts_on, ends_on=ends_on, given_by="command line", reason=asked["reason"], at=at,
            **place.columns,
        )  # fmt: skip
        if its_worker:
            actions.link_worker(user, its_worker)
    shown = place.team.name if place.kind == "team" else place.words  # type: ignore[union-attr]
    click.echo(f"{user.email} may sign in: {Role(role).label}, {shown}.")


def _place(authority: Any, worker: Any, *, team: str, service: str, partnership: str, own: bool, **_: Any) -> Any:
    from keepsight.apps.accounts.models import Partnership, Service, Team
    from keepsight.apps.accounts.places import place_of

    its_team = _named(Team, authority, team) if team else worker and worker.team
    shared = Partnership.objects.filter(name=partnership).first() if partnership else None
    if partnership and shared is None:
        raise CannotLetIn(
            f"There is no partnership called {partnership}. Make one with: keepsight people --partnership"
        )
    if shared is not None and not shared.authorities.filter(pk=authority.pk).exists():
        raise CannotLetIn(f"{authority.name} is not in {partnership}.")
    its_service = _named(Service, authority, service) if service else None
    whole = own or its_service or shared
    return place_of(
        authority, team=None if whole else its_team, service=its_service, partnership=shared, own_only=own
    )  # fmt: skip


def _days(first: datetime | None, last: datetime | None, on: date) -> tuple[date, date | None]:
    from datetime import timedelta

    from keepsight.apps.accounts import policies

    starts_on = first.date() if first else on
    ends_on = last.date() + timedelta(days=1) if last else None
    policies.check_days(starts_on, ends_on, on)
    return starts_on, ends_on


def _end_role(email: str, *, end_role: str, code: str | None, first: datetime | None, reason: str, **_: Any) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts import staff
    from keepsight.apps.accounts.actions import roles

    authority, at, on = _authority(code), timezone.now(), timezone.localdate()
    user = _known(email)
    held = [each for each in staff.live_memberships(user, on) if each.role == end_role and each.authority == authority]
    if not held:
        raise CannotLetIn(f"{user.email} does not hold this role in {authority.name}.")
    for each in held:
        roles.end(each, from_day=first.date() if first else on, reason=reason, by=None, at=at, on=on)
    click.echo(f"{user.email}: {end_role.replace('_', ' ')} in {authority.name} ends.")


def _end_account(email: str, reason: str) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts.actions import people

    user = _known(email)
    people.end_account(user, reason=reason, by=None, at=timezone.now(), on=timezone.localdate())
    click.echo(f"The account of {user.email} has ended.")


def _print_link(email: str) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts.actions import people

    path = people.one_time_link(_known(email), by=None, at=timezone.now(), on=timezone.localdate())
    click.echo(f"One-time link, on the address of your Keepsight: {path}")


def _print_roles(email: str) -> None:
    from django.utils import timezone

    from keepsight.apps.accounts import present_people, staff

    user, on = _known(email), timezone.localdate()
    click.echo(f"{user.name}, {user.email}: {present_people.STATE_TAGS[present_people.state_of(user, on)][0].lower()}")
    for held in staff.live_memberships(user, on):
        click.echo(f"  {present_people.role_words(held, on)}")


def _known(email: str) -> Any:
    from keepsight.apps.accounts.actions.people import with_address

    if user := with_address(email):
        return user
    raise CannotLetIn(f"Nobody signs in with {email}.")


def _authority(code: str | None) -> Any:
    from keepsight.cli.rate import authorities

    if not code:
        raise CannotLetIn("Say in which authority, with --authority.")
    return authorities(code)[0]


def _named(model: Any, authority: Any, name: str) -> Any:
    """Give the team, service or worker of this name, or say which names come close."""
    held = {row.name: row for row in model.objects.filter(authority=authority)}
    if name not in held:
        near = get_close_matches(name, held) or sorted(held)[:5]
        known = "; ".join(near) or "none has been loaded"
        raise CannotLetIn(f"{authority.name} has no {model._meta.verbose_name} called {name} (close to it: {known}).")
    return held[name]


def _password(email: str, name: str, *, asked: bool) -> str:
    """Ask for a password of somebody new, and hold it to the same rules as the pages do."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from keepsight.apps.accounts.models import User

    if not name:
        raise CannotLetIn(f"{email} is new here. Say who it is with --name.")
    try:
        validate_email(email)
        if not asked:
            return ""
        password: str = click.prompt("Password, at least twelve characters", hide_input=True, confirmation_prompt=True)
        validate_password(password, User(email=email, name=name))
    except ValidationError as trouble:
        raise CannotLetIn(" ".join(trouble.messages)) from trouble
    return password
