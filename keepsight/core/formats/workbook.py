"""
Excel workbooks (.xlsx): guarded before reading (``guard.py``), then one worksheet at a time as text.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from keepsight.core.formats.files import parsing
from keepsight.core.formats.guard import look_through
from keepsight.core.formats.sheets import RawSheet

for _parser in ("fastexcel", "calamine"):  # what they would print, findings and refusals say
    logging.getLogger(_parser).addHandler(logging.NullHandler())


def read_workbook(path: Path) -> Iterator[RawSheet]:
    """
    Give the worksheets of a workbook, one after the other.

    Raises
    ------
    NotReadable
        If the workbook is damaged or holds no worksheet.
    TooLarge
        If it unpacks to more than the limit, or a worksheet would.
    """
    seen, names = look_through(path)
    with parsing(path.name):
        book = fastexcel.read_excel(path)
        sheets = list(book.sheet_names)
    for place, sheet in enumerate(sheets):
        if names.get(sheet, "worksheet") != "worksheet" and names[sheet] not in seen:
            yield RawSheet(sheet, pl.DataFrame(), pl.Series([], dtype=pl.Int64), unread="sheet_not_worksheet")
            continue
        with parsing(path.name):
            loaded = book.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
            grid = loaded.to_polars()
            columns = loaded.available_columns()
        holes = seen[names[sheet]].holes if names.get(sheet) in seen else []
        first = columns[0].absolute_index if columns else 0
        yield RawSheet(sheet, grid, pl.int_range(1, grid.height + 1, eager=True), first, holes)
