"""Annex A lists 8 and 9, clean: children in care and care leavers."""

import polars as pl

from keepsight.example import words
from keepsight.example.annex_a import Material, person, workers, yes_no
from keepsight.example.days import at_work, between, minus
from keepsight.example.dice import Dice
from keepsight.example.places import UNIT_LETTERS
from keepsight.example.visits import last_seen

UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
EVER_UASC = "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)"
MISSING = "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months"
ABSENT = "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months"
PLANS = {"A5": "b", "U4": "f", "U1": "f", "P1": "a", "K2": "e", "H5": "d"}  # permanence plan by placement
OUT_OF_AREA = 0.24  # placements outside the council · assumed
LIVING = {"U": 0.36, "D": 0.2, "B": 0.14, "E": 0.08, "Z": 0.1, "T": 0.06, "S": 0.02, "X": 0.03, "C": 0.01}
TOUCH = {"YES": 0.93, "NO": 0.04, "REFU": 0.02, "RHOM": 0.01}
BUSY = {"F2": 0.24, "F1": 0.06, "F5": 0.2, "P5": 0.06, "G5": 0.28, "G4": 0.11, "G6": 0.05}


def lists(material: Material, postcodes: pl.Series) -> dict[int, pl.DataFrame]:
    """Give lists 8 and 9."""
    return {8: in_care(material, postcodes), 9: care_leavers(material)}


def in_care(material: Material, postcodes: pl.Series) -> pl.DataFrame:
    rows = material.cases.filter(pl.col("cla_on").is_not_null()).join(
        last_seen(material.visits, "cla"), on="child", how="left", maintain_order="left"
    )
    rows = _with_missing(material, rows)
    parts = [
        _legal(material, rows),
        _reviews(material, rows),
        _placement(material, rows, postcodes),
        _absences(rows),
        pl.DataFrame(workers(material, rows["child"])),
    ]
    return person(material, rows.select("child").hstack(pl.concat(parts, how="horizontal")))


def _lasted(material: Material, rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Give when each period in care ended (or the day) and how long it has lasted. [days]"""
    end = rows["cla_end"].fill_null(material.as_at)
    return end, between(rows["cla_on"], end)


def _back(end: pl.Series, most: pl.Series, dice: Dice, longest: int) -> pl.Series:
    """Give a day up to ``longest`` days before the end, and never more than ``most``."""
    return minus(end, dice.below(most.clip(1, longest)) + 1)


def _legal(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    n, dice = rows.height, material.dice.of("legal")
    end, lasted = _lasted(material, rows)
    need = dice.choose(n, material.council.own["primary_need"])
    since = pl.Series("since", minus(end, dice.below(lasted.clip(1))))
    return rows.select(
        yes_no(rows["uasc"]).alias(UASC),
        yes_no(rows["disabled"]).alias("Does the Child have a Disability"),
        pl.col("cla_on").alias("Date Started to be Looked After"),
        need.replace_strict(words.NEED).alias("Child's Category of Need"),
        yes_no(dice.happens(n, 0.05)).alias(
            "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
        ),
        pl.max_horizontal("cla_on", since).alias("Start date of current legal status"),
        pl.col("legal_status").replace_strict(words.LEGAL).alias("Child's Legal Status"),
    )


def _reviews(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    n, dice = rows.height, material.dice.of("reviews")
    end, lasted = _lasted(material, rows)
    plan = rows["placement"].replace_strict(PLANS, default=None, return_dtype=pl.String)
    plan = plan.fill_null(pl.Series(dice.choose(n, {"a": 0.35, "c": 0.2, "f": 0.35, "g": 0.1})))
    moved = dice.choose(n, {1: 0.66, 2: 0.23, 3: 0.07, 4: 0.03, 6: 0.01}).cast(pl.Int64)
    why = dice.choose(n, {"E4A": 0.6, "E4B": 0.15, "E47": 0.15, "E5": 0.1})
    reviewed = at_work(_back(end, lasted - 20, dice, 178))
    health, teeth = _back(end, lasted - 10, dice, 350), _back(end, lasted, dice, 360)
    has_teeth = dice.happens(n, 0.9)
    return rows.select(
        pl.when(lasted > 24).then(reviewed).alias("Date of Latest Statutory Review"),
        pl.col("last_on").alias("Date of Last Social Work Visit"),
        plan.replace_strict(words.PERMANENCE).alias("What is the permanence plan for this child?"),
        _back(end, lasted, dice, 178).alias("Date of Last IRO Visit / Contact to the Child"),
        pl.when(lasted > 26).then(health).alias("Date of Last Health Assessment"),
        pl.when((lasted > 40) & has_teeth).then(teeth).alias("Date of Last Dental Check"),
        moved.alias("Number of Placements in the Last 12 months"),
        pl.col("cla_end").alias("Date Ceased to be Looked After"),
        pl.when(pl.col("cla_end").is_not_null())
        .then(why.replace_strict(words.CEASED))
        .alias("Reason Ceased to be Looked After"),
    )


def _placement(material: Material, rows: pl.DataFrame, postcodes: pl.Series) -> pl.DataFrame:
    dice = material.dice.of("placement")
    return rows.select(
        pl.col("placed_on").alias("Start Date of Most Recent Placement"),
        pl.col("placement").replace_strict(words.PLACEMENT).alias("Placement Type"),
        _providers(rows["placement"], dice).alias("Placement Provider"),
        *_where(material, rows, postcodes, dice.happens(rows.height, OUT_OF_AREA)),
    )


def _absences(rows: pl.DataFrame) -> pl.DataFrame:
    interview = "Was the child offered a Return Interview after their last missing episode (Y/N)?"
    return rows.select(
        pl.col("missing").alias(MISSING),
        pl.col("absent").alias(ABSENT),
        yes_no(rows["offered"]).alias(interview),
        yes_no(rows["accepted"]).alias(interview.replace("Was the child offered", "Did the child accept")),
    )


def _with_missing(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    counted = (
        material.missing.sort("child", "started_on")
        .group_by("child", maintain_order=True)
        .agg(
            missing=(pl.col("kind") == "Missing").sum().cast(pl.Int64),
            absent=(pl.col("kind") == "Absent").sum().cast(pl.Int64),
            offered=pl.col("offered").last(),
            accepted=pl.col("accepted").last(),
        )
    )
    return rows.join(counted, on="child", how="left", maintain_order="left").with_columns(
        pl.col("missing", "absent").fill_null(0)
    )


def _providers(placement: pl.Series, dice: Dice) -> pl.Series:
    n = len(placement)
    foster = dice.choose(n, {"PR1": 0.62, "PR4": 0.3, "PR5": 0.08})
    other = dice.choose(n, {"PR1": 0.2, "PR4": 0.72, "PR5": 0.08})
    kin = placement.is_in(["U1", "U3"])
    provider = foster.zip_with(placement.is_in(["U4", "U5", "U6"]), other)
    provider = pl.Series(["PR1"] * n, dtype=pl.String).zip_with(kin, provider)
    provider = pl.Series(["PR0"] * n, dtype=pl.String).zip_with(placement == "P1", provider)
    return provider.replace_strict(words.PROVIDER)


def _where(material: Material, rows: pl.DataFrame, postcodes: pl.Series, far: pl.Series) -> list[pl.Expr]:
    """Postcode, URN, location and authority of the placement; a child placed for adoption has no postcode."""
    n, dice, council = rows.height, material.dice.of("where"), material.council
    home, away = postcodes.gather(rows["home"]), _far_postcodes(n, dice)
    neighbour = "991" if council.number == 990 else "990"
    other = dice.choose(n, {neighbour: 0.5, "WAL": 0.1, "SCO": 0.2, "Elsewhere Borough": 0.2})
    hidden = rows["placement"] == "A5"
    urn = "SC" + dice.whole(n, 8_000_000, 8_000_400).cast(pl.String)
    registered = rows["placement"].is_in(["K2", "R2", "S1", "U4", "U6"]) & dice.happens(n, 0.6)
    place = pl.when(hidden).then(pl.lit("CON")).when(far).then(other).otherwise(pl.lit(council.name))
    return [
        pl.when(~hidden).then(away.zip_with(far, home)).alias("Placement postcode"),
        pl.when(registered).then(urn).alias("URN of Placement"),
        pl.when(far).then(pl.lit("b) Out")).otherwise(pl.lit("a) In")).alias("Placement Location"),
        place.alias("LA of Placement"),
    ]


def _far_postcodes(n: int, dice: Dice) -> pl.Series:
    """Postcodes of an area that neither council's lookup has."""
    letters = pl.Series(list(UNIT_LETTERS))
    sector = "QW" + dice.whole(n, 1, 40).cast(pl.String) + " " + dice.whole(n, 0, 9).cast(pl.String)
    return sector + letters.gather(dice.whole(n, 0, 19)) + letters.gather(dice.whole(n, 0, 19))


def care_leavers(material: Material) -> pl.DataFrame:
    """Everyone entitled: those who left, and those in care from 16."""
    older = pl.col("group") == "care_leaver"
    rows = material.cases.filter(older | ((pl.col("group") == "cla") & (pl.col("age") >= 16)))
    n, dice, as_at = rows.height, material.dice.of("care_leavers"), material.as_at
    left = dice.choose(n, {"FORMER_RELEVANT": 0.9, "RELEVANT": 0.02, "QUALIFYING": 0.08})
    eligibility = pl.when(older).then(left).otherwise(pl.lit("ELIGIBLE"))
    advisers = material.cases.filter(older)["worker"].unique(maintain_order=True)
    living = dice.choose(n, LIVING)
    return person(
        material,
        rows.select(
            "child",
            yes_no(rows["uasc"]).alias(EVER_UASC),
            yes_no(rows["disabled"]).alias("Does the Child have a Disability"),
            *workers(material, rows["child"]),
            dice.pick(n, advisers).alias("Allocated Personal Advisor"),
            eligibility.replace_strict(words.ELIGIBILITY).alias("Eligibility Category"),
            at_work(minus(as_at, dice.whole(n, 5, 210))).alias("Latest Pathway Plan Review Date"),
            dice.choose(n, TOUCH).replace_strict(words.IN_TOUCH).alias("LA in Touch"),
            _contacted(material, rows).alias("Latest Date of Contact"),
            living.replace_strict(words.ACCOMMODATION).alias("Type of Accommodation"),
            pl.when(living.is_in(["S", "X"]))
            .then(pl.lit("b) Unsuitable"))
            .otherwise(pl.lit("a) Suitable"))
            .alias("Suitability of Accommodation"),
            dice.choose(n, BUSY).replace_strict(words.ACTIVITY).alias("Activity Status"),
        ),
    )


def _contacted(material: Material, rows: pl.DataFrame) -> pl.Series:
    """When each was last in contact: most in the rhythm of their level, some long ago."""
    n, dice, common = rows.height, material.dice.of("contacted"), material.council.common
    rule, rhythm = common["visits"]["care_leaver"], common["rhythm"]["care_leaver"]
    every = rows["level"].replace_strict({level: days[0] for level, days in rhythm.items()}, return_dtype=pl.Int64)
    times = dice.choose(n, {1: 1 - rule["late"] - rule["very_late"], 2: rule["late"], 5: rule["very_late"]})
    gap = (1 + dice.uniform(n) * (every - 3) * times).floor() + 60 * rows["unseen"].cast(pl.Int64)
    return at_work(minus(material.as_at, gap.cast(pl.Int64)))
