"""What coming into another phase changes, found before it is done and said in sentences."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from keepsight.core.command.rhythm import applies
from keepsight.core.events.checks import CLOSING
from keepsight.core.events.words import MODE_NAMES, listed, often, on_days
from keepsight.core.packs.kinds import EventRule
from keepsight.core.packs.kinds.events import CellRule, PolicyRule, ReturnRule

MODE_UNCHANGED = "Contact with children stays as it is"
OWES = {
    "service": "every service", "team": "every team", "department": "departments", "provider": "every provider",
    "cell": "every cell",
}  # fmt: skip


@dataclass(frozen=True)
class Now:
    """How an emergency stands: its phase, cells that are open by id, registers that are on, contact mode."""

    phase: str
    open_cells: Collection[str]
    known_cells: Collection[str]  # open or ended
    registers_on: Collection[str]
    contact_mode: str
    exercise: bool = False


@dataclass(frozen=True)
class Change:
    """What a switch does. ``sentences`` says it all, in the order in which it matters."""

    phase: str
    contact_mode: str  # empty: as it is
    switch_on: tuple[str, ...]
    switch_off: tuple[str, ...]
    begin: tuple[CellRule, ...]
    reopen: tuple[CellRule, ...]
    end: tuple[CellRule, ...]
    sentences: tuple[str, ...]


def cells_of(rule: EventRule, phase: str) -> tuple[CellRule, ...]:
    """The cells of a phase, those above first."""
    here = [cell for cell in rule.cells if applies(cell.phases, phase)]
    placed: list[CellRule] = []
    while here:
        waiting = {cell.id for cell in here}
        ready = [cell for cell in here if cell.reports_to not in waiting] or here
        placed += ready
        here = [cell for cell in here if cell not in ready]
    return tuple(placed)


def policy_of(rule: EventRule, phase: str) -> PolicyRule | None:
    """What a phase switches, if anything."""
    return next((policy for policy in rule.policies if policy.phase == phase), None)


def change(rule: EventRule, to: str, now: Now, register_names: Mapping[str, str]) -> Change:
    """
    Find what coming into a phase changes.

    Parameters
    ----------
    rule : EventRule
        The emergency's pack.
    to : str
        The phase to come into. [id of a phase]
    now : Now
        How it stands.
    register_names : mapping
        Id of a register → how people call it.
    """
    policy = policy_of(rule, to)
    wanted = cells_of(rule, to)
    begin = tuple(cell for cell in wanted if cell.id not in now.known_cells)
    reopen = tuple(
        cell for cell in wanted if cell.id in now.known_cells and cell.id not in now.open_cells and cell.phases
    )
    end = tuple(cell for cell in rule.cells if cell.id in now.open_cells and not applies(cell.phases, to))
    on = tuple(key for key in (policy.on if policy else ()) if key not in now.registers_on)
    off = tuple(key for key in (policy.off if policy else ()) if key in now.registers_on)
    mode = policy.contact_mode if policy and policy.contact_mode != now.contact_mode else ""
    open_then = {*now.open_cells, *(cell.id for cell in (*begin, *reopen))} - {cell.id for cell in end}
    said = [
        *_contact(now, policy, mode),
        *(f"{cell.name} begins. {cell.remit}" for cell in begin),
        *(f"{cell.name} begins again." for cell in reopen),
        *(f"{cell.name} ends, and its duty positions with it. Say who takes over." for cell in end),
        *_rhythms(rule, now.phase, to, open_then),
        *_returns(rule, now.phase, to),
        *_registers(on, off, register_names, now.exercise),
        *(f"Checklist to tick off: {each.title}." for each in rule.checklists if each.phase == to != CLOSING),
    ]  # fmt: skip
    return Change(to, mode, on, off, begin, reopen, end, tuple(said) or ("Nothing but the name of the phase.",))


def _contact(now: Now, policy: PolicyRule | None, mode: str) -> list[str]:
    if now.exercise:
        would = f" In a real one it would follow {MODE_NAMES[mode]}." if mode else ""
        return [f"{MODE_UNCHANGED}: this is an exercise.{would}"]
    if policy is None or not mode:
        return [f"{MODE_UNCHANGED}, and is planned anew on the queue."]
    before = MODE_NAMES.get(now.contact_mode, "contact as usual")
    return [
        f"Contact with children follows {MODE_NAMES[mode]}; until now it followed {before}. {policy.words}",
        "Every child with open work is rated and planned anew, on the queue.",
    ]


def _rhythms(rule: EventRule, before: str, to: str, open_then: Collection[str]) -> list[str]:
    """One sentence for each cell whose meetings change."""
    said = []
    for cell in rule.cells:
        if cell.id not in open_then:
            continue
        was = _meets(rule, cell.id, before)
        will = _meets(rule, cell.id, to)
        if was == will:
            continue
        if not will:
            said.append(f"{cell.name} no longer meets by itself.")
        else:
            said.append(f"{cell.name} meets {will}{f'; until now {was}' if was else ''}.")
    return said


def _meets(rule: EventRule, cell: str, phase: str) -> str:
    rhythms = [each for each in rule.rhythms if each.cell == cell and applies(each.phases, phase)]
    return listed(often(each.days, each.times, each.every_weeks) for each in rhythms)


def _returns(rule: EventRule, before: str, to: str) -> list[str]:
    was = {row.id: row for row in rule.returns if applies(row.phases, before)}
    will = {row.id: row for row in rule.returns if applies(row.phases, to)}
    begun = [owed_words(row) for key, row in will.items() if key not in was]
    registers = {row.register for row in will.values()}
    gone = [row for key, row in was.items() if key not in will and row.register not in registers]
    return [*begun, *(f"{row.title} is no longer asked for." for row in gone)]


def owed_words(row: ReturnRule) -> str:
    """Who owes a return, and when."""
    who = f"{len(row.departments)} departments" if row.owed_by == "department" else OWES[row.owed_by]
    return f"{row.title}: {who}, {on_days(row.days)} by {row.due}."


def _registers(on: Collection[str], off: Collection[str], names: Mapping[str, str], exercise: bool) -> list[str]:
    if exercise:
        return []
    said = []
    if on:
        said.append(f"Switched on: {listed(names.get(key, key) for key in on)}.")
    if off:
        said.append(f"Switched off, and still to read: {listed(names.get(key, key) for key in off)}.")
    return said
