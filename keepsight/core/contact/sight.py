"""
Sight: who has seen or heard each child, and whom nobody has (RULES §4.3 R6, F15).

A sighting is any professional seeing or hearing the child: a visit, a register mark, a recorded
word from somebody else. ``sightings`` gathers them, ``summary`` says what they add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.columns import Column, Contract
from keepsight.core.packs import PackError
from keepsight.core.people.facts import FactTables
from keepsight.core.terms import InvolvementKind, Service, SightLine, VisitMode

CLASSES = ("contact", "seen", "f2f", "f2f_home")  # each class meets those before it
LINES = list(SightLine)

SIGHTINGS_OF_ALL = Contract(
    "sightings of all",
    (
        Column("child_id", pl.Int64, "The child's number in the register"),
        Column("seen_on", pl.Date, "Day", "date"),
        Column("line", pl.String, "terms.SightLine: whose eyes"),
        Column("source", pl.String, "visit, list (last seen, by an Annex A list), attendance or sighting"),
        Column("counts_as", pl.String, "Of a visit by a service: contact, seen, f2f or f2f_home"),
        Column("assumed", pl.Boolean, "The case system did not say how the child was seen"),
        Column("is_sighting", pl.Boolean, "Somebody saw or heard the child: a message is contact only"),
    ),
)
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


@dataclass(frozen=True)
class SightRules:
    """The pack's ``sight`` table, checked."""

    unseen_cp: int
    unseen_other: int
    window: int
    counts_as: dict[str, str]
    in_touch: str
    not_sighting: frozenset[str]
    seen_codes: frozenset[str]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "SightRules":
        """
        Read the table.

        Raises
        ------
        PackError
            If a mode is unknown or counts as something that is no class.
        """
        modes = dict(table["modes"])
        in_touch = modes.pop("in_touch")
        for mode, counts_as in [*modes.items(), ("in_touch", in_touch)]:
            if counts_as not in CLASSES:
                raise PackError(f"sight.toml, modes: {mode} counts as {counts_as!r}; it can be {', '.join(CLASSES)}.")
        unknown = set(modes) - set(VisitMode) - {"unknown"}
        if unknown:
            raise PackError(f"sight.toml, modes: {', '.join(sorted(unknown))} is no mode of a visit.")
        limits = table["unseen_working_days"]
        return cls(
            unseen_cp=limits["cp"],
            unseen_other=limits["other"],
            window=table["lines"]["window_working_days"],
            counts_as=modes,
            in_touch=in_touch,
            not_sighting=frozenset(table["not_sighting"]["modes"]),
            seen_codes=frozenset(table["attendance"]["codes"]),
        )


def sightings(tables: FactTables, rules: SightRules, *, as_at: date) -> pl.DataFrame:
    """
    Gather everything that says that somebody saw or heard a child, up to a day.

    Parameters
    ----------
    tables : FactTables
        ``visits``, ``involvements`` (dates last seen in Annex A lists), ``attendance`` and
        ``sightings`` are used.
    rules : SightRules
        What counts.
    as_at : date
        What happened later is left out. [date]

    Returns
    -------
    DataFrame
        ``SIGHTINGS_OF_ALL``. Attendance gives one row a week: the last day on which the child was seen.
        A visit on which the child was not seen is no row: failed attempts count for nothing.
    """
    parts = [
        _from_visits(tables.visits, rules),
        _from_lists(tables.involvements, rules),
        _from_attendance(tables.attendance, rules, as_at),
        _from_others(tables.sightings),
    ]
    found = pl.concat([part.select(SIGHTINGS_OF_ALL.names) for part in parts])
    return SIGHTINGS_OF_ALL.check(found.filter(pl.col("seen_on") <= as_at))


def _line_of(service: pl.Expr) -> pl.Expr:
    """Whose eyes a service's visit is: early help's own, or social care's."""
    early = service == Service.EARLY_HELP.value
    return pl.when(early).then(pl.lit(SightLine.EARLY_HELP.value)).otherwise(pl.lit(SightLine.SOCIAL_CARE.value))


def _from_visits(visits: pl.DataFrame, rules: SightRules) -> pl.DataFrame:
    mode = pl.col("mode").fill_null("").replace("", "unknown")
    return (
        visits.filter(pl.col("seen").fill_null(False))
        .with_columns(mode=mode)
        .filter(pl.col("mode").is_in(list(rules.counts_as)))
        .select(
            "child_id",
            seen_on=pl.col("visit_on"),
            line=_line_of(pl.col("service")),
            source=pl.lit("visit"),
            counts_as=pl.col("mode").replace_strict(rules.counts_as, return_dtype=pl.String),
            assumed=pl.col("mode") == "unknown",
            is_sighting=~pl.col("mode").is_in(list(rules.not_sighting)),
        )
    )


_LAST_SEEN = {
    InvolvementKind.CIN: "last_seen_on",
    InvolvementKind.CP: "last_visit_on",
    InvolvementKind.CLA: "last_visit_on",
    InvolvementKind.CARE_LEAVER: "last_contact_on",
}


def _from_lists(involvements: pl.DataFrame, rules: SightRules) -> pl.DataFrame:
    """Dates last seen in Annex A lists: often all that an authority sends."""
    shape = pl.Struct(dict.fromkeys(dict.fromkeys(_LAST_SEEN.values()), pl.String))
    details = involvements.filter(pl.col("kind").is_in(list(_LAST_SEEN))).with_columns(
        details=pl.col("details").str.json_decode(shape)
    )
    day = pl.coalesce(
        pl.when(pl.col("kind") == kind.value).then(pl.col("details").struct.field(name))
        for kind, name in _LAST_SEEN.items()
    )
    in_touch = pl.col("kind") == InvolvementKind.CARE_LEAVER.value
    return details.select(
        "child_id",
        seen_on=day.str.to_date("%Y-%m-%d", strict=False),
        line=pl.lit(SightLine.SOCIAL_CARE.value),
        source=pl.lit("list"),
        counts_as=pl.when(in_touch).then(pl.lit(rules.in_touch)).otherwise(pl.lit(rules.counts_as["unknown"])),
        assumed=pl.lit(True),
        is_sighting=pl.lit(True),
    ).filter(pl.col("seen_on").is_not_null())


def _from_attendance(attendance: pl.DataFrame, rules: SightRules, as_at: date) -> pl.DataFrame:
    """Give the last day of each week, up to the day asked about, with a mark that the child was seen."""
    codes = list(rules.seen_codes)
    marks = pl.col("marks").str.split(" ")
    seen_on_day = [
        pl.any_horizontal(marks.list.get(2 * day + half, null_on_oob=True).is_in(codes) for half in (0, 1))
        & (pl.col("week_from") + timedelta(days=day) <= as_at)
        for day in range(7)
    ]
    last_day = pl.coalesce(pl.when(seen_on_day[day]).then(pl.lit(day)) for day in reversed(range(7)))
    return (
        attendance.select("child_id", "week_from", last_day=last_day)
        .filter(pl.col("last_day").is_not_null())
        .select(
            "child_id",
            seen_on=pl.col("week_from") + pl.duration(days=pl.col("last_day")),
            line=pl.lit(SightLine.SCHOOL.value),
            source=pl.lit("attendance"),
            counts_as=pl.lit(None, dtype=pl.String),
            assumed=pl.lit(False),
            is_sighting=pl.lit(True),
        )
    )


def _from_others(recorded: pl.DataFrame) -> pl.DataFrame:
    return recorded.select(
        "child_id",
        "seen_on",
        "line",
        source=pl.lit("sighting"),
        counts_as=pl.lit(None, dtype=pl.String),
        assumed=pl.lit(False),
        is_sighting=pl.lit(True),
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
    own = _line_of(pl.col("service"))
    at_setting = (pl.col("source") == "attendance") & (pl.col("service") == Service.EHCP.value)
    facts = seen.join(cases.select("child_id", "service", own_line=own), on="child_id", how="inner").with_columns(
        rank=pl.col("line").replace_strict(LINES, range(len(LINES)), default=len(LINES), return_dtype=pl.Int8),
        counts_as=pl.when(at_setting).then(pl.lit("f2f")).otherwise(pl.col("counts_as")),
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
