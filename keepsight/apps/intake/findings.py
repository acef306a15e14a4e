"""
Findings as the load keeps them: those of the readers, and those that only the register can make.

``rows_left_out`` says how many rows of the file were not loaded and stand in this finding. It is
null while that is not settled: the row counts once, and not at all if another list loaded it.
"""

import polars as pl

from keepsight.core.formats import FINDINGS, Reading

NAMED: dict[str, type[pl.DataType]] = {**FINDINGS.schema, "rows_left_out": pl.Int64}
LEFT_OUT = pl.lit(None, dtype=pl.Int64)
KEPT = pl.lit(0, dtype=pl.Int64)


def none() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=NAMED)


def of_reading(reading: Reading) -> pl.DataFrame:
    """What the reader found. A sheet that was not read stands for all its rows."""
    rejected = pl.col("severity") == "rejected"
    found = reading.findings.with_columns(pl.when(rejected).then(LEFT_OUT).otherwise(KEPT).alias("rows_left_out"))
    for sheet, count in reading.unread.items():
        here = (pl.col("sheet") == sheet) & pl.col("row").is_null() & pl.col("column").is_null()
        first = here & (here.cum_sum() == 1)
        found = found.with_columns(
            pl.when(first).then(pl.lit(count, pl.Int64)).otherwise(pl.col("rows_left_out")).alias("rows_left_out")
        )
    return found.select(list(NAMED))


def of_rows(
    rows: pl.DataFrame,
    *,
    code: str | pl.Expr,
    severity: str | pl.Expr,
    expected: str | pl.Expr,
    done: str | pl.Expr,
    column: str | pl.Expr | None = None,
    found: pl.Expr | None = None,
    left_out: pl.Expr = KEPT,
) -> pl.DataFrame:
    """Give one finding for each row of a frame with ``file``, ``sheet``, ``row``."""

    def text(value: str | pl.Expr | None) -> pl.Expr:
        return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=pl.String)

    return rows.select(
        pl.col("file").cast(pl.String),
        pl.col("sheet").cast(pl.String),
        pl.col("row").cast(pl.Int64),
        text(column).alias("column"),
        text(code).alias("code"),
        text(severity).alias("severity"),
        text(found).cast(pl.String).str.slice(0, 60).alias("found"),
        text(expected).alias("expected"),
        text(done).alias("done"),
        left_out.cast(pl.Int64).alias("rows_left_out"),
    )


def settled(named: pl.DataFrame, loaded: pl.DataFrame) -> pl.DataFrame:
    """
    Settle which findings stand for a row that was left out.

    Parameters
    ----------
    named : DataFrame
        All findings of a load.
    loaded : DataFrame
        ``file``, ``sheet``, ``row`` of every row that reached a table.
    """
    place = ["file", "sheet", "row"]
    reached = loaded.select(place).unique().with_columns(pl.lit(True).alias("_loaded"))
    open_ = pl.col("rows_left_out").is_null()
    nth = open_.cast(pl.Int64).cum_sum().over(place)
    counts = pl.when(open_).then((nth == 1) & pl.col("_loaded").is_null()).cast(pl.Int64)
    return (
        named.join(reached, on=place, how="left", maintain_order="left")
        .with_columns(pl.when(open_).then(counts).otherwise(pl.col("rows_left_out")).alias("rows_left_out"))
        .select(list(NAMED))
    )
