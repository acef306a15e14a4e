"""Cover during absence: arranged for days, ended early, and over by itself on its day."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts import policies, staff
from keepsight.apps.accounts.models import Cover, User, Worker
from keepsight.apps.accounts.permissions import held_by
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.core.errors import NotPermitted


@transaction.atomic
def arrange(
    absent: User, stand_in: User, *, starts_on: date, ends_on: date, reason: str, by: User, at: datetime, on: date
) -> Cover:
    """
    Let somebody stand in for a person who is away: with their roles that may be lent, and their cases.

    Parameters
    ----------
    ends_on : date
        The first day on which it no longer holds.

    Raises
    ------
    NotPermitted
        For somebody whose roles one may not pass on.
    NotThisWay
        An answer does not do.
    """
    both = User.objects.select_for_update().filter(pk__in=(absent.pk, stand_in.pk)).order_by("pk")
    active = {user.pk for user in both if user.is_active and (user.expires_on is None or user.expires_on > on)}
    workers = list(Worker.objects.filter(user=absent).select_related("team", "authority"))
    lent = policies.lendable(_on_days(absent, starts_on, on), workers)
    policies.check_may_arrange(held_by(by, on), by, absent, lent)
    if absent.pk == stand_in.pk:
        raise NotThisWay("Nobody stands in for themselves", "stand_in")
    if absent.pk not in active or not lent:
        raise NotThisWay("This person holds no role that somebody could stand in for", "absent")
    if stand_in.pk not in active:
        raise NotThisWay("Choose somebody who may sign in", "stand_in")
    policies.check_stand_in(stand_in, lent, policies.placed(_on_days(stand_in, starts_on, on)))
    policies.check_cover_days(starts_on, ends_on, on)
    policies.check_reason(reason)
    policies.check_no_chain(staff.clashing_covers((absent, stand_in), starts_on, ends_on), absent, stand_in)
    made = Cover.objects.create(
        absent=absent, stand_in=stand_in, starts_on=starts_on, ends_on=ends_on, reason=reason[:200],
        arranged_by=by.name[:120], arranged_at=at,
    )  # fmt: skip
    _keep(EventKind.COVER_ARRANGED, made, by=by, at=at, reason=reason)
    return made


def _on_days(user: User, starts_on: date, on: date) -> list:
    """The roles that a person holds when the cover begins."""
    day = max(starts_on, on)
    return [each for each in staff.live_memberships(user, day) if each.starts_on <= day]


@transaction.atomic
def end(cover: Cover, *, by: User, at: datetime, on: date) -> None:
    """
    End cover early, from the next request on.

    Raises
    ------
    NotPermitted
        Neither of the two, nor somebody who may arrange it.
    NotThisWay
        It is over already.
    """
    grants = held_by(by, on)
    if by.pk not in (cover.absent_id, cover.stand_in_id):
        reached = staff.people_arranged_for(grants, on).filter(pk=cover.absent_id).exists()
        if not reached:
            raise NotPermitted("You arrange cover for the people of your own teams.", code="not_yours_to_cover")
    if cover.ended_at is not None or cover.ends_on <= on:
        raise NotThisWay("This cover is over already")
    _end(cover, by=by, at=at)


def end_all(user: User, *, by: User | None, at: datetime, on: date) -> None:
    """End every cover of or by somebody whose account ends."""
    for cover in staff.covers_of([user], on):
        _end(cover, by=by, at=at)


def _end(cover: Cover, *, by: User | None, at: datetime) -> None:
    Cover.objects.filter(pk=cover.pk, ended_at=None).update(ended_at=at)
    _keep(EventKind.COVER_ENDED, cover, by=by, at=at)


def _keep(kind: EventKind, cover: Cover, *, by: User | None, at: datetime, reason: str = "") -> None:
    audit.record(
        kind, at=at, by=by, subject=("user", str(cover.absent_id)), reason=reason,
        source="accounts:cover" if by else "keepsight person",
        stand_in=cover.stand_in_id, since=str(cover.starts_on), until=str(cover.ends_on),
    )  # fmt: skip
