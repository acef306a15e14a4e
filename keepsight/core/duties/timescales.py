"""Limits and how they are counted (RULES §2.1): working days, days, weeks, months and hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import PackError


class Unit(StrEnum):
    """What a limit counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    HOURS = "hours"


UNIT_WORDS = {
    Unit.WORKING_DAYS: ("working day", "working days"),
    Unit.DAYS: ("day", "days"),
    Unit.WEEKS: ("week", "weeks"),
    Unit.MONTHS: ("month", "months"),
    Unit.HOURS: ("hour", "hours"),
}


@dataclass(frozen=True)
class Limit:
    """So many of a unit."""

    every: int
    unit: Unit

    @property
    def words(self) -> str:
        """In words, such as ``10 working days`` or ``1 week``."""
        one, many = UNIT_WORDS[self.unit]
        return f"{self.every} {one if self.every == 1 else many}"


@dataclass(frozen=True)
class Timescale:
    """One row of RULES §2.2: a duty's limit and where it comes from."""

    id: str
    title: str
    limit: Limit
    source: str
    confidence: str


def after(start: pl.Expr, limit: Limit, calendar: WorkingCalendar) -> pl.Expr:
    """
    Give the last day in time: day 0 is ``start``.

    Parameters
    ----------
    start : Expr of date
        Day of the event that starts the clock. For hours an Expr of datetime, in UTC. [date]
    limit : Limit
        How many of which unit.
    calendar : WorkingCalendar
        Days that count; only working days need it.

    Returns
    -------
    Expr of date
        Null where ``start`` is null. For hours an Expr of datetime, in UTC. [date]

    Raises
    ------
    CalendarTooShort
        On collecting, if working days are counted from or to a day outside the calendar.

    Notes
    -----
    An event on a Saturday counts from it: the first working day after is day 1. Months clamp to
    the month's end: one month from 31 January is 28 or 29 February. Weeks are seven days. Hours
    run by the clock, nights and bank holidays included; in UTC they are unmoved by summer time.
    """
    if limit.unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(start, limit.every)
    if limit.unit is Unit.MONTHS:
        return start.dt.offset_by(f"{limit.every}mo")
    if limit.unit is Unit.HOURS:
        return start + pl.duration(hours=limit.every)
    days = limit.every * (7 if limit.unit is Unit.WEEKS else 1)
    return start + pl.duration(days=days)


def after_each(start: pl.Expr, every: pl.Expr, unit: pl.Expr, calendar: WorkingCalendar) -> pl.Expr:
    """
    Give the last day in time where each row has a limit of its own.

    Parameters
    ----------
    start : Expr of date
        Day 0. [date]
    every : Expr of int
        How many.
    unit : Expr of str
        ``Unit`` value; not hours, which have no day. Null, or another word, gives null.
    calendar : WorkingCalendar
        Days that count.

    Returns
    -------
    Expr of date
        Null where any of the three is null. [date]
    """
    days = every.cast(pl.Int64) * pl.when(unit == Unit.WEEKS.value).then(7).otherwise(1)
    working = pl.when(unit == Unit.WORKING_DAYS.value).then(every.cast(pl.Int32))
    return (
        pl.when(unit == Unit.WORKING_DAYS.value)
        .then(calendar.add_working_days(start, working))
        .when(unit == Unit.MONTHS.value)
        .then(start.dt.offset_by(pl.format("{}mo", every)))
        .when(unit.is_in([Unit.DAYS.value, Unit.WEEKS.value]))
        .then(start + pl.duration(days=days))
    )


def limit_of(entry: Mapping[str, Any], *, where: str) -> Limit:
    """
    Read a limit from a pack's table: ``every`` and ``unit``.

    Raises
    ------
    PackError
        Naming the entry, if the number is not whole and positive or the unit is unknown.
    """
    every, unit = entry.get("every"), entry.get("unit")
    if not isinstance(every, int) or isinstance(every, bool) or every < 1:
        raise PackError(f"{where}: every must be a whole number of 1 or more, and is {every!r}.")
    if unit not in set(Unit):
        raise PackError(f"{where}: unit must be one of {', '.join(Unit)}, and is {unit!r}.")
    return Limit(every, Unit(unit))
