"""What must be true of an emergency's pack beyond its keys: names that refer to each other, days and times."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import time
from difflib import get_close_matches

from keepsight.core.packs import Book
from keepsight.core.packs.kinds import EventRule, Phases, Register, Retention, Roles
from keepsight.core.packs.kinds.events import WEEKDAYS

CLOSING = "closing"  # the phase of checklists that are ticked off at the end


def troubles(book: Book) -> list[str]:
    """
    Say everything that is wrong with an emergency's pack, each in a sentence; nothing where it can be used.

    Parameters
    ----------
    book : Book
        The packs that would be in force: standing, then the emergency's.
    """
    if "event" not in book.tables:
        return ["This pack has no event.toml, so there is nothing to activate."]
    if "phases" not in book.tables:
        return ["This pack has no phases.toml. An emergency needs at least one phase."]
    rule = book.read("event", EventRule)
    phases = [phase.id for phase in book.read("phases", Phases).phases]
    return list(_all(rule, phases, book))


def _all(rule: EventRule, phases: Collection[str], book: Book) -> Iterator[str]:
    cells, positions = {each.id for each in rule.cells}, {each.id for each in rule.positions}
    if rule.first_phase not in phases:
        yield _unknown("first_phase", "phase", rule.first_phase, phases)
    yield from _phases_known(rule, phases)
    yield from _cells(rule, cells)
    yield from _positions(rule, cells, book)
    yield from _rhythms(rule, cells)
    yield from _registers(rule, book)
    yield from _returns(rule, cells)
    yield from _reports(rule, cells, positions, book)
    yield from _starters(rule, positions, book)
    if rule.retention not in (kept := {each.id for each in book.read("retention", Retention).schedule}):
        yield _unknown("retention", "length of keeping", rule.retention, kept)


def _unknown(where: str, what: str, word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f"{where}: there is no {what} called {word}.{f' Did you mean {near[0]}?' if near else ''}"


def _phases_known(rule: EventRule, phases: Collection[str]) -> Iterator[str]:
    for name in ("cells", "rhythms", "returns"):
        for row in getattr(rule, name):
            for phase in row.phases:
                if phase not in phases:
                    yield _unknown(f"{name} {row.id}", "phase", phase, phases)
    for policy in rule.policies:
        if policy.phase not in phases:
            yield _unknown(f"policies {policy.id}", "phase", policy.phase, phases)
    for checklist in rule.checklists:
        if checklist.phase not in (*phases, CLOSING):
            yield _unknown(f"checklists {checklist.id}", "phase", checklist.phase, (*phases, CLOSING))
        if not checklist.items:
            yield f"checklists {checklist.id}: a checklist needs at least one item."
    several = [policy.phase for policy in rule.policies]
    for phase in sorted({phase for phase in several if several.count(phase) > 1}):
        yield f"policies: the phase {phase} has two policies. Say all that it switches in one."


def _cells(rule: EventRule, cells: Collection[str]) -> Iterator[str]:
    chairs = {position.id: position.cell for position in rule.positions}
    above = {each.id: each.reports_to for each in rule.cells}
    if not any(not each.reports_to for each in rule.cells):
        yield "cells: every cell reports to another one. At least one stands at the top."
    for cell in rule.cells:
        if cell.reports_to and cell.reports_to not in cells:
            yield _unknown(f"cells {cell.id}", "cell", cell.reports_to, cells)
        if cell.chair and cell.chair not in chairs:
            yield _unknown(f"cells {cell.id}: chair", "position", cell.chair, chairs)
        elif cell.chair and chairs[cell.chair] != cell.id:
            yield f"cells {cell.id}: its chair {cell.chair} sits in the cell {chairs[cell.chair]}."
        if _goes_round(cell.id, above):
            yield f"cells {cell.id}: it reports to itself, by way of {above[cell.id]}."


def _goes_round(cell: str, above: Mapping[str, str]) -> bool:
    seen, here = {cell}, above.get(cell, "")
    while here:
        if here == cell:
            return True
        if here in seen:
            return False
        seen.add(here)
        here = above.get(here, "")
    return False


def _positions(rule: EventRule, cells: Collection[str], book: Book) -> Iterator[str]:
    roles = {each.id: each for each in book.read("roles", Roles).roles}
    for position in rule.positions:
        where = f"positions {position.id}"
        if position.cell not in cells:
            yield _unknown(where, "cell", position.cell, cells)
        if position.role not in roles:
            yield _unknown(where, "role", position.role, roles)
        elif roles[position.role].children:
            yield f"{where}: the role {position.role} sees children. A duty position never opens children's records."
        elif "authority" not in roles[position.role].scopes or roles[position.role].portal:
            yield f"{where}: the role {position.role} is not one that is held for a whole council by its own people."
        if not 1 <= position.days <= 180:
            yield f"{where}: a term lasts 1 to 180 days, and is {position.days}."


def _when(where: str, days: Collection[str], times: Collection[str]) -> Iterator[str]:
    for day in days:
        if day not in WEEKDAYS:
            yield f"{where}: {day} is not a day. Write {', '.join(WEEKDAYS)}."
    if not days:
        yield f"{where}: say on which days."
    if not times:
        yield f"{where}: say at what time."
    for at in times:
        try:
            plain = len(at) == 5 and time.fromisoformat(at)
        except ValueError:
            plain = False
        if not isinstance(plain, time):
            yield f"{where}: {at} is not a time. Write it like 08:30."


def _rhythms(rule: EventRule, cells: Collection[str]) -> Iterator[str]:
    agendas = {each.id for each in rule.agendas}
    for agenda in rule.agendas:
        if not agenda.items:
            yield f"agendas {agenda.id}: an agenda needs at least one item."
    for rhythm in rule.rhythms:
        where = f"rhythms {rhythm.id}"
        if rhythm.cell not in cells:
            yield _unknown(where, "cell", rhythm.cell, cells)
        if rhythm.agenda not in agendas:
            yield _unknown(where, "agenda", rhythm.agenda, agendas)
        if rhythm.every_weeks < 1:
            yield f"{where}: every_weeks must be 1 or more, and is {rhythm.every_weeks}."
        yield from _when(where, rhythm.days, rhythm.times)


def _registers(rule: EventRule, book: Book) -> Iterator[str]:
    known = book.names("registers")
    for key in rule.registers:
        if key not in known:
            yield _unknown("registers", "register", key, known)
    for policy in rule.policies:
        for key in (*policy.on, *policy.off):
            if key not in known:
                yield _unknown(f"policies {policy.id}", "register", key, known)
        for key in sorted({*policy.on} & {*policy.off}):
            yield f"policies {policy.id}: the register {key} is switched on and off at once."


def _returns(rule: EventRule, cells: Collection[str]) -> Iterator[str]:
    for row in rule.returns:
        where = f"returns {row.id}"
        if row.register not in rule.registers:
            yield f"{where}: its register {row.register} is not among those that the emergency switches on."
        if row.cell and row.cell not in cells:
            yield _unknown(where, "cell", row.cell, cells)
        if row.owed_by == "department" and not row.departments:
            yield f"{where}: departments owe it, and none is named."
        yield from _when(where, row.days, (row.due,))


def _reports(rule: EventRule, cells: Collection[str], positions: Collection[str], book: Book) -> Iterator[str]:
    returned = {row.id for row in rule.returns} | {row.register for row in rule.returns}
    known = book.names("registers")
    for report in rule.reports:
        where = f"reports {report.id}"
        if report.cell not in cells:
            yield _unknown(where, "cell", report.cell, cells)
        if report.signed_by not in positions:
            yield _unknown(f"{where}: signed_by", "position", report.signed_by, positions)
        for block in report.blocks:
            here = f"{where}, block {block.id}"
            if block.kind in ("returns", "missing") and block.source not in returned:
                yield _unknown(here, "return", block.source, returned)
            if block.kind in ("register", "decisions") and block.source not in known:
                yield _unknown(here, "register", block.source, known)
            elif block.tile and block.tile not in (tiles := _tiles(book, block.source)):
                yield _unknown(here, "tile", block.tile, tiles)


def _tiles(book: Book, register: str) -> list[str]:
    if register not in book.names("registers"):
        return []
    return [tile.id for tile in book.read(f"registers/{register}", Register).tiles]


def _starters(rule: EventRule, positions: Collection[str], book: Book) -> Iterator[str]:
    known = book.names("registers")
    for starter in rule.starters:
        where = f"starters {starter.id}"
        if starter.register not in known:
            yield _unknown(where, "register", starter.register, known)
        elif missing := _not_filled(book.read(f"registers/{starter.register}", Register)):
            yield f"{where}: the register {starter.register} also asks for {missing}, which a starter does not fill."
        if starter.owner and starter.owner not in positions:
            yield _unknown(f"{where}: owner", "position", starter.owner, positions)
        if starter.days < 0:
            yield f"{where}: days must be 0 or more, and is {starter.days}."


def _not_filled(register: Register) -> str:
    """The first field that must be filled and that a starter has nothing for; and whom it must be about."""
    if register.subject != "none" and register.subject_required:
        return f"a {register.subject}"
    day = due_field(register)
    asked = (field for field in register.fields if field.required and not field.retired and not field.only_when)
    return next((field.label for field in asked if field.id not in (register.title, day)), "")


def due_field(register: Register) -> str:
    """The day of an entry that a starter's deadline goes into: that of the first clock that runs by a field."""
    days = [field.id for field in register.fields if field.kind == "date" and not field.retired]
    return next((clock.from_ for clock in register.clocks if clock.from_ in days), "")
