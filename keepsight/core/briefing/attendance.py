"""From register marks to heads: which known children were in school on which day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from keepsight.core.columns import Column, Contract

ATTENDANCE_DAYS = Contract(
    "attendance_days",
    (
        Column("child", pl.Int64, "people.Child.id"),
        Column("on", pl.Date, "A day with at least one mark that counts"),
        Column("sessions", pl.Int64, "Sessions with a mark, at all the child's schools", "sessions"),
        Column("present", pl.Int64, "Sessions in school, or at an approved activity", "sessions"),
    ),
)
EMPTY_MARKS = (".", "-")  # none in the file; a blank code


def attendance_days(weeks: pl.DataFrame, codes: Mapping[str, Any]) -> pl.DataFrame:
    """
    Give one row a child and day on which a register said something about the child.

    Parameters
    ----------
    weeks : DataFrame
        ``child_id``, ``week_from`` (a Monday), ``marks``: fourteen codes, Monday AM to Sunday PM.
        A child on two rolls has two rows a week.
    codes : mapping
        ``present``: codes of a child in school or at an approved activity; ``not_expected``:
        codes that say nothing about the day (not on this roll, school closed).

    Returns
    -------
    DataFrame
        As ``ATTENDANCE_DAYS``, sorted by child and day. A child present at one of two schools is present.
    """
    if weeks.is_empty():
        return ATTENDANCE_DAYS.empty()
    # Few weeks have marks of their own, so the text is taken apart once for each different week.
    kinds = weeks.select("marks").unique().with_row_index("kind")
    marks = (
        kinds.with_columns(mark=pl.col("marks").str.split(" "))
        .with_columns(session=pl.int_ranges(0, pl.col("mark").list.len()))
        .explode("mark", "session")
        .filter(~pl.col("mark").is_in([*EMPTY_MARKS, "", *codes["not_expected"]]))
    )
    daily = marks.group_by("marks", day=pl.col("session") // 2).agg(
        sessions=pl.len(), present=pl.col("mark").is_in(list(codes["present"])).sum()
    )
    return ATTENDANCE_DAYS.check(
        weeks.join(daily, on="marks")
        .with_columns(on=pl.col("week_from") + pl.col("day") * timedelta(days=1))
        .group_by(pl.col("child_id").cast(pl.Int64).alias("child"), "on")
        .agg(pl.col("sessions").sum().cast(pl.Int64), pl.col("present").sum().cast(pl.Int64))
        .sort("child", "on")
    )
