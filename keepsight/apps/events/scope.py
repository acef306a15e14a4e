"""
Live, or inside an exercise: what every list of an emergency asks first.

Somebody who works in an exercise sees its entries and nobody else's; everybody else never sees them.
"""

from django.db.models import QuerySet

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of
from keepsight.apps.events.models import Event

SESSION_KEY = "exercise"  # the event's ref, in the session of who works in an exercise


def authorities_of(grants: Grants) -> frozenset[int]:
    """The authorities in which a person holds any role."""
    return frozenset(authority for _, authority, _ in grants.memberships + grants.lent)


def events_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[Event]:
    """The events of a person's authorities: the live ones, or only the exercise that they work in."""
    here = Event.objects.filter(authority_id__in=authorities_of(grants)).exclude(state=Event.State.DISPOSED)
    return here.filter(pk=exercise.pk) if exercise else here.filter(is_exercise=False)


def exercise_of(grants: Grants, ref: str | None) -> Event | None:
    """The exercise that a session names, while it runs and the person has a role in its authority."""
    if not ref:
        return None
    running = Event.objects.filter(ref=ref, is_exercise=True, state=Event.State.ACTIVE)
    return running.filter(authority_id__in=authorities_of(grants)).select_related("authority").first()


def active_event(authority: Authority, *, exercise: Event | None = None) -> Event | None:
    """The live event that runs in an authority, newest first; or the exercise, inside it."""
    if exercise is not None:
        return exercise if exercise.authority_id == authority.pk else None
    running = Event.objects.filter(authority=authority, state=Event.State.ACTIVE, is_exercise=False)
    return running.order_by("-activated_at").first()


def authorities_where(grants: Grants, permission: Permission) -> frozenset[int]:
    """The authorities in which any role of the person holds the permission, however far it reaches."""
    return frozenset(a for role, a, _ in grants.memberships + grants.lent if permission in permissions_of(role))


def events_listed_for(grants: Grants, permission: Permission) -> QuerySet[Event]:
    """
    Every event and exercise of the authorities where one may, newest first: for the one page that lists both.

    Exercises that were taken away are gone from it too.
    """
    held = Event.objects.filter(authority_id__in=authorities_where(grants, permission))
    return held.exclude(state=Event.State.DISPOSED).select_related("authority").order_by("-activated_at", "-pk")
