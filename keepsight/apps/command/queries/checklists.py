"""Ticks of an event."""

from keepsight.apps.command.models import Tick
from keepsight.apps.events.models import Event


def ticks(event: Event) -> dict[tuple[str, int], Tick]:
    """Checklist and item → who ticked it, when and with which note. One query."""
    found = Tick.objects.filter(event=event).select_related("done_by")
    return {(tick.checklist, tick.item): tick for tick in found}
