"""A whole column of identifiers, postcodes, numbers or free text, read at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from keepsight.core.formats import cells
from keepsight.core.formats.cells import CONTROL, CONTROL_CHARACTERS, EXCEL_ERROR, EXCEL_ERRORS, TOO_LONG, UNREADABLE
from keepsight.core.formats.layouts import Field

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_SHOWN = 60


@dataclass(frozen=True)
class Column:
    """
    A column as read.

    ``values`` has one value a row; ``troubled`` the places of the rows whose cell made trouble
    (UInt32), ``problems`` the kind of trouble of each, ``found`` what stands there.
    """

    values: pl.Series
    troubled: pl.Series
    problems: pl.Series
    found: pl.Series


@dataclass
class Memory:
    """Cells read before in this file: (type, longest, nulls) → cell → value and problem."""

    cells: dict[tuple[str, int, frozenset[str]], dict[str, tuple[Any, str | None]]] = field(default_factory=dict)


DTYPES: dict[str, Any] = {
    "date": pl.Date,
    "integer": pl.Int64,
    "count": pl.Int64,
    "float": pl.Float64,
    "factors": pl.List(pl.String),
}


def read_column(raw: pl.Series, one: Field, nulls: frozenset[str], dtype: Any, memory: Memory) -> Column:
    """Read a column of text by its field's type; blanks and the layout's own words for nothing become null."""
    if cells.reader(one.type) is not None:
        return _read_repeating(raw, one, nulls, dtype, memory)
    return _read_distinct(raw, one, nulls)


def tidy(cell: str) -> str:
    """Trim a cell, make every space a plain one and drop invisible marks."""
    return " ".join(cell.translate(_DROP_INVISIBLE).split())


_DROP_INVISIBLE = {ord(mark): None for mark in _INVISIBLE}


# --- Repeating values ------------------------------------------------------------------------------


def _read_repeating(raw: pl.Series, one: Field, nulls: frozenset[str], dtype: Any, memory: Memory) -> Column:
    known = memory.cells.setdefault((one.type, one.longest, nulls), {})
    reader = cells.reader(one.type)
    assert reader is not None
    distinct = raw.unique().drop_nulls()
    written = distinct.to_list()
    read = []
    for cell in written:
        if cell not in known:
            known[cell] = _read_cell(cell, reader, one.longest, nulls)
        read.append(known[cell])
    values = pl.Series([value for value, _ in read], dtype=dtype, strict=False)
    problems = {cell: problem for cell, (_, problem) in zip(written, read, strict=True) if problem}
    return Column(_look_up(raw, distinct, values, dtype), *_troubled(raw, problems))


def _look_up(raw: pl.Series, distinct: pl.Series, values: pl.Series, dtype: Any) -> pl.Series:
    if len(distinct) == 0:
        return pl.Series(raw.name, [None], dtype=dtype).new_from_index(0, len(raw))
    if isinstance(dtype, pl.List):
        book = pl.DataFrame({"cell": distinct, "value": values})
        return raw.to_frame("cell").join(book, on="cell", how="left", maintain_order="left")["value"]
    return raw.replace_strict(distinct, values, default=None, return_dtype=dtype)


def _read_cell(cell: str, reader: cells.Reader, longest: int, nulls: frozenset[str]) -> tuple[Any, str | None]:
    plain = tidy(cell)
    if not plain or plain in nulls:
        return None, None
    if plain.upper() in EXCEL_ERRORS:
        return None, EXCEL_ERROR
    if len(plain) > max(longest, 300):
        return None, TOO_LONG
    if "\x00" in plain:
        return None, CONTROL
    value, problem = reader(plain)
    if isinstance(value, str) and len(value) > longest:
        return None, TOO_LONG
    return value, problem


def _troubled(raw: pl.Series, problems: dict[str, str]) -> tuple[pl.Series, pl.Series, pl.Series]:
    if not problems:
        return _NO_ROWS, _NO_WORDS, _NO_WORDS
    places = raw.is_in(list(problems)).fill_null(False).arg_true()
    found = raw.gather(places)
    return places, found.replace_strict(problems, return_dtype=pl.String), found


_NO_ROWS = pl.Series([], dtype=pl.UInt32)
_NO_WORDS = pl.Series([], dtype=pl.String)


# --- Values that do not repeat -----------------------------------------------------------------------


def _read_distinct(raw: pl.Series, one: Field, nulls: frozenset[str]) -> Column:
    plain = raw.str.replace_all(f"[{_INVISIBLE}]", "").str.replace_all(r"\s+", " ").str.strip_chars()
    plain = _nothing(plain, nulls)
    values = _DISTINCT[one.type](plain)
    problem = pl.select(
        pl.when(values.is_not_null() & (values.cast(pl.String).str.len_chars() > one.longest))
        .then(pl.lit(TOO_LONG))
        .when(plain.is_null())
        .then(None)
        .when(plain.str.to_uppercase().is_in(list(EXCEL_ERRORS)))
        .then(pl.lit(EXCEL_ERROR))
        .when(plain.str.contains(CONTROL_CHARACTERS))
        .then(pl.lit(CONTROL))
        .when(values.is_null())
        .then(pl.lit(UNREADABLE))
        .alias("problem")
    )["problem"]
    places = problem.is_not_null().arg_true()
    if len(places) == 0:
        return Column(values, _NO_ROWS, _NO_WORDS, _NO_WORDS)
    values = values.set(problem.is_not_null(), None)
    return Column(values, places, problem.gather(places), raw.gather(places))


def _nothing(plain: pl.Series, nulls: frozenset[str]) -> pl.Series:
    return plain.set(plain.is_in(["", *nulls]).fill_null(False), None)


def _as_written(plain: pl.Series) -> pl.Series:
    return plain


def _identifier(plain: pl.Series) -> pl.Series:
    """Upper case; "9212044.0", as a spreadsheet writes a number, is 9212044; 1.2E+11 has lost its digits."""
    upper = plain.str.to_uppercase().str.replace(r"^(\d+)\.0+$", "$1")
    return upper.set(upper.str.contains(r"^\d+(\.\d+)?E\+?\d+$").fill_null(False), None)


def _pattern(pattern: str, shape: str = "") -> Callable[[pl.Series], pl.Series]:
    def read(plain: pl.Series) -> pl.Series:
        upper = plain.str.to_uppercase()
        if shape:
            upper = upper.str.replace_all(shape, "")
        return upper.str.extract(f"^({pattern})$")

    return read


def _whole_digits(longest: int) -> Callable[[pl.Series], pl.Series]:
    def read(plain: pl.Series) -> pl.Series:
        return plain.str.extract(rf"^([0-9]{{1,{longest}}})(?:\.0+)?$")

    return read


def _postcode(plain: pl.Series) -> pl.Series:
    together = plain.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return together.str.replace("^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$", "$1 $2").str.extract("^(.{2,4} .{3})$")


def _number(plain: pl.Series) -> pl.Series:
    numbers = plain.str.replace_all(",", "").cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite().fill_null(True), None)


_DISTINCT: dict[str, Callable[[pl.Series], pl.Series]] = {
    "text": _as_written,
    "key": _as_written,
    "id": _identifier,
    "upn": _pattern("[A-Z][0-9]{11}[0-9A-Z]", shape=" "),
    "nhs": _pattern("[0-9]{10}", shape="[ -]"),
    "urn": _whole_digits(6),
    "uprn": _whole_digits(12),
    "postcode": _postcode,
    "float": _number,
}
