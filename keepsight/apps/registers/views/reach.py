"""How every page of one entry begins: reach it, and keep that this person read it."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import Verb, may_do_with, register_seen_by
from keepsight.apps.registers.present_entry import Opened, open_entry
from keepsight.apps.registers.references import entry_visible_to
from keepsight.core.errors import NotPermitted

NOT_THIS = "You may read this entry, and your role does not do that with it. Its owner or a leader can."


def exercise_in(request: HttpRequest) -> Event | None:
    """The exercise that this person works in; none outside."""
    return getattr(request, "exercise", None) or None


def reach_entry(request: HttpRequest, ref: UUID, verb: Verb = "read") -> Entry:
    """
    The entry, if this person may do that with it.

    Raises
    ------
    Http404
        If they may not read it: as if it were not there.
    NotPermitted
        If they may read it, and not do this.
    """
    exercise = exercise_in(request)
    entry = entry_visible_to(request.grants, ref, verb, exercise=exercise)  # type: ignore[attr-defined]
    if entry is not None:
        return entry
    if verb != "read" and entry_visible_to(request.grants, ref, exercise=exercise):  # type: ignore[attr-defined]
        raise NotPermitted(NOT_THIS)
    raise Http404


def opened(request: HttpRequest, entry: Entry, *, source: str) -> Opened:
    """Read the entry for its page; the event names the children whom the page shows."""
    found = open_entry(entry, request.grants, timezone.localdate())  # type: ignore[attr-defined]
    audit.record(
        EventKind.ENTRY_VIEWED, at=timezone.now(), by=request.user, authority_code=entry.register.authority.code,
        subject=("entry", str(entry.pk)), source=source, shown=found.shown, register=entry.register.key,
    )  # fmt: skip
    return found


def reach_register(request: HttpRequest, code: str, key: str, verb: Verb = "read") -> Register:
    """
    A register of an authority with which this person may do that: one that is not in use is there to be read.

    Raises
    ------
    Http404
        Whether it is another's, not in use or not there.
    """
    register = register_seen_by(request.grants, code, key, verb, exercise=exercise_in(request))  # type: ignore[attr-defined]
    if register is None:
        raise Http404
    return register


def may_do(request: HttpRequest, entry: Entry, *verbs: Verb) -> dict[Verb, bool]:
    """Which of these this person may do with the entry now."""
    return may_do_with(request.grants, entry, *verbs, exercise=exercise_in(request))  # type: ignore[attr-defined]
