"""Figures, asked for by indicator and place, as reports and pages need them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from keepsight.core.briefing import parts, words
from keepsight.core.briefing.document import Tile
from keepsight.core.briefing.figures import OF_ONE_AUTHORITY
from keepsight.core.briefing.indicators import Indicator


@dataclass(frozen=True)
class Found:
    """Figures, asked for by indicator and place."""

    frame: pl.DataFrame
    indicators: Mapping[str, Indicator]
    names: Mapping[str, str]  # authority code → name, in the order shown

    def one(self, indicator: str, authority: str = "") -> tuple[int, int | None, float | None]:
        """Numerator, denominator and value for the whole or one authority; noughts where nothing was loaded."""
        kind = "authority" if authority else "all"
        rows = self.frame.filter(indicator=indicator, breakdown=kind, authority=authority)
        if rows.is_empty():
            return 0, None, None
        above, below, value = rows.select("numerator", "denominator", "value").row(0)
        return above, below, value

    def of_one(self, authority: str) -> "Found":
        """The figures of one authority alone, as if there were no other."""
        own = self.frame.filter(pl.col("authority") == authority)
        inside = pl.col("breakdown").is_in(OF_ONE_AUTHORITY)
        return Found(
            own.with_columns(
                breakdown=pl.col("breakdown").replace("authority", "all"),
                authority=pl.when(inside).then("authority").otherwise(pl.lit("")),
            ),
            self.indicators,
            {authority: self.names[authority]},
        )

    def groups(self, indicator: str, breakdown: str) -> list[parts.Group]:
        """Districts or teams of every authority."""
        rows = self.frame.filter(
            pl.col("authority") != "", pl.col("indicator") == indicator, pl.col("breakdown") == breakdown
        )
        return [
            parts.Group(self.names[code], group, above, below or 0)
            for code, group, above, below in rows.select("authority", "group", "numerator", "denominator").iter_rows()
        ]

    def by_service(self, indicator: str) -> list[tuple[str, int, int | None, float | None]]:
        """Service code, numerator, denominator, value of the whole."""
        rows = self.frame.filter(indicator=indicator, breakdown="service", authority="")
        found = {row[0]: row for row in rows.select("group", "numerator", "denominator", "value").iter_rows()}
        return [found[service] for service in parts.SERVICES if service in found]

    def tile(self, indicator: str, authority: str = "") -> Tile:
        """One figure with what it was worked out from."""
        above, below, value = self.one(indicator, authority)
        rule = self.indicators[indicator]
        if rule.unit == "percent":
            detail = "" if below is None else f"{words.count(above)} of {words.count(below)}"
        elif rule.unit == "change":
            detail = "" if below is None else f"{words.count(above)} against {words.count(below)}"
        else:
            detail = f"of {words.count(below)} open cases" if below is not None else ""
        kind = "count" if rule.is_count else rule.unit
        return Tile(rule.name, int(value) if rule.is_count and value is not None else value, kind, detail, indicator)
