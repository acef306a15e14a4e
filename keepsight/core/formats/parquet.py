"""Parquet files: a lookup or an extract, read as text like every other list."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from keepsight.core.formats.files import LIMITS, NotReadable, TooLarge, check_ratio, parsing
from keepsight.core.formats.sheets import RawSheet


def read_parquet(path: Path) -> Iterator[RawSheet]:
    """
    Give the file's rows as text, under its column names; the first row of data counts as row 2.

    Raises
    ------
    NotReadable
        If the file is damaged, or a column holds lists or records.
    TooLarge
        If it has more rows or columns than the limit.
    """
    with parsing(path.name):
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        rows = lazy.select(pl.len()).collect().item()
    if rows > LIMITS.rows or len(schema) > LIMITS.columns:
        raise TooLarge(f"{path.name} has {rows} rows and {len(schema)} columns, which is more than a list can hold.")
    check_ratio(path.name, path.stat().st_size, rows * len(schema))
    if any(dtype.is_nested() for dtype in schema.values()):
        raise NotReadable(f"{path.name} holds lists inside its cells. Send it with one value a cell.")
    with parsing(path.name):
        grid = lazy.collect().cast(pl.String, strict=False)
    headings = pl.DataFrame([list(grid.columns)], schema=grid.schema, orient="row")
    yield RawSheet("", pl.concat([headings, grid]), pl.int_range(1, grid.height + 2, eager=True))
