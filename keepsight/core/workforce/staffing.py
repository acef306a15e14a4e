"""
Who is at work, team by team and day by day, and when there will be too few (WRK-01).

A forecast carries nothing but what is known: people come back when their absence ends (isolation
and sickness records give the day; without one, the pack's usual length), and nobody is assumed to
fall ill. It is a floor for planning, and the page says so.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from keepsight.core.packs.kinds import StaffingRules

Call = Literal["short", "close", "enough"]


@dataclass(frozen=True)
class Minimum:
    """The least people of a team: a number, or a share of its people; at the desk or in all."""

    people: int | None = None
    share: float | None = None

    def of(self, staff: int, rules: StaffingRules) -> int:
        """Give the minimum as a number of people, rounded up."""
        if self.people is not None:
            return self.people
        share = self.share if self.share is not None else rules.least_share
        return -int(-staff * share // 1)  # up


def until(absences: pl.DataFrame, rules: StaffingRules) -> pl.DataFrame:
    """
    Give each absence its last day.

    Parameters
    ----------
    absences : DataFrame
        ``worker`` (id), ``kind`` (of the pack), ``from_on`` and ``back_on`` (first day back; null where
        nobody has said) [date], ``remote`` (works from home meanwhile; null: as the pack says of the kind).

    Returns
    -------
    DataFrame
        With ``last_on`` (null where it has no end), ``said`` (whether the end was said, or is the pack's
        usual length) and ``works`` (no, or remote).
    """
    usual = {kind.id: kind.days for kind in rules.absences if kind.days}
    works = {kind.id: kind.works for kind in rules.absences}
    length = pl.col("kind").replace_strict(usual, default=None, return_dtype=pl.Int64)
    said = pl.col("back_on").is_not_null()
    return absences.with_columns(
        last_on=pl.when(said)
        .then(pl.col("back_on") - pl.duration(days=1))
        .otherwise(pl.col("from_on") + pl.duration(days=1) * (length - 1)),
        said=said,
        works=pl.when(pl.col("remote"))
        .then(pl.lit("remote"))
        .when(~pl.col("remote"))
        .then(pl.lit("no"))
        .otherwise(pl.col("kind").replace_strict(works, default="no", return_dtype=pl.String)),
    )


def levels(
    staff: pl.DataFrame,
    absences: pl.DataFrame,
    minimums: dict[int, Minimum],
    rules: StaffingRules,
    *,
    on: date,
    days: int | None = None,
) -> pl.DataFrame:
    """
    Count who works, team by team, from a day on.

    Parameters
    ----------
    staff : DataFrame
        ``worker`` and ``team`` (ids), one row a person.
    absences : DataFrame
        As ``until`` takes them. Where two overlap, one that keeps from work counts before one from home.
    minimums : mapping of team to Minimum
        A team that is not in it has the pack's share.
    on : date
        First day. [date]
    days : int, optional
        How many days; by default the pack's. [days]

    Returns
    -------
    DataFrame
        ``team``, ``on``, ``staff``, ``in_work``, ``remote``, ``absent``, ``uncertain`` (absent past a day
        that nobody has said), ``least``, ``short_by`` and ``call``: short, close or enough. Every day is
        counted, weekends too. ``in_work`` + ``remote`` + ``absent`` = ``staff``.
    """
    span = pl.DataFrame({"on": [on + timedelta(days=n) for n in range(days or rules.ahead_days)]})
    known = until(absences, rules).join(staff.select("worker"), on="worker", how="semi")
    away = (
        known.join(span, how="cross")
        .filter(
            (pl.col("from_on") <= pl.col("on")) & (pl.col("last_on").is_null() | (pl.col("on") <= pl.col("last_on")))
        )
        .group_by("worker", "on")
        .agg(
            gone=(pl.col("works") == "no").any(),
            uncertain=((pl.col("works") == "no") & ~pl.col("said")).any(),
        )
    )
    per_day = (
        staff.join(span, how="cross")
        .join(away, on=["worker", "on"], how="left")
        .group_by("team", "on")
        .agg(
            staff=pl.len().cast(pl.Int64),
            absent=pl.col("gone").fill_null(value=False).sum().cast(pl.Int64),
            remote=(~pl.col("gone")).fill_null(value=False).sum().cast(pl.Int64),
            uncertain=pl.col("uncertain").fill_null(value=False).sum().cast(pl.Int64),
        )
        .sort("team", "on")
    )
    size = dict(per_day.group_by("team").agg(pl.col("staff").first()).iter_rows())
    least = {team: minimums.get(team, Minimum()).of(number, rules) for team, number in size.items()}
    close = pl.col("least") + (pl.col("staff") * rules.warn_share).ceil()
    working = pl.col("staff") - pl.col("absent")
    return per_day.with_columns(
        in_work=working - pl.col("remote"),
        least=pl.col("team").replace_strict(least, default=0, return_dtype=pl.Int64),
    ).with_columns(
        short_by=(pl.col("least") - working).clip(lower_bound=0),
        call=pl.when(working < pl.col("least")).then(pl.lit("short"))
        .when(working < close).then(pl.lit("close"))
        .otherwise(pl.lit("enough")),
    )  # fmt: skip


def first_short(counted: pl.DataFrame) -> dict[int, date]:
    """Give the first day on which each team is short; teams that never are, are not in it."""
    short = counted.filter(pl.col("call") == "short").group_by("team").agg(pl.col("on").min())
    return dict(short.iter_rows())
