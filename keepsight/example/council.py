"""One invented council, from its settlements to its last file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from keepsight.example import (
    adoption,
    annex_a,
    attendance,
    care,
    case_system,
    census,
    children,
    delivery,
    events,
    frontdoor,
    lookups,
    placements,
    places,
    pupils,
    schools,
    send,
    spells,
    teams,
    tracker,
    visits,
)
from keepsight.example.dice import Dice
from keepsight.example.dirt import Dirt
from keepsight.example.shares import Profile

Tell = Callable[[str, float], None]


@dataclass(frozen=True)
class Job:
    """What is written, where, for which day, with which chance."""

    council: Profile
    folder: Path
    as_at: date
    dice: Dice
    dirt: Dirt
    tell: Tell


@dataclass(frozen=True)
class World:
    """The invented council before anything is written."""

    places: places.Places
    schools: pl.DataFrame
    roll: pl.DataFrame
    cases: pl.DataFrame
    factors: pl.DataFrame


def write(council: Profile, folder: Path, *, as_at: date, dice: Dice, tell: Tell) -> dict[str, Any]:
    """Write every file of one council and give what the manifest says of it."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    job = Job(council, folder, as_at, dice, Dirt(dice.of("dirt")), tell)
    world = _invent(job)
    rows = {**_write_places(job, world), **_write_social_care(job, world), **_write_education(job, world)}
    groups = world.cases.group_by("group").len().sort("group")
    return {
        "name": council.name,
        "dfe_number": council.number,
        "population_0_17": council.count("population_0_17"),
        "districts": [{"code": district.code, "name": district.name} for district in places.DISTRICTS[council.code]],
        "pupils": world.roll.height,
        "children": dict(groups.iter_rows()),
        "rows": rows,
        "dirty_share": job.dirt.shares(),
    }


def _clear(folder: Path) -> None:
    """Take away what an example of another day left, where files are named after weeks and terms."""
    if (folder.parent / "example.json").is_file():
        for path in (*folder.glob("attendance/attendance_*.csv"), *folder.glob("school_census/*_*_*.csv")):
            path.unlink()


def _invent(job: Job) -> World:
    """Places, schools, pupils; then the children whom services know, chosen among the pupils by family."""
    council, as_at, dice = job.council, job.as_at, job.dice
    job.tell("places, schools, pupils", 0.0)
    where = places.invent(council, dice.of("places"))
    buildings = schools.invent(council, where, as_at=as_at, dice=dice.of("schools"))
    roll = pupils.invent(council, where, buildings, as_at=as_at, dice=dice.of("pupils"))
    job.tell("children and their cases", 0.07)
    cases = children.choose(council, where, roll, as_at=as_at, dice=dice.of("children"))
    cases = spells.invent(council, cases, as_at=as_at, dice=dice.of("spells"))
    cases = placements.with_placements(council, cases, as_at=as_at, dice=dice.of("placements"))
    cases = teams.with_workers(council, cases, dice.of("workers"))
    cases = case_system.identified(council, cases, roll, dice=dice.of("identifiers"))
    factors = events.factors(council, cases, dice=dice.of("factors"))
    cases = tracker.with_levels(council, cases, factors, dice.of("levels"))
    roll = delivery.register_upns(send.with_needs(council, roll, cases, dice=dice.of("needs")), job.dirt)
    planned = roll.filter("plan")["child"].drop_nulls()
    return World(where, buildings, roll, cases.with_columns(plan=pl.col("child").is_in(planned.implode())), factors)


def _write_places(job: Job, world: World) -> dict[str, int]:
    path, dice = job.folder / "schools.csv", job.dice.of("download")
    return {
        "postcodes": lookups.postcodes(job.folder / "postcodes.csv", world.places),
        "schools": lookups.schools(
            path, job.council, world.places, world.schools, world.roll, as_at=job.as_at, dice=dice
        ),
    }


def _write_social_care(job: Job, world: World) -> dict[str, int]:
    council, folder, as_at, dice, cases = job.council, job.folder, job.as_at, job.dice, world.cases
    job.tell("Annex A", 0.14)
    history = visits.visits(council, cases, as_at=as_at, dice=dice.of("visits"))
    missing = events.missing(council, cases, as_at=as_at, dice=dice.of("missing"))
    door = frontdoor.invent(council, cases, as_at=as_at, dice=dice.of("frontdoor"))
    material = annex_a.Material(council, cases, door.contacts, history, missing, as_at, dice.of("annex_a"))
    in_care = care.lists(material, world.places.postcodes["postcode"])
    lists = {**annex_a.lists(material), **in_care, **adoption.lists(material)}
    rows = delivery.annex_a(folder / "annex_a.xlsx", council.code, lists, job.dirt, made_on=as_at)
    job.tell("case system", 0.34)
    tables = case_system.tables(
        council, world.places, cases, history, missing, world.factors, as_at=as_at, dice=dice.of("case_system")
    )
    alerts = tracker.alerts(council, cases, as_at=as_at, dice=dice.of("alerts"))
    ratings = tracker.ratings(council, cases, as_at=as_at, dice=dice.of("ratings"))
    return {
        **rows,
        **delivery.case_system(folder, council.code, tables, job.dirt),
        "contacts_history": delivery.contacts_history(folder / "contacts_history.csv", door.history),
        "case_alerts": delivery.case_alerts(folder / "case_alerts.csv", alerts, job.dirt),
        "rag_tracker": delivery.rag_tracker(folder / "rag_tracker.xlsx", ratings, job.dirt, made_on=as_at),
    }


def _write_education(job: Job, world: World) -> dict[str, int]:
    council, folder, as_at, dice, roll = job.council, job.folder, job.as_at, job.dice, world.roll
    job.tell("SEND register and census", 0.40)
    plans = send.register(council, world.places, roll, world.cases, as_at=as_at, dice=dice.of("send"))
    tables = census.tables(council, world.places, roll, as_at=as_at, dice=dice.of("census"))
    rows = {
        "send_register": delivery.send_register(folder / "send_register.csv", plans, job.dirt),
        **delivery.census(folder / "school_census", census.name(as_at), tables, job.dirt),
    }
    marks = max(1, roll.height * 2 * 5 * attendance.WEEKS)
    rows["attendance"] = attendance.write(
        council,
        roll,
        folder / "attendance",
        as_at=as_at,
        dice=dice.of("attendance"),
        tick=lambda done: job.tell("attendance", 0.5 + 0.5 * done / marks),
    )
    return rows
