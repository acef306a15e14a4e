"""From a sheet under its headings to a canonical frame, with a finding for whatever did not fit."""

from dataclasses import dataclass

import polars as pl

from keepsight.core.formats import cells, shape
from keepsight.core.formats.columns import RAW, READ, TROUBLE, Memory, dtype_of, read_columns
from keepsight.core.formats.findings import Findings
from keepsight.core.formats.kinds import CONTRACTS
from keepsight.core.formats.layouts import Field, Table
from keepsight.core.formats.sheets import Hole, Sheet

_NOTHING = pl.lit(None, dtype=pl.String)
_KEY_SENTENCES = {
    "child_id": "A child's id; without one the row belongs to nobody.",
    "adopter_id": "An adopter's id; without one the row belongs to nobody.",
}


@dataclass
class Cleaned:
    """A piece of a sheet: its frame, and a hash of each row as written."""

    frame: pl.DataFrame
    seen: pl.Series
    rows: pl.Series


def clean(sheet: Sheet, findings: Findings, memory: Memory) -> Cleaned:
    """
    Read every column that the sheet's table knows; reject rows without a key; keep all others.

    Distinct rows of the frame and distinct rejected rows add up to the sheet's data rows.
    """
    assert sheet.match is not None
    table, places = sheet.match.table, sheet.match.places
    present = [one for one in table.fields if one.name in places]
    columns = [sheet.grid.to_series(places[one.name]).alias(RAW + one.name) for one in present]
    read = read_columns(pl.DataFrame([*columns, sheet.rows.alias("row")]), present, table.nulls, memory)
    absent = [pl.lit(None, dtype=dtype_of(one)).alias(READ + one.name) for one in table.fields if one not in present]
    read = read.with_columns(absent).with_columns(_lacking(table).alias("lacking"))
    _say_cells(sheet, present, read, findings)
    _say_rows(sheet, findings)
    kept = read.filter(pl.col("lacking").is_null()) if read["lacking"].null_count() < read.height else read
    frame = kept.select(
        *(pl.col(READ + one.name).alias(one.name) for one in table.fields),
        file=pl.lit(findings.file),
        sheet=pl.lit(sheet.raw.name),
        row=pl.col("row").cast(pl.Int64),
    )
    shaped = shape.to_contract(table, frame)
    seen = sheet.grid.select(pl.nth(*places.values())).hash_rows()
    return Cleaned(CONTRACTS[table.frame].check(shaped), seen, sheet.rows)


def _lacking(table: Table) -> pl.Expr:
    """Give the first key that a row lacks, as the number of the key; null for a row that is kept."""
    absent = [pl.all_horizontal(pl.col(READ + name).is_null() for name in names) for names in _keys(table)]
    return pl.coalesce(pl.when(one).then(number) for number, one in enumerate(absent))


def _keys(table: Table) -> list[tuple[str, ...]]:
    return [*((name,) for name in table.key), *((table.one_of,) if table.one_of else ())]


# --- What is said about columns ----------------------------------------------------------------------


def say_columns(sheet: Sheet, findings: Findings) -> None:
    """Name what stands above the headings, and the columns that are missing, doubled or not known."""
    match, name = sheet.match, sheet.raw.name
    assert match is not None
    if sheet.titles:
        findings.add("rows_above_headings", name, row=1, found=f"{sheet.titles} rows")
    for one in match.table.fields:
        if one.name not in match.places and not one.later:
            done = "Every row was left out." if one.name in match.table.key else None
            findings.add("missing_column", name, column=one.header, done=done)
    for place in match.doubled:
        findings.add("doubled_column", name, column=_heading_of(sheet, place))
    unknown = [place for place in match.unknown if sheet.header[place] or _has_data(sheet, place)]
    headings = [_heading_of(sheet, place) for place in unknown]
    if headings and match.table.wide:
        findings.add("columns_not_used", name, found=f"{len(headings)}: {', '.join(headings)}")
        return
    for heading in headings:
        findings.add("unknown_column", name, column=heading)


def _has_data(sheet: Sheet, place: int) -> bool:
    return sheet.grid.to_series(place).null_count() < sheet.grid.height


def _heading_of(sheet: Sheet, place: int) -> str:
    return sheet.header[place] or f"column {letters(sheet.raw.first_column + place)}, without a heading"


def letters(place: int) -> str:
    """Give the letters that Excel shows over a column (0 = A)."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


# --- What is said about cells and rows -----------------------------------------------------------------


def _say_cells(sheet: Sheet, present: list[Field], read: pl.DataFrame, findings: Findings) -> None:
    """Name every cell with trouble and every row that lacks a key: one query for the whole sheet."""
    assert sheet.match is not None
    table, places = sheet.match.table, sheet.match.places
    holes = _holes_under(sheet, present)
    parts = []
    for one in present:
        trouble = TROUBLE + one.name
        if read.get_column(trouble).null_count() == read.height:
            continue
        told = pl.col(trouble).is_not_null()
        if one.name in table.key:
            told &= pl.col(trouble) != cells.BLANK
        if hidden := [hole.row for hole, holed in holes if holed is one]:
            told &= ~((pl.col(trouble) == cells.BLANK) & pl.col("row").is_in(hidden))
        heading = _heading_of(sheet, places[one.name])
        parts.append(_branch(read, told, sheet, heading, pl.col(trouble), RAW + one.name, cells.expected(one.type)))
    if read.get_column("lacking").null_count() < read.height:
        parts += _rejections(sheet, read)
    if parts:
        findings.add_many(pl.concat(parts).collect())
    for hole, one in holes:
        heading = _heading_of(sheet, places[one.name])
        findings.add(hole.code, sheet.raw.name, row=hole.row, column=heading, found=hole.found)


def _rejections(sheet: Sheet, read: pl.DataFrame) -> list[pl.LazyFrame]:
    assert sheet.match is not None
    table, places = sheet.match.table, sheet.match.places
    fields = {one.name: one for one in table.fields}
    parts = []
    for number, names in enumerate(_keys(table)):
        first = names[0]
        place = places.get(first)
        heading = fields[first].header if place is None else _heading_of(sheet, place)
        found = None if place is None else RAW + first
        sentence = _key_sentence([fields[name] for name in names])
        parts.append(_branch(read, pl.col("lacking") == number, sheet, heading, pl.lit("no_key"), found, sentence))
    return parts


def _branch(
    read: pl.DataFrame, told: pl.Expr, sheet: Sheet, heading: str, code: pl.Expr, found: str | None, expected: str
) -> pl.LazyFrame:
    return (
        read.lazy()
        .filter(told)
        .select(
            sheet=pl.lit(sheet.raw.name),
            row=pl.col("row").cast(pl.Int64),
            column=pl.lit(heading),
            code=code,
            found=pl.col(found).str.slice(0, 60) if found else _NOTHING,
            expected=pl.lit(expected),
        )
    )


def _key_sentence(fields: list[Field]) -> str:
    if len(fields) == 1:
        one = fields[0]
        return _KEY_SENTENCES.get(one.name, f"{cells.expected(one.type)} Without it the row says nothing.")
    return f"One of {', '.join(one.header for one in fields)}; without any the row belongs to nobody."


def _holes_under(sheet: Sheet, present: list[Field]) -> list[tuple[Hole, Field]]:
    assert sheet.match is not None
    if not sheet.raw.holes:
        return []
    by_place = {sheet.raw.first_column + sheet.match.places[one.name]: one for one in present}
    rows = set(sheet.rows.to_list())
    return [(hole, by_place[hole.column]) for hole in sheet.raw.holes if hole.column in by_place and hole.row in rows]


def _say_rows(sheet: Sheet, findings: Findings) -> None:
    for row, text in sheet.odd:
        findings.add("ragged", sheet.raw.name, row=row, found=text)
    for row in sheet.raw.short:
        if row > sheet.header_row:
            findings.add("short_row", sheet.raw.name, row=row)


def say_doubles(sheet: str, pieces: list[Cleaned], findings: Findings) -> None:
    """Name every row that repeats a row higher up, cell by cell in the columns that are read."""
    seen = pl.concat([piece.seen for piece in pieces])
    if seen.n_unique() == len(seen):
        return
    rows = pl.DataFrame({"seen": seen, "row": pl.concat([piece.rows for piece in pieces]).cast(pl.Int64)})
    doubled = rows.with_columns(higher=pl.col("row").first().over("seen")).filter(pl.col("row") != pl.col("higher"))
    found = pl.lit("the same as row ") + pl.col("higher").cast(pl.String)
    said = doubled.select(
        sheet=pl.lit(sheet), row="row", column=_NOTHING, code=pl.lit("duplicate"), found=found, expected=_NOTHING
    )
    findings.add_many(said)


def say_repeated(table: Table, sheet: str, frames: list[pl.DataFrame], findings: Findings) -> None:
    """Name every row that shares the columns of ``once`` with a row higher up and yet says something else."""
    if not table.once or not frames:
        return
    shared = pl.concat([frame.select(table.once).hash_rows() for frame in frames])
    if shared.n_unique() == len(shared):
        return
    said = [name for name in (one.name for one in table.fields) if name not in table.once]
    rows = pl.DataFrame(
        {
            "shared": shared,
            "said": pl.concat([frame.select(said).hash_rows() for frame in frames]),
            "row": pl.concat([frame.get_column("row") for frame in frames]),
        }
    )
    first = pl.col("said").first().over("shared")
    differing = rows.with_columns(higher=pl.col("row").first().over("shared")).filter(pl.col("said") != first)
    found = pl.lit("otherwise than row ") + pl.col("higher").cast(pl.String)
    told = differing.select(
        sheet=pl.lit(sheet), row="row", column=_NOTHING, code=pl.lit("two_marks"), found=found, expected=_NOTHING
    )
    findings.add_many(told)
