"""Days and times of a rhythm: when a cell meets, and when a return is due. Local days, local times."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds.events import WEEKDAYS, ReturnRule, RhythmRule


def applies(phases: Sequence[str], phase: str) -> bool:
    """Whether something that names phases is in force in this one; naming none means all."""
    return not phases or phase in phases


def meetings(
    rule: RhythmRule, *, phase: str, first: date, last: date, began: date, calendar: WorkingCalendar
) -> list[datetime]:
    """
    Give the starts of a cell's meetings from one day to another, both included.

    Parameters
    ----------
    rule : RhythmRule
        Days, times, and every how many weeks.
    phase : str
        The phase that the event is in. A rhythm of other phases gives no meeting.
    first, last : date
        Days. [local date]
    began : date
        The event's first day: weeks are counted from its Monday. [local date]
    calendar : WorkingCalendar
        Its bank holidays are left out unless the rhythm keeps them.

    Returns
    -------
    list of datetime
        Without zone, in order. [local time]
    """
    if not applies(rule.phases, phase):
        return []
    return [
        datetime.combine(day, time.fromisoformat(at))
        for day in days(rule.days, rule.bank_holidays, first, last, calendar)
        if _week(day, began) % max(rule.every_weeks, 1) == 0
        for at in sorted(rule.times)
    ]


def rounds(rule: ReturnRule, *, phase: str, on: date, calendar: WorkingCalendar) -> list[datetime]:
    """
    Give the moments by which a return is due whose round is open on a day.

    A round opens on the day on which it is due, or ``opens_days_before`` earlier.

    Returns
    -------
    list of datetime
        Without zone, in order. [local time]
    """
    if not applies(rule.phases, phase):
        return []
    last = on + timedelta(days=rule.opens_days_before)
    return [
        datetime.combine(day, time.fromisoformat(rule.due))
        for day in days(rule.days, rule.bank_holidays, on, last, calendar)
    ]


def days(
    names: Sequence[str], bank_holidays: str, first: date, last: date, calendar: WorkingCalendar
) -> Iterator[date]:
    """The days of these weekdays, without bank holidays unless they are kept."""
    wanted = {WEEKDAYS.index(name) for name in names}
    day = first
    while day <= last:
        if day.weekday() in wanted and (bank_holidays == "keep" or day not in calendar.holidays):
            yield day
        day += timedelta(days=1)


def _week(day: date, began: date) -> int:
    """Whole weeks from the Monday of the event's first week."""
    monday = began - timedelta(days=began.weekday())
    return (day - monday).days // 7
