"""Registers, events and questions together: whether everything that one names, another has."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from keepsight.core.packs.book import FOLDER, known_beside, laid_over
from keepsight.core.packs.checks import check
from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.kinds import EventRule, Questions, Register
from keepsight.core.packs.pack import read_pack
from keepsight.core.packs.schema import read
from keepsight.core.packs.trouble import PackError
from keepsight.core.registers.checking import troubles_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def check_folder(folder: Path, *, packs: Path = FOLDER) -> tuple[list[str], list[str]]:
    """
    Read a pack, laid over the standing one.

    Returns
    -------
    tuple of list of str
        The ids of its registers, and every trouble as a sentence that names its file.
    """
    standing = read_pack(packs / "standing")
    pack = standing if folder.resolve() == standing.folder.resolve() else read_pack(folder)
    tables = laid_over([standing.tables, pack.tables])
    names = sorted(name.partition("/")[2] for name in pack.tables if name.startswith("registers/"))
    return names, list(_troubles(tables, pack.tables, folder.name))


def _troubles(tables: Mapping[str, Any], own: Iterable[str], where: str) -> Iterator[str]:
    for name in own:
        place = f"{where}/{name}.toml"
        try:
            if name.startswith("registers/"):
                rule = read(Register, tables[name], where=place)
                yield from (f"{place}: {each}" for each in troubles_of(rule, known_beside(tables, name)))
            else:
                found = check(name, tables[name], where=place)
                if isinstance(found, EventRule):
                    yield from (f"{place}: {each}" for each in troubles_of_event(found, tables))
                elif isinstance(found, Questions):
                    yield from (f"{place}: {each}" for each in troubles_of_questions(found))
        except PackError as trouble:
            yield trouble.sentence


def _missing(what: str, name: str, among: Iterable[str]) -> Iterator[str]:
    known = list(among)
    if name and name not in known:
        yield f"{what}: there is none called {name}.{nearest(name, known)}"


def troubles_of_event(event: EventRule, tables: Mapping[str, Any]) -> Iterator[str]:
    """What an event names and nobody has: registers, roles, cells, positions, phases, agendas."""
    registers = [name.partition("/")[2] for name in tables if name.startswith("registers/")]
    roles = [row["id"] for row in tables.get("roles", {}).get("roles", ())]
    schedule = [row["id"] for row in tables.get("retention", {}).get("schedule", ())]
    phases = [row["id"] for row in tables.get("phases", {}).get("phases", ())]
    cells, positions = [each.id for each in event.cells], [each.id for each in event.positions]
    yield from _missing("first_phase", event.first_phase, phases)
    yield from _missing("retention", event.retention, schedule)
    for name in event.registers:
        yield from _missing("registers", name, registers)
    for cell in event.cells:
        yield from _missing(f"the cell “{cell.name}” reports to", cell.reports_to, cells)
        yield from _missing(f"the chair of “{cell.name}”", cell.chair, positions)
        yield from _phases(f"the cell “{cell.name}”", cell.phases, phases)
    for position in event.positions:
        yield from _missing(f"the cell of “{position.name}”", position.cell, cells)
        yield from _missing(f"the role of “{position.name}”", position.role, roles)
    for meeting in event.rhythms:
        yield from _missing(f"the cell of “{meeting.title}”", meeting.cell, cells)
        yield from _missing(f"the agenda of “{meeting.title}”", meeting.agenda, [each.id for each in event.agendas])
        yield from _phases(f"“{meeting.title}”", meeting.phases, phases)
        for day in meeting.days:
            yield from _missing(f"the days of “{meeting.title}”", day, WEEKDAYS)
    for owed in event.returns:
        yield from _missing(f"the register of the return “{owed.title}”", owed.register, registers)
        yield from _missing(f"who chases “{owed.title}”", owed.cell, cells)
        yield from _phases(f"the return “{owed.title}”", owed.phases, phases)
    yield from _rest(event, registers, cells, positions, phases)


def _rest(
    event: EventRule, registers: list[str], cells: list[str], positions: list[str], phases: list[str]
) -> Iterator[str]:
    for policy in event.policies:
        yield from _missing(f"the phase of “{policy.title}”", policy.phase, phases)
        for name in (*policy.on, *policy.off):
            yield from _missing(f"what “{policy.title}” switches", name, registers)
    for report in event.reports:
        yield from _missing(f"the cell of “{report.title}”", report.cell, cells)
        yield from _missing(f"who signs “{report.title}”", report.signed_by, positions)
        for block in report.blocks:
            if block.kind == "register":
                yield from _missing(f"the register of “{block.title}”", block.source, registers)
    for starter in event.starters:
        yield from _missing(f"the register of “{starter.title}”", starter.register, registers)
        yield from _missing(f"who does “{starter.title}”", starter.owner, positions)
    for checklist in event.checklists:
        yield from _missing(f"the phase of “{checklist.title}”", checklist.phase, [*phases, "closing"])


def _phases(what: str, named: Iterable[str], phases: list[str]) -> Iterator[str]:
    for phase in named:
        yield from _missing(f"the phases of {what}", phase, phases)


def troubles_of_questions(tool: Questions) -> Iterator[str]:
    """Questions that cannot be answered, or that agreement cannot be counted on."""
    for question in tool.questions:
        if question.kind == "choice" and not question.choices:
            yield f"the question “{question.text}” has no choices. List what may be chosen."
        if question.agreed_on and question.kind == "text":
            yield f"the question “{question.text}” is a text: nobody can count whether two people agree on it."
