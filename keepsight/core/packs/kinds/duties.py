"""Duties with their limits, and what an event changes about them."""

from dataclasses import dataclass, field
from datetime import date

from keepsight.core.packs.kinds.contact import CLASSES
from keepsight.core.packs.schema import Sourced, Table, choice
from keepsight.core.terms import Service

UNITS = ("hours", "days", "working_days", "school_days", "weeks", "months")


# --- timescales -----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class TimescaleRule(Sourced):
    """One duty: from its start event, at most so long, to its end event."""

    id: str
    rule: str
    title: str
    kind: str = choice(("visit", "review", "alarm", "other"))
    service: str = choice(Service, default="")
    when: str = ""
    start: str
    end: str
    every: int
    unit: str = choice(UNITS)
    repeats: bool = False
    class_: str = choice(CLASSES, default="")
    alone: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DayOfYear(Sourced):
    """A duty due on one day of each year."""

    id: str
    rule: str
    title: str
    month: int
    day: int


@dataclass(frozen=True, kw_only=True)
class EachTerm(Sourced):
    """A duty due in each school term."""

    id: str
    rule: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Timescales(Table):
    """The standing duties."""

    calendar: str
    timescales: tuple[TimescaleRule, ...]
    days: tuple[DayOfYear, ...] = ()
    terms: tuple[EachTerm, ...] = ()


# --- an event -------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Phase(Sourced):
    """A stretch of an event; without ``to`` it is a single day or still runs; without days it comes when it comes."""

    id: str
    title: str
    from_: date | None = None
    to: date | None = None
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Phases(Table):
    """An event's phases and its single days."""

    phases: tuple[Phase, ...]
    days: tuple[Phase, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Window(Sourced):
    """When and how an easement changes its duties. ``to`` is the last day."""

    from_: date
    to: date | None = None
    effect: str = choice(
        ("as_soon_as_practicable", "longer_limit", "lifted", "widened", "remote_if_not_practicable", "endeavours")
    )
    remote: bool = False
    every: int | None = None
    unit: str = choice(UNITS, default="")
    text: str


@dataclass(frozen=True, kw_only=True)
class Easement(Sourced):
    """One relaxing of legal duties. Off for every council until it is switched on."""

    id: str
    title: str
    duties: tuple[str, ...]
    on: bool = False
    windows: tuple[Window, ...]
    saving: str = ""


@dataclass(frozen=True, kw_only=True)
class NeverEased(Sourced):
    """A duty that stayed whole."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Easements(Table):
    """What the law relaxed during an event."""

    easements: tuple[Easement, ...]
    never: tuple[NeverEased, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition(Sourced):
    """A word of the event, as its guidance defined it."""

    id: str
    title: str
    text: str
    values: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Definitions(Table):
    """Words of the event."""

    definitions: tuple[Definition, ...] = field(default=())
