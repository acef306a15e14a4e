"""The rules of an event: what its pack says about cells, meetings, returns and reports."""

from functools import cache

from django.utils import timezone

from keepsight.apps.events.models import Event
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import Book, book
from keepsight.core.packs.kinds import EventRule


def book_of(event: Event) -> Book:
    """The packs that the event was activated with."""
    return book(event=event.pack)


@cache
def _rule(pack: str) -> EventRule:
    return book(event=pack).read("event", EventRule)


def rule_of(event: Event) -> EventRule:
    """What the event's pack sets up."""
    return _rule(event.pack)


@cache
def _calendar(pack: str) -> WorkingCalendar:
    return WorkingCalendar.from_table(book(event=pack).table("calendar"))


def calendar_of(event: Event) -> WorkingCalendar:
    """The calendar with the bank holidays that rhythms skip."""
    return _calendar(event.pack)


def phase_name(event: Event, phase: str = "") -> str:
    """The words for a phase."""
    from keepsight.core.packs.kinds import Phases

    wanted = phase or event.phase
    phases = book_of(event).read("phases", Phases).phases
    return next((each.title for each in phases if each.id == wanted), wanted.replace("_", " ").capitalize())


def local(moment):  # noqa: ANN001, ANN201 – a datetime without zone → with the zone of this deployment
    """Give a local time its zone."""
    return timezone.make_aware(moment, timezone.get_default_timezone())
