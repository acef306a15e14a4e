"""Rating: level, points, reasons and confidence for every child of a fact sheet, in one pass."""

from collections.abc import Iterable

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.people.facts import FACTS
from keepsight.core.risk.policy import Policy, Rule
from keepsight.core.risk.reasons import REASON, Reasons
from keepsight.core.terms import Level

RATINGS = Contract(
    "ratings",
    (
        Column("child", pl.Int64, "The child's number in the register"),
        Column("service", pl.String, "terms.Service"),
        Column("level", pl.String, "red, amber or green"),
        Column("points", pl.Int64, "After protection, never below 0", "points"),
        Column("raw_points", pl.Int64, "Before protection", "points"),
        Column("protective", pl.Int64, "Protection that counted, 0 or less", "points"),
        Column("confidence", pl.Float64, "Share of inputs known, to four places", "0–1"),
        Column("floors", pl.List(pl.String), "Ids of the floors that held"),
        Column("reasons", pl.List(REASON), "Every rule that held; floors and prompts have no points"),
    ),
)
CAPPED, IGNORED = "cap", "ignored"  # rules of the reasons that tell why protection did not count in full
_HEIGHT = {Level.GREEN.value: 0, Level.AMBER.value: 1, Level.RED.value: 2}


def rate(facts: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """
    Rate every child of a fact sheet.

    Parameters
    ----------
    facts : DataFrame
        ``FACTS``; one row a child.
    policy : Policy
        From ``policy(book)``.

    Returns
    -------
    DataFrame
        ``RATINGS``; one row for each row of ``facts``, in its order. Reasons come floors first,
        then by points, prompts last; their points add up to ``raw_points + protective``.

    Notes
    -----
    With ``r`` the sum of the positive points of the rules that hold and ``p`` of the negative
    ones, ``protective = max(p, cap)``, or 0 while protection is ignored, and
    ``points = max(0, r + protective)``. The level is the higher of what the points give and what
    the floors demand, and then one up if a floor says so. A rule whose condition is unknown does
    not hold. ``confidence`` is the share of the rules with points whose condition is known.
    """
    facts = FACTS.check(facts)
    answers = facts.select(
        *(rule.holds.alias(rule.id) for rule in policy.rules),
        policy.protection_ignored.fill_null(False).alias("*ignored"),
    )
    scored = answers.select(
        raw_points=_sum(rule for rule in policy.points if (rule.points or 0) > 0),
        protecting=_sum(rule for rule in policy.points if (rule.points or 0) < 0),
        confidence=_share_known(policy.points),
        floor=_height_of(policy.floors),
        up=_one_up(policy.floors),
        ignored="*ignored",
    ).with_columns(
        protective=pl.when("ignored").then(0).otherwise(pl.col("protecting").clip(policy.table.protection.cap, 0))
    )
    scored = scored.with_columns(points=(pl.col("raw_points") + pl.col("protective")).clip(0))
    return RATINGS.check(
        pl.concat(
            [
                facts.select("child", "service"),
                scored.select(_level(policy).alias("level"), "points", "raw_points", "protective", "confidence"),
                pl.DataFrame([_floors(answers, policy), _reasons(facts, answers, scored, policy)]),
            ],
            how="horizontal",
        )
    )


def _sum(rules: Iterable[Rule]) -> pl.Expr:
    points = [pl.when(pl.col(rule.id)).then(rule.points).otherwise(0) for rule in rules]
    return pl.sum_horizontal(*points, pl.lit(0, dtype=pl.Int32)).cast(pl.Int64)


def _share_known(rules: tuple[Rule, ...]) -> pl.Expr:
    known = pl.sum_horizontal(pl.col(rule.id).is_not_null().cast(pl.Int32) for rule in rules)
    return (known.cast(pl.Float64) / len(rules)).round(4)


def _height_of(floors: tuple[Rule, ...]) -> pl.Expr:
    """The least height that the floors demand: 0 green, 1 amber, 2 red."""
    fixed = [rule for rule in floors if rule.level in _HEIGHT]
    heights = [pl.when(pl.col(rule.id)).then(_HEIGHT[rule.level]).otherwise(0) for rule in fixed]
    return pl.max_horizontal(pl.lit(0), *heights)


def _one_up(floors: tuple[Rule, ...]) -> pl.Expr:
    """Whether a floor asks for one level up. Null, where nobody knows, is no."""
    asked = (pl.col(rule.id).fill_null(False) for rule in floors if rule.level == "up")
    return pl.any_horizontal(pl.lit(False), *asked)


def _level(policy: Policy) -> pl.Expr:
    thresholds = policy.table.thresholds
    by_points = (pl.col("points") >= thresholds.amber).cast(pl.Int32) + (pl.col("points") >= thresholds.red)
    height = pl.max_horizontal(by_points, "floor") + pl.col("up")
    return (
        pl.when(height >= 2)
        .then(pl.lit(Level.RED.value))
        .when(height == 1)
        .then(pl.lit(Level.AMBER.value))
        .otherwise(pl.lit(Level.GREEN.value))
    )


def _reasons(facts: pl.DataFrame, answers: pl.DataFrame, scored: pl.DataFrame, policy: Policy) -> pl.Series:
    """Every rule that holds, in the order of telling; and where protection did not count in full, why."""
    told = Reasons(facts.height)

    def tell(rules: Iterable[Rule]) -> None:
        for rule in rules:
            told.add(rule.id, holds=answers[rule.id], points=rule.points, sentence=rule.sentence, facts=facts)

    tell((*policy.floors, *policy.weighed))
    protection, ignored = policy.table.protection, scored["ignored"]
    lost = scored["protective"] - scored["protecting"]
    told.add_weighed(CAPPED, points=lost * ~ignored, sentence=protection.because_capped)
    told.add_weighed(IGNORED, points=lost * ignored, sentence=protection.because_ignored)
    tell(policy.prompts)
    return told.lists()


def _floors(answers: pl.DataFrame, policy: Policy) -> pl.Series:
    """Ids of the floors that hold. Few children have the same floors in many ways, so each way is named once."""
    ways = answers.select(
        way=pl.sum_horizontal(
            pl.lit(0, dtype=pl.Int64),
            *(pl.when(pl.col(rule.id)).then(2**place).otherwise(0) for place, rule in enumerate(policy.floors)),
        )
    )["way"]
    different = ways.unique()
    named = [[rule.id for place, rule in enumerate(policy.floors) if way >> place & 1] for way in different]
    order = pl.int_range(different.len(), dtype=pl.UInt32, eager=True)
    chosen = ways.replace_strict(different, order, return_dtype=pl.UInt32)
    return pl.Series("floors", named, dtype=pl.List(pl.String)).gather(chosen)
