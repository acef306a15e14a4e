"""
Rows as CSV and as a workbook, so that no spreadsheet runs what a cell says.

A spreadsheet takes text for a formula when it begins with ``=``, ``+``, ``-`` or ``@``, also in full width, and also
after blanks or quotes. Such text gets an apostrophe in front. Numbers and dates that come as numbers
and dates stay so. Memory stays flat, however many rows.
"""

import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from keepsight.core.errors import BadInput

Cell = str | int | float | date | datetime | None

GUARD = "'"
_RUNS = frozenset("=+-@\u2212")  # as they are after NFKC, which folds full-width, small and raised forms
_MINUS_NUMBER = re.compile(
    r"\u2212\d[\d,]*(\.\d+)?%?", re.ASCII
)  # as this product writes one in words: no sign that is typed
_QUOTES = frozenset("'\"`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\uff07\uff02")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})  # blanks, controls, joiners, marks
_LONGEST = 32_767  # characters that a cell of a workbook holds
_EXACT = 2**53  # beyond it a workbook rounds whole numbers
_ROWS_AT_ONCE = 500  # written together when CSV is streamed
_ROWS_A_SHEET = 1_048_576
_EARLIEST = date(1900, 3, 1)  # before it the days of workbooks are counted wrongly


class TooManyRows(BadInput):
    """A list is longer than a sheet of a workbook."""

    code = "too_many_rows"


@dataclass(frozen=True)
class Sheet:
    """A list to be written: what it is, lines to stand above it, headings and rows."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    above: Sequence[tuple[str, Cell]] = field(default=())


def harmless(text: str) -> str:
    """
    Give text that no spreadsheet runs: different texts stay different, but for line breaks and controls.

    Line breaks, tabs and other controls become blanks, since a program that splits at them would
    see a new cell behind each.
    """
    plain = "".join(_plain(character) for character in text) if not text.isprintable() else text
    if _MINUS_NUMBER.fullmatch(plain):
        return plain
    for character in plain:
        if character in _QUOTES or unicodedata.category(character) in _UNSEEN:
            continue
        folded = unicodedata.normalize("NFKC", character)[:1]
        return GUARD + plain if folded in _RUNS else plain
    return plain


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if category == "Cs" else character


def cell(value: Any) -> Cell:
    """One value as a cell: text made harmless, numbers and dates as they are, yes and no in words."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else harmless(str(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    return harmless(str(value))


def csv_parts(sheet: Sheet) -> Iterator[bytes]:
    """Write a list as CSV in parts, as Excel reads it: UTF-8 with its mark, CRLF, every text quoted."""
    kept = StringIO(newline="")
    writer = csv.writer(kept, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(_all_rows(sheet), start=1):
        writer.writerow([_in_csv(cell(value)) for value in row])
        if number % _ROWS_AT_ONCE == 0:
            yield _emptied(kept)
    yield _emptied(kept)


def _all_rows(sheet: Sheet) -> Iterator[Sequence[Any]]:
    if sheet.above:
        yield [sheet.title]
        yield from sheet.above
        yield []
    yield sheet.headings
    yield from sheet.rows


def _in_csv(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value


def _emptied(kept: StringIO) -> bytes:
    written = kept.getvalue().encode()
    kept.seek(0)
    kept.truncate()
    return written


def write_workbook(file: IO[bytes], sheet: Sheet, *, folder: str | None = None) -> None:
    """
    Write a list as a workbook of one sheet, row by row.

    Raises
    ------
    TooManyRows
        If a sheet cannot hold them.
    """
    import xlsxwriter

    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "nan_inf_to_errors": False, "tmpdir": folder,
    }  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": harmless(sheet.title), "author": "Keepsight"})
        looks = {
            "bold": book.add_format({"bold": True}),
            "day": book.add_format({"num_format": "d mmm yyyy", "align": "left"}),
            "moment": book.add_format({"num_format": "d mmm yyyy hh:mm", "align": "left"}),
        }
        page = book.add_worksheet("List")
        page.set_column(0, max(len(sheet.headings) - 1, 1), 20)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        if sheet.above:
            page.set_header(f"&L{sheet.above[0][1]}")
        top = len(sheet.above) + 2 if sheet.above else 0
        page.freeze_panes(top + 1, 0)
        for number, row in enumerate(_all_rows(sheet)):
            if number >= _ROWS_A_SHEET:
                raise TooManyRows("The list is too long for a workbook. Take it as CSV.")
            bold = looks["bold"] if number == top or (sheet.above and number == 0) else None
            for place, value in enumerate(row):
                _write(page, number, place, cell(value), bold, looks)


def _write(page: Any, row: int, column: int, value: Cell, bold: Any, looks: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(row, column, value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…", bold)
    elif isinstance(value, date):
        early = (value.date() if isinstance(value, datetime) else value) < _EARLIEST
        if early:
            page.write_string(row, column, value.isoformat())
        else:
            page.write_datetime(row, column, value, looks["moment" if isinstance(value, datetime) else "day"])
    else:
        page.write_number(row, column, value, bold)
