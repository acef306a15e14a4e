"""Single entries that command does something with: reached as the register lets this person."""

from typing import Any
from uuid import UUID

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.events.scope import active_event
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.permissions import Verb, entries_visible_to


def entry(grants: Grants, ref: UUID, verb: Verb, *, exercise: Event | None, keys: tuple[str, ...] = ()) -> Entry | None:
    """The entry, if the person may do this to it; none where it is not there, in the same way."""
    found = Entry.objects.filter(ref=ref).select_related("register__current", "register__authority").first()
    if found is None or found.register.current is None or (keys and found.register.key not in keys):
        return None
    visible = entries_visible_to(grants, found.register, verb, exercise=exercise).filter(pk=found.pk)
    held: Any = visible.select_related(
        "register__current", "register__authority", "version", "event__authority", "exercise", "owner"
    )
    return held.first()


def event_for(found: Entry, exercise: Event | None) -> Event | None:
    """The event in which something is done with an entry: its own while it runs, else the one that runs now."""
    own = found.event
    if own is not None and own.state == Event.State.ACTIVE:
        return own
    return active_event(found.register.authority, exercise=exercise)
