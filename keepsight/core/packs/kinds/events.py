"""An emergency as data: ``event.toml`` of an event pack says what activating it sets up (CMD-01 to CMD-18)."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Table, choice

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class CellRule:
    """A group of the command structure."""

    id: str
    name: str
    level: str = choice(("strategic", "tactical", "operational", "cell", "group"))
    reports_to: str = ""  # id of a cell
    chair: str = ""  # id of a position
    remit: str
    phases: tuple[str, ...] = ()  # empty: all
    multi_agency: bool = False


@dataclass(frozen=True, kw_only=True)
class PositionRule:
    """A duty position: whoever holds it sits in the cell, and has the role for the term."""

    id: str
    name: str
    cell: str
    role: str  # of roles.toml; opened for the term
    words: str
    days: int = 28  # a term


@dataclass(frozen=True, kw_only=True)
class AgendaRule:
    """What a kind of meeting goes through."""

    id: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RhythmRule:
    """When a cell meets, by phase."""

    id: str
    title: str
    cell: str
    phases: tuple[str, ...] = ()
    days: tuple[str, ...]  # mon … sun
    times: tuple[str, ...]  # 08:30
    agenda: str
    every_weeks: int = 1
    bank_holidays: str = choice(("skip", "keep"), default="skip")


@dataclass(frozen=True, kw_only=True)
class ReturnRule:
    """A return that is asked for again and again: who owes it, when, and in which register it is kept."""

    id: str
    title: str
    register: str
    owed_by: str = choice(("service", "team", "department", "provider", "cell"))
    departments: tuple[str, ...] = ()  # of department: their names
    phases: tuple[str, ...] = ()
    days: tuple[str, ...]
    due: str  # 10:00
    opens_days_before: int = 0  # so many days before the day on which it is due
    bank_holidays: str = choice(("skip", "keep"), default="skip")
    chase_after_hours: int = 1
    cell: str = ""  # who chases
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyRule:
    """What a phase switches."""

    id: str
    title: str
    phase: str
    contact_mode: str = choice(("", "bau", "emergency", "recovery"), default="")
    on: tuple[str, ...] = ()  # registers
    off: tuple[str, ...] = ()
    words: str


@dataclass(frozen=True, kw_only=True)
class BlockRule:
    """One part of a report that is assembled."""

    id: str
    title: str
    kind: str = choice(("returns", "register", "figures", "text", "decisions", "missing", "checklist"))
    source: str = ""  # id of a return or register
    tile: str = ""  # of register: only what this tile counts
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportRule:
    """A report that the event makes again and again, such as the Common Operating Picture."""

    id: str
    title: str
    cell: str
    signed_by: str  # id of a position
    blocks: tuple[BlockRule, ...]


@dataclass(frozen=True, kw_only=True)
class StarterRule:
    """An entry that activation makes."""

    id: str
    register: str = "action"
    title: str
    owner: str = ""  # id of a position
    days: int = 1
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ChecklistRule:
    """What is ticked off in a phase, or on closing."""

    id: str
    title: str
    phase: str  # id of a phase, or "closing"
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventRule(Table):
    """All that activating an event sets up; its phases stand in ``phases.toml``."""

    title: str
    words: str
    first_phase: str
    cells: tuple[CellRule, ...]
    positions: tuple[PositionRule, ...]
    agendas: tuple[AgendaRule, ...]
    rhythms: tuple[RhythmRule, ...]
    registers: tuple[str, ...]  # switched on by activation
    returns: tuple[ReturnRule, ...] = ()
    policies: tuple[PolicyRule, ...] = ()
    reports: tuple[ReportRule, ...] = ()
    starters: tuple[StarterRule, ...] = ()
    checklists: tuple[ChecklistRule, ...] = ()
    retention: str = "event_record"  # id in the retention schedule
