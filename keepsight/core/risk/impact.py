"""What a change of policy would do: whom it moves between levels, and on which rule."""

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.risk.policy import Policy
from keepsight.core.risk.rating import rate

IMPACT = Contract(
    "impact",
    (
        Column("child", pl.Int64, "The child's number in the register"),
        Column("service", pl.String, "terms.Service"),
        Column("level_before", pl.String, "red, amber or green"),
        Column("level_after", pl.String, "red, amber or green"),
        Column("points_before", pl.Int64, "", "points"),
        Column("points_after", pl.Int64, "", "points"),
        Column("rules", pl.List(pl.String), "Rules that hold now and did not, or no longer, or weigh otherwise"),
    ),
)


def impact(facts: pl.DataFrame, before: Policy, after: Policy) -> pl.DataFrame:
    """
    Give the children whom a changed policy would move to another level.

    Parameters
    ----------
    facts : DataFrame
        ``FACTS``; one row a child.
    before, after : Policy
        The policy in force and the one proposed.

    Returns
    -------
    DataFrame
        ``IMPACT``; one row for each child who moves, in the order of ``facts``. ``rules`` is empty
        where only thresholds or protection changed.
    """
    old, new = rate(facts, before), rate(facts, after)
    both = pl.concat(
        [
            old.select("child", "service", level_before="level", points_before="points", was="reasons"),
            new.select(level_after="level", points_after="points", now="reasons"),
        ],
        how="horizontal",
    )
    moved = both.filter(pl.col("level_before") != pl.col("level_after"))
    rules = (
        pl.concat([_weights(moved, "was"), _weights(moved, "now")])
        .group_by("child", "rule", "points", maintain_order=True)
        .len()
        .filter(pl.col("len") == 1)  # told by one of the two only
        .group_by("child")
        .agg(rules=pl.col("rule").unique().sort())
    )
    with_rules = moved.join(rules, on="child", how="left", maintain_order="left")
    return IMPACT.check(with_rules.with_columns(pl.col("rules").fill_null(pl.lit([], dtype=pl.List(pl.String)))))


def _weights(moved: pl.DataFrame, reasons: str) -> pl.DataFrame:
    """The rules that hold for each child, and what each weighs."""
    return moved.select("child", reason=reasons).explode("reason").unnest("reason").select("child", "rule", "points")


def moves(changed: pl.DataFrame) -> pl.DataFrame:
    """Count the children of ``impact`` by level before and after."""
    return (
        changed.group_by("level_before", "level_after")
        .agg(children=pl.len().cast(pl.Int64))
        .sort("level_before", "level_after")
    )
