"""
Whose time is over among the entries of registers, and among the records of emergencies.

Entries about a child or a family are part of that record and go with it, so they are not counted here; those
of an exercise go when it is taken away. A rule of this side is called ``registers-`` and the rule of the schedule.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from keepsight.apps.accounts.models import Authority
from keepsight.apps.command.rules import rule_of as rule_of_event
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.governance.queries.retention import REGISTERS, holds_of, phase_on, schedule_of
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Link, Register
from keepsight.core.retention import lists

COLUMNS = {
    "entry": pl.Int64, "emergency": pl.Int64, "name": pl.String, "rule": pl.String, "open": pl.Boolean,
    "closed_on": pl.Date, "event_on": pl.Date, "held": pl.Boolean, "rows": pl.Int64,
}  # fmt: skip
Row = tuple[Any, ...]


def is_of_registers(rule_id: str) -> bool:
    """Whether a rule, as lists and addresses name it, is about registers and not about children."""
    return rule_id.startswith(REGISTERS)


def kept_lists(
    authority: Authority, on: date, rule_id: str, *, entries: Iterable[int] | None = None,
    emergencies: Iterable[int] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """
    Say of each entry and emergency under a rule until when it is kept, and its phase.

    Returns
    -------
    DataFrame
        ``COLUMNS`` with counted_from, kept_until, state, why, phase: an entry or an emergency a row.
    """
    rule = rule_id.removeprefix(REGISTERS)
    registers, health = _registers(authority, rule), _of_a_part(authority)
    everybody, some = holds_of(authority)
    chosen = _entries(authority).filter(register__in=registers)
    chosen = chosen if entries is None else chosen.filter(pk__in=list(entries))
    linked = _linked(chosen, some)
    found = chosen.values_list(
        "pk", "register_id", "number", "is_open", TruncDate("state_since"), "event_id", "event__closed_at"
    )
    rows: list[Row] = []
    for pk, register, number, is_open, since, event, closed_at in found:
        named = registers[register]
        closed = None if is_open else since
        ended = closed if event is None or named[1] in health else _day(closed_at)
        rows.append((pk, None, f"{named[0]}-{number}", named[1], is_open, closed, ended, everybody or pk in linked, 1))
    rows += _emergencies(authority, rule, everybody, emergencies)
    return _phased(rows, authority, on)


def counted_lists(authority: Authority, on: date) -> dict[tuple[str, str], int]:
    """Rule and phase → how many. The database groups by day, so a register of a million entries is counted at once."""
    registers, health = _registers(authority), _of_a_part(authority)
    everybody, some = holds_of(authority)
    entries = _entries(authority)
    linked = _linked(entries, some)
    rows: list[Row] = []
    for chosen, held in ((entries.exclude(pk__in=linked), everybody), (entries.filter(pk__in=linked), True)):
        grouped = chosen.values_list("register_id", "is_open", TruncDate("state_since"), "event_id", "event__closed_at")
        for register, is_open, since, event, closed_at, count in grouped.order_by().annotate(count=Count("pk")):
            rule = registers[register][1]
            closed = None if is_open else since
            ended = closed if event is None or rule in health else _day(closed_at)
            rows.append((None, None, "", rule, is_open, closed, ended, held, count))
    rows += _emergencies(authority, "", everybody, None)
    summed = _phased(rows, authority, on).group_by("rule", "phase").agg(pl.col("rows").sum())
    return {(REGISTERS + rule if rule else "", phase): count for rule, phase, count in summed.iter_rows()}


def _entries(authority: Authority) -> QuerySet[Entry]:
    return Entry.objects.filter(register__authority=authority, exercise=None, child=None, family=None)


def _registers(authority: Authority, rule: str = "") -> dict[int, tuple[str, str]]:
    """Register → prefix of its numbers and rule of retention; of one rule, or all."""
    here = Register.objects.filter(authority=authority, current__isnull=False).select_related("current")
    said = {each.pk: rule_of(each.current) for each in here}  # type: ignore[arg-type]
    return {pk: (each.prefix, each.retention) for pk, each in said.items() if rule in ("", each.retention)}


def _of_a_part(authority: Authority) -> set[str]:
    """Rules of what ends by itself, such as symptoms: they count from the entry's own end, emergency or not."""
    return {rule.id for rule in schedule_of(authority).rules if rule.applies}


def _linked(entries: QuerySet[Entry], children: set[int]) -> set[int]:
    """Entries that name a child on hold."""
    if not children:
        return set()
    return set(Link.objects.filter(entry__in=entries.values("pk"), child__in=children).values_list("entry", flat=True))


def _live(authority: Authority) -> QuerySet[Event]:
    """Real emergencies whose meetings, reports and returns still stand."""
    stands = PhaseSwitch.objects.filter(event=OuterRef("pk"))
    return Event.objects.filter(Exists(stands), authority=authority, is_exercise=False)


def _emergencies(authority: Authority, rule: str, held: bool, wanted: Iterable[int] | None) -> list[Row]:
    events = _live(authority) if wanted is None else _live(authority).filter(pk__in=list(wanted))
    return [
        (None, each.pk, f"Emergency {each.pk}", rule_of_event(each).retention, each.is_active, _day(each.closed_at),
         _day(each.closed_at), held, 1)
        for each in events
        if rule in ("", rule_of_event(each).retention)
    ]  # fmt: skip


def _day(at: Any) -> date | None:
    return timezone.localtime(at).date() if at else None


def _phased(rows: Sequence[Row], authority: Authority, on: date) -> pl.DataFrame:
    facts = pl.DataFrame(list(rows), schema=COLUMNS, orient="row")
    bound = lists(facts, schedule_of(authority).rules)
    return bound.with_columns(phase=phase_on(on, pl.col("held")))
