"""The official lists: schools as Get Information About Schools gives them, postcodes as the ONS lookup does."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from keepsight.example import names
from keepsight.example.days import minus
from keepsight.example.dice import Dice
from keepsight.example.places import DISTRICTS, Places
from keepsight.example.schools import PHASE_NAMES
from keepsight.example.shares import Profile

AGES = {
    "nursery": (2, 5),
    "primary": (4, 11),
    "secondary": (11, 16),
    "special": (4, 19),
    "pru": (11, 16),
    "other": (3, 18),
}


def schools(
    path: Path,
    council: Profile,
    places: Places,
    open_schools: pl.DataFrame,
    roll: pl.DataFrame,
    *,
    as_at: date,
    dice: Dice,
) -> int:
    """Write the schools download: open schools, a few closed ones, independents and a college."""
    counted = roll.group_by("school").agg(
        boys=(pl.col("sex") == "M").sum(), girls=(pl.col("sex") == "F").sum(), fsm=pl.col("fsm").sum(), roll=pl.len()
    )
    frame = (
        open_schools.with_row_index("school")
        .with_columns(pl.col("school").cast(pl.Int64), status=pl.lit("Open"), closed_on=pl.lit(None, pl.Date))
        .join(counted, on="school", how="left", maintain_order="left")
    )
    frame = pl.concat([frame, _others(council, places, open_schools, as_at, dice)], how="diagonal_relaxed")
    spots = places.postcodes.select("postcode", "easting", "northing", "lsoa", "district_code", "settlement")
    frame = frame.drop("settlement").join(spots, on="postcode", how="left", maintain_order="left")
    text = _download(council, places, frame, dice).write_csv(date_format="%d-%m-%Y")
    path.write_bytes(text.encode("cp1252"))
    return frame.height


def _others(council: Profile, places: Places, known: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Schools without a roll here: closed, independent, a college, one proposed to close."""
    closed = max(1, round(known.height * 0.03))
    private = max(1, round(known.height * 0.02))
    n = closed + private + 1
    where = (
        places.settlements.sample(0)
        if n == 0
        else places.settlements[dice.whole(n, 0, places.settlements.height - 1).to_list()]
    )
    ended = minus(as_at, dice.whole(n, 60, 900))
    shut = pl.int_range(n, eager=True) < closed
    kinds = ["Community school"] * closed + ["Other independent school"] * private + ["Further education"]
    label = [f"{place} Old School" for place in where["name"][:closed]]
    label += [
        f"{names.TREES[at % len(names.TREES)]} House, {place}" for at, place in enumerate(where["name"][closed:-1])
    ]
    return pl.DataFrame(
        {
            "urn": (940_000 + 50_000 * council.place + pl.int_range(n, eager=True)).cast(pl.String),
            "laestab": (council.number * 10_000 + 6_900 + pl.int_range(n, eager=True) % 100).cast(pl.String),
            "name": [*label, f"{council.name} College"],
            "phase": ["primary"] * closed + ["other"] * private + ["college"],
            "type": kinds,
            "type_group": ["Local authority maintained schools"] * closed
            + ["Independent schools"] * private
            + ["Colleges"],
            "type_code": [1] * closed + [11] * private + [18],
            "status": pl.Series(["Closed"] * n).zip_with(shut, pl.Series(["Open"] * n)),
            "opened_on": pl.Series([as_at - timedelta(days=9000)] * n),
            "closed_on": ended.zip_with(shut, pl.Series([None] * n, dtype=pl.Date)),
            "postcode": places.postcodes["postcode"].gather(where["first"]),
        }
    )


def _download(council: Profile, places: Places, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    n = frame.height
    phase = frame["phase"]
    districts = {d.code: d.name for d in DISTRICTS[council.code]}
    town = places.settlements["name"].gather(frame["settlement"])
    low = phase.replace_strict({k: v[0] for k, v in AGES.items()}, default=16, return_dtype=pl.Int64)
    high = phase.replace_strict({k: v[1] for k, v in AGES.items()}, default=99, return_dtype=pl.Int64)
    sixth = frame["sixth_form"].fill_null(False)
    blank = pl.lit(None, pl.String)
    return frame.select(
        URN="urn",
        **{"LA (code)": pl.lit(council.number), "LA (name)": pl.lit(council.name)},
        EstablishmentNumber=pl.col("laestab").str.slice(3),
        EstablishmentName="name",
        **{
            "TypeOfEstablishment (code)": pl.col("type_code"),
            "TypeOfEstablishment (name)": pl.col("type"),
            "EstablishmentTypeGroup (code)": blank,
            "EstablishmentTypeGroup (name)": pl.col("type_group"),
            "EstablishmentStatus (code)": pl.when(pl.col("status") == "Closed").then(2).otherwise(1),
            "EstablishmentStatus (name)": pl.col("status"),
            "ReasonEstablishmentOpened (name)": pl.lit("Not recorded"),
        },
        OpenDate="opened_on",
        **{"ReasonEstablishmentClosed (name)": pl.when(pl.col("status") == "Closed").then(pl.lit("Closure"))},
        CloseDate="closed_on",
        **{
            "PhaseOfEducation (code)": phase.replace_strict({k: v[0] for k, v in PHASE_NAMES.items()}, default=0, return_dtype=pl.Int64),
            "PhaseOfEducation (name)": phase.replace_strict(
                {**{k: v[1] for k, v in PHASE_NAMES.items()}, "college": "16 plus"}, default="Not applicable", return_dtype=pl.String
            ),
        },
        StatutoryLowAge=low,
        StatutoryHighAge=high + 2 * sixth.cast(pl.Int64),
        **{
            "NurseryProvision (name)": pl.when(frame["nursery"].fill_null(False)).then(pl.lit("Has Nursery Classes")).otherwise(pl.lit("No Nursery Classes")),
            "OfficialSixthForm (name)": pl.when(sixth).then(pl.lit("Has a sixth form")).otherwise(pl.lit("Does not have a sixth form")),
            "Gender (name)": pl.lit("Mixed"),
        },
        SchoolCapacity="capacity",
        CensusDate=blank,
        NumberOfPupils="roll",
        NumberOfBoys="boys",
        NumberOfGirls="girls",
        PercentageFSM=(100 * pl.col("fsm") / pl.col("roll")).round(1),
        UKPRN=blank,
        Street=dice.pick(n, names.STREETS),
        Locality=blank,
        Address3=blank,
        Town=town,
        **{"County (name)": pl.lit(council.name)},
        Postcode="postcode",
        **{
            "DistrictAdministrative (code)": pl.col("district_code"),
            "DistrictAdministrative (name)": pl.col("district_code").replace_strict(districts, default=None, return_dtype=pl.String),
            "AdministrativeWard (name)": town,
            "UrbanRural (name)": blank,
        },
        Easting="easting",
        Northing="northing",
        **{"MSOA (name)": blank, "LSOA (name)": blank, "LSOA (code)": pl.col("lsoa")},
        FSM="fsm",
    )  # fmt: skip


def postcodes(path: Path, places: Places) -> int:
    """Write the postcode lookup; a few postcodes have ended and one in a thousand has no place."""
    frame = places.postcodes
    at = pl.int_range(pl.len())
    nowhere = at % 1000 == 999
    out = frame.select(
        pcd=pl.col("postcode").str.replace(" ", "").str.replace(r"^(.+?)(.{3})$", "$1 $2").str.pad_end(7),
        pcd2=pl.col("postcode").str.replace(" ", "  ").str.slice(0, 8),
        pcds="postcode",
        dointr=pl.lit("198001"),
        doterm=pl.when(at % 150 == 149).then(pl.lit("201806")),
        oseast1m=pl.when(nowhere).then(None).otherwise("easting"),
        osnrth1m=pl.when(nowhere).then(None).otherwise("northing"),
        laua="district_code",
        lsoa11="lsoa",
        lat=pl.when(nowhere).then(99.999999).otherwise("latitude"),
        long=pl.when(nowhere).then(0.0).otherwise("longitude"),
        imd=pl.col("idaci_decile") * 3000 + at % 900,
        idaci_decile="idaci_decile",
    )
    out.write_csv(path)
    return out.height
