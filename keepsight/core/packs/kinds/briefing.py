"""What is counted."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table, choice


# --- indicators -----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class IndicatorRule(Sourced):
    """One figure: what is counted, of what. ``numerator`` and ``denominator`` are SQL on a row of ``table``."""

    id: str
    name: str
    definition: str
    table: str
    numerator: str
    denominator: str = ""
    adds: str = ""
    adds_above: str = ""
    unit: str = choice(("children", "contacts", "visits", "plans", "entries", "percent", "change"))
    direction: str = choice(("higher", "lower", "context"))
    by: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HeadCount(Sourced):
    """Register marks that a head count leaves out."""

    not_expected: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Indicators(Table):
    """What the picture and the reports count."""

    head_count: HeadCount
    indicators: tuple[IndicatorRule, ...]
