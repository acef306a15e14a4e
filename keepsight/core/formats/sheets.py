"""A sheet as it stands in the file: text cells under headings, with the row numbers that Excel shows."""

from dataclasses import dataclass, field

import polars as pl

from keepsight.core.formats.recognise import Match, recognise

_LOOK_DOWN = 30


@dataclass(frozen=True)
class Hole:
    """A cell whose value the file does not hold: an Excel error, or a formula without a saved result."""

    row: int
    column: int
    code: str
    found: str


@dataclass
class RawSheet:
    """
    Every row of a sheet, headings included.

    ``grid`` has String columns; ``rows`` the number of each of its rows; ``first_column`` the place
    of its first column in the sheet (0 = A). ``odd`` holds rows that could not be split into the
    sheet's columns, with what stands there; they count as rejected. ``short`` are rows filled up.
    ``unread`` is the finding's code where the sheet is no worksheet;
    ``recoded`` is true for text that was not in UTF-8, ``replaced`` where bytes were no text at all.
    """

    name: str
    grid: pl.DataFrame
    rows: pl.Series
    first_column: int = 0
    holes: list[Hole] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    unread: str = ""
    recoded: bool = False
    replaced: bool = False


@dataclass
class Sheet:
    """The data rows of a sheet, without blank ones, under the headings that were found."""

    raw: RawSheet
    header: list[str | None]
    header_row: int
    grid: pl.DataFrame
    rows: pl.Series
    match: Match | None
    titles: int = 0

    @property
    def rows_in(self) -> int:
        """Count the data rows: those in the grid and those that could not be split."""
        return self.grid.height + len(self.odd)

    @property
    def odd(self) -> list[tuple[int, str]]:
        """Give the rows under the headings that could not be split into columns."""
        return [one for one in self.raw.odd if one[0] > self.header_row]


def under_headings(raw: RawSheet, file_stem: str = "") -> Sheet:
    """
    Find the headings among a sheet's first rows, and give the rows below them.

    The first of the rows whose headings are a list that Keepsight knows is the header. Without
    one, the first row that is not blank is taken for it, and nothing matches.
    """
    top = raw.grid.head(_LOOK_DOWN)
    first: tuple[int, list[str | None]] | None = None
    for place, row in enumerate(top.iter_rows()):
        header = [_heading(cell) for cell in row]
        if not any(header):
            continue
        first = first or (place, header)
        if match := recognise(raw.name or file_stem, header):
            return _cut(raw, place, header, match, titles=_written_above(top, place))
    if first is None:
        return Sheet(raw, [], 0, raw.grid.clear(), raw.rows.clear(), None)
    return _cut(raw, first[0], first[1], None, titles=0)


def more_rows(first: Sheet, raw: RawSheet) -> Sheet:
    """Give a further piece of a sheet whose headings stand in its first piece."""
    grid, rows = _without_blanks(raw.grid, raw.rows)
    return Sheet(raw, first.header, first.header_row, grid, rows, first.match)


def _cut(raw: RawSheet, place: int, header: list[str | None], match: Match | None, titles: int) -> Sheet:
    grid, rows = _without_blanks(raw.grid.slice(place + 1), raw.rows.slice(place + 1))
    return Sheet(raw, header, int(raw.rows[place]), grid, rows, match, titles)


def _without_blanks(grid: pl.DataFrame, rows: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    written = pl.any_horizontal(pl.all().str.contains(r"\S")).fill_null(False)
    keep = grid.select(written.alias("keep"))["keep"] if grid.width else pl.Series([], dtype=pl.Boolean)
    if not keep.all():
        return grid.filter(keep), rows.filter(keep)
    return grid, rows


def _written_above(top: pl.DataFrame, place: int) -> int:
    return sum(any(cell and cell.strip() for cell in row) for row in top.head(place).iter_rows())


def _heading(cell: str | None) -> str | None:
    if cell is None:
        return None
    return " ".join(cell.replace("\ufeff", "").split()) or None
