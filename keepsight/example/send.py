"""The SEND register: who has an education, health and care plan, and what its risk assessment says."""

from datetime import date

import polars as pl

from keepsight.example import names, pupils, words
from keepsight.example.days import at_work, minus
from keepsight.example.dice import Dice
from keepsight.example.identifiers import nhs_numbers
from keepsight.example.places import Places
from keepsight.example.shares import Profile

ON_ROLL = 0.97  # of plans, on a roll whose registers the council sees · assumed
SMALL = 0.01  # of plans, children too young for a roll · assumed


def with_needs(council: Profile, roll: pl.DataFrame, cases: pl.DataFrame, *, dice: Dice) -> pl.DataFrame:
    """
    Add to each pupil what schools know of it.

    Returns
    -------
    DataFrame
        ``roll`` with child, group (of an open case, else null), unseen, plan, sen (N, K, E), fsm.
    """
    n = roll.height
    known = cases.filter(pl.col("pupil").is_not_null()).select("pupil", "child", "group", "unseen")
    frame = roll.join(known, on="pupil", how="left", maintain_order="left")
    shares = council.common["sen"]
    chance = frame["group"].replace_strict(
        {**shares, "assessment": shares["cin"]}, default=0.0, return_dtype=pl.Float64
    )
    sure = frame["phase"].is_in(["special", "college"]) | dice.happens(n, chance)
    wanted = round(council.count("ehc_plans") * ON_ROLL)
    lean = (frame["sex"] == "M").cast(pl.Float64) * 1.1 + 0.9
    turn = dice.exponential(n) / lean
    turn = turn.zip_with(~sure & (frame["year"] >= 0), pl.repeat(float("inf"), n, eager=True))
    plan = sure | (turn.rank("ordinal") <= max(0, wanted - int(sure.sum())))
    support = dice.happens(n, council.share("sen_support") * 1.05)
    poverty = (frame["idaci_decile"].cast(pl.Float64) * -0.30).exp()
    fsm = dice.happens(n, (poverty / (poverty.mean() or 1.0) * council.share("fsm")).clip(upper_bound=0.9))
    return frame.with_columns(
        plan=plan,
        fsm=fsm,
        sen=pl.when(plan).then(pl.lit("E")).when(support).then(pl.lit("K")).otherwise(pl.lit("N")),
        unseen=pl.col("unseen").fill_null(False) | (plan & dice.happens(n, council.share("unseen") * 0.7)),
    )


def register(
    council: Profile, places: Places, roll: pl.DataFrame, cases: pl.DataFrame, *, as_at: date, dice: Dice
) -> pl.DataFrame:
    """Give the register under the headings of a SEND system."""
    own = roll.filter("plan").select("child", "upn", "urn", "forename", "surname", "born_on", "sex", "home")
    rows = pl.concat([own, _not_on_roll(council, places, own.height, as_at, dice.of("others"))], how="diagonal")
    n = rows.height
    age = ((pl.lit(as_at) - pl.col("born_on")).dt.total_days() / 365.25).floor()
    years = rows.select(age.clip(1, 14).alias("age"))["age"]
    planned = minus(as_at, (dice.uniform(n) * years * 330).floor().cast(pl.Int64) + 20)
    done = dice.happens(n, council.share("risk_assessed"))
    outcome = dice.choose(n, {"safer_at_setting": 0.34, "as_safe_at_setting": 0.28, "safer_at_home": 0.38})
    answer = pl.when(done).then(outcome).otherwise(pl.lit("not_done")).replace_strict(words.RISK_ASSESSMENT)
    ids = cases.select("child", "child_id", "nhs_number")
    rows = rows.join(ids, on="child", how="left", maintain_order="left")
    linked = dice.happens(n, 0.7)
    own_nhs = nhs_numbers(500_000 + 200_000 * council.place, n)
    since_plan = ((pl.lit(as_at) - planned).dt.total_days()).clip(upper_bound=400)
    reviewed = (
        rows.select(planned.alias("p"))
        .select((pl.lit(as_at).cast(pl.Int32) - (dice.uniform(n) * since_plan).floor().cast(pl.Int32)).cast(pl.Date))
        .to_series()
    )
    return rows.select(
        (pl.lit("EHC") + (10_000 + 7 * dice.order(n)).cast(pl.String)).alias("SEND ID"),
        pl.col("upn").alias("UPN"),
        pl.when(linked).then("child_id").alias("Child Unique ID"),
        pl.when(dice.happens(n, 0.6)).then(pl.coalesce("nhs_number", pl.Series("o", own_nhs))).alias("NHS number"),
        pl.col("forename").alias("Forename"),
        pl.col("surname").alias("Surname"),
        pl.col("born_on").alias("Date of Birth"),
        pl.col("sex").alias("Sex"),
        places.postcodes["postcode"].gather(rows["home"]).alias("Postcode"),
        at_work(planned).alias("Plan date"),
        pl.when(dice.happens(n, 0.02)).then(minus(as_at, dice.whole(n, 3, 170))).alias("Ceased date"),
        dice.choose(n, council.common["needs"]).alias("Primary need"),
        pl.col("urn").alias("URN"),
        pl.when(dice.happens(n, 0.9)).then(reviewed).alias("Last annual review"),
        answer.alias("Risk assessment"),
        pl.when(done).then(at_work(minus(as_at, dice.whole(n, 3, 80)))).alias("Risk assessment date"),
    ).sort("SEND ID")  # fmt: skip


def _not_on_roll(council: Profile, places: Places, on_roll: int, as_at: date, dice: Dice) -> pl.DataFrame:
    """Children with a plan who are on no roll here: small, over 16, or taught elsewhere."""
    n = max(3, council.count("ehc_plans") - on_roll)
    small = dice.happens(n, SMALL / (1 - ON_ROLL))
    days = (3 * 365 + dice.uniform(n) * 500).zip_with(small, (16.5 + dice.uniform(n) * 7.5) * 365)
    sex = dice.choose(n, {"F": 0.35, "M": 0.65})
    return pl.DataFrame(
        {
            "forename": pupils.forenames(sex, dice),
            "surname": dice.pick(n, names.SURNAMES),
            "born_on": minus(as_at, days.floor().cast(pl.Int64)),
            "sex": sex,
            "home": dice.whole(n, 0, places.postcodes.height - 1),
        }
    )
