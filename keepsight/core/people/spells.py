"""Spells of work with a child: which are open on a day, and what their lists say of them."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from keepsight.core.people.facts import FactTables
from keepsight.core.terms import InvolvementKind, Service

# The first that is open gives the service, in this order.
SERVICE_OF: dict[str, str] = {
    InvolvementKind.CP: Service.CP,
    InvolvementKind.SECTION_47: Service.CP,
    InvolvementKind.CLA: Service.CLA,
    InvolvementKind.ADOPTION: Service.CLA,  # until the order; a child on that list only must not be lost
    InvolvementKind.CIN: Service.CIN,
    InvolvementKind.ASSESSMENT: Service.CIN,
    InvolvementKind.CARE_LEAVER: Service.CARE_LEAVER,
    InvolvementKind.EARLY_HELP: Service.EARLY_HELP,
    InvolvementKind.EHCP: Service.EHCP,
}

# What the lists say of a spell, by canonical name. Read as text, whatever stands in the JSON, so
# that one odd value costs one value and not the whole list.
_DETAILS = (
    "accommodation", "icpc_on", "icpc_unnecessary", "initial_category", "la_accommodation", "last_review_on",
    "latest_category", "legal_status", "level", "missing_12m", "permanence_plan", "placement_started_on",
    "placement_type", "placements_12m", "previous_plans", "six_month_visits_agreed", "temporary_approval", "uasc",
)  # fmt: skip
_DAYS = ("icpc_on", "last_review_on", "placement_started_on")
_NUMBERS = ("level", "missing_12m", "placements_12m", "previous_plans")
_TRUTHS = ("icpc_unnecessary", "la_accommodation", "six_month_visits_agreed", "temporary_approval", "uasc")
_PLAIN = tuple(name for name in _DETAILS if name not in (*_DAYS, *_NUMBERS, *_TRUTHS))


@dataclass(frozen=True)
class Spells:
    """
    Every spell that had begun by a day, earliest first.

    ``begun`` has columns child, kind, started_on, closed_on (null while open), is_open and the
    details, typed.
    """

    begun: pl.DataFrame
    as_at: date

    def of(self, kind: str) -> pl.DataFrame:
        """Spells of one kind, open and closed, earliest first."""
        return self.begun.filter(pl.col("kind") == kind)

    def newest_open(self, kind: str) -> pl.DataFrame:
        """The newest open spell of one kind of each child who has one."""
        return self.of(kind).filter(pl.col("is_open")).unique("child", keep="last", maintain_order=True)


def spells(tables: FactTables, *, as_at: date) -> Spells:
    """
    Gather the spells of work that had begun by a day.

    Parameters
    ----------
    tables : FactTables
        ``involvements`` and ``ehc_plans`` are used.
    as_at : date
        The day asked about. A spell is open from its first day up to the day before its end. [date]

    Notes
    -----
    A section 47 enquiry closes with its conference, or when none was found necessary, whether or
    not the list gives an end; where no day is given for that, the day it began is taken.
    """
    decoded = pl.col("details").str.json_decode(pl.Struct(dict.fromkeys(_DETAILS, pl.String)))
    work = (
        tables.involvements.filter(pl.col("started_on") <= as_at)
        .select(child="child_id", kind="kind", started_on="started_on", ended_on="ended_on", details=decoded)
        .unnest("details")
        .with_columns(
            *(pl.col(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False) for name in _DAYS),
            *(pl.col(name).cast(pl.Int64, strict=False) for name in _NUMBERS),
            *(pl.col(name).str.to_lowercase() == "true" for name in _TRUTHS),
        )
    )
    plans = tables.ehc_plans.filter(pl.col("plan_on").is_null() | (pl.col("plan_on") <= as_at)).select(
        child="child_id", started_on="plan_on", ended_on="ceased_on", kind=pl.lit(InvolvementKind.EHCP.value)
    )
    enquiry = pl.col("kind") == InvolvementKind.SECTION_47.value
    held = pl.when(enquiry & (pl.col("icpc_on") <= as_at)).then(pl.col("icpc_on"))
    unnecessary = pl.when(enquiry & pl.col("icpc_unnecessary")).then(pl.col("started_on"))
    ended = pl.when(pl.col("ended_on") <= as_at).then(pl.col("ended_on"))
    begun = (
        pl.concat([work, plans], how="diagonal")
        .with_columns(closed_on=pl.coalesce(ended, held, unnecessary))
        .with_columns(is_open=pl.col("closed_on").is_null())
        .sort("started_on", nulls_last=False, maintain_order=True)
    )
    return Spells(begun, as_at)
