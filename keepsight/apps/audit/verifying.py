"""Checking the whole log against its chain and its anchors, event by event, in flat memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from keepsight.apps.audit import anchors, guards, sealing
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import ChainHead, Event, EventKind
from keepsight.core import chain

AT_ONCE = 2_000  # rows held in memory


@dataclass(frozen=True)
class Verdict:
    """What a check of the log found."""

    events: int
    anchors: int
    fault: chain.Fault | None
    notes: list[str] = field(default_factory=list)  # worth knowing; nothing that was changed

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.fault:
            return self.fault.sentence
        return f"All {self.events:,} events and {self.anchors:,} anchor{'s' * (self.anchors != 1)} fit."


def verify(*, at: datetime | None = None, by: Any = None, folders: Iterable[Path] = ()) -> Verdict:
    """
    Check every event and anchor; with ``at`` the check is an event itself.

    Events that are written meanwhile are left for the next check: anchors are read before the head,
    and the head before the events.
    """
    held, notes = anchors.held(folders)
    head = ChainHead.objects.values_list("seq", "link").first() or (0, "")
    checked = chain.Chain(sealing.key(), held)
    fault = checked.fault or _first_fault(checked, head[0]) or checked.end(*head) or _outside_the_chain(head[0])
    down = guards.missing(connection)
    if down:
        notes.append(f"Guards of the log are not in place: {', '.join(down)}.")
    verdict = Verdict(checked.checked, len(held), fault, notes)
    if at is not None:
        record(
            EventKind.AUDIT_VERIFIED, at=at, by=by, events=verdict.events, anchors=verdict.anchors,
            fits=fault is None, said=verdict.sentence[:300], guards_missing=down,
        )  # fmt: skip
    return verdict


def _first_fault(checked: chain.Chain, last: int) -> chain.Fault | None:
    columns = ("seq", "content", "link", "at", "detail", *sealing.TEXTS)
    rows = Event.objects.filter(seq__lte=last).order_by("seq").values_list(*columns)
    for seq, content, link, at, detail, *texts in rows.iterator(chunk_size=AT_ONCE):
        if fault := checked.check(seq, chain.canonical(at, texts, detail), content, link):
            return fault
    return None


def _outside_the_chain(last: int) -> chain.Fault | None:
    """Find an event without a number: put in while the guards were down."""
    number = Event.objects.filter(seq=None).order_by("pk").values_list("pk", flat=True).first()
    if number is None:
        return None
    return chain.Fault(last, f"The row with id {number} has no number: it was put in past the guards of the log.")
