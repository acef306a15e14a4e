"""Facts of who sees the child: school, attendance, other named professionals, sight lines."""

from datetime import date, timedelta

import polars as pl

from keepsight.core.packs.kinds import FactDefinitions


def school(enrolments: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """Whether the child is on a roll."""
    on_roll = pl.col("left_on").is_null() | (pl.col("left_on") > as_at)
    return enrolments.drop_nulls("child_id").group_by(child="child_id").agg(school_place=on_roll.any())


def attendance(weeks: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """
    Sessions attended of those possible, in the days of the window up to ``as_at``.

    Null where no session was possible. Marks count by code; a code that no list knows was a
    possible session and not attended. [0–1]
    """
    since = as_at - timedelta(days=definitions.windows["attendance_days"] - 1)
    codes = definitions.attendance
    monday = pl.col("week_from")
    # Two marks a day; a week that reaches over an edge of the window is cut there.
    first = (2 * (pl.lit(since) - monday).dt.total_days()).clip(0, 14)
    last = (2 * (pl.lit(as_at) - monday).dt.total_days() + 2).clip(0, 14)
    marks = pl.col("marks").str.split(" ").list.slice(first, last - first)
    return (
        weeks.filter((monday <= as_at) & (monday > since - timedelta(days=7)))
        .select(child="child_id", marks=marks)
        .select(
            "child",
            attended=pl.col("marks").list.eval(pl.element().is_in(codes["attended"])).list.sum(),
            possible=pl.col("marks").list.eval(~pl.element().is_in(codes["not_possible"])).list.sum(),
        )
        .group_by("child")
        .agg(pl.col("attended").sum(), pl.col("possible").sum())
        .select("child", attendance_share=pl.when(pl.col("possible") > 0).then(pl.col("attended") / pl.col("possible")))
    )


def named_others(sightings: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """In how many of the last few weeks each line of sight saw the child; the own one is taken off later."""
    weeks = definitions.windows["named_other_weeks"]
    ago = (pl.lit(as_at) - pl.col("seen_on")).dt.total_days()
    return (
        sightings.filter((ago >= 0) & (ago < 7 * weeks))
        .select(child="child_id", line="line", week=ago // 7)
        .group_by("child")
        .agg(
            all_weeks=pl.col("week").n_unique().cast(pl.Int64),
            not_social_weeks=pl.col("week").filter(pl.col("line") != "social_care").n_unique().cast(pl.Int64),
            not_early_help_weeks=pl.col("week").filter(pl.col("line") != "early_help").n_unique().cast(pl.Int64),
        )
    )


def sight(seen: pl.DataFrame) -> pl.DataFrame:
    """Days since somebody saw the child; a child of this frame without them was never seen."""
    return seen.select(
        child="child_id",
        any_seen=pl.col("any_seen_wd").is_not_null(),
        any_seen_wd="any_seen_wd",
        other_seen=pl.col("other_seen_wd").is_not_null(),
        other_seen_wd="other_seen_wd",
        sight_lines="sight_lines",
    )
