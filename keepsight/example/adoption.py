"""Annex A lists 10 and 11, clean: children on the way to adoption, and those who would adopt them."""

from datetime import timedelta

import polars as pl

from keepsight.example import words
from keepsight.example.annex_a import Material, person, yes_no
from keepsight.example.days import at_work, between, minus, plus
from keepsight.example.dice import Dice

STAGES = {  # days after the enquiry · assumed
    "Date Stage 1 started": 14,
    "Date Stage 1 ended": 75,
    "Date Stage 2 started": 90,
    "Date Stage 2 ended": 200,
    "Date application submitted": 210,
    "Date application approved": 240,
    "Date adopter matched with child(ren)": 330,
    "Date child/children placed with adopter(s)": 370,
}
WAITING_STAGES = 6  # how far adopters come without a match
YOUNG = 9  # years: below it a child may be adopted


def lists(material: Material) -> dict[int, pl.DataFrame]:
    """Give lists 10 and 11."""
    children = adoption(material)
    return {10: children, 11: adopters(material, children["Family identifier"])}


def adoption(material: Material) -> pl.DataFrame:
    """Children adopted, placed, or with a plan to be; a few plans were given up."""
    dice, as_at = material.dice.of("adoption"), material.as_at
    cases = _for_adoption(material)
    n = cases.height
    adopted, placed = cases["closure"].fill_null("") == "RC1", cases["placement"].fill_null("") == "A5"
    matched = adopted | placed
    entered = cases["cla_on"].fill_null(cases["cin_on"])
    step = (between(entered, cases["cin_end"].fill_null(as_at)) / 6).floor().cast(pl.Int64).clip(0)
    day = [at_work(plus(entered, step * turn)) for turn in range(5)]
    given_up = dice.happens(n, 0.06) & ~matched
    family = (700_000 + 7 * pl.int_range(n, eager=True) + 1000 * material.council.place).cast(pl.String)
    rows = cases.select(
        "child",
        pl.when(matched | dice.happens(n, 0.2)).then(family).alias("Family identifier"),
        yes_no(cases["disabled"]).alias("Does the Child have a Disability"),
        entered.alias("Date the Child Entered Care"),
        day[1].alias("Date of Decision that Child Should be Placed for Adoption"),
        day[2].alias("Date of Placement Order"),
        pl.when(matched).then(day[3]).alias("Date of Matching Child and Prospective Adopters"),
        pl.when(matched).then(day[4]).alias("Date Placed for Adoption"),
        pl.when(adopted).then(cases["cin_end"]).alias("Date of Adoption Order"),
        pl.when(given_up)
        .then(pl.lit(as_at - timedelta(days=1)))
        .alias("Date of Decision that Child Should No Longer be Placed for Adoption"),
        pl.when(given_up).then(pl.lit("RD3")).alias("Reason Why Child No Longer Placed for Adoption"),
        pl.when(placed & dice.happens(n, 0.2))
        .then(day[3])
        .alias("Date the child was placed for fostering in FFA or concurrent planning placement"),
    )
    frame = person(material, rows)
    return frame.select("Child Unique ID", "Family identifier", pl.exclude("Child Unique ID", "Family identifier"))


def _for_adoption(material: Material) -> pl.DataFrame:
    """Give the young children with a placement order or adopted, and never fewer than three."""
    in_care = (pl.col("group") == "cla") & pl.col("cla_end").is_null()
    ordered = in_care & ((pl.col("placement") == "A5") | (pl.col("legal_status") == "E1"))
    young = pl.col("age").fill_null(0) < YOUNG
    found = material.cases.filter(young & (ordered | (pl.col("closure") == "RC1")))
    if found.height >= 3:
        return found
    others = material.cases.filter(in_care).join(found.select("child"), on="child", how="anti", maintain_order="left")
    return pl.concat([found, others.head(3)])


def adopters(material: Material, families: pl.Series) -> pl.DataFrame:
    """One row an adult: those matched with a child of list 10, and others on the way."""
    dice, as_at = material.dice.of("adopters"), material.as_at
    rows = _adults(material, families, dice)
    n = rows.height
    matched, left = rows["matched"], dice.happens(rows.height, 0.08) & ~rows["matched"]
    dates = {}
    for at, (name, gap) in enumerate(STAGES.items()):
        step = at_work(plus(rows["asked"], pl.repeat(gap, n, dtype=pl.Int64, eager=True)))
        dates[name] = pl.when((step < as_at) & (matched | (at < WAITING_STAGES))).then(step)
    woman = rows["turn"] == 0
    return rows.select(
        **{
            "Individual adopter identifier": (3_000_000 + pl.int_range(n, eager=True)).cast(pl.String),
            "Family identifier": pl.col("family"),
            "Gender": pl.when(woman).then(pl.lit(words.SEX["F"])).otherwise(pl.lit(words.SEX["M"])),
            "Ethnicity": dice.choose(n, material.council.own["ethnicity"]).replace_strict(words.ETHNICITY),
            "Disability": yes_no(dice.happens(n, 0.05)),
            "Is the (prospective) adopter fostering for adoption?": yes_no(dice.happens(n, 0.12)),
            "Date enquiry received": pl.col("asked"),
            **dates,
            "No. of children placed": pl.when(matched).then(pl.lit(1, pl.Int64)),
            "Date of Adoption Order": pl.lit(None, pl.Date),
            "Date of leaving adoption process": pl.when(left).then(pl.lit(as_at - timedelta(days=9))),
            "Reason for leaving adoption process": pl.when(left).then(pl.lit("1 - Adopter withdrew from process")),
        }
    )


def _adults(material: Material, families: pl.Series, dice: Dice) -> pl.DataFrame:
    """The adults of each adoptive family: family, matched, asked, turn."""
    matched, waiting = families.drop_nulls(), max(4, round(24 * material.council.scale))
    more = (800_000 + 9 * pl.int_range(waiting, eager=True)).cast(pl.String)
    n = len(matched) + waiting
    found = pl.Series([True] * len(matched) + [False] * waiting, dtype=pl.Boolean)
    asked = minus(material.as_at, dice.whole(n, 20, 340) + 420 * found.cast(pl.Int64))
    adults = 1 + dice.happens(n, 0.8).cast(pl.Int64)
    households = pl.DataFrame({"family": pl.concat([matched, more]), "matched": found, "asked": at_work(asked)})
    return households.with_columns(turn=pl.int_ranges(0, adults)).explode("turn")
