"""The council's own lists: its rating spreadsheet and the alerts on its case records."""

from datetime import date

import polars as pl

from keepsight.example import words
from keepsight.example.days import at_work, between, minus, plus
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile
from keepsight.example.spells import OPEN

EXPIRED = 0.07  # ratings past their review · assumed
REVIEW = {"Red": 7, "Amber": 14, "Green": 28}  # days · RULES O2
REASONS = {
    "Red": ("Not safe at home without weekly visits", "New concern since last visit", "Parents avoid visits",
            "Very young child and domestic abuse", "Recent section 47 enquiry"),
    "Amber": ("Plan progressing, risks remain", "School attendance falling", "Parental mental health",
              "Needs joint work with health", "Placement under strain"),
    "Green": ("Plan working, family engaged", "Stable placement", "Seen often by school", "Stepping down soon"),
}  # fmt: skip
SPELLINGS = {
    "Red": {"Red": 0.97, "R": 0.01, "RED": 0.01, "red ": 0.01},
    "Amber": {"Amber": 0.97, "A": 0.01, "AMBER": 0.01, "amber": 0.01},
    "Green": {"Green": 0.97, "G": 0.01, "GREEN": 0.01, "green": 0.01},
}


def with_levels(council: Profile, cases: pl.DataFrame, factors: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Add the level that a worker would give each open case: Red, Amber or Green, after what is known of it."""
    rule = council.common["felt"]
    known = cases.select("child").join(factors.select("child", "codes"), on="child", how="left", maintain_order="left")
    felt = cases["group"].replace_strict(rule["work"], default=0, return_dtype=pl.Int64)
    felt = felt + dice.normal(cases.height) * rule["judgement"]
    age = cases["age"].fill_null(0)
    felt = (
        felt + (age < 1).cast(pl.Int64) * rule["under_one"] + age.is_between(1, 4).cast(pl.Int64) * rule["under_five"]
    )
    for factor in rule["factors"]:
        has = known["codes"].list.eval(pl.element().is_in(factor["codes"])).list.any().fill_null(False)
        felt = felt + has.cast(pl.Int64) * factor["points"]
    amber = (felt > rule["amber"]) | (cases["group"] == "cp")
    level = pl.when(felt > rule["red"]).then(pl.lit("Red")).when(amber).then(pl.lit("Amber")).otherwise(pl.lit("Green"))
    return cases.with_columns(level=pl.when(pl.col("group").is_in(OPEN)).then(level))


def ratings(council: Profile, cases: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """Give the tracker: most open cases with their level, some past their review."""
    held = cases.filter(pl.col("group").is_in(OPEN))
    held = held.filter(dice.happens(held.height, council.share("tracker")))
    n, level = held.height, held["level"]
    span = level.replace_strict(REVIEW, return_dtype=pl.Int64)
    ago = dice.below(span).zip_with(~dice.happens(n, EXPIRED), span + dice.whole(n, 1, 25))
    rated = at_work(minus(as_at, ago))
    return held.select(
        pl.col("child_id").alias("Child Unique ID"),
        _spelled(level, dice.of("spelling")).alias("RAG"),
        rated.alias("Date rated"),
        pl.col("worker").alias("Rated by"),
        _reasons(level, dice.of("reasons")).alias("Reason"),
        pl.when(dice.happens(n, 0.9)).then(plus(rated, span)).alias("Review date"),
    ).sort("Child Unique ID")


def _spelled(level: pl.Series, dice: Dice) -> pl.Series:
    written = level
    for name, ways in SPELLINGS.items():
        written = pl.Series(dice.choose(len(level), ways)).zip_with(level == name, written)
    return written


def _reasons(level: pl.Series, dice: Dice) -> pl.Series:
    said = level
    for name, sentences in REASONS.items():
        said = dice.pick(len(level), sentences).zip_with(level == name, said)
    return said


def alerts(council: Profile, cases: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """Give the alerts on open cases, in the case system's words."""
    held = cases.filter(pl.col("group").is_in(OPEN) & pl.col("age").is_not_null())
    parts = []
    for kind, share in council.common["alerts"].items():
        part = dice.of(kind)
        some = held.filter(_may_have(kind) & pl.Series("p", part.happens(held.height, (held["risk"] + 0.5) * share)))
        if some.height == 0 and kind in ("visit_in_pairs", "dog", "address_confidential", "domestic_abuse"):
            some = held.head(1)
        n = some.height
        recent = 26 if kind in ("crisis_request", "self_harm_hospital", "bereavement", "income_loss") else 300
        began = minus(as_at, part.whole(n, 1, recent))
        past = part.happens(n, 0.06)
        parts.append(
            some.select(
                pl.col("child_id").alias("Child Unique ID"),
                pl.lit(words.ALERT[kind]).alias("Alert"),
                began.alias("Start Date"),
                pl.when(past).then(plus(began, part.below(between(began, as_at)))).alias("End Date"),
                pl.lit("Large dog, ring first" if kind == "dog" else None, pl.String).alias("Note"),
            )
        )
    return pl.concat(parts).sort("Child Unique ID", "Alert")


def _may_have(kind: str) -> pl.Expr:
    """Who can bear an alert at all: by age and by the work with the child."""
    group = pl.col("group")
    if kind in ("young_carer", "self_harm", "self_harm_hospital", "exploitation", "engages_by_video"):
        return pl.col("age") >= 9
    if kind == "homeless":
        return group == "care_leaver"
    if kind == "placement_breakdown_risk":
        return group == "cla"
    if kind == "plo":
        return group.is_in(["cp", "cin"])
    if kind in ("cannot_tell", "respite_stopped"):
        return pl.col("disabled")
    return pl.lit(True)
