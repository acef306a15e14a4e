"""Who may what in command: every page and action of it comes here. Deny by default."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of
from keepsight.apps.command.models import Cell, CommandReport, Meeting, ReturnRound, ReturnSlip, Term
from keepsight.apps.events.models import Event
from keepsight.apps.events.scope import events_visible_to
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted

P = Permission
NOT_YOURS = "This is not among what your role reaches in an emergency. The emergency lead can give you a duty position."
OVER = "This event is over. What was written in it stays as it is."


def authorities_reached(grants: Grants, permission: Permission) -> frozenset[int]:
    """The authorities in which any role of the person holds the permission."""
    return frozenset(a for role, a, _ in grants.memberships + grants.lent if permission in permissions_of(role))


def events_reached(
    grants: Grants, permission: Permission = P.COMMAND_VIEW, *, exercise: Event | None = None
) -> QuerySet[Event]:
    """The events whose command pages a person may read, or run: the live ones, or the exercise they work in."""
    reached = authorities_reached(grants, permission)
    return events_visible_to(grants, exercise=exercise).filter(authority_id__in=reached)


def cells_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[Cell]:
    """The cells of those events."""
    return Cell.objects.filter(event__in=events_reached(grants, exercise=exercise))


def meetings_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[Meeting]:
    """The meetings of those events' cells."""
    return Meeting.objects.filter(cell__event__in=events_reached(grants, exercise=exercise))


def rounds_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[ReturnRound]:
    """The rounds of returns of those events."""
    return ReturnRound.objects.filter(event__in=events_reached(grants, exercise=exercise))


def slips_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[ReturnSlip]:
    """The slips of those rounds, and those that the person must fill in, whatever their role."""
    events = events_visible_to(grants, exercise=exercise)
    mine = Q(responsible_id=grants.user_id, round__event__in=events)
    return ReturnSlip.objects.filter(Q(round__event__in=events_reached(grants, exercise=exercise)) | mine)


def reports_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[CommandReport]:
    """The reports of those events."""
    return CommandReport.objects.filter(event__in=events_reached(grants, exercise=exercise))


def check_user_may_run(by: User, at: datetime, event: Event, permission: Permission = P.COMMAND_RUN) -> Grants:
    """
    Refuse unless the person may run this event's command, and the event runs.

    Raises
    ------
    NotPermitted
        The same for every event that is not theirs, there or not.
    NotAllowedNow
        Where the event is over.
    """
    grants = grants_of(by, at)
    if event.authority_id not in authorities_reached(grants, permission):
        raise NotPermitted(NOT_YOURS)
    check_running(event)
    return grants


def check_running(event: Event) -> None:
    """Refuse to change anything of an event that is over."""
    if event.state != Event.State.ACTIVE:
        raise NotAllowedNow(OVER, code="event_over")


def held_on(on: date) -> Q:
    """Terms that hold on a day."""
    return Q(starts_on__lte=on, ends_on__gt=on, ended_at=None)


def chairs(user: User | int | None, cell: Cell, on: date) -> bool:
    """Whether somebody holds the chair of a cell on a day."""
    held = Term.objects.filter(held_on(on), position__cell=cell, position__is_chair=True)
    return held.filter(user=user).exists()


def holds(user: User | int | None, event: Event, position: str, on: date) -> bool:
    """Whether somebody holds a duty position of an event on a day."""
    return Term.objects.filter(held_on(on), position__event=event, position__key=position, user=user).exists()
