"""Figures: each indicator, for the whole, for each authority and for each group inside it."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from keepsight.core.briefing.indicators import BadIndicator, Indicator
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.columns import Column, Contract

FIGURES = Contract(
    "figures",
    (
        Column("indicator", pl.String, "Indicator id"),
        Column("breakdown", pl.String, "all, authority, district, team, service or level"),
        Column("authority", pl.String, "Authority code; empty for all authorities together"),
        Column("group", pl.String, "District, team, service or level; empty for the whole"),
        Column("numerator", pl.Int64, "Above the line"),
        Column("denominator", pl.Int64, "Below the line; null for a plain count"),
        Column("value", pl.Float64, "The figure; null where there is nothing below the line", "as the indicator"),
    ),
)
OF_ONE_AUTHORITY = ("district", "team")  # names that mean something inside their authority only
LONG_AGO = 65  # working days; conditions cannot tell days further back apart
NOT_NAMED = {"district": "District not known", "team": "No team named", "service": "none", "level": "none"}


def figures(
    frames: Mapping[str, pl.DataFrame], indicators: Iterable[Indicator], *, on: date, calendar: WorkingCalendar
) -> pl.DataFrame:
    """
    Work out every indicator from the tables of one or more snapshots.

    Parameters
    ----------
    frames : name → frame
        Tables of the snapshots, laid one under another; each has a column ``authority``.
        An indicator whose table is not there gives no rows: not loaded is not nought.
    indicators : Indicator
        What to work out.
    on : date
        The day of the figures. [date]
    calendar : WorkingCalendar
        Counts the working days since a child was seen.

    Returns
    -------
    DataFrame
        As ``FIGURES``, in the order of the indicators; the whole first, then authorities, then groups.

    Notes
    -----
    value = numerator (counts); 100 × numerator ÷ denominator (percent);
    100 × (numerator − denominator) ÷ denominator (change).
    """
    ready = {name: _with_days(name, frame, on, calendar) for name, frame in frames.items()}
    rows = [_of(indicator, ready[indicator.table]) for indicator in indicators if indicator.table in ready]
    return FIGURES.check(pl.concat(rows)) if rows else FIGURES.empty()


def _with_days(name: str, frame: pl.DataFrame, on: date, calendar: WorkingCalendar) -> pl.DataFrame:
    """Add what conditions may ask of the day of the figure."""
    today = pl.lit(on, dtype=pl.Date)
    frame = frame.with_columns(today=today)
    if name == "plans":
        return frame.with_columns(
            seen_wd=_working_days(frame["last_seen_on"], on, calendar),
            other_wd=_working_days(frame["last_other_on"], on, calendar),
            contact_days=(today - pl.col("last_contact_on")).dt.total_days(),
            f2f_days=(today - pl.col("last_f2f_on")).dt.total_days(),
        )
    if name == "visits":
        return frame.with_columns(visit_days=(today - pl.col("visit_on")).dt.total_days())
    if name == "contact_days":
        weeks = (today.dt.truncate("1w") - pl.col("contact_on").dt.truncate("1w")).dt.total_days() // 7
        return frame.with_columns(weeks_ago=weeks)
    if name == "attendance":
        newest = pl.col("on").filter(pl.col("on") <= on).max()
        return frame.with_columns(is_latest=(pl.col("on") == newest.over("authority")).fill_null(False))
    return frame


def _working_days(seen: pl.Series, on: date, calendar: WorkingCalendar) -> pl.Series:
    """Working days since the child was seen, no further back than anyone asks; null for a child never seen."""
    return calendar.working_days_between(seen.clip(upper_bound=on), on, at_most=LONG_AGO)


def _of(indicator: Indicator, frame: pl.DataFrame) -> pl.DataFrame:
    """Give one indicator's rows."""
    try:
        lines = frame.with_columns(
            _above=_weight(indicator.numerator, indicator.above),
            _below=_weight(indicator.denominator or "false", indicator.below),
        )
    except pl.exceptions.PolarsError as trouble:
        raise BadIndicator(
            f"Indicator {indicator.id} cannot be worked out from table {indicator.table}: {trouble}."
        ) from trouble
    parts = [_summed(lines, indicator, "all", []), _summed(lines, indicator, "authority", ["authority"])]
    for dimension in indicator.by:
        if dimension not in OF_ONE_AUTHORITY:
            parts.append(_summed(lines, indicator, dimension, [dimension]))
        parts.append(_summed(lines, indicator, dimension, ["authority", dimension]))
    return pl.concat(parts)


def _weight(condition: str, adds: str) -> pl.Expr:
    met = pl.sql_expr(condition).fill_null(False)
    return (met.cast(pl.Int64) * (pl.col(adds) if adds else 1)).cast(pl.Int64)


def _summed(lines: pl.DataFrame, indicator: Indicator, breakdown: str, keys: list[str]) -> pl.DataFrame:
    sums = [pl.col("_above").sum(), pl.col("_below").sum()]
    summed = lines.group_by(keys).agg(sums).sort(keys, nulls_last=True) if keys else lines.select(sums)
    group = next((key for key in keys if key != "authority"), "")
    named = pl.col(group).replace("", None).fill_null(NOT_NAMED[group]) if group else pl.lit("")
    summed = summed.filter((pl.col("_above") > 0) | (pl.col("_below") > 0)) if group else summed
    return summed.select(
        indicator=pl.lit(indicator.id),
        breakdown=pl.lit(breakdown),
        authority=pl.col("authority") if "authority" in keys else pl.lit(""),
        group=named,
        numerator="_above",
        denominator=pl.col("_below") if indicator.denominator else pl.lit(None, dtype=pl.Int64),
        value=_value(indicator),
    )


def _value(indicator: Indicator) -> pl.Expr:
    above, below = pl.col("_above").cast(pl.Float64), pl.col("_below").cast(pl.Float64)
    if indicator.is_count:
        return above
    share = above / below if indicator.unit == "percent" else (above - below) / below
    return pl.when(below > 0).then(100 * share)
