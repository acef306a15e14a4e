"""
Text files (.csv, .csv.gz, and the same with tabs or semicolons), read piece by piece.

Encoding and separator are found, not asked for. A line with too few values is filled up, one
with too many is set apart, and an unclosed quotation mark costs only its own lines.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from keepsight.core.formats.encoding import Recoded, as_utf_8, encoding_of
from keepsight.core.formats.files import LIMITS, NotReadable, NotRecognised, TooLarge, parsing
from keepsight.core.formats.recognise import recognise
from keepsight.core.formats.sheets import RawSheet

_HEAD = 1 << 18
_HEAD_ROWS = 30
_BLOCK = 4 << 20
_PIECE_ROWS = 500_000
_SEPARATORS = (",", "\t", ";", "|")
csv.field_size_limit(1 << 24)


def read_text(path: Path, *, packed: bool, known: bool = True) -> Iterator[RawSheet]:
    """
    Give a text file as pieces of about half a million rows; the headings stand in the first.

    With ``known`` false it may hold any list: the separator is the one that splits its first lines most.

    Raises
    ------
    NotRecognised
        If no separator gives headings of a list that Keepsight knows.
    NotReadable, TooLarge
        If the file is damaged, binary, or passes a limit.
    """
    encoding = encoding_of(path, packed=packed)
    with as_utf_8(path, encoding, packed=packed) as stream:
        with parsing(path.name):
            head = io.BufferedReader(stream).read(_HEAD).decode("utf-8", "replace")
        if not head.strip():
            raise NotReadable(f"{path.name} is empty.")
        separator, width = _split(path, head) if known else _split_anyhow(path, head)
    splitter = _Splitter(path.name, separator, width)
    with as_utf_8(path, encoding, packed=packed) as stream, parsing(path.name):
        for piece in splitter.pieces(stream):
            piece.recoded, piece.replaced = encoding == "cp1252", stream.replaced
            yield piece


def _split(path: Path, head: str) -> tuple[str, int]:
    """Find the separator, and how many columns the headings have."""
    stem = path.name.split(".")[0]
    for separator in _SEPARATORS:
        for row in _first_rows(head, separator):
            if recognise(stem, [cell.strip() or None for cell in row]):
                if len(row) > LIMITS.columns:
                    raise TooLarge(f"{path.name} has more than {LIMITS.columns} columns.")
                return separator, len(row)
    raise NotRecognised(
        f"{path.name} is not a list that Keepsight knows: none of its first lines holds the headings of one."
    )


def _split_anyhow(path: Path, head: str) -> tuple[str, int]:
    """Find the separator by which the first lines have most columns."""
    widths = {each: max((len(row) for row in _first_rows(head, each)), default=1) for each in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda each: widths[each])
    if widths[separator] > LIMITS.columns:
        raise TooLarge(f"{path.name} has more than {LIMITS.columns} columns.")
    return separator, widths[separator]


def _first_rows(head: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(head.replace("\x00", ""), newline=""), delimiter=separator)
    try:
        for _ in range(_HEAD_ROWS):
            yield next(reader)
    except (StopIteration, csv.Error):
        return


@dataclass
class _Splitter:
    """Splits lines into values, and keeps the number of every row, odd ones included."""

    name: str
    separator: str
    width: int
    apart: list[tuple[int, str]] = field(default_factory=list)
    records: int = 0
    shift: int = 0

    def pieces(self, stream: Recoded) -> Iterator[RawSheet]:
        names = [f"c{place}" for place in range(self.width)]
        try:
            reader = arrow_csv.open_csv(
                stream,
                arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK),
                arrow_csv.ParseOptions(
                    delimiter=self.separator,
                    newlines_in_values=True,
                    invalid_row_handler=self._set_apart,
                    ignore_empty_lines=False,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
                ),
            )
            waiting: list[pl.DataFrame] = []
            for batch in reader:
                waiting.append(cast(pl.DataFrame, pl.from_arrow(batch)))
                if sum(part.height for part in waiting) >= _PIECE_ROWS:
                    yield self._piece(waiting, last=False)
                    waiting = []
                if self.records > LIMITS.rows:
                    raise TooLarge(f"{self.name} has more than {LIMITS.rows} rows. Send it in parts.")
            yield self._piece(waiting, last=True)
        except pa.ArrowInvalid as trouble:
            if "straddl" in str(trouble):
                raise NotReadable(f"{self.name} has a quotation mark that is opened and never closed.") from None
            raise

    def _set_apart(self, row: arrow_csv.InvalidRow) -> str:
        self.apart.append((row.number, row.text))
        return "skip"

    def _piece(self, waiting: list[pl.DataFrame], *, last: bool) -> RawSheet:
        grid = pl.concat(waiting) if waiting else pl.DataFrame(schema=[(f"c{p}", pl.String) for p in range(self.width)])
        numbers, due = self._numbers(grid.height, last)
        grid, numbers, swallowed = self._unswallow(grid, numbers)
        due = sorted(due + swallowed)
        piece = RawSheet("", grid, numbers)
        if due or self.shift:
            self._put_back(piece, due)
        return piece

    def _numbers(self, height: int, last: bool) -> tuple[pl.Series, list[tuple[int, str]]]:
        """Number the next ``height`` sound rows, leaving out the numbers of the rows set apart among them."""
        start, end = self.records + 1, self.records + height
        taken = 0
        while taken < len(self.apart) and (last or self.apart[taken][0] <= end + 1):
            taken += 1
            end += 1
        due, self.apart = self.apart[:taken], self.apart[taken:]
        self.records = end
        numbers = pl.int_range(start, end + 1, eager=True)
        if due:
            numbers = numbers.filter(~numbers.is_in([number for number, _ in due]))
        return numbers, due

    def _unswallow(
        self, grid: pl.DataFrame, numbers: pl.Series
    ) -> tuple[pl.DataFrame, pl.Series, list[tuple[int, str]]]:
        """Set apart rows in which a quotation mark swallowed line ends, so that each line is a whole row."""
        broken = grid.select(pl.any_horizontal(pl.all().str.contains("\n", literal=True)).fill_null(False)).to_series()
        if not broken.any():
            return grid, numbers, []
        swallowed = []
        for row, number in zip(grid.filter(broken).iter_rows(), numbers.filter(broken), strict=True):
            text = self.separator.join(cell or "" for cell in row).rstrip("\r\n")
            if "\n" in text and all(line.count(self.separator) == self.width - 1 for line in text.split("\n")):
                swallowed.append((number, text))
        keep = ~numbers.is_in([number for number, _ in swallowed])
        return grid.filter(keep), numbers.filter(keep), swallowed

    def _put_back(self, piece: RawSheet, due: list[tuple[int, str]]) -> None:
        """Split the rows set apart with more patience; what still does not fit stays apart."""
        shifts, mended, rows = [], [], []
        for number, text in due:
            for line, values in enumerate(_mend(text, self.separator, self.width)):
                row = number + self.shift + line
                if isinstance(values, str):
                    piece.odd.append((row, values))
                    continue
                mended.append(values + [None] * (self.width - len(values)))
                rows.append(row)
                if len(values) < self.width:
                    piece.short.append(row)
            shifts.append((number, line))
            self.shift += line
        before = self.shift - sum(line for _, line in shifts)
        moved = (
            pl.select(
                pl.lit(piece.rows)
                + before
                + pl.sum_horizontal(
                    [pl.lit(0), *((pl.lit(piece.rows) > number) * line for number, line in shifts if line)]
                )
            ).to_series()
            if self.shift
            else piece.rows
        )
        grid = pl.concat([piece.grid, pl.DataFrame(mended, schema=piece.grid.schema, orient="row")])
        every = pl.concat([moved.cast(pl.Int64), pl.Series(rows, dtype=pl.Int64)])
        order = every.arg_sort()
        piece.grid, piece.rows = grid[order], every.gather(order)


def _mend(text: str, separator: str, width: int) -> list[list[str | None] | str]:
    """
    Split a row that has not as many values as there are headings.

    Too few: as they are. Too many, the surplus blank: cut. Lines joined by a stray quotation mark:
    each for itself. Otherwise the text comes back as it is.
    """
    values = _values(text, separator)
    one_line = "\n" not in text.strip("\r\n")
    if values is not None and (one_line or len(values) == width) and not any(cell.strip() for cell in values[width:]):
        return [[cell or None for cell in values[:width]]]
    lines = text.splitlines()
    if len(lines) > 1:
        return [one for line in lines for one in _mend(line, separator, width)[:1]]
    return [text]


def _values(text: str, separator: str) -> list[str] | None:
    try:
        rows = list(csv.reader([text.rstrip("\r\n")], delimiter=separator))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
