"""Roles: given with a scope, days and a reason; ended from a day on. A change holds at the very next request."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts import policies, staff
from keepsight.apps.accounts.models import Authority, Membership, Partnership, Service, Team, User
from keepsight.apps.accounts.permissions import held_by
from keepsight.apps.accounts.places import Place, place_of
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind


@transaction.atomic
def give_role(
    user: User,
    *,
    role: str,
    authority: Authority,
    on: date,
    team: Team | None = None,
    service: Service | None = None,
    partnership: Partnership | None = None,
    own_only: bool = False,
    ends_on: date | None = None,
    given_by: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Membership:
    """
    Give a role from a day on, in a place. Held already, it stays as it is.

    Asks nobody: for commands, single sign-on and the example. Pages use ``give``.

    Parameters
    ----------
    at : datetime, optional
        With it, giving the role is an event.
    """
    place = {
        "authority": authority, "team": team, "service": service, "partnership": partnership, "own_only": own_only,
    }  # fmt: skip
    held = Membership.objects.filter(user=user, role=role, ends_on=None, **place).first()
    if held:
        return held
    made = Membership.objects.create(
        user=user, role=role, starts_on=on, ends_on=ends_on, given_by=given_by, reason=reason, **place
    )
    if at is not None:
        _keep(EventKind.ROLE_GIVEN, made, by=None, at=at, reason=reason)
    return made


@transaction.atomic
def give(
    user: User,
    place: Place,
    *,
    role: str,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User,
    at: datetime,
    on: date,
) -> Membership:
    """
    Give a person a role.

    Raises
    ------
    NotPermitted
        To oneself, or in a place not wholly within the authorities that one administers.
    NotThisWay
        An answer does not do.
    """
    policies.check_may_give(held_by(by, on), by, user, role, place)
    User.objects.select_for_update().get(pk=user.pk)  # two administrators at once: roles that exclude each other
    held = staff.live_memberships(user, on)
    policies.check_fits(user, role, place, [each.role for each in held])
    policies.check_days(starts_on, ends_on, on)
    policies.check_reason(reason)
    if any(each.role == role and _same_place(each, place) and _meets(each, starts_on, ends_on) for each in held):
        raise NotThisWay("The person holds this role there on some of those days already", "role")
    made = Membership.objects.create(
        user=user, role=role, starts_on=starts_on, ends_on=ends_on, given_by=by.name[:120], reason=reason[:200],
        **place.columns,
    )  # fmt: skip
    _keep(EventKind.ROLE_GIVEN, made, by=by, at=at, reason=reason)
    return made


def _same_place(held: Membership, place: Place) -> bool:
    columns = place.columns
    return all(getattr(held, name) == columns[name] for name in columns)


def _meets(held: Membership, starts_on: date, ends_on: date | None) -> bool:
    return (held.ends_on is None or starts_on < held.ends_on) and (ends_on is None or held.starts_on < ends_on)


@transaction.atomic
def end(held: Membership, *, from_day: date, reason: str, by: User | None, at: datetime, on: date) -> None:
    """
    End a role: ``from_day`` is the first day without it; today ends it at the next request.

    Raises
    ------
    NotPermitted
        Own role, or a role that reaches an authority not administered.
    NotThisWay
        An answer does not do, or it is the last administrator of an authority.
    """
    place = place_of(
        held.authority, team=held.team, service=held.service, partnership=held.partnership, own_only=held.own_only
    )
    if by is not None:
        policies.check_may_give(held_by(by, on), by, held.user, held.role, place)
    policies.check_reason(reason)
    if held.ends_on is not None and held.ends_on <= on:
        raise NotThisWay("This role has ended already", "from_day")
    if from_day < on:
        raise NotThisWay("The first day without it must be today or later", "from_day")
    if held.role == policies.ADMINISTRATOR:
        _lock(place.authority_ids)
        for authority in place.authority_ids:
            others = staff.administrators_of(authority, from_day).exclude(pk=held.user_id)
            policies.check_not_the_last(others | _by_another_role(held, authority, from_day))
    _end(held, from_day)
    _keep(EventKind.ROLE_ENDED, held, by=by, at=at, reason=reason, until=str(from_day))


def _by_another_role(held: Membership, authority: int, on: date):  # type: ignore[no-untyped-def] – a query set
    """The person too, if another of their roles makes them administrator there."""
    again = staff.memberships_in((authority,)).filter(staff.held_on(on), user=held.user_id, role=held.role)
    return staff.administrators_of(authority, on).filter(pk__in=again.exclude(pk=held.pk).values("user"))


def end_all(user: User, *, reason: str, by: User | None, at: datetime, on: date) -> None:
    """End every role of somebody whose account ends."""
    for held in staff.live_memberships(user, on):
        _end(held, on)
        _keep(EventKind.ROLE_ENDED, held, by=by, at=at, reason=reason, until=str(on))


def _end(held: Membership, from_day: date) -> None:
    """A role that has not begun ends on the day on which it would begin: it never held."""
    Membership.objects.filter(pk=held.pk).update(ends_on=max(from_day, held.starts_on))


def check_leaves_administrators(user: User, from_day: date) -> None:
    """
    Refuse to take this person away from a day on if an authority were left without an administrator.

    Raises
    ------
    NotThisWay
    """
    theirs = Membership.objects.filter(staff.held_on(from_day), user=user, role=policies.ADMINISTRATOR)
    places = set(theirs.filter(partnership=None).values_list("authority_id", flat=True))
    places |= set(theirs.exclude(partnership=None).values_list("partnership__authorities", flat=True))
    _lock(places)
    for authority in places:
        policies.check_not_the_last(staff.administrators_of(authority, from_day).exclude(pk=user.pk))


def _lock(authorities: Collection[int]) -> None:
    """One at a time, so that two administrators cannot end each other."""
    list(Authority.objects.select_for_update().filter(pk__in=authorities).order_by("pk").values_list("pk"))


def _keep(kind: EventKind, held: Membership, *, by: User | None, at: datetime, reason: str, until: str = "") -> None:
    ends = until or (str(held.ends_on) if held.ends_on else "")
    audit.record(
        kind, at=at, by=by, subject=("user", str(held.user_id)), reason=reason,
        authority_code=held.authority.code, source="accounts:role" if by else "keepsight person",
        role=held.role, own_only=held.own_only, team=held.team_id, service=held.service_id,
        partnership=held.partnership_id, since=str(held.starts_on), until=ends,
    )  # fmt: skip
