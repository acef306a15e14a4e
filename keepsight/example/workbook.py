"""Workbooks, written row by row, the same bytes each time."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

_EPOCH = date(1899, 12, 30)


class Workbook:
    """A workbook whose cells are typed, save those that an overlay gives as text."""

    def __init__(self, path: Path, made_on: date):
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day), "author": ""})  # noqa: DTZ001
        self._date = self._book.add_format({"num_format": "dd/mm/yyyy"})

    def add(
        self,
        name: str,
        frame: pl.DataFrame,
        *,
        headers: Mapping[str, str] | None = None,
        overlay: Mapping[str, pl.Series] | None = None,
        numbers: tuple[str, ...] = (),
        formulas: Mapping[tuple[int, str], str] | None = None,
    ) -> None:
        """
        Add a sheet.

        Parameters
        ----------
        headers : mapping
            Column of the frame to heading, where it differs.
        overlay : mapping
            Column to text to write instead; null where the cell stays as it is.
        numbers : tuple of str
            Text columns that Excel holds as numbers where they look like one.
        formulas : mapping
            (row of the frame, column) to a formula that gives the cell's value.
        """
        sheet = self._book.add_worksheet(name)
        for at, column in enumerate(frame.columns):
            sheet.write_string(0, at, (headers or {}).get(column, column))
        columns = [_cells(frame[column], (overlay or {}).get(column), column in numbers) for column in frame.columns]
        dates = [frame.schema[column] == pl.Date for column in frame.columns]
        for row, cells in enumerate(zip(*columns, strict=True), start=1):
            for at, cell in enumerate(cells):
                if cell is None:
                    continue
                if isinstance(cell, str):
                    sheet.write_string(row, at, cell)
                elif formulas and (row - 1, frame.columns[at]) in formulas:
                    formula = formulas[row - 1, frame.columns[at]]
                    sheet.write_formula(row, at, formula, self._date if dates[at] else None, cell)
                else:
                    sheet.write_number(row, at, cell, self._date if dates[at] else None)

    def close(self) -> None:
        """Write the file."""
        self._book.close()


def _cells(column: pl.Series, written: pl.Series | None, number: bool) -> list[str | float | None]:
    if column.dtype == pl.Date:
        values = (column - pl.Series([_EPOCH])).dt.total_days().to_list()
    elif number:
        values = [int(value) if value is not None and value.isdigit() else value for value in column.to_list()]
    else:
        values = column.to_list()
    if written is None:
        return values
    return [text if text is not None else value for text, value in zip(written.to_list(), values, strict=True)]
