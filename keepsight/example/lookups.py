"""The official lists: schools as Get Information About Schools gives them, postcodes as the ONS lookup does."""

from datetime import date
from pathlib import Path

import polars as pl

from keepsight.example import names
from keepsight.example.days import minus
from keepsight.example.dice import Dice
from keepsight.example.places import DISTRICTS, Places
from keepsight.example.schools import FIRST_URN, PHASE_NAMES
from keepsight.example.shares import Profile

LOW_AGE = {"nursery": 2, "primary": 4, "secondary": 11, "special": 4, "pru": 11, "college": 16, "other": 3}
HIGH_AGE = {"nursery": 5, "primary": 11, "secondary": 16, "special": 19, "pru": 16, "college": 99, "other": 18}
CLOSED, PRIVATE = 0.03, 0.02  # of the open schools: closed ones still listed, independents
NO_LATITUDE = 99.999999  # how the lookup says that it knows no place


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
    """Write the schools download: open schools, a few closed ones, independents."""
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
    """Schools without a roll here: closed ones and independents."""
    closed, private = max(1, round(known.height * CLOSED)), max(1, round(known.height * PRIVATE))
    n = closed + private
    where = places.settlements[dice.whole(n, 0, places.settlements.height - 1).to_list()]
    labels = [f"{place} Old School" for place in where["name"][:closed]]
    labels += [
        f"{names.TREES[at % len(names.TREES)]} House, {place}" for at, place in enumerate(where["name"][closed:])
    ]
    number = pl.int_range(n, eager=True)
    kind = pl.when(number < closed)
    return pl.DataFrame({"name": labels, "postcode": places.postcodes["postcode"].gather(where["first"])}).with_columns(
        urn=(FIRST_URN + 40_000 + 50_000 * council.place + number).cast(pl.String),
        laestab=(council.number * 10_000 + 6_900 + number % 100).cast(pl.String),
        phase=kind.then(pl.lit("primary")).otherwise(pl.lit("other")),
        type=kind.then(pl.lit("Community school")).otherwise(pl.lit("Other independent school")),
        type_group=kind.then(pl.lit("Local authority maintained schools")).otherwise(pl.lit("Independent schools")),
        type_code=kind.then(1).otherwise(11),
        status=kind.then(pl.lit("Closed")).otherwise(pl.lit("Open")),
        opened_on=minus(as_at, pl.repeat(9_000, n, eager=True)),
        closed_on=kind.then(minus(as_at, dice.whole(n, 60, 900))),
    )


def _download(council: Profile, places: Places, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Give the columns of the download, in its order, under its names."""
    sixth, nursery = frame["sixth_form"].fill_null(False), frame["nursery"].fill_null(False)
    districts = {d.code: d.name for d in DISTRICTS[council.code]}
    town = places.settlements["name"].gather(frame["settlement"])
    shut = pl.col("status") == "Closed"
    phase = pl.col("phase")
    code = phase.replace_strict({k: v[0] for k, v in PHASE_NAMES.items()}, default=0, return_dtype=pl.Int64)
    name = phase.replace_strict({k: v[1] for k, v in PHASE_NAMES.items()}, default="Not applicable")
    high = phase.replace_strict(HIGH_AGE, return_dtype=pl.Int64) + pl.when(sixth).then(2).otherwise(0)
    columns = {
        "URN": pl.col("urn"),
        "LA (code)": pl.lit(council.number),
        "LA (name)": pl.lit(council.name),
        "EstablishmentNumber": pl.col("laestab").str.slice(3),
        "EstablishmentName": pl.col("name"),
        "TypeOfEstablishment (code)": pl.col("type_code"),
        "TypeOfEstablishment (name)": pl.col("type"),
        "EstablishmentTypeGroup (name)": pl.col("type_group"),
        "EstablishmentStatus (code)": pl.when(shut).then(2).otherwise(1),
        "EstablishmentStatus (name)": pl.col("status"),
        "ReasonEstablishmentOpened (name)": pl.lit("Not recorded"),
        "OpenDate": pl.col("opened_on"),
        "ReasonEstablishmentClosed (name)": pl.when(shut).then(pl.lit("Closure")),
        "CloseDate": pl.col("closed_on"),
        "PhaseOfEducation (code)": code,
        "PhaseOfEducation (name)": name,
        "StatutoryLowAge": phase.replace_strict(LOW_AGE, return_dtype=pl.Int64),
        "StatutoryHighAge": high,
        "NurseryProvision (name)": _either(nursery, "Has Nursery Classes", "No Nursery Classes"),
        "OfficialSixthForm (name)": _either(sixth, "Has a sixth form", "Does not have a sixth form"),
        "Gender (name)": pl.lit("Mixed"),
        "SchoolCapacity": pl.col("capacity"),
        "NumberOfPupils": pl.col("roll"),
        "NumberOfBoys": pl.col("boys"),
        "NumberOfGirls": pl.col("girls"),
        "PercentageFSM": (100 * pl.col("fsm") / pl.col("roll")).round(1),
        "UKPRN": pl.lit(None, pl.String),
        "Street": dice.pick(frame.height, names.STREETS),
        "Locality": pl.lit(None, pl.String),
        "Address3": pl.lit(None, pl.String),
        "Town": town,
        "County (name)": pl.lit(council.name),
        "Postcode": pl.col("postcode"),
        "DistrictAdministrative (code)": pl.col("district_code"),
        "DistrictAdministrative (name)": pl.col("district_code").replace_strict(districts),
        "AdministrativeWard (name)": town,
        "Easting": pl.col("easting"),
        "Northing": pl.col("northing"),
        "LSOA (code)": pl.col("lsoa"),
        "FSM": pl.col("fsm"),
    }
    return frame.select(**columns)


def _either(which: pl.Series, yes: str, no: str) -> pl.Expr:
    return pl.when(which).then(pl.lit(yes)).otherwise(pl.lit(no))


def postcodes(path: Path, places: Places) -> int:
    """Write the postcode lookup; a few postcodes have ended and one in a thousand has no place."""
    at = pl.int_range(pl.len())
    placed = at % 1000 != 999
    ended = at % 150 == 149
    frame = places.postcodes.select(
        pcd=pl.col("postcode").str.replace(r"^(\w+) (\w{3})$", "$1   $2").str.replace(r"^(.{4}) *(.{3})$", "$1$2"),
        pcd2=pl.col("postcode").str.replace(" ", "  ").str.slice(0, 8),
        pcds="postcode",
        dointr=pl.lit("198001"),
        doterm=pl.when(ended).then(pl.lit("201806")),
        oseast1m=pl.when(placed).then("easting"),
        osnrth1m=pl.when(placed).then("northing"),
        laua="district_code",
        lsoa11="lsoa",
        lat=pl.when(placed).then("latitude").otherwise(NO_LATITUDE),
        long=pl.when(placed).then("longitude").otherwise(0.0),
        imd=pl.col("idaci_decile") * 3000 + at % 900,
        idaci_decile="idaci_decile",
    )
    frame.write_csv(path)
    return frame.height
