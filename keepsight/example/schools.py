"""Schools, in the layout of the official schools download."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from keepsight.example import names
from keepsight.example.days import minus
from keepsight.example.dice import Dice
from keepsight.example.places import Places
from keepsight.example.shares import Profile

LOW_YEAR = {
    "nursery": -2,
    "primary": 0,
    "secondary": 7,
    "special": 0,
    "pru": 7,
    "college": 12,
}  # year groups: 0 Reception, -1 N2
HIGH_YEAR = {"nursery": -1, "primary": 6, "secondary": 11, "special": 13, "pru": 11, "college": 17}
FIRST_URN = 900_001  # official numbers lie between 100000 and 200000
FIRST_NUMBER = {"nursery": 1000, "primary": 2000, "secondary": 4000, "special": 7000, "pru": 1100, "college": 8000}
TYPES = {  # type, group, code, weight
    "nursery": (("Local authority nursery school", "Local authority maintained schools", 15, 1.0),),
    "primary": (
        ("Community school", "Local authority maintained schools", 1, 0.38),
        ("Voluntary aided school", "Local authority maintained schools", 2, 0.22),
        ("Voluntary controlled school", "Local authority maintained schools", 3, 0.17),
        ("Academy converter", "Academies", 34, 0.16),
        ("Academy sponsor led", "Academies", 28, 0.07),
    ),
    "secondary": (
        ("Academy converter", "Academies", 34, 0.45),
        ("Academy sponsor led", "Academies", 28, 0.25),
        ("Community school", "Local authority maintained schools", 1, 0.2),
        ("Foundation school", "Local authority maintained schools", 5, 0.1),
    ),
    "special": (
        ("Community special school", "Special schools", 7, 0.7),
        ("Academy special converter", "Academies", 44, 0.3),
    ),
    "pru": (("Pupil referral unit", "Local authority maintained schools", 14, 1.0),),
    "college": (("Further education", "Colleges", 18, 1.0),),
}
PHASE_NAMES = {
    "nursery": (1, "Nursery"),
    "primary": (2, "Primary"),
    "secondary": (4, "Secondary"),
    "special": (0, "Not applicable"),
    "pru": (0, "Not applicable"),
    "college": (6, "16 plus"),
}


def invent(council: Profile, places: Places, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Invent the open state schools.

    Returns
    -------
    DataFrame
        urn, laestab, name, phase, low, high (year groups), sixth_form, nursery, pupils, capacity,
        settlement, postcode, type, type_group, type_code, opened_on.
    """
    frame = pl.concat(_of_phase(council, places, phase, n, dice.of(phase)) for phase, n in council.schools().items())
    sixth, nursery = pl.when("sixth_form").then(2).otherwise(0), pl.when("nursery").then(2).otherwise(0)
    where = places.settlements.select("settlement", "name", "first", "postcodes")
    frame = frame.join(where, on="settlement", maintain_order="left").with_columns(
        pupils=_rolls(council, frame),
        low=pl.col("phase").replace_strict(LOW_YEAR, return_dtype=pl.Int64) - nursery,
        high=pl.col("phase").replace_strict(HIGH_YEAR, return_dtype=pl.Int64) + sixth,
    )
    opened = minus(as_at, frame["years_open"] * 365).dt.month_start()
    spot = frame["first"] + (frame["at"] * frame["postcodes"]).floor().cast(pl.Int64)
    return frame.with_columns(
        urn=(FIRST_URN + 50_000 * council.place + pl.int_range(frame.height, eager=True)).cast(pl.String),
        laestab=str(council.number) + pl.col("number").cast(pl.String),
        name=pl.Series(_names(frame)),
        postcode=places.postcodes["postcode"].gather(spot),
        opened_on=opened,
        capacity=(pl.col("pupils") * (1.02 + 0.25 * pl.col("spare"))).round().cast(pl.Int64),
        **_types(frame),
    ).drop("kind", "spare", "at", "years_open", "first", "postcodes", "number", "share")


def _of_phase(council: Profile, places: Places, phase: str, n: int, dice: Dice) -> pl.DataFrame:
    """The schools of one phase; ``share`` is each one's share of the phase's pupils."""
    size = (dice.normal(n) * (0.35 if phase == "secondary" else 0.6)).exp()
    level = council.own["schools"][phase] * council.own["school_size"][phase] * council.scale
    return pl.DataFrame(
        {
            "phase": pl.Series([phase] * n),
            "settlement": _settlements(places.settlements, n, phase, dice),
            "share": size / size.sum() * level,
            "kind": dice.choose(n, {at: row[3] for at, row in enumerate(TYPES[phase])}).cast(pl.Int64),
            "number": _numbers(FIRST_NUMBER[phase], n),
            "sixth_form": dice.happens(n, 0.7 if phase == "secondary" else 0.0),
            "nursery": dice.happens(n, 0.25 if phase == "primary" else 0.0),
            "spare": dice.uniform(n),
            "at": dice.uniform(n),
            "years_open": dice.whole(n, 4, 60),
        }
    )


def _rolls(council: Profile, frame: pl.DataFrame) -> pl.Series:
    """Pupils of each school, so that all together are as many as the pack says."""
    total = max(60 * len(TYPES), round(council.own["pupils"] * council.scale))
    return (frame["share"] * (total / frame["share"].sum())).round().cast(pl.Int64).clip(5)


def _numbers(first: int, n: int) -> pl.Series:
    """Establishment numbers; primaries past 3999 go on from 5000."""
    at = pl.int_range(first, first + n, eager=True)
    return at + 1000 * (at > 3999).cast(pl.Int64) if first == FIRST_NUMBER["primary"] else at


def _settlements(settlements: pl.DataFrame, n: int, phase: str, dice: Dice) -> pl.Series:
    """Secondaries stand in the bigger places; primaries are spread more evenly than people."""
    power = {"primary": 0.55, "nursery": 0.8}.get(phase, 1.3)
    chance = dict(zip(settlements["settlement"], settlements["weight"] ** power, strict=True))
    return dice.choose(n, chance).cast(pl.Int64)


def _types(frame: pl.DataFrame) -> dict[str, pl.Series]:
    rows = [TYPES[phase][kind] for phase, kind in zip(frame["phase"], frame["kind"], strict=True)]
    return {
        "type": pl.Series([row[0] for row in rows]),
        "type_group": pl.Series([row[1] for row in rows]),
        "type_code": pl.Series([row[2] for row in rows]),
    }


def _names(frame: pl.DataFrame) -> list[str]:
    """One name a school: the settlement's name, and a saint's or a tree's where the plain one is taken."""
    taken: set[str] = set()
    given = []
    for phase, kind, place in zip(frame["phase"], frame["kind"], frame["name"], strict=True):
        given.append(next(name for name in _candidates(phase, kind, place) if name not in taken))
        taken.add(given[-1])
    return given


def _candidates(phase: str, kind: int, place: str) -> Iterator[str]:
    """Ways to name a school, the plainest first."""
    church = phase == "primary" and kind in (1, 2)
    ending = {
        "nursery": "Nursery School",
        "primary": "Church of England Primary School" if church else "Primary School",
        "secondary": "School" if kind > 1 else "Academy",
        "special": "School",
        "pru": "Pupil Referral Unit",
        "college": "College",
    }[phase]
    if phase == "special":
        yield from (f"{tree} {ending}" for tree in names.TREES)
    elif not church:
        yield f"{place} {ending}"
    for street in (*names.SAINTS, *names.TREES):
        yield f"{street} {ending}, {place}"
    number = 2
    while True:
        yield f"{place} {ending} {number}"
        number += 1
