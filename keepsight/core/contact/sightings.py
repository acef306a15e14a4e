"""
Sightings: everything that says that somebody saw or heard a child (RULES §4.4).

Visits, dates last seen in Annex A lists, register marks and what other professionals told are laid
in one frame. ``sight`` says what they add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.packs import PackError
from keepsight.core.people.facts import FactTables
from keepsight.core.terms import InvolvementKind, Service, SightLine, VisitMode

CLASSES = ("contact", "seen", "f2f", "f2f_home")  # each class meets those before it

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


def line_of(service: pl.Expr) -> pl.Expr:
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
            line=line_of(pl.col("service")),
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
