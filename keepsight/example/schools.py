"""Schools, in the layout of the official schools download."""

from datetime import date, timedelta

import polars as pl

from keepsight.example import names
from keepsight.example.dice import Dice
from keepsight.example.places import Places
from keepsight.example.shares import Profile

LOW_YEAR = {"nursery": -2, "primary": 0, "secondary": 7, "special": 0, "pru": 7}  # year groups: 0 Reception, -1 N2
HIGH_YEAR = {"nursery": -1, "primary": 6, "secondary": 11, "special": 13, "pru": 11}
FIRST_NUMBER = {"nursery": 1000, "primary": 2000, "secondary": 4000, "special": 7000, "pru": 1100}
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
}
PHASE_NAMES = {
    "nursery": (1, "Nursery"),
    "primary": (2, "Primary"),
    "secondary": (4, "Secondary"),
    "special": (0, "Not applicable"),
    "pru": (0, "Not applicable"),
}
CLOSED_SHARE = 0.03  # schools that the download still lists
NEVER_ON_ROLL = (("Other independent school", "Independent schools", 11), ("Further education", "Colleges", 18))


def invent(council: Profile, places: Places, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Invent the open state schools.

    Returns
    -------
    DataFrame
        urn, laestab, name, phase, low, high (year groups), sixth_form, nursery, pupils, capacity,
        settlement, postcode, type, type_group, type_code, opened_on.
    """
    frames = []
    for phase, n in council.schools().items():
        part = dice.of(phase)
        size = (part.normal(n) * (0.35 if phase == "secondary" else 0.6)).exp()
        kind = part.choose(n, {at: row[3] for at, row in enumerate(TYPES[phase])})
        frames.append(
            pl.DataFrame(
                {
                    "phase": pl.Series([phase] * n),
                    "settlement": _settlements(places.settlements, n, phase, part),
                    "pupils": size / (size.mean() or 1.0) * council.own["school_size"][phase],
                    "kind": kind.cast(pl.Int64),
                    "number": _numbers(FIRST_NUMBER[phase], n),
                    "sixth_form": part.happens(n, 0.7) if phase == "secondary" else part.happens(n, 0.0),
                    "nursery": part.happens(n, 0.25) if phase == "primary" else part.happens(n, 0.0),
                    "spare": part.uniform(n),
                    "at": part.uniform(n),
                    "years_open": part.whole(n, 4, 60),
                }
            )
        )
    frame = pl.concat(frames)
    total = max(round(council.own["pupils"] * council.scale), 60 * 6)
    frame = frame.with_columns(
        pupils=(pl.col("pupils") * (total / pl.col("pupils").sum())).round().cast(pl.Int64).clip(8),
        low=pl.col("phase").replace_strict(LOW_YEAR, return_dtype=pl.Int64) - pl.when("nursery").then(2).otherwise(0),
        high=pl.col("phase").replace_strict(HIGH_YEAR, return_dtype=pl.Int64)
        + pl.when("sixth_form").then(2).otherwise(0),
    ).join(
        places.settlements.select("settlement", "name", "first", "postcodes"), on="settlement", maintain_order="left"
    )
    opened = pl.Series([as_at - timedelta(days=365 * years) for years in frame["years_open"]], dtype=pl.Date)
    spot = frame["first"] + (frame["at"] * frame["postcodes"]).floor().cast(pl.Int64)
    return frame.with_columns(
        urn=(900001 + 50000 * council.place + pl.int_range(frame.height, eager=True)).cast(pl.String),
        laestab=str(council.number) + pl.col("number").cast(pl.String),
        name=pl.Series(_names(frame)),
        postcode=places.postcodes["postcode"].gather(spot),
        opened_on=opened.dt.month_start(),
        capacity=(pl.col("pupils") * (1.02 + 0.25 * pl.col("spare"))).round().cast(pl.Int64),
        **_types(frame),
    ).drop("kind", "spare", "at", "years_open", "first", "postcodes", "number")


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


def _candidates(phase: str, kind: int, place: str):
    church = phase == "primary" and kind in (1, 2)
    ending = {
        "nursery": "Nursery School",
        "primary": "Church of England Primary School" if church else "Primary School",
        "secondary": "School" if kind > 1 else "Academy",
        "special": "School",
        "pru": "Pupil Referral Unit",
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
