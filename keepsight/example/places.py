"""
Districts, settlements, postcodes.

Fellshire lies round a knot of fells with long lakes between them; Fenborough is one town on a
river. Both lie in the North Sea, so that no coordinate is anybody's home, and all postcodes begin
with Q, which no postcode area does.
"""

import math
from dataclasses import dataclass

import polars as pl

from keepsight.core.formats.grid import latitude_longitude
from keepsight.example import names
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # of the last two characters: never C I K M O V


@dataclass(frozen=True)
class District:
    """A district: its code and name, the middle of its town, and its share of the people."""

    code: str
    name: str
    town: str
    easting: int
    northing: int
    share: float


DISTRICTS = {
    "fellshire": (
        District("E07990001", "Highmere", "Highmere", 566000, 562000, 0.14),
        District("E07990002", "Tarnside", "Tarnside", 540000, 575000, 0.19),
        District("E07990003", "Wispfell", "Wispfell Bridge", 551000, 597000, 0.13),
        District("E07990004", "Gloamwater", "Gloam Harbour", 526000, 545000, 0.22),
        District("E07990005", "Sandquill", "Sandquill", 556000, 528000, 0.18),
        District("E07990006", "Eastgarrow", "Eastgarrow", 594000, 570000, 0.14),
    ),
    "fenborough": (District("E06990001", "Fenborough", "Fenborough Minster", 640000, 380000, 1.0),),
}
LAKES = {  # middle, half length, half width [m], bearing of the long axis [degrees]: nobody lives there
    "fellshire": ((553000, 560000, 9000, 900, 35), (560000, 578000, 7000, 800, 120), (546000, 545000, 6000, 700, 75)),
    "fenborough": (),
}
AREA = {"fellshire": "QF", "fenborough": "QB"}
SPREAD = {"fellshire": 16000, "fenborough": 3800}  # of settlements round their district's town [m]
SETTLEMENTS = {"fellshire": 120, "fenborough": 30}
POSTCODES = {"fellshire": 6000, "fenborough": 2200}
LSOAS = {"fellshire": 321, "fenborough": 112}


@dataclass(frozen=True)
class Places:
    """
    Where people live.

    ``settlements``: settlement, name, district, district_code, district_name, weight, easting,
    northing, first, postcodes (its postcodes are rows ``first`` to ``first + postcodes - 1``).
    ``postcodes``: postcode, settlement, district_code, lsoa, idaci_decile, easting, northing,
    latitude, longitude.
    """

    settlements: pl.DataFrame
    postcodes: pl.DataFrame


def invent(council: Profile, dice: Dice) -> Places:
    """Invent a council's settlements and postcodes."""
    settlements = _settlements(council, dice.of("settlements"))
    postcodes = _postcodes(council, settlements, dice.of("postcodes"))
    return Places(settlements, postcodes)


def _settlements(council: Profile, dice: Dice) -> pl.DataFrame:
    districts = DISTRICTS[council.code]
    wanted = max(2 * len(districts), 8, round(SETTLEMENTS[council.code] * council.scale))
    ends = names.FELL_ENDS if council.code == "fellshire" else names.FEN_ENDS
    spare = iter(names.settlements(ends, wanted))
    rows = []
    for number, district in enumerate(districts):
        n = max(2, round(wanted * district.share))
        rows.append((number, district.town, 10.0, float(district.easting), float(district.northing)))
        for _ in range(n - 1):
            rows.append((number, next(spare), *_spot(council.code, district, dice)))
    frame = pl.DataFrame(rows, schema=["district", "name", "weight", "easting", "northing"], orient="row")
    by_district = pl.DataFrame(
        {
            "district": range(len(districts)),
            "district_code": [d.code for d in districts],
            "district_name": [d.name for d in districts],
            "share": [d.share for d in districts],
        },
        schema_overrides={"district": pl.Int64},
    )
    all_postcodes = max(120, round(POSTCODES[council.code] * council.scale))
    return (
        frame.join(by_district, on="district", how="left", maintain_order="left")
        .with_columns(
            pl.col("easting", "northing").round().cast(pl.Int64),
            weight=pl.col("weight") / pl.col("weight").sum().over("district") * pl.col("share"),
        )
        .with_columns(postcodes=(pl.col("weight") * all_postcodes).ceil().cast(pl.Int64).clip(4))
        .with_columns(first=pl.col("postcodes").cum_sum() - pl.col("postcodes"))
        .with_row_index("settlement")
        .with_columns(pl.col("settlement").cast(pl.Int64))
        .drop("share")
    )


def _spot(code: str, district: District, dice: Dice) -> tuple[float, float, float]:
    """Weight and place of a smaller settlement: off the lakes, nearer its own town than any other."""
    weight = math.exp(float(dice.normal(1)[0]) * 0.8)
    for _ in range(50):
        far = float(dice.uniform(1)[0]) ** 0.6 * SPREAD[code]
        turn = float(dice.uniform(1)[0]) * 2 * math.pi
        easting, northing = district.easting + far * math.cos(turn), district.northing + far * math.sin(turn)
        nearest = min(DISTRICTS[code], key=lambda d: math.hypot(d.easting - easting, d.northing - northing))
        if nearest == district and not any(_in_lake(easting, northing, *lake) for lake in LAKES[code]):
            break
    return weight, easting, northing


def _in_lake(easting: float, northing: float, x: float, y: float, length: float, width: float, bearing: float) -> bool:
    turn = math.radians(bearing)
    along = (easting - x) * math.sin(turn) + (northing - y) * math.cos(turn)
    across = (easting - x) * math.cos(turn) - (northing - y) * math.sin(turn)
    return (along / length) ** 2 + (across / width) ** 2 < 1


def _postcodes(council: Profile, settlements: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    n = int(settlements["postcodes"].sum())
    wide = (
        pl.when(pl.col("weight").rank("ordinal", descending=True).over("district") == 1).then(1500.0).otherwise(500.0)
    )
    frame = (
        settlements.with_columns(wide=wide)
        .select("settlement", "district", "district_code", "easting", "northing", "wide", "postcodes")
        .select(pl.exclude("postcodes").repeat_by("postcodes").explode())
        .with_columns(
            (pl.col("easting") + dice.normal(n) * pl.col("wide")).round().cast(pl.Int64).alias("easting"),
            (pl.col("northing") + dice.normal(n) * pl.col("wide")).round().cast(pl.Int64).alias("northing"),
            at=pl.int_range(pl.len()).over("district"),
            of=pl.len().over("district"),
        )
    )
    frame = _with_codes(council, frame)
    frame = _with_lsoas(council, frame, dice.of("lsoas"))
    latitude, longitude = latitude_longitude(frame["easting"].cast(pl.Float64), frame["northing"].cast(pl.Float64))
    return frame.with_columns(latitude=latitude.round(6), longitude=longitude.round(6)).select(
        "postcode",
        "settlement",
        "district_code",
        "lsoa",
        "idaci_decile",
        "easting",
        "northing",
        "latitude",
        "longitude",
    )


def _with_codes(council: Profile, frame: pl.DataFrame) -> pl.DataFrame:
    letters, districts = pl.Series(list(UNIT_LETTERS)), len(DISTRICTS[council.code])
    at = frame["at"]
    outward = frame["district"] + 1 + districts * (at // 4000)
    unit = at % 400
    return frame.with_columns(
        postcode=pl.Series([AREA[council.code]] * frame.height)
        + outward.cast(pl.String)
        + " "
        + ((at // 400) % 10).cast(pl.String)
        + letters.gather(unit // 20)
        + letters.gather(unit % 20)
    )


def _with_lsoas(council: Profile, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Cut each district's postcodes into LSOAs, and give these deciles in the published shares."""
    wanted = max(12, round(LSOAS[council.code] * council.scale))
    per_district = {d.code: max(1, round(wanted * d.share)) for d in DISTRICTS[council.code]}
    cut = frame["district_code"].replace_strict(per_district, return_dtype=pl.Int64)
    frame = frame.with_columns(part=frame["at"] * cut // frame["of"])
    lsoas = frame.group_by("district", "part", maintain_order=True).agg(town=(pl.col("wide") > 1000).mean())
    n = lsoas.height
    counts = pl.Series(council.own["shares"]["idaci"], dtype=pl.Float64)
    upto = counts.cum_sum() / counts.sum() * n
    poorest_first = (dice.uniform(n) - 0.35 * lsoas["town"]).rank("ordinal").cast(pl.Float64) - 0.5
    lsoas = lsoas.with_columns(
        lsoa=pl.int_range(n, eager=True).map_elements(
            lambda at: f"E0199{1 + 5000 * council.place + at:04d}", pl.String
        ),
        idaci_decile=upto.search_sorted(poorest_first, side="right").clip(0, 9).cast(pl.Int64) + 1,
    )
    return frame.join(lsoas.drop("town"), on=["district", "part"], how="left", maintain_order="left")
