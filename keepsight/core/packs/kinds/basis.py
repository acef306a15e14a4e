"""What every pack has: its head, the calendar, and how facts are taken from lists."""

from dataclasses import dataclass
from datetime import date

from keepsight.core.packs.schema import Table


@dataclass(frozen=True, kw_only=True)
class Head:
    """``pack.toml``: who answers for the pack, and when it holds."""

    id: str
    title: str
    owner: str
    source: str
    review_on: date
    valid_from: date
    valid_to: date | None = None
    note: str = ""


# --- calendar -------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day that does not count."""

    day: date
    title: str


@dataclass(frozen=True, kw_only=True)
class Calendar(Table):
    """Bank holidays between two days."""

    first_day: date
    last_day: date
    holidays: tuple[Holiday, ...]


# --- facts ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FactDefinitions(Table):
    """How facts are taken from the lists."""

    windows: dict[str, int]
    factors: dict[str, tuple[str, ...]]
    categories: dict[str, tuple[str, ...]]
    placements: dict[str, tuple[str, ...]]
    permanence: dict[str, tuple[str, ...]]
    accommodation: dict[str, tuple[str, ...]]
    needs: dict[str, tuple[str, ...]]
    attendance: dict[str, tuple[str, ...]]
    judged: dict[str, tuple[str, ...]]
