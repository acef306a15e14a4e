"""
Whole columns at once: from text cells to values, with the trouble that each cell makes.

Cells whose values repeat are read once a distinct value (``cells.py``) and looked up; identifiers
and free text are read by expressions. A sheet's columns are read together in one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from keepsight.core.formats import cells
from keepsight.core.formats.cells import BLANK, CONTROL, CONTROL_CHARACTERS, EXCEL_ERROR, EXCEL_ERRORS, TOO_LONG
from keepsight.core.formats.codes import code_lists
from keepsight.core.formats.layouts import Field

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_DROP_INVISIBLE = {ord(mark): None for mark in _INVISIBLE}
_LONGEST_CODE = 300

RAW, READ, TROUBLE, _PLAIN = "raw:", "read:", "trouble:", "plain:"
"""Prefixes of a field's columns in ``read_columns``: as written, as read, and the code of its trouble."""


@dataclass
class Memory:
    """Cells read before in this file: (type, longest, nulls) → cell → value and trouble."""

    cells: dict[tuple[str, int, frozenset[str]], dict[str, tuple[Any, str | None]]] = field(default_factory=dict)


def dtype_of(one: Field) -> Any:
    """Give the Polars type that a field's values have."""
    if one.type in _DTYPES:
        return _DTYPES[one.type]
    lists = code_lists()
    return pl.Boolean if one.type in lists and lists[one.type].yes_no else pl.String


_DTYPES: dict[str, Any] = {
    "date": pl.Date,
    "integer": pl.Int64,
    "count": pl.Int64,
    "float": pl.Float64,
    "factors": pl.List(pl.String),
}


def read_columns(grid: pl.DataFrame, fields: list[Field], nulls: frozenset[str], memory: Memory) -> pl.DataFrame:
    """
    Read columns of text by their fields' types.

    Parameters
    ----------
    grid : DataFrame of String
        One column ``raw:<name>`` a field.
    nulls : frozenset of str
        What the layout itself writes for nothing; those cells are blank.

    Returns
    -------
    DataFrame
        For each field ``raw:``, ``read:`` (its value) and ``trouble:`` (code of its finding, or null).
        A cell that could not be read has a null value and its trouble; a blank in a required
        column has the trouble ``blank``.
    """
    repeating = [one for one in fields if cells.reader(one.type) is not None]
    distinct = [one for one in fields if cells.reader(one.type) is None]
    read = _read_distinct(grid.lazy(), distinct, nulls).collect() if distinct else grid
    if repeating:
        # Eagerly: in one lazy query with the rest, the optimiser compares every look-up's thousands of values.
        read = read.with_columns(_read_repeating(grid, repeating, nulls, memory))
    return read


# --- Repeating values ------------------------------------------------------------------------------


def _read_repeating(grid: pl.DataFrame, fields: list[Field], nulls: frozenset[str], memory: Memory) -> list[pl.Expr]:
    written = grid.select(pl.col(RAW + one.name).unique().drop_nulls().implode() for one in fields)
    found = []
    for one in fields:
        known = memory.cells.setdefault((one.type, one.longest, nulls), {})
        reader = cells.reader(one.type)
        assert reader is not None
        old = written.get_column(RAW + one.name)[0]
        values, troubles = [], {}
        for cell in old.to_list():
            if cell not in known:
                known[cell] = _read_cell(cell, reader, one.longest, nulls)
            value, trouble = known[cell]
            values.append(value)
            if trouble is None and value is None and one.required and not tidy(cell):
                trouble = BLANK
            if trouble:
                troubles[cell] = trouble
        found += [_look_up(one, old, values), _troubles(one, troubles)]
    return found


def _look_up(one: Field, old: pl.Series, values: list[Any]) -> pl.Expr:
    raw, dtype = pl.col(RAW + one.name), dtype_of(one)
    if isinstance(dtype, pl.List):  # a list is not looked up as such: by its codes, joined
        joined = [",".join(value) if value else None for value in values]
        return (
            raw.replace_strict(old, joined, default=None, return_dtype=pl.String).str.split(",").alias(READ + one.name)
        )
    new = pl.Series(values, dtype=dtype)
    return raw.replace_strict(old, new, default=None, return_dtype=dtype).alias(READ + one.name)


def _troubles(one: Field, troubles: dict[str, str]) -> pl.Expr:
    raw = pl.col(RAW + one.name)
    blank = pl.lit(BLANK if one.required else None, dtype=pl.String)
    if not troubles:
        return pl.when(raw.is_null()).then(blank).alias(TROUBLE + one.name)
    looked_up = raw.replace_strict(list(troubles), list(troubles.values()), default=None, return_dtype=pl.String)
    return pl.when(raw.is_null()).then(blank).otherwise(looked_up).alias(TROUBLE + one.name)


def tidy(cell: str) -> str:
    """Trim a cell, make every space a plain one and drop invisible marks."""
    return " ".join(cell.translate(_DROP_INVISIBLE).split())


def _read_cell(cell: str, reader: cells.Reader, longest: int, nulls: frozenset[str]) -> tuple[Any, str | None]:
    plain = tidy(cell)
    if not plain or plain in nulls:
        return None, None
    if plain.upper() in EXCEL_ERRORS:
        return None, EXCEL_ERROR
    if len(plain) > max(longest, _LONGEST_CODE):
        return None, TOO_LONG
    if "\x00" in plain:
        return None, CONTROL
    value, trouble = reader(plain)
    if isinstance(value, str) and len(value) > longest:
        return None, TOO_LONG
    return value, trouble


# --- Values that do not repeat -----------------------------------------------------------------------


def _read_distinct(lazy: pl.LazyFrame, fields: list[Field], nulls: frozenset[str]) -> pl.LazyFrame:
    return (
        lazy.with_columns(_plain(pl.col(RAW + one.name), nulls).alias(_PLAIN + one.name) for one in fields)
        .with_columns(_DISTINCT[one.type](pl.col(_PLAIN + one.name)).alias(READ + one.name) for one in fields)
        .with_columns(_trouble(one, nulls).alias(TROUBLE + one.name) for one in fields)
        .with_columns(
            pl.when(pl.col(TROUBLE + one.name).is_null()).then(pl.col(READ + one.name)).alias(READ + one.name)
            for one in fields
        )
        .drop(_PLAIN + one.name for one in fields)
    )


def _plain(raw: pl.Expr, nulls: frozenset[str]) -> pl.Expr:
    tidied = raw.str.replace_all(f"[{_INVISIBLE}]", "").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(~tidied.is_in(["", *nulls])).then(tidied)


def _trouble(one: Field, nulls: frozenset[str]) -> pl.Expr:
    plain, read, raw = pl.col(_PLAIN + one.name), pl.col(READ + one.name), pl.col(RAW + one.name)
    said_nothing = raw.str.strip_chars().is_in(list(nulls)) if nulls else pl.lit(False)
    blank = pl.lit(BLANK if one.required else None, dtype=pl.String)
    return (
        pl.when(plain.is_null())
        .then(pl.when(said_nothing.fill_null(False)).then(None).otherwise(blank))
        .when(plain.str.starts_with("#") & plain.str.to_uppercase().is_in(list(EXCEL_ERRORS)))
        .then(pl.lit(EXCEL_ERROR))
        .when(plain.str.len_chars() > one.longest)
        .then(pl.lit(TOO_LONG))
        .when(plain.str.contains(CONTROL_CHARACTERS))
        .then(pl.lit(CONTROL))
        .when(read.is_null())
        .then(pl.lit(cells.UNREADABLE))
    )


def _as_written(plain: pl.Expr) -> pl.Expr:
    return plain


def _identifier(plain: pl.Expr) -> pl.Expr:
    """Upper case; "9212044.0", as a spreadsheet writes a number, is 9212044; 1.2E+11 has lost its digits."""
    upper = plain.str.to_uppercase().str.replace(r"^(\d+)\.0+$", "$1")
    return pl.when(~upper.str.contains(r"^\d+(\.\d+)?E\+?\d+$")).then(upper)


def _pattern(pattern: str, between: str) -> Callable[[pl.Expr], pl.Expr]:
    def read(plain: pl.Expr) -> pl.Expr:
        return plain.str.to_uppercase().str.replace_all(between, "").str.extract(f"^({pattern})$")

    return read


def _digits(longest: int) -> Callable[[pl.Expr], pl.Expr]:
    def read(plain: pl.Expr) -> pl.Expr:
        return plain.str.extract(rf"^([0-9]{{1,{longest}}})(?:\.0+)?$")

    return read


def _postcode(plain: pl.Expr) -> pl.Expr:
    together = plain.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return together.str.replace("^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$", "$1 $2").str.extract("^(.{2,4} .{3})$")


def _number(plain: pl.Expr) -> pl.Expr:
    number = plain.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


_DISTINCT: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "text": _as_written,
    "key": _as_written,
    "id": _identifier,
    "upn": _pattern("[A-Z][0-9]{11}[0-9A-Z]", between=" "),
    "nhs": _pattern("[0-9]{10}", between="[ -]"),
    "urn": _digits(6),
    "uprn": _digits(12),
    "postcode": _postcode,
    "float": _number,
}
