"""Pupils on the rolls of the invented schools, in families."""

from datetime import date

import polars as pl

from keepsight.example import names
from keepsight.example.days import plus
from keepsight.example.dice import Dice
from keepsight.example.identifiers import with_upn_letter
from keepsight.example.places import Places
from keepsight.example.shares import Profile

HOUSEHOLD = {1: 0.50, 2: 0.36, 3: 0.11, 4: 0.03}  # pupils on roll in a family · assumed
NEAR = {"primary": (0.78, 0.12, 0.06, 0.04), "nursery": (0.8, 0.1, 0.06, 0.04)}  # own settlement, next nearest, …
FAR = (0.34, 0.2, 0.14, 0.1, 0.08, 0.06, 0.05, 0.03)  # secondary and special


def invent(council: Profile, places: Places, schools: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Invent everyone on roll.

    Returns
    -------
    DataFrame
        pupil (0 …), school (row in ``schools``), urn, phase, year (-2 … 17), born_on, sex,
        forename, surname, upn, family, settlement, home (row in ``places.postcodes``), house,
        street, ethnicity, entered_on, idaci_decile.
    """
    frame = _seats(schools, dice.of("seats"))
    n = frame.height
    frame = frame.with_columns(
        born_on=_birthdays(frame["year"], as_at, dice.of("births")),
        settlement=_settlements(places.settlements, frame, dice.of("homes")),
    )
    frame = frame.with_columns(_families(frame, dice.of("families")))
    frame = _with_homes(frame, places, council, dice.of("addresses"))
    frame = frame.with_columns(sex=dice.of("sex").choose(n, {"F": 0.49, "M": 0.51}))
    frame = frame.with_columns(
        forename=forenames(frame["sex"], dice.of("forenames")),
        upn=_upns(frame, schools, as_at),
        entered_on=_entered(frame, as_at),
    )
    return frame.with_row_index("pupil").with_columns(pl.col("pupil").cast(pl.Int64))


def school_year(as_at: date) -> int:
    """Give the year in which the school year of this day began."""
    return as_at.year if as_at.month >= 9 else as_at.year - 1


def forenames(sex: pl.Series, dice: Dice) -> pl.Series:
    """Give a forename for each M or F."""
    girl, boy = dice.pick(len(sex), names.GIRLS), dice.pick(len(sex), names.BOYS)
    return girl.zip_with(sex == "F", boy).alias("forename")


def _seats(schools: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """One row a pupil: school and year group; sixth forms and nursery classes are smaller."""
    frame = (
        schools.with_row_index("school")
        .select(pl.col("school").cast(pl.Int64), "urn", "phase", "low", "high", "pupils", at="settlement")
        .select(pl.exclude("pupils").repeat_by("pupils").explode())
    )
    years = pl.col("high") - pl.col("low") + 1
    spread = (pl.Series("u", dice.uniform(frame.height)) * frame.select(years).to_series()).floor().cast(pl.Int64)
    frame = frame.with_columns(year=pl.col("low") + spread)
    thin = ((pl.col("year") < 0) & (pl.col("phase") == "primary")) | (
        (pl.col("year") > 11) & (pl.col("phase") == "secondary")
    )
    redo = dice.happens(frame.height, 0.5)
    base = pl.when(pl.col("phase") == "primary").then(0).otherwise(7)
    width = pl.when(pl.col("phase") == "primary").then(7).otherwise(5)
    again = base + (pl.Series("v", dice.uniform(frame.height)) * width).floor().cast(pl.Int64)
    return frame.with_columns(year=pl.when(thin & redo).then(again).otherwise("year")).drop("low", "high")


def _birthdays(year: pl.Series, as_at: date, dice: Dice) -> pl.Series:
    """A pupil in Reception turns five in the school year."""
    first = pl.Series([date(school_year(as_at) - 5 - y, 9, 1) for y in range(-2, 18)], dtype=pl.Date)
    return plus(first.gather(year + 2), dice.whole(len(year), 0, 364))


def _settlements(settlements: pl.DataFrame, frame: pl.DataFrame, dice: Dice) -> pl.Series:
    """Where each pupil lives: by nearness to the school's settlement."""
    near = _nearest(settlements, len(FAR))
    n = frame.height
    close = dice.choose(n, dict(enumerate(NEAR["primary"]))).cast(pl.Int64)
    wide = dice.choose(n, dict(enumerate(FAR))).cast(pl.Int64)
    rank = close.zip_with(frame["phase"].is_in(["primary", "nursery"]), wide).clip(
        0, near.height // settlements.height - 1
    )
    per = near.height // settlements.height
    return near["other"].gather(frame["at"] * per + rank)


def _nearest(settlements: pl.DataFrame, k: int) -> pl.DataFrame:
    """The ``k`` nearest settlements of each, itself first, in rows ``settlement * k + rank``."""
    k = min(k, settlements.height)
    spots = settlements.select("settlement", "easting", "northing")
    parts = []
    for start in range(0, spots.height, 200):
        pairs = spots.slice(start, 200).join(spots, how="cross", suffix="_other")
        gap = (pl.col("easting") - pl.col("easting_other")) ** 2 + (pl.col("northing") - pl.col("northing_other")) ** 2
        parts.append(
            pairs.with_columns(gap=gap)
            .sort("settlement", "gap", "settlement_other")
            .group_by("settlement", maintain_order=True)
            .head(k)
            .select("settlement", other="settlement_other")
        )
    return pl.concat(parts)


def _families(frame: pl.DataFrame, dice: Dice) -> list[pl.Series]:
    """
    Put pupils of one settlement into families, brothers and sisters a few years apart.

    Family slots get a place on the scale of ages (0 oldest, 1 youngest) and are matched in that
    order to the settlement's pupils in order of age.
    """
    n = frame.height
    size = dice.choose(n, HOUSEHOLD).cast(pl.Int64)
    slots = size.to_frame("size").with_row_index("family").filter(pl.col("size").cum_sum() <= n)
    short = n - int(slots["size"].sum())
    extra = pl.DataFrame({"size": [1] * short}, schema={"size": pl.Int64})
    slots = pl.concat([slots.select("size"), extra]).with_row_index("family")
    gap = 0.12 + 0.18 * dice.uniform(slots.height)
    start = dice.uniform(slots.height) * (1 - gap * (slots["size"] - 1)).clip(0.0, 1.0)
    slots = slots.with_columns(gap=gap, start=start, turn=pl.int_ranges(0, pl.col("size"))).explode("turn")
    slots = slots.with_columns(age=pl.col("start") + pl.col("turn") * pl.col("gap"))
    # families in file order fill settlements in order; a family cut by a border becomes two
    order = frame.with_row_index("row").sort("settlement", "born_on", "row")
    counted = order.with_columns(place=pl.int_range(pl.len()))
    slots = slots.with_columns(settlement=counted["settlement"]).with_columns(
        family=pl.struct("family", "settlement").rank("dense").cast(pl.Int64) - 1
    )
    matched = slots.with_row_index("place").sort("settlement", "age", "place")
    found = counted.select("row").with_columns(family=matched["family"]).sort("row")
    return [found["family"]]


def _with_homes(frame: pl.DataFrame, places: Places, council: Profile, dice: Dice) -> pl.DataFrame:
    """Give each family a postcode of its settlement, a house, a surname and an ethnicity."""
    homes = frame.group_by("family", maintain_order=True).agg(pl.col("settlement").first())
    n = homes.height
    span = homes.join(
        places.settlements.select("settlement", "first", "postcodes"), on="settlement", maintain_order="left"
    )
    homes = homes.with_columns(
        home=span["first"] + dice.below(span["postcodes"]),
        house=dice.whole(n, 1, 140),
        street=dice.pick(n, names.STREETS),
        surname=dice.pick(n, names.SURNAMES),
        ethnicity=dice.choose(n, council.own["ethnicity"]),
    )
    homes = homes.with_columns(idaci_decile=places.postcodes["idaci_decile"].gather(homes["home"]))
    return frame.join(homes.drop("settlement"), on="family", how="left", maintain_order="left")


def _upns(frame: pl.DataFrame, schools: pl.DataFrame, as_at: date) -> pl.Series:
    """A UPN names the authority, the school that gave it, the year, and a serial within both."""
    first_schools = schools.filter(pl.col("phase") == "primary")["laestab"]
    own = schools["laestab"].gather(frame["school"])
    other = first_schools.gather((frame["family"] % len(first_schools)).cast(pl.Int64))
    given = other.zip_with(frame["year"] > 6, own)
    year = (school_year(as_at) - frame["year"].clip(0, 13)) % 100
    digits = pl.DataFrame({"given": given, "year": year}).with_columns(
        serial=pl.int_range(pl.len()).over("given", "year") + 1
    )
    twelve = digits.select(
        pl.col("given") + pl.col("year").cast(pl.String).str.zfill(2) + pl.col("serial").cast(pl.String).str.zfill(3)
    ).to_series()
    return with_upn_letter(twelve).alias("upn")


def _entered(frame: pl.DataFrame, as_at: date) -> pl.Series:
    """Pupils came in September of the school's first year, or of Reception."""
    low = frame["phase"].replace_strict({"secondary": 7, "pru": 9}, default=0, return_dtype=pl.Int64)
    years = (frame["year"] - low).clip(0, 6)
    days = pl.Series([date(school_year(as_at) - y, 9, 4) for y in range(7)], dtype=pl.Date)
    return days.gather(years).alias("entered_on")
