"""
Sight: who has seen each child, and whom nobody has (RULES §4.3 R6, F15).

A sighting is any professional seeing or hearing the child; ``sightings`` gathers them, ``summary``
says what they add up to.
"""

from datetime import date

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.columns import Column, Contract
from keepsight.core.contact.sightings import CLASSES, SIGHTINGS_OF_ALL, SightRules, line_of, sightings
from keepsight.core.terms import Service, SightLine

__all__ = ["CLASSES", "SIGHTINGS_OF_ALL", "SUMMARY", "SightRules", "sightings", "summary"]

LINES = list(SightLine)
SUMMARY = Contract(
    "sight summary",
    (
        Column("child_id", pl.Int64, "The child's number in the register"),
        Column("last_seen_on", pl.Date, "By anyone", "date"),
        Column("last_seen_by", pl.String, "terms.SightLine of it; of several on one day the first in that order"),
        Column("last_home_on", pl.Date, "By the child's service, face to face at home", "date"),
        Column("last_f2f_on", pl.Date, "By the child's service, face to face", "date"),
        Column("last_child_seen_on", pl.Date, "By the child's service, face to face or by video", "date"),
        Column("last_contact_on", pl.Date, "By the child's service, in any way", "date"),
        Column("assumed", pl.Boolean, "How the child was last seen face to face is not recorded"),
        Column("last_other_on", pl.Date, "By any other professional", "date"),
        Column("last_other_by", pl.String, "terms.SightLine of it"),
        Column("sight_lines", pl.Int64, "Services that saw the child within the window", "professionals"),
        Column("sight_lines_named", pl.String, "Their terms.SightLine, comma-separated"),
        Column("unseen_from", pl.Date, "First day on which nobody has seen the child in time", "date"),
        Column("unseen", pl.Boolean, "That day has come; null: nothing open and never seen"),
        Column("any_seen_wd", pl.Int64, "Since anyone last saw the child; null: never", "working days"),
        Column("other_seen_wd", pl.Int64, "Since another professional did; null: never", "working days"),
    ),
)


def summary(
    cases: pl.DataFrame, seen: pl.DataFrame, *, rules: SightRules, calendar: WorkingCalendar, as_at: date
) -> pl.DataFrame:
    """
    Say for each child who last saw them, how many eyes are left, and when nobody has.

    Parameters
    ----------
    cases : DataFrame
        ``contact.cases.CASES``: one row a child; every one comes back.
    seen : DataFrame
        From ``sightings``. Rows of other children are ignored; order does not matter.
    rules : SightRules
        Limits and window. [working days]
    calendar : WorkingCalendar
        Days that count.
    as_at : date
        The day asked about. [date]

    Returns
    -------
    DataFrame
        ``SUMMARY``, in the order of ``cases``.

    Notes
    -----
    ``unseen_from`` is the first working day after the limit has run out: with 10 working days,
    the 11th after the child was last seen. The clock never starts before the case does, so a
    child never seen counts from the opening of the case (day 0), and a new case has its full
    time. Where no list says since when a case is open (care leavers), a child never seen is unseen
    from the day the register first heard of the case. A day before the calendar begins is longer
    ago than any limit and counts as its first day.
    A further sighting can only move ``unseen_from`` later. For a child with an EHC plan and no
    social worker the school is the service, so being in school is being seen face to face.
    A child not born yet is never on the list of those whom nobody has seen.
    """
    own = line_of(pl.col("service"))
    at_setting = (pl.col("source") == "attendance") & (pl.col("service") == Service.EHCP.value)
    holder = cases.select("child_id", "service", "service_on", own_line=own)
    facts = (
        seen.join(holder, on="child_id", how="inner")
        .with_columns(
            line=pl.when(_by_early_help()).then(pl.lit(SightLine.EARLY_HELP.value)).otherwise(pl.col("line")),
            counts_as=pl.when(at_setting).then(pl.lit("f2f")).otherwise(pl.col("counts_as")),
        )
        .with_columns(
            rank=pl.col("line").replace_strict(LINES, range(len(LINES)), default=len(LINES), return_dtype=pl.Int8)
        )
    )
    by_worker = pl.col("source").is_in(["visit", "list"]) & (pl.col("line") == pl.col("own_line"))
    by_service = by_worker | at_setting
    sighting = pl.col("is_sighting")
    other = sighting & (pl.col("line") != pl.col("own_line"))
    alive = sighting & (pl.col("seen_on") >= calendar.since(as_at, rules.window))

    def last(of: str) -> pl.Expr:
        classes = list(CLASSES[CLASSES.index(of) :])
        return pl.col("seen_on").filter(by_service & pl.col("counts_as").is_in(classes)).max()

    known = by_service & pl.col("counts_as").is_in(["f2f", "f2f_home"]) & ~pl.col("assumed")
    ordered = facts.sort(["seen_on", "rank"], descending=[True, False], nulls_last=True)
    found = ordered.group_by("child_id", maintain_order=True).agg(
        last_seen_on=pl.col("seen_on").filter(sighting).first(),
        last_seen_by=pl.col("line").filter(sighting).first(),
        last_home_on=last("f2f_home"),
        last_f2f_on=last("f2f"),
        last_child_seen_on=last("seen"),
        last_contact_on=last("contact"),
        known_f2f_on=pl.col("seen_on").filter(known).max(),
        last_other_on=pl.col("seen_on").filter(other).first(),
        last_other_by=pl.col("line").filter(other).first(),
        lines=pl.col("line").filter(alive).sort_by(pl.col("rank").filter(alive)).unique(maintain_order=True),
    )
    joined = cases.select("child_id", "service", "unborn", "opened_on", "service_on").join(
        found, on="child_id", how="left"
    )
    return SUMMARY.check(_with_clocks(joined, rules=rules, calendar=calendar, as_at=as_at))


def _by_early_help() -> pl.Expr:
    """
    Tell whether a visit that a case system lists as social care's is early help's own.

    The dataset has no table for early-help visits, so councils export them among those to children
    in need: a visit since the early-help spell began, to a child with no social worker, is one.
    """
    in_early_help = pl.col("service") == Service.EARLY_HELP.value
    return (pl.col("source") == "visit") & in_early_help & (pl.col("seen_on") >= pl.col("service_on"))


def _with_clocks(joined: pl.DataFrame, *, rules: SightRules, calendar: WorkingCalendar, as_at: date) -> pl.DataFrame:
    """Count the working days that have passed, and the day from which the child is unseen."""
    first, last = pl.lit(calendar.first_day), pl.lit(as_at)
    limit = pl.when(pl.col("service") == Service.CP.value).then(rules.unseen_cp).otherwise(rules.unseen_other)
    start = pl.max_horizontal("last_seen_on", "opened_on").clip(first, last)

    def passed(day: str) -> pl.Expr:
        return calendar.working_days_between(pl.col(day).clip(first, last), as_at).cast(pl.Int64)

    known = pl.col("known_f2f_on") == pl.col("last_f2f_on")
    return joined.with_columns(
        unseen_from=pl.when(~pl.col("unborn")).then(
            pl.coalesce(calendar.add_working_days(start, limit + 1), pl.col("service_on"))
        ),
        any_seen_wd=passed("last_seen_on"),
        other_seen_wd=passed("last_other_on"),
        assumed=pl.col("last_f2f_on").is_not_null() & ~known.fill_null(False),
        sight_lines=pl.col("lines").list.len().fill_null(0).cast(pl.Int64),
        sight_lines_named=pl.col("lines").list.join(",").fill_null(""),
    ).with_columns(unseen=pl.col("unseen_from") <= as_at)
