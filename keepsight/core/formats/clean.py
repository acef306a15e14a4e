"""From a sheet under its headings to a canonical frame, with a finding for whatever did not fit."""

from dataclasses import dataclass

import polars as pl

from keepsight.core.formats import shape
from keepsight.core.formats.codes import code_lists
from keepsight.core.formats.columns import DTYPES, Column, Memory, read_column
from keepsight.core.formats.findings import cell_findings, sheet_finding
from keepsight.core.formats.kinds import CONTRACTS
from keepsight.core.formats.layouts import Field, Table
from keepsight.core.formats.sheets import Sheet

_KEY_SENTENCES = {
    "child_id": "A child's id; without one the row belongs to nobody.",
    "adopter_id": "An adopter's id; without one the row belongs to nobody.",
}


@dataclass
class Cleaned:
    """A piece of a sheet: its frame, its findings, and a hash of each row as written."""

    table: Table
    frame: pl.DataFrame
    findings: list[pl.DataFrame]
    seen: pl.Series
    rows: pl.Series


def clean(sheet: Sheet, file: str, memory: Memory, *, first: bool = True) -> Cleaned:
    """
    Read every column that the sheet's table knows; reject rows without a key; keep all others.

    Distinct rows of the frame and distinct rejected rows add up to the sheet's data rows.
    """
    assert sheet.match is not None
    table, raw = sheet.match.table, sheet.raw
    findings = _about_columns(sheet, file) if first else []
    values: dict[str, pl.Series] = {}
    holes = {(hole.row, hole.column): hole for hole in raw.holes}
    for one in table.fields:
        place = sheet.match.places.get(one.name)
        if place is None:
            values[one.name] = pl.Series(one.name, [None], dtype=_dtype(one)).new_from_index(0, sheet.grid.height)
            continue
        column = read_column(sheet.grid.to_series(place), one, table.nulls, _dtype(one), memory)
        values[one.name] = column.values.alias(one.name)
        findings += _about_cells(sheet, file, one, place, column, holes)
    frame = pl.DataFrame(values).with_columns(file=pl.lit(file), sheet=pl.lit(raw.name), row=sheet.rows.cast(pl.Int64))
    kept, rejected = _reject(sheet, file, frame)
    findings += rejected + _about_odd_rows(sheet, file)
    shaped = shape.to_contract(table, kept)
    seen = sheet.grid.select(pl.nth(*sheet.match.places.values())).hash_rows()
    return Cleaned(table, CONTRACTS[table.frame].check(shaped), findings, seen, sheet.rows)


def _dtype(one: Field) -> object:
    if one.type in DTYPES:
        return DTYPES[one.type]
    lists = code_lists()
    return pl.Boolean if one.type in lists and lists[one.type].yes_no else pl.String


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


# --- What is said about columns ----------------------------------------------------------------------


def _about_columns(sheet: Sheet, file: str) -> list[pl.DataFrame]:
    match, name = sheet.match, sheet.raw.name
    assert match is not None
    found = []
    if sheet.titles:
        found.append(sheet_finding(file, name, "rows_above_headings", row=1, found=f"{sheet.titles} rows"))
    for one in match.table.fields:
        if one.name not in match.places and not one.later:
            done = "Every row was left out." if one.name in match.table.key else None
            found.append(sheet_finding(file, name, "missing_column", column=one.header, done=done))
    for place in match.doubled:
        found.append(sheet_finding(file, name, "doubled_column", column=_heading_of(sheet, place)))
    return found + _about_unknown_columns(sheet, file)


def _about_unknown_columns(sheet: Sheet, file: str) -> list[pl.DataFrame]:
    assert sheet.match is not None
    name = sheet.raw.name
    unknown = [place for place in sheet.match.unknown if sheet.header[place] or _has_data(sheet, place)]
    if not unknown:
        return []
    headings = [_heading_of(sheet, place) for place in unknown]
    if sheet.match.table.wide:
        return [sheet_finding(file, name, "columns_not_used", found=f"{len(headings)}: {', '.join(headings)}")]
    return [sheet_finding(file, name, "unknown_column", column=heading) for heading in headings]


def _has_data(sheet: Sheet, place: int) -> bool:
    return sheet.grid.to_series(place).null_count() < sheet.grid.height


# --- What is said about cells ------------------------------------------------------------------------


def _about_cells(
    sheet: Sheet, file: str, one: Field, place: int, column: Column, holes: dict[tuple[int, int], object]
) -> list[pl.DataFrame]:
    name, heading = sheet.raw.name, _heading_of(sheet, place)
    found = []
    if len(column.troubled):
        found.append(
            cell_findings(
                file=file,
                sheet=name,
                rows=sheet.rows.gather(column.troubled),
                column=heading,
                codes=column.problems,
                found=column.found,
                type_=one.type,
            )
        )
    here = [hole for hole in sheet.raw.holes if hole.column == sheet.raw.first_column + place] if holes else []
    here = [hole for hole in here if hole.row > sheet.header_row]
    for hole in here:
        found.append(sheet_finding(file, name, hole.code, row=hole.row, column=heading, found=hole.found))
    if one.required and column.values.null_count() > len(column.troubled) + len(here):
        found += _about_blanks(sheet, file, one, heading, column, {hole.row for hole in here})
    return found


def _about_blanks(
    sheet: Sheet, file: str, one: Field, heading: str, column: Column, holed: set[int]
) -> list[pl.DataFrame]:
    assert sheet.match is not None
    if one.name in sheet.match.table.key:
        return []
    raw = sheet.grid.to_series(sheet.match.places[one.name])
    blank = (raw.is_null() | ~raw.str.contains(r"[^\s]").fill_null(False)).arg_true()
    rows = sheet.rows.gather(blank)
    if holed:
        rows = rows.filter(~rows.is_in(list(holed)))
    if len(rows) == 0:
        return []
    return [cell_findings(file=file, sheet=sheet.raw.name, rows=rows, column=heading, codes="blank", found=None)]


# --- What is said about rows ---------------------------------------------------------------------------


def _reject(sheet: Sheet, file: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    assert sheet.match is not None
    table = sheet.match.table
    fields = {one.name: one for one in table.fields}
    missing = [(pl.col(column).is_null(), (column,)) for column in table.key]
    if table.one_of:
        missing.append((pl.all_horizontal(pl.col(column).is_null() for column in table.one_of), table.one_of))
    kept, findings = frame, []
    for absent, columns in missing:
        without = kept.filter(absent)
        if without.height == 0:
            continue
        kept = kept.filter(~absent)
        place = sheet.match.places.get(columns[0])
        found = _gather_written(sheet, place, without["row"])
        findings.append(
            cell_findings(
                file=file,
                sheet=sheet.raw.name,
                rows=without["row"],
                column=_heading_of(sheet, place) if place is not None else fields[columns[0]].header,
                codes="no_key",
                found=found,
                expected=_key_sentence([fields[column] for column in columns]),
            )
        )
    return kept, findings


def _gather_written(sheet: Sheet, place: int | None, rows: pl.Series) -> pl.Series | None:
    if place is None:
        return None
    places = sheet.rows.cast(pl.Int64).is_in(rows.to_list()).arg_true()
    return sheet.grid.to_series(place).gather(places)


def _key_sentence(fields: list[Field]) -> str:
    if len(fields) == 1:
        one = fields[0]
        return _KEY_SENTENCES.get(one.name, f"{one.header}: {shape.expected_of(one)} Without it the row says nothing.")
    return f"One of {', '.join(one.header for one in fields)}; without any the row belongs to nobody."


def doubles(table: Table, sheet: str, file: str, pieces: list[Cleaned]) -> list[pl.DataFrame]:
    """Name every row that repeats a row higher up, cell by cell in the columns that are read."""
    seen = pl.concat([piece.seen for piece in pieces])
    rows = pl.concat([piece.rows for piece in pieces])
    again = (~seen.is_first_distinct()).arg_true()
    if len(again) == 0:
        return []
    first = pl.DataFrame({"seen": seen, "row": rows}).filter(seen.is_first_distinct())
    higher = seen.gather(again).replace_strict(first["seen"], first["row"], return_dtype=pl.Int64)
    found = pl.select(pl.lit("the same as row ") + higher.cast(pl.String)).to_series()
    return [cell_findings(file=file, sheet=sheet, rows=rows.gather(again), column=None, codes="duplicate", found=found)]


def _about_odd_rows(sheet: Sheet, file: str) -> list[pl.DataFrame]:
    name = sheet.raw.name
    found = [
        cell_findings(
            file=file,
            sheet=name,
            rows=pl.Series([row for row, _ in sheet.odd], dtype=pl.Int64),
            column=None,
            codes="ragged",
            found=pl.Series([text for _, text in sheet.odd], dtype=pl.String),
        )
    ]
    short = [row for row in sheet.raw.short if row > sheet.header_row]
    if short:
        rows = pl.Series(short, dtype=pl.Int64)
        found.append(cell_findings(file=file, sheet=name, rows=rows, column=None, codes="short_row", found=None))
    return found if sheet.odd else found[1:]
