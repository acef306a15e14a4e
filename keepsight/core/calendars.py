"""
Days that count.

One calendar for every duty and interval (RULES §2.1): Monday to Friday less bank holidays. The
day of the event is day 0; an event on a day that does not count starts from it, and the first
working day after it is day 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, overload

import polars as pl

from keepsight.core.errors import BadInput

_ONE_DAY = timedelta(days=1)


class CalendarTooShort(BadInput):
    """A day lies outside the years that the calendar knows."""

    code = "calendar_too_short"


@dataclass(frozen=True)
class WorkingCalendar:
    """
    Working days from ``first_day`` to ``last_day``, both included.

    Parameters
    ----------
    first_day, last_day : date
        Ends of what the calendar knows. [date]
    holidays : frozenset of date
        Bank holidays; other days of Monday to Friday count. [date]

    Notes
    -----
    Every method takes a ``date``, a Polars ``Series`` or an ``Expr`` of dates and gives the same
    kind back; null stays null. A day outside the calendar raises ``CalendarTooShort``.
    """

    first_day: date
    last_day: date
    holidays: frozenset[date]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "WorkingCalendar":
        """Build from a pack's ``calendar`` table: ``first_day``, ``last_day`` and ``holidays``."""
        return cls(table["first_day"], table["last_day"], frozenset(entry["day"] for entry in table["holidays"]))

    # --- what the calendar looks like inside: two lists, so that counting is two look-ups -------
    @cached_property
    def _counted(self) -> pl.Series:
        """Working days from the first day up to and including each day."""
        days = pl.date_range(self.first_day, self.last_day, eager=True)
        counts = (days.dt.weekday() <= 5) & ~days.is_in(sorted(self.holidays))
        return counts.cast(pl.Int32).cum_sum()

    @cached_property
    def _working(self) -> pl.Series:
        """Every working day, in order."""
        days = pl.date_range(self.first_day, self.last_day, eager=True)
        return days.filter((days.dt.weekday() <= 5) & ~days.is_in(sorted(self.holidays)))

    def _index(self, days: pl.Series) -> pl.Series:
        """Positions of days in the calendar."""
        if days.len() > days.null_count():
            earliest, latest = days.min(), days.max()
            for day in (earliest, latest):
                assert isinstance(day, date)
                if not self.first_day <= day <= self.last_day:
                    raise CalendarTooShort(
                        f"The calendar runs from {self.first_day:%d/%m/%Y} to {self.last_day:%d/%m/%Y} "
                        f"and {day:%d/%m/%Y} is outside it. Add the bank holidays of that year to calendar.toml."
                    )
        return days.cast(pl.Date).cast(pl.Int32) - (self.first_day - date(1970, 1, 1)).days

    def _counted_to(self, days: pl.Series) -> pl.Series:
        return self._counted.gather(self._index(days))

    def _nth(self, numbers: pl.Series) -> pl.Series:
        """Give the n-th working day of the calendar, counting from 1."""
        if numbers.len() > numbers.null_count():
            lowest, highest = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type]
            if lowest < 1 or highest > self._working.len():
                raise CalendarTooShort(
                    f"The answer lies outside the calendar, which runs from {self.first_day:%d/%m/%Y} "
                    f"to {self.last_day:%d/%m/%Y}. Add later bank holidays to calendar.toml."
                )
        return self._working.gather(numbers - 1)

    # --- questions ---------------------------------------------------------------------------------
    @overload
    def is_working(self, day: date) -> bool: ...
    @overload
    def is_working(self, day: pl.Series) -> pl.Series: ...
    @overload
    def is_working(self, day: pl.Expr) -> pl.Expr: ...
    def is_working(self, day: date | pl.Series | pl.Expr) -> bool | pl.Series | pl.Expr:
        """Tell whether a day counts."""
        if isinstance(day, pl.Expr):
            return day.map_batches(self.is_working, return_dtype=pl.Boolean)
        if isinstance(day, pl.Series):
            self._index(day)
            return (day.dt.weekday() <= 5) & ~day.is_in(sorted(self.holidays))
        return bool(self.is_working(pl.Series([day]))[0])

    @overload
    def add_working_days(self, start: date, n: int) -> date: ...
    @overload
    def add_working_days(self, start: pl.Series, n: int | pl.Series) -> pl.Series: ...
    @overload
    def add_working_days(self, start: pl.Expr, n: int | pl.Expr) -> pl.Expr: ...
    def add_working_days(
        self, start: date | pl.Series | pl.Expr, n: int | pl.Series | pl.Expr
    ) -> date | pl.Series | pl.Expr:
        """
        Give the n-th working day after a day; before it where ``n`` is negative.

        Parameters
        ----------
        start : date, Series or Expr
            Day 0. [date]
        n : int, Series or Expr
            How many working days on. 0 gives the day itself. [working days]

        Raises
        ------
        CalendarTooShort
            If a day given or a day answered lies outside the calendar.
        """
        if isinstance(start, pl.Expr):
            step = n if isinstance(n, pl.Expr) else pl.lit(n)
            return pl.map_batches(
                [start, step], lambda columns: self._add(columns[0], columns[1]), return_dtype=pl.Date
            )
        if isinstance(start, pl.Series):
            assert not isinstance(n, pl.Expr)
            return self._add(start, n if isinstance(n, pl.Series) else pl.Series([n]))
        day = self._add(pl.Series([start]), pl.Series([n]))[0]
        assert isinstance(day, date)
        return day

    def _add(self, start: pl.Series, n: pl.Series) -> pl.Series:
        frame = pl.DataFrame({"start": start.cast(pl.Date)}).with_columns(
            n=n.cast(pl.Int32) if n.len() == start.len() else pl.lit(n[0], dtype=pl.Int32)
        )
        # Going back, day 0 must not be counted twice when it is itself a working day.
        first = frame.select(
            day=pl.when(pl.col("n") < 0).then(pl.col("start") - _ONE_DAY).otherwise(pl.col("start")),
            past=pl.when(pl.col("n") < 0).then(pl.col("n") + 1).otherwise(pl.col("n")),
        )
        stays = (frame["n"] == 0) | frame["n"].is_null() | frame["start"].is_null()
        numbers = self._counted_to(first["day"]) + first["past"]
        found = self._nth(pl.select(pl.when(~stays).then(numbers)).to_series())
        out = pl.select(pl.when(frame["n"] == 0).then(frame["start"]).otherwise(found)).to_series()
        return out.alias(start.name)

    @overload
    def working_days_between(self, start: date, end: date, *, at_most: int | None = None) -> int: ...
    @overload
    def working_days_between(
        self, start: pl.Series, end: pl.Series | date, *, at_most: int | None = None
    ) -> pl.Series: ...
    @overload
    def working_days_between(self, start: pl.Expr, end: pl.Expr | date, *, at_most: int | None = None) -> pl.Expr: ...
    def working_days_between(
        self,
        start: date | pl.Series | pl.Expr,
        end: date | pl.Series | pl.Expr,
        *,
        at_most: int | None = None,
    ) -> int | pl.Series | pl.Expr:
        """
        Count the working days after ``start`` up to and including ``end``.

        Parameters
        ----------
        start, end : date, Series or Expr
            Days. [date]
        at_most : int, optional
            Stop counting here. With one ``end`` for all, days too early for the calendar then need
            not be known: they are at least this far away. [working days]

        Returns
        -------
        int, Series or Expr
            Negative where ``end`` comes first. [working days]
        """
        if isinstance(start, pl.Expr):
            last = end if isinstance(end, pl.Expr) else pl.lit(end, dtype=pl.Date)
            return pl.map_batches(
                [start, last],
                lambda columns: self._between(columns[0], columns[1], at_most),
                return_dtype=pl.Int32,
            )
        if isinstance(start, pl.Series):
            assert not isinstance(end, pl.Expr)
            return self._between(start, end if isinstance(end, pl.Series) else pl.Series([end]), at_most)
        return int(self._between(pl.Series([start]), pl.Series([end]), at_most)[0])

    def _between(self, start: pl.Series, end: pl.Series, at_most: int | None) -> pl.Series:
        start = start.cast(pl.Date)
        if end.len() == 1 and end[0] is not None:
            if at_most is not None:
                # One day further back is already past the limit, whatever lies before it.
                start = start.clip(lower_bound=self.since(end[0], at_most) - _ONE_DAY)
            counted = self._counted_to(end)[0] - self._counted_to(start)
        else:
            counted = self._counted_to(end) - self._counted_to(start)
        if at_most is not None:
            counted = counted.clip(upper_bound=at_most)
        return pl.Series(start.name, counted, dtype=pl.Int32)

    def since(self, on: date, n: int) -> date:
        """
        Give the first day from which at most ``n`` working days have passed on the day ``on``.

        ``working_days_between(day, on) <= n`` is the same as ``day >= since(on, n)``, and needs
        no look-up for each row. ``unseen`` means ``last_seen_on < since(today, 20)``.
        """
        day = self._nth(self._counted_to(pl.Series([on])) - n)[0]
        assert isinstance(day, date)
        return day
