"""Indicators as data: what is counted, of what, and who says so."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from keepsight.core.errors import BadInput
from keepsight.core.packs.kinds import IndicatorRule, Indicators

COUNTS = ("children", "contacts", "visits", "plans", "entries")


class BadIndicator(BadInput):
    """An indicator in a pack cannot be used; the sentence names it and the key."""

    code = "indicator"


@dataclass(frozen=True)
class Indicator:
    """
    One figure that pages and reports may show.

    ``numerator`` and ``denominator`` are SQL conditions on one row of ``table``; ``below`` and
    ``above`` name the columns that are summed, and where they are empty rows are counted.
    """

    id: str
    name: str
    definition: str
    table: str
    numerator: str
    denominator: str
    unit: str
    direction: str
    source: str
    confidence: str
    by: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    above: str = ""
    below: str = ""

    @property
    def is_count(self) -> bool:
        """Whether the figure is the numerator itself."""
        return self.unit in COUNTS


def read_indicators(table: Indicators) -> tuple[Indicator, ...]:
    """
    Give the indicators of a pack's ``indicators`` table, in the order written.

    Raises
    ------
    BadIndicator
        Where a share has no denominator or a condition is not SQL.
    """
    return tuple(indicators_of(table.indicators))


def indicators_of(rules: Iterable[IndicatorRule]) -> Iterable[Indicator]:
    """Give single rules as indicators, each checked."""
    for rule in rules:
        if rule.unit in ("percent", "change") and not rule.denominator:
            raise BadIndicator(f"Indicator {rule.id} in indicators.toml is a {rule.unit} and has no denominator.")
        for key, condition in (("numerator", rule.numerator), ("denominator", rule.denominator)):
            _check_condition(rule.id, key, condition or "true")
        yield Indicator(
            rule.id, rule.name, rule.definition, rule.table, rule.numerator, rule.denominator, rule.unit,
            rule.direction, rule.source, rule.confidence, rule.by, rule.lists, rule.adds_above or rule.adds, rule.adds,
        )  # fmt: skip


def _check_condition(code: str, key: str, condition: str) -> None:
    try:
        pl.sql_expr(condition)
    except (pl.exceptions.SQLSyntaxError, pl.exceptions.SQLInterfaceError) as trouble:
        raise BadIndicator(f"The {key} of indicator {code} in indicators.toml is not SQL: {trouble}.") from trouble
