"""Clocks on states: when the next thing about an entry is due (RULES §2.1 counts the days)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds.registers import ClockRule, Register


@dataclass(frozen=True)
class Due:
    """The next thing due. ``at`` only where the clock counts hours; ``soon_on`` never after ``on``."""

    clock: str
    on: date
    soon_on: date
    at: datetime | None = None


def next_due(
    rule: Register,
    *,
    state: str,
    since: Mapping[str, datetime],
    added: datetime,
    changed: datetime,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
) -> Due | None:
    """
    Give the clock of this state that runs out first.

    Parameters
    ----------
    rule : Register
        The definition.
    state : str
        The state the entry is in.
    since : mapping of str to datetime
        State → when the entry last came into it. [local time]
    added, changed : datetime
        When the entry was added and last changed. [local time]
    values : mapping
        Field id → value, as ``values.clean`` gives them.
    calendar : WorkingCalendar
        For limits in working days.

    Returns
    -------
    Due or None
        None where no clock runs, or the day it counts from is not known yet.
    """
    running = [
        due
        for clock in rule.clocks
        if state in clock.while_ and (due := _due(clock, since, added, changed, values, calendar)) is not None
    ]
    return min(running, key=lambda due: (due.on, due.at.isoformat() if due.at else "", due.clock), default=None)


def _due(
    clock: ClockRule,
    since: Mapping[str, datetime],
    added: datetime,
    changed: datetime,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
) -> Due | None:
    start = _start(clock.from_, since, added, changed, values)
    if start is None:
        return None
    at = None
    if clock.unit == "hours" and clock.every:
        at = start + timedelta(hours=clock.every)
        on = at.date()
    else:
        on = _after(start.date(), clock, calendar)
    return Due(clock.id, on, on - timedelta(days=clock.soon_days), at)


def _after(day: date, clock: ClockRule, calendar: WorkingCalendar) -> date:
    if clock.unit == "working_days" and clock.every:
        return calendar.add_working_days(day, clock.every)
    if clock.unit == "months":
        later: date = day + relativedelta(months=clock.every)  # clamped to the month's end
        return later
    return day + timedelta(days=clock.every * (7 if clock.unit == "weeks" else 1))


def _start(
    name: str, since: Mapping[str, datetime], added: datetime, changed: datetime, values: Mapping[str, Any]
) -> datetime | None:
    if name == "added":
        return added
    if name == "changed":
        return changed
    if name.startswith("state:"):
        return since.get(name.removeprefix("state:"))
    held = values.get(name)
    if not held:
        return None
    moment = datetime.fromisoformat(str(held))
    return moment if moment.tzinfo else moment.replace(tzinfo=added.tzinfo)
