"""Which service governs a child's contact, since when, and who holds the case."""

from datetime import date

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.people.facts import FactTables
from keepsight.core.people.spells import SERVICE_OF, spells
from keepsight.core.terms import InvolvementKind, Service

CASES = Contract(
    "cases",
    (
        Column("child_id", pl.Int64, "The child's number in the register"),
        Column("service", pl.String, "terms.Service: the first that applies"),
        Column("is_open", pl.Boolean, "An open case of social care or early help"),
        Column("unborn", pl.Boolean, "Not born yet on the day asked about"),
        Column("opened_on", pl.Date, "Start of the earliest open spell; null: nothing open, or no list says", "date"),
        Column("service_on", pl.Date, "Start, or first sight in a list, of the spell that gives the service", "date"),
        Column("team_id", pl.Int64, "Team of the key worker"),
        Column("worker_id", pl.Int64, "Key worker: of the first open spell that names one"),
        Column("early_help", pl.Boolean, "Early help is open, alone or beside social care"),
        Column("early_help_team_id", pl.Int64, "Team of the open early help"),
        Column("early_help_worker_id", pl.Int64, "Worker of the open early help"),
        Column("legal_status", pl.String, "Of a looked-after child, such as C2"),
        Column("legal_status_on", pl.Date, "", "date"),
        Column("placement_type", pl.String, "Of a looked-after child, such as U4"),
        Column("placement_on", pl.Date, "Start of the present placement", "date"),
        Column("permanence_plan", pl.String, "Letter a…g"),
        Column("last_review_on", pl.Date, "Last review of a looked-after child", "date"),
    ),
)

ORDER = list(SERVICE_OF)  # the first open spell gives the service, and its worker is the key worker
# The list of care leavers has no start days: the register knows only when it first heard of them.
NO_START = [InvolvementKind.CARE_LEAVER.value]
_DETAILS = pl.Struct(
    {
        "legal_status": pl.String,
        "legal_status_on": pl.String,
        "placement_type": pl.String,
        "placement_started_on": pl.String,
        "permanence_plan": pl.String,
        "last_review_on": pl.String,
    }
)


def _detail(name: str) -> pl.Expr:
    return pl.col("details").struct.field(name)


def _day(name: str) -> pl.Expr:
    return _detail(name).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def open_spells(tables: FactTables, *, as_at: date) -> pl.DataFrame:
    """
    Give the spells that are open on a day, with team, worker and details; EHC plans among them.

    ``people.spells`` says which are open. A child who has died has none.
    """
    begun = spells(tables, as_at=as_at).begun
    is_open = begun.filter(pl.col("is_open")).select(pl.col("child").alias("child_id"), "kind", "started_on")
    held = tables.involvements.select(
        "child_id", "kind", "started_on", "team_id", "worker_id", details=pl.col("details").str.json_decode(_DETAILS)
    )
    died = tables.children.filter(pl.col("died_on") <= as_at)["id"].implode()
    known = pl.col("kind").is_in(ORDER) & ~pl.col("child_id").is_in(died)
    return is_open.join(held, on=["child_id", "kind", "started_on"], how="left").filter(known)


def cases(tables: FactTables, *, as_at: date) -> pl.DataFrame:
    """
    Give one row for every child of the tables: service, since when, who holds the case.

    Parameters
    ----------
    tables : FactTables
        ``children``, ``involvements`` and ``ehc_plans`` are used.
    as_at : date
        The day asked about. A spell is open from its first day up to the day before its end. [date]

    Returns
    -------
    DataFrame
        ``CASES``; sorted by child. A child with nothing open has the service ``none``.

    Notes
    -----
    Where the first spell names no worker, the next in ``ORDER`` that does gives worker and
    team; of two open spells of one kind the newer comes first.
    """
    order = pl.col("kind").replace_strict(ORDER, range(len(ORDER)), return_dtype=pl.Int8)
    spells = (
        open_spells(tables, as_at=as_at)
        .with_columns(order=order)
        .sort(["order", "started_on"], descending=[False, True], nulls_last=True, maintain_order=True)
    )
    named = pl.col("worker_id").is_not_null()
    cla = pl.col("kind") == InvolvementKind.CLA.value
    early_help = pl.col("kind") == InvolvementKind.EARLY_HELP.value
    found = spells.group_by("child_id", maintain_order=True).agg(
        service=pl.col("kind").first().replace_strict(SERVICE_OF, return_dtype=pl.String),
        is_open=(pl.col("kind") != InvolvementKind.EHCP.value).any(),
        opened_on=pl.col("started_on").filter(~pl.col("kind").is_in(NO_START)).min(),
        service_on=pl.col("started_on").first(),
        team_id=pl.coalesce(pl.col("team_id").filter(named).first(), pl.col("team_id").drop_nulls().first()),
        worker_id=pl.col("worker_id").filter(named).first(),
        early_help=early_help.any(),
        early_help_team_id=pl.col("team_id").filter(early_help).drop_nulls().first(),
        early_help_worker_id=pl.col("worker_id").filter(early_help).drop_nulls().first(),
        **{name: _detail(name).filter(cla).first() for name in ("legal_status", "placement_type", "permanence_plan")},
        legal_status_on=_day("legal_status_on").filter(cla).first(),
        placement_on=pl.coalesce(_day("placement_started_on"), pl.col("started_on")).filter(cla).first(),
        last_review_on=_day("last_review_on").filter(cla).first(),
    )
    born_later = pl.col("date_of_birth") > as_at
    # When the expected day has passed the child may have been born and nobody wrote it down.
    unborn = born_later | (pl.col("date_of_birth").is_null() & (pl.col("expected_on") >= as_at))
    everyone = tables.children.select(child_id=pl.col("id"), unborn=unborn.fill_null(False))
    everyone = everyone.unique("child_id").sort("child_id")
    joined = everyone.join(found, on="child_id", how="left").with_columns(
        pl.col("service").fill_null(Service.NONE.value), pl.col("is_open", "early_help").fill_null(False)
    )
    return CASES.check(joined)
