"""
Dirt as real exports have it: a few cells in a hundred written another way, or not at all.

A rule says which columns, what share of their filled cells, and what is written instead. Nothing
here makes a cell unreadable to a person; what a reader should do with each is its own business.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from keepsight.example.dice import Dice

Way = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True)
class Rule:
    """Write this share of the filled cells of these columns in another way."""

    columns: Sequence[str]
    share: float
    way: Way


@dataclass
class Dirt:
    """Soils frames and keeps count, list by list: filled cells, and how many were written another way."""

    dice: Dice
    cells: dict[str, int] = field(default_factory=dict)
    dirty: dict[str, int] = field(default_factory=dict)

    def shares(self) -> dict[str, float]:
        """Give the share of dirty cells of each list. [0–1]"""
        return {name: round(self.dirty.get(name, 0) / max(1, cells), 5) for name, cells in self.cells.items()}

    def overlay(self, frame: pl.DataFrame, rules: Sequence[Rule], name: str) -> dict[str, pl.Series]:
        """Give, for each column that a rule touches, the text to write instead; null where nothing changes."""
        filled = frame.height * frame.width - sum(frame.null_count().row(0)) if frame.width else 0
        self.cells[name] = self.cells.get(name, 0) + filled
        found: dict[str, pl.Series] = {}
        for number, rule in enumerate(rules):
            for column in rule.columns:
                if column not in frame.columns:
                    continue
                hit = self.dice.of(name, column, number).happens(frame.height, rule.share) & frame[column].is_not_null()
                written = pl.select(pl.when(hit).then(rule.way(frame[column]).cast(pl.String))).to_series()
                earlier = found.get(column)
                found[column] = written if earlier is None else earlier.zip_with(earlier.is_not_null(), written)
        for series in found.values():
            self._count(name, frame.height - series.null_count())
        return found

    def text(self, frame: pl.DataFrame, rules: Sequence[Rule], name: str) -> pl.DataFrame:
        """Give the frame, all text, with the rules' cells written another way."""
        found = self.overlay(frame, rules, name)
        plain = frame.with_columns(pl.all().cast(pl.String))
        return plain.with_columns(
            series.zip_with(series.is_not_null(), plain[column]).alias(column) for column, series in found.items()
        )

    def repeat_rows(self, frame: pl.DataFrame, share: float, name: str) -> pl.DataFrame:
        """Give the frame with a few rows twice, at its end."""
        again = frame.filter(self.dice.of(name, "twice").happens(frame.height, share))
        self._count(name, again.height * again.width)
        return pl.concat([frame, again])

    def _count(self, name: str, n: int) -> None:
        self.dirty[name] = self.dirty.get(name, 0) + n


def always(text: str) -> Way:
    """Write this text."""
    return lambda column: pl.Series([text] * len(column), dtype=pl.String)


def stranger(column: pl.Series) -> pl.Series:
    """Write an id that no list knows."""
    return "ZZ" + (900_000 + pl.int_range(len(column), eager=True)).cast(pl.String)


def lower(column: pl.Series) -> pl.Series:
    """Write in lower case, with a space behind."""
    return column.cast(pl.String).str.to_lowercase() + " "


def spaced(column: pl.Series) -> pl.Series:
    """Put spaces round it."""
    return " " + column.cast(pl.String) + "  "


def trailing(column: pl.Series) -> pl.Series:
    """Put a space behind it."""
    return column.cast(pl.String) + " "


def fixed_spaces(column: pl.Series) -> pl.Series:
    """Write spaces as non-breaking ones."""
    return column.cast(pl.String).str.replace_all(" ", "\u00a0")


def british(column: pl.Series) -> pl.Series:
    """Write a date as dd/mm/yyyy."""
    return column.dt.strftime("%d/%m/%Y") if column.dtype == pl.Date else _from_text(column).dt.strftime("%d/%m/%Y")


def british_time(column: pl.Series) -> pl.Series:
    """Write a date as dd/mm/yyyy hh:mm:ss."""
    return column.dt.strftime("%d/%m/%Y 00:00:00")


def iso(column: pl.Series) -> pl.Series:
    """Write a date as yyyy-mm-dd."""
    return column.dt.strftime("%Y-%m-%d")


def _from_text(column: pl.Series) -> pl.Series:
    return column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def bare_code(column: pl.Series) -> pl.Series:
    """Leave out the template's letter."""
    return column.str.replace(r"^[a-z]{1,2}\) ", "")


def wrong_letter(column: pl.Series) -> pl.Series:
    """Put another template's letter before the code."""
    return "p) " + bare_code(column)


def initial(column: pl.Series) -> pl.Series:
    """Write only the first letter of what the letter of the template stands for."""
    return bare_code(column).str.slice(0, 1)


def squeezed(column: pl.Series) -> pl.Series:
    """Write a postcode in lower case without its space."""
    return column.str.replace_all(" ", "").str.to_lowercase()


def with_commas(column: pl.Series) -> pl.Series:
    """Write a long number with commas."""
    digits = column.cast(pl.String).str.replace_all(r"\D", "")
    return digits.str.replace(r"(\d{3})(\d{3})$", ",$1,$2")


def slipped(column: pl.Series) -> pl.Series:
    """Change the last digit of an identifier, so that its check fails."""
    return column.str.slice(0, 12) + (
        (column.str.slice(12, 1).cast(pl.Int64, strict=False).fill_null(0) + 1) % 10
    ).cast(pl.String)


def in_threes(column: pl.Series) -> pl.Series:
    """Write an NHS number as 3-3-4."""
    return column.str.slice(0, 3) + " " + column.str.slice(3, 3) + " " + column.str.slice(6)
