"""One invented council, from its settlements to its last file."""

from collections.abc import Callable
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


def write(council: Profile, folder: Path, *, as_at: date, dice: Dice, tell: Tell) -> dict[str, Any]:
    """Write every file of one council and give what the manifest says of it."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    dirt = Dirt(dice.of("dirt"))
    rows: dict[str, int] = {}
    tell("places and schools", 0.02)
    where = places.invent(council, dice.of("places"))
    rows["postcodes"] = lookups.postcodes(folder / "postcodes.csv", where)
    buildings = schools.invent(council, where, as_at=as_at, dice=dice.of("schools"))
    tell("pupils", 0.05)
    roll = pupils.invent(council, where, buildings, as_at=as_at, dice=dice.of("pupils"))
    cases = children.choose(council, where, roll, as_at=as_at, dice=dice.of("children"))
    cases = spells.invent(council, cases, as_at=as_at, dice=dice.of("spells"))
    cases = placements.with_placements(council, cases, as_at=as_at, dice=dice.of("placements"))
    cases = teams.with_workers(council, cases, dice.of("workers"))
    cases = tracker.with_levels(cases, dice.of("levels"))
    cases = case_system.identified(council, cases, roll, dice=dice.of("identifiers"))
    roll = delivery.register_upns(send.with_needs(council, roll, cases, dice=dice.of("needs")), dirt)
    planned = roll.filter("plan").select("child", plan=pl.lit(True)).drop_nulls("child")
    cases = cases.join(planned, on="child", how="left", maintain_order="left").with_columns(
        pl.col("plan").fill_null(False)
    )
    rows["schools"] = lookups.schools(
        folder / "schools.csv", council, where, buildings, roll, as_at=as_at, dice=dice.of("download")
    )
    tell("social care", 0.12)
    rows |= _social_care(council, where, cases, folder, dirt, as_at=as_at, dice=dice, tell=tell)
    tell("SEND register and census", 0.40)
    plans = send.register(council, where, roll, cases, as_at=as_at, dice=dice.of("send"))
    rows["send_register"] = delivery.send_register(folder / "send_register.csv", plans, dirt)
    tables = census.tables(council, where, roll, as_at=as_at, dice=dice.of("census"))
    rows |= delivery.census(folder / "school_census", census.name(as_at), tables, dirt)
    tell("attendance", 0.50)
    rows["attendance"] = attendance.write(
        council,
        roll,
        folder / "attendance",
        as_at=as_at,
        dice=dice.of("attendance"),
        tick=lambda done: tell("attendance", 0.50 + 0.5 * done / (roll.height * 2 * 5 * attendance.WEEKS)),
    )
    groups = cases.group_by("group").len().sort("group")
    return {
        "name": council.name,
        "dfe_number": council.number,
        "rows": rows,
        "children": dict(zip(groups["group"].to_list(), groups["len"].to_list(), strict=True)),
        "pupils": roll.height,
        "districts": [{"code": d.code, "name": d.name} for d in places.DISTRICTS[council.code]],
        "dirty_share": dirt.shares(),
    }


def _clear(folder: Path) -> None:
    """Take away what an example of another day left, where files are named after weeks and terms."""
    if (folder.parent / "example.json").is_file():
        for path in (*folder.glob("attendance/attendance_*.csv"), *folder.glob("school_census/*_*_*.csv")):
            path.unlink()


def _social_care(
    council: Profile,
    where: places.Places,
    cases: pl.DataFrame,
    folder: Path,
    dirt: Dirt,
    *,
    as_at: date,
    dice: Dice,
    tell: Tell,
) -> dict[str, int]:
    history = visits.visits(council, cases, as_at=as_at, dice=dice.of("visits"))
    missing = events.missing(council, cases, as_at=as_at, dice=dice.of("missing"))
    factors = events.factors(council, cases, dice=dice.of("factors"))
    door = frontdoor.invent(council, cases, as_at=as_at, dice=dice.of("frontdoor"))
    material = annex_a.Material(council, cases, door.contacts, history, missing, as_at, dice.of("annex_a"))
    lists = annex_a.lists(material) | care.lists(material, where.postcodes["postcode"]) | adoption.lists(material)
    tell("Annex A", 0.20)
    rows = delivery.annex_a(folder / "annex_a.xlsx", council.code, lists, dirt, made_on=as_at)
    tell("case system", 0.34)
    tables = case_system.tables(
        council, where, cases, history, missing, factors, as_at=as_at, dice=dice.of("case_system")
    )
    rows |= delivery.case_system(folder, council.code, tables, dirt)
    rows["contacts_history"] = delivery.contacts_history(folder / "contacts_history.csv", door.history)
    alerts = tracker.alerts(council, cases, as_at=as_at, dice=dice.of("alerts"))
    rows["case_alerts"] = delivery.case_alerts(folder / "case_alerts.csv", alerts, dirt)
    ratings = tracker.ratings(council, cases, as_at=as_at, dice=dice.of("ratings"))
    rows["rag_tracker"] = delivery.rag_tracker(folder / "rag_tracker.xlsx", ratings, dirt, made_on=as_at)
    return rows
