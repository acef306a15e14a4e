"""
Removing events that are past their time (RULES §5: seven years, restricted records as long as the record).

Only with an approval that is named. In the place of what goes stand sealed bridges, so that the
rest of the log can still be checked; the removal is an event itself.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from keepsight.apps.audit import anchors, guards, sealing
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.audit.verifying import verify
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Retention

Run = tuple[int, int, str]  # first and last number removed; the last one's link


def cutoff(at: datetime) -> datetime:
    """The moment before which events are past their time."""
    rule = next(rule for rule in book().read("retention", Retention).schedule if rule.id == "audit")
    years = at.year - rule.years
    try:
        return at.replace(year=years)
    except ValueError:  # 29 February
        return at.replace(year=years, day=28)


def due(before: datetime, keep: Collection[int]) -> int:
    """How many events would go."""
    return sum(last - first + 1 for first, last, _ in _runs(before, frozenset(keep)))


def prune(*, at: datetime, approved_by: str, because: str, keep: Collection[int], by: Any = None) -> int:
    """
    Remove the events past their time and give how many went.

    Parameters
    ----------
    keep : collection of int
        Ids of children whose events stay: those of restricted records.

    Raises
    ------
    NotAllowedNow
        Without an approval and a reason, for anybody but the owner of the tables, and while the log
        does not fit: evidence is not removed.
    """
    if not approved_by.strip() or not because.strip():
        raise NotAllowedNow("Say who approved this, and why.")
    if not guards.owned(connection):
        raise NotAllowedNow("Only the owner of the tables can do this. Connect as the owner, not as the pages do.")
    if (fault := verify().fault) is not None:
        raise NotAllowedNow(f"The log does not fit, so nothing is removed from it. {fault.sentence}")
    before = cutoff(at)
    with transaction.atomic():
        runs = list(_runs(before, frozenset(keep)))
        if not runs:
            return 0
        gone = _remove(runs)
        record(
            EventKind.AUDIT_PRUNED, at=at, by=by, reason=because, approved_by=approved_by[:120], events=gone,
            before=sealing.iso(before), bridges=len(runs),
        )  # fmt: skip
        log = anchors.log_of()
        anchors.keep(
            (sealing.made("bridge", log=log, first=f, seq=last, link=link, at=at) for f, last, link in runs), at=at
        )
    return gone


def _remove(runs: list[Run]) -> int:
    with guards.lifted(connection), connection.cursor() as cursor:
        gone = 0
        for first, last, _ in runs:
            cursor.execute("DELETE FROM audit_event WHERE seq BETWEEN %s AND %s", [first, last])
            gone += cursor.rowcount
    return gone


def _runs(before: datetime, keep: frozenset[int]) -> Iterator[Run]:
    """The events that go, as unbroken runs of numbers."""
    columns = ("seq", "link", "subject_type", "subject_id", "detail")
    first = last = 0
    link = ""
    for seq, here, *about in Event.objects.filter(at__lt=before).order_by("seq").values_list(*columns).iterator():
        if _stays(keep, *about):
            continue
        if first and seq != last + 1:
            yield first, last, link
            first = 0
        first, last, link = first or seq, seq, here
    if first:
        yield first, last, link


def _stays(keep: frozenset[int], subject_type: str, subject_id: str, detail: dict[str, Any]) -> bool:
    if subject_type == "child" and subject_id.isdecimal() and int(subject_id) in keep:
        return True
    return not keep.isdisjoint(detail.get("shown", ()))
