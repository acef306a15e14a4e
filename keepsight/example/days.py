"""Sums with days, on whole columns."""

from datetime import date

import polars as pl


def plus(day: date | pl.Series, number: pl.Series) -> pl.Series:
    """Add a number of days. [days]"""
    start = pl.Series([day], dtype=pl.Date) if isinstance(day, date) else day
    return (start.cast(pl.Int32) + number.cast(pl.Int32)).cast(pl.Date)


def minus(day: date | pl.Series, number: pl.Series) -> pl.Series:
    """Take a number of days away. [days]"""
    return plus(day, -number.cast(pl.Int32))


def between(early: pl.Series, late: date | pl.Series) -> pl.Series:
    """Count the days from ``early`` to ``late``. [days]"""
    end = pl.Series([late], dtype=pl.Date) if isinstance(late, date) else late
    return end.cast(pl.Int32).cast(pl.Int64) - early.cast(pl.Int32).cast(pl.Int64)


def at_work(days: pl.Series) -> pl.Series:
    """Move Saturdays and Sundays to the Friday before."""
    return minus(days, (days.dt.weekday() - 5).clip(0, 2))


def years_old(born_on: pl.Series, as_at: date) -> pl.Series:
    """Give the age in whole years; null where the birthday is. [years]"""
    had = (born_on.dt.month().cast(pl.Int64) * 100 + born_on.dt.day()) <= as_at.month * 100 + as_at.day
    return as_at.year - born_on.dt.year().cast(pl.Int64) - (~had).cast(pl.Int64)


def later(one: pl.Series, other: pl.Series) -> pl.Series:
    """Give the later of two days; where one is null, the other."""
    return pl.select(pl.max_horizontal(one.alias("one"), other.alias("other"))).to_series()


def earlier(one: pl.Series, other: pl.Series) -> pl.Series:
    """Give the earlier of two days; where one is null, the other."""
    return pl.select(pl.min_horizontal(one.alias("one"), other.alias("other"))).to_series()


def only(values: pl.Series, where: pl.Series) -> pl.Series:
    """Keep the values where it is so; null elsewhere."""
    return values.zip_with(where.fill_null(False), pl.repeat(None, len(values), dtype=values.dtype, eager=True))
