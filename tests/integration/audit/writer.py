"""What the processes do that write events at once, or are killed while they do (``tests.killed``)."""

import signal

from django.db import transaction

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.audit.verifying import verify as check
from tests import factories as make


def write(count: int, source: str) -> None:
    """So many writes: every third is two events in one transaction, the others are one event each."""
    for number in range(count):
        if number % 3:
            audit.record(EventKind.SEARCHED, at=make.NOW, source=source, rows=number)
            continue
        with transaction.atomic(), audit.at_the_end():
            audit.record(EventKind.RATED, at=make.NOW, source=source, rows=number)
            audit.record(EventKind.PLANNED, at=make.NOW, source=source, rows=number)


def write_until_killed(seconds: float, source: str) -> None:
    """The first write, and then as many as there is time for: this process ends wherever it is then."""
    write(1, source)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    while True:
        write(3, source)


def verify() -> dict[str, object]:
    found = check()
    seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    return {"fits": found.fault is None, "said": found.sentence, "events": found.events,
            "gapless": seqs == list(range(1, len(seqs) + 1))}  # fmt: skip
