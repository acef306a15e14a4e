"""Annex A lists 8 to 11, clean: children in care, care leavers, adoption, adopters."""

from datetime import timedelta

import polars as pl

from keepsight.example import words
from keepsight.example.annex_a import Material, person, workers, yes_no
from keepsight.example.days import at_work, between, minus, plus, years_old
from keepsight.example.places import AREA, UNIT_LETTERS
from keepsight.example.visits import last_seen


def lists(material: Material, postcodes: pl.Series) -> dict[int, pl.DataFrame]:
    """Give lists 8 to 11."""
    children = adoption(material)
    return {
        8: in_care(material, postcodes),
        9: care_leavers(material),
        10: children,
        11: adopters(material, children["Family identifier"]),
    }


def in_care(material: Material, postcodes: pl.Series) -> pl.DataFrame:
    rows = material.cases.filter(pl.col("cla_on").is_not_null()).join(
        last_seen(material.visits, "cla"), on="child", how="left", maintain_order="left"
    )
    n, dice, as_at = rows.height, material.dice.of("in_care"), material.as_at
    rows = _with_missing(material, rows)
    end = rows["cla_end"].fill_null(as_at)
    age = between(rows["cla_on"], end)
    reviewed = at_work(
        minus(
            end,
            pl.select(pl.min_horizontal(dice.whole(n, 3, 178).alias("a"), (age - 20).clip(1).alias("b"))).to_series(),
        )
    )
    need = dice.choose(n, material.council.own["primary_need"])
    plan = rows["placement"].replace_strict(
        {"A5": "b", "U4": "f", "U1": "f", "P1": "a", "K2": "e", "H5": "d"}, default=None, return_dtype=pl.String
    )
    plan = plan.fill_null(pl.Series(dice.choose(n, {"a": 0.35, "c": 0.2, "f": 0.35, "g": 0.1})))
    moved = dice.choose(n, {1: 0.66, 2: 0.23, 3: 0.07, 4: 0.03, 6: 0.01}).cast(pl.Int64)
    far = dice.happens(n, 0.24)
    return person(
        material,
        rows.select(
            "child",
            yes_no(rows["uasc"]).alias("UASC"),
            yes_no(rows["disabled"]).alias("Does the Child have a Disability"),
            pl.col("cla_on").alias("Date Started to be Looked After"),
            need.replace_strict(words.NEED).alias("Child's Category of Need"),
            yes_no(dice.happens(n, 0.05)).alias(
                "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
            ),
            pl.max_horizontal("cla_on", minus(end, dice.below(age.clip(1))).alias("l")).alias("Start date of current legal status"),
            pl.col("legal_status").replace_strict(words.LEGAL).alias("Child's Legal Status"),
            pl.when(age > 24).then(reviewed).alias("Date of Latest Statutory Review"),
            pl.col("last_on").alias("Date of Last Social Work Visit"),
            plan.replace_strict(words.PERMANENCE).alias("What is the permanence plan for this child?"),
            minus(end, pl.select(pl.min_horizontal(dice.whole(n, 3, 178).alias("a"), age.clip(1).alias("b"))).to_series()).alias(
                "Date of Last IRO Visit / Contact to the Child"
            ),
            pl.when(age > 26).then(minus(end, dice.whole(n, 5, 360).clip(upper_bound=20) + dice.below(age.clip(upper_bound=340)))).alias("Date of Last Health Assessment"),
            pl.when((age > 40) & dice.happens(n, 0.9)).then(minus(end, dice.below(age.clip(upper_bound=360)))).alias("Date of Last Dental Check"),
            moved.alias("Number of Placements in the Last 12 months"),
            pl.col("cla_end").alias("Date Ceased to be Looked After"),
            pl.when(pl.col("cla_end").is_not_null())
            .then(dice.choose(n, {"E4A": 0.6, "E4B": 0.15, "E47": 0.15, "E5": 0.1}).replace_strict(words.CEASED))
            .alias("Reason Ceased to be Looked After"),
            pl.col("placed_on").alias("Start Date of Most Recent Placement"),
            pl.col("placement").replace_strict(words.PLACEMENT).alias("Placement Type"),
            _providers(rows["placement"], dice).alias("Placement Provider"),
            *_where(material, rows, postcodes, far),
            pl.col("missing").alias("Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months"),
            pl.col("absent").alias("Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months"),
            yes_no(rows["offered"]).alias("Was the child offered a Return Interview after their last missing episode (Y/N)?"),
            yes_no(rows["accepted"]).alias("Did the child accept a Return Interview after their last missing episode (Y/N)?"),
            *workers(material, rows["child"]),
        ),
    ).rename({"UASC": "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"})  # fmt: skip


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


def _providers(placement: pl.Series, dice) -> pl.Series:
    n = len(placement)
    foster = dice.choose(n, {"PR1": 0.62, "PR4": 0.3, "PR5": 0.08})
    other = dice.choose(n, {"PR1": 0.2, "PR4": 0.72, "PR5": 0.08})
    kin = placement.is_in(["U1", "U3"])
    provider = foster.zip_with(placement.is_in(["U4", "U5", "U6"]), other)
    provider = pl.Series(["PR1"] * n, dtype=pl.String).zip_with(kin, provider)
    provider = pl.Series(["PR0"] * n, dtype=pl.String).zip_with(placement == "P1", provider)
    return provider.replace_strict(words.PROVIDER)


def _where(material: Material, rows: pl.DataFrame, postcodes: pl.Series, far: pl.Series) -> list[pl.Expr | pl.Series]:
    """Postcode, URN, location and authority of the placement; a child placed for adoption has no postcode."""
    n, dice, council = rows.height, material.dice.of("where"), material.council
    home = postcodes.gather(rows["home"])
    letters = pl.Series(list(UNIT_LETTERS))
    away = (
        pl.Series([AREA[council.code][0] + "W"] * n)
        + dice.whole(n, 1, 40).cast(pl.String)
        + " "
        + dice.whole(n, 0, 9).cast(pl.String)
        + letters.gather(dice.whole(n, 0, 19))
        + letters.gather(dice.whole(n, 0, 19))
    )
    other = dice.choose(
        n, {"991" if council.number == 990 else "990": 0.5, "WAL": 0.1, "SCO": 0.2, "Elsewhere Borough": 0.2}
    )
    hidden = rows["placement"] == "A5"
    urn = "SC" + dice.whole(n, 8_000_000, 8_000_400).cast(pl.String)
    return [
        pl.when(~hidden).then(away.zip_with(far, home)).alias("Placement postcode"),
        pl.when(rows["placement"].is_in(["K2", "R2", "S1", "U4", "U6"]) & dice.happens(n, 0.6))
        .then(urn)
        .alias("URN of Placement"),
        pl.when(far).then(pl.lit("b) Out")).otherwise(pl.lit("a) In")).alias("Placement Location"),
        pl.when(hidden)
        .then(pl.lit("CON"))
        .when(far)
        .then(other)
        .otherwise(pl.lit(council.name))
        .alias("LA of Placement"),
    ]


def care_leavers(material: Material) -> pl.DataFrame:
    older = pl.col("group") == "care_leaver"
    rows = material.cases.filter(older | ((pl.col("group") == "cla") & (pl.col("age") >= 16)))
    n, dice, as_at = rows.height, material.dice.of("care_leavers"), material.as_at
    rule = material.council.common["visits"]["care_leaver"]
    kind = dice.choose(n, {1.0: 1 - rule["late"] - rule["very_late"], 2.0: rule["late"], 5.0: rule["very_late"]}).cast(
        pl.Float64
    )
    gap = (1 + dice.uniform(n) * rule["limit"] * kind).floor().cast(pl.Int64)
    gap = gap.zip_with(~rows["unseen"], gap + 60)
    eligibility = pl.when(~older).then(pl.lit("ELIGIBLE")).otherwise(
        pl.Series(dice.choose(n, {"FORMER_RELEVANT": 0.9, "RELEVANT": 0.02, "QUALIFYING": 0.08}))
    )  # fmt: skip
    advisers = material.cases.filter(older)["worker"].unique(maintain_order=True)
    living = dice.choose(
        n, {"U": 0.36, "D": 0.2, "B": 0.14, "E": 0.08, "Z": 0.1, "T": 0.06, "S": 0.02, "X": 0.03, "C": 0.01}
    )
    touch = dice.choose(n, {"YES": 0.93, "NO": 0.04, "REFU": 0.02, "RHOM": 0.01})
    return person(
        material,
        rows.select(
            "child",
            yes_no(rows["uasc"]).alias("UASC"),
            yes_no(rows["disabled"]).alias("Does the Child have a Disability"),
            *workers(material, rows["child"]),
            dice.pick(n, advisers).alias("Allocated Personal Advisor"),
            eligibility.replace_strict(words.ELIGIBILITY).alias("Eligibility Category"),
            at_work(minus(as_at, dice.whole(n, 5, 210))).alias("Latest Pathway Plan Review Date"),
            touch.replace_strict(words.IN_TOUCH).alias("LA in Touch"),
            at_work(minus(as_at, gap)).alias("Latest Date of Contact"),
            living.replace_strict(words.ACCOMMODATION).alias("Type of Accommodation"),
            pl.Series(["a) Suitable"] * n)
            .zip_with(~living.is_in(["S", "X"]), pl.Series(["b) Unsuitable"] * n))
            .alias("Suitability of Accommodation"),
            dice.choose(n, {"F2": 0.24, "F1": 0.06, "F5": 0.2, "P5": 0.06, "G5": 0.28, "G4": 0.11, "G6": 0.05})
            .replace_strict(words.ACTIVITY)
            .alias("Activity Status"),
        ),
    ).rename({"UASC": "Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)"})


def adoption(material: Material) -> pl.DataFrame:
    dice, as_at = material.dice.of("adoption"), material.as_at
    young = pl.col("age").fill_null(0) < 9
    cases = material.cases.filter(
        ((pl.col("placement") == "A5") & pl.col("cla_end").is_null() & young)
        | ((pl.col("legal_status") == "E1") & young)
        | ((pl.col("closure") == "RC1") & young)
    )
    if cases.height < 3:
        cases = pl.concat(
            [
                cases,
                material.cases.filter(
                    (pl.col("group") == "cla") & ~pl.col("child").is_in(cases["child"].implode())
                ).head(3),
            ]
        )
    n = cases.height
    adopted, placed = cases["closure"].fill_null("") == "RC1", cases["placement"].fill_null("") == "A5"
    entered = cases["cla_on"].fill_null(cases["cin_on"])
    end = cases["cin_end"].fill_null(as_at)
    step = (between(entered, end) / 6).floor().cast(pl.Int64).clip(0)
    day = [at_work(plus(entered, step * turn)) for turn in range(6)]
    back = dice.happens(n, 0.06) & ~adopted & ~placed
    family = 700_000 + 7 * pl.int_range(n, eager=True) + 1000 * material.council.place
    past = as_at - timedelta(days=1)
    rows = cases.select(
        "child",
        pl.when(adopted | placed | dice.happens(n, 0.2)).then(family.cast(pl.String)).alias("Family identifier"),
        yes_no(cases["disabled"]).alias("Does the Child have a Disability"),
        entered.alias("Date the Child Entered Care"),
        day[1].alias("Date of Decision that Child Should be Placed for Adoption"),
        day[2].alias("Date of Placement Order"),
        pl.when(adopted | placed).then(day[3]).alias("Date of Matching Child and Prospective Adopters"),
        pl.when(adopted | placed).then(day[4]).alias("Date Placed for Adoption"),
        pl.when(adopted).then(cases["cin_end"]).alias("Date of Adoption Order"),
        pl.when(back).then(pl.lit(past)).alias("Date of Decision that Child Should No Longer be Placed for Adoption"),
        pl.when(back).then(pl.lit("RD3")).alias("Reason Why Child No Longer Placed for Adoption"),
        pl.when(placed & dice.happens(n, 0.2)).then(day[3]).alias(
            "Date the child was placed for fostering in FFA or concurrent planning placement"
        ),
    )  # fmt: skip
    frame = person(material, rows)
    return frame.select("Child Unique ID", "Family identifier", pl.exclude("Child Unique ID", "Family identifier"))


def adopters(material: Material, families: pl.Series) -> pl.DataFrame:
    """One row an adult: those matched with a child of list 10, and others on the way."""
    dice, as_at = material.dice.of("adopters"), material.as_at
    matched = families.drop_nulls()
    waiting = max(4, round(24 * material.council.scale))
    more = (800_000 + 9 * pl.int_range(waiting, eager=True)).cast(pl.String)
    household = pl.concat([matched, more]).to_frame("family").with_columns(
        matched=pl.Series([True] * len(matched) + [False] * waiting),
        adults=1 + dice.happens(len(matched) + waiting, 0.8).cast(pl.Int64),
        asked=at_work(minus(as_at, dice.whole(len(matched) + waiting, 20, 340))),
    )  # fmt: skip
    far = plus(household["asked"], -420 * household["matched"].cast(pl.Int64))
    rows = household.with_columns(asked=far, turn=pl.int_ranges(0, pl.col("adults"))).explode("turn")
    n = rows.height
    steps = [
        at_work(plus(rows["asked"], pl.repeat(gap, n, dtype=pl.Int64, eager=True)))
        for gap in (14, 75, 90, 200, 210, 240, 330, 370)
    ]
    names = (
        "Date Stage 1 started", "Date Stage 1 ended", "Date Stage 2 started", "Date Stage 2 ended",
        "Date application submitted", "Date application approved", "Date adopter matched with child(ren)",
        "Date child/children placed with adopter(s)",
    )  # fmt: skip
    left = dice.happens(n, 0.08) & ~rows["matched"]
    dates = {
        name: pl.select(pl.when((step < as_at) & (rows["matched"] | (at < 6))).then(step)).to_series()
        for at, (name, step) in enumerate(zip(names, steps, strict=True))
    }
    return pl.DataFrame(
        {
            "Individual adopter identifier": (3_000_000 + pl.int_range(n, eager=True)).cast(pl.String),
            "Family identifier": rows["family"],
            "Gender": pl.Series(["b) Female"] * n).zip_with(rows["turn"] == 0, pl.Series(["a) Male"] * n)),
            "Ethnicity": dice.choose(n, material.council.own["ethnicity"]).replace_strict(words.ETHNICITY),
            "Disability": yes_no(dice.happens(n, 0.05)),
            "Is the (prospective) adopter fostering for adoption?": yes_no(dice.happens(n, 0.12)),
            "Date enquiry received": rows["asked"],
            **dates,
            "No. of children placed": pl.select(pl.when(rows["matched"]).then(1)).to_series().cast(pl.Int64),
            "Date of Adoption Order": pl.Series([None] * n, dtype=pl.Date),
            "Date of leaving adoption process": pl.select(
                pl.when(left).then(pl.lit(as_at - timedelta(days=9)))
            ).to_series(),
            "Reason for leaving adoption process": pl.select(
                pl.when(left).then(pl.lit("1 - Adopter withdrew from process"))
            ).to_series(),
        }
    )


__all__ = ["lists", "years_old"]
