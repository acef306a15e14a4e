"""The contact table and the visit duties of the packs in force, read and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.contact.sight import CLASSES, SightRules
from keepsight.core.duties.timescales import Limit, limit_of
from keepsight.core.packs import Book, PackError
from keepsight.core.packs.conditions import Condition, compile_condition
from keepsight.core.people.facts import FACTS
from keepsight.core.terms import ContactMode, Level, Service

_REQUIREMENT = {
    "service": pl.String,
    "worked_level": pl.String,
    "bound_id": pl.String,
    "class": pl.String,
    "every": pl.Int64,
    "unit": pl.String,
    "alone": pl.Boolean,
}


@dataclass(frozen=True)
class VisitDuty:
    """A statutory visit: for whom, counted from what, how often, and what meets it."""

    id: str
    rule: str
    title: str
    when: Condition  # asked of the fact sheet
    start: str  # event of timescales.toml
    repeats: bool
    limit: Limit
    meets: str  # class
    alone: bool


@dataclass(frozen=True)
class RelaxedClass:
    """A statutory visit that may be met in a wider class while an easement is switched on."""

    id: str
    service: str
    level: str
    meets: str
    easement: str


@dataclass(frozen=True)
class ContactRules:
    """
    What the packs say about contact in one mode.

    ``table`` has a row for each requirement: service, worked_level, bound_id, class, every, unit,
    alone. ``worked_as`` maps service and level to the level whose intervals apply instead.
    """

    mode: ContactMode
    table: pl.DataFrame
    duties: tuple[VisitDuty, ...]
    relaxed: tuple[RelaxedClass, ...]
    worked_as: dict[tuple[str, str], str]
    unrated_as: str
    agreed_class: str
    due_soon_share: float
    sight: SightRules
    calendar: WorkingCalendar


def contact_rules(book: Book, mode: ContactMode) -> ContactRules:
    """
    Read the rules of one mode from the packs in force.

    Parameters
    ----------
    book : Book
        Must have ``contact``, ``rating``, ``timescales``, ``sight`` and ``calendar``.
    mode : ContactMode
        Which contact table is in force. ``bau`` has none: statutory limits and children's own plans hold.

    Raises
    ------
    PackError
        If the packs do not know the mode, or an entry names an unknown class, level or unit.
    """
    contact = book.table("contact")
    modes = {entry["id"]: entry for entry in contact.get("modes", [])}
    if mode not in modes:
        raise PackError(f"contact.toml, modes: the packs in force ({book.id}) have no contact table called {mode}.")
    replaced = {entry["timescale"] for entry in contact.get("instead_of", []) if entry["mode"] == mode}
    return ContactRules(
        mode=mode,
        table=_requirements(contact, mode),
        duties=tuple(_duties(book.table("timescales"), replaced)),
        relaxed=tuple(_relaxed(contact, mode)),
        worked_as={
            (entry["service"], entry["level"]): entry["worked_as"]
            for entry in contact.get("not_allowed", [])
            if entry["mode"] == mode
        },
        unrated_as=book.table("rating")["unrated"]["worked_as"],
        agreed_class=_class(modes[mode].get("agreed_class", "f2f"), where=f"contact.toml, modes, {mode}"),
        due_soon_share=float(contact["due_soon"]["share"]),
        sight=SightRules.from_table(book.table("sight")),
        calendar=WorkingCalendar.from_table(book.table("calendar")),
    )


def _class(word: Any, *, where: str) -> str:
    if word not in CLASSES:
        raise PackError(f"{where}: class must be one of {', '.join(CLASSES)}, and is {word!r}.")
    return str(word)


def _requirements(contact: Mapping[str, Any], mode: ContactMode) -> pl.DataFrame:
    rows = []
    never_by_phone = contact.get("never_by_phone", {}).get("services", [])
    for entry in contact.get("requirements", []):
        where = f"contact.toml, requirements, {entry.get('id')}"
        if entry["service"] not in set(Service) or entry["level"] not in set(Level):
            raise PackError(f"{where}: no such service or level: {entry['service']}, {entry['level']}.")
        limit, meets = limit_of(entry, where=where), _class(entry.get("class"), where=where)
        if meets == "contact" and entry["service"] in never_by_phone:
            raise PackError(f"{where}: for {entry['service']} telephone and message never meet a visit.")
        if entry["mode"] == mode:
            alone = bool(entry.get("alone", False))
            rows.append((entry["service"], entry["level"], entry["id"], meets, limit.every, limit.unit.value, alone))
    return pl.DataFrame(rows, schema=_REQUIREMENT, orient="row")


def _duties(timescales: Mapping[str, Any], replaced: set[str]) -> list[VisitDuty]:
    found = []
    for entry in timescales.get("timescales", []):
        if entry.get("kind") != "visit" or entry["id"] in replaced:
            continue
        where = f"timescales.toml, {entry['id']}"
        found.append(
            VisitDuty(
                id=entry["id"],
                rule=entry.get("rule", entry["id"]),
                title=entry["title"],
                when=compile_condition(entry["when"], FACTS, where=where),
                start=entry["start"],
                repeats=bool(entry.get("repeats", False)),
                limit=limit_of(entry, where=where),
                meets=_class(entry.get("class"), where=where),
                alone=bool(entry.get("alone", False)),
            )
        )
    return found


def _relaxed(contact: Mapping[str, Any], mode: ContactMode) -> list[RelaxedClass]:
    return [
        RelaxedClass(
            entry["id"],
            entry["service"],
            entry["level"],
            _class(entry.get("class"), where=f"contact.toml, statutory_class, {entry['id']}"),
            entry["easement"],
        )
        for entry in contact.get("statutory_class", [])
        if entry["mode"] == mode
    ]
