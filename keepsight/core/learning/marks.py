"""Register marks: one row a pupil a session, condensed to one row a pupil a week, fourteen marks long."""

import polars as pl

SLOTS = 14  # Monday AM, Monday PM, … Sunday PM
NONE, BLANK = ".", "-"  # the file has no row; it has a row without a code
WEEKS: dict[str, type[pl.DataType]] = {
    "upn": pl.String,
    "urn": pl.String,
    "week_from": pl.Date,
    "marks": pl.String,
    "rows": pl.Int64,
    "file": pl.String,
    "row": pl.Int64,
}
_PUPIL_WEEK = ["upn", "urn", "week_from"]


def weeks(marks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Condense marks to weeks.

    Parameters
    ----------
    marks : DataFrame
        ``upn``, ``urn``, ``on``, ``session`` (AM or PM), ``code``, ``file``, ``row``. Null codes
        are blanks of the file.

    Returns
    -------
    weeks : DataFrame
        One row a pupil, school and week: ``upn``, ``urn``, ``week_from`` (a Monday), ``marks``
        (fourteen codes separated by spaces, ``.`` where the file has none and ``-`` where the
        code was blank), ``rows`` condensed, ``file`` and first ``row``.
    left_out : DataFrame
        ``upn``, ``urn``, ``file``, ``row``, ``code``, ``kept``: rows for a session that a later
        row of the file gives again. The later row counts.
    """
    if marks.is_empty():
        empty = marks.select("upn", "urn", "file", "row", "code").with_columns(pl.lit(None, pl.String).alias("kept"))
        return pl.DataFrame(schema=WEEKS), empty
    weekday = pl.col("on").dt.weekday().cast(pl.Int64) - 1
    slot = weekday * 2 + (pl.col("session") == "PM").cast(pl.Int64)
    table = marks.select(
        "upn",
        "urn",
        (pl.col("on") - pl.duration(days=pl.col("on").dt.weekday().cast(pl.Int64) - 1))
        .cast(pl.Date)
        .alias("week_from"),
        slot.alias("slot"),
        pl.col("code").cast(pl.String).fill_null(BLANK).alias("code"),
        pl.col("file").cast(pl.String),
        "row",
    )
    groups = table.group_by(_PUPIL_WEEK).agg(
        pl.len().cast(pl.Int64).alias("rows"), pl.col("file").first(), pl.col("row").min()
    )
    groups = groups.sort("row", *_PUPIL_WEEK).with_row_index("nth")
    table = table.join(groups.select(*_PUPIL_WEEK, "nth"), on=_PUPIL_WEEK, nulls_equal=True)
    table = table.select("upn", "urn", "file", "row", "code", at=pl.col("nth").cast(pl.Int64) * SLOTS + pl.col("slot"))
    table, left_out = _last_of_each(table)
    grid = pl.DataFrame({"at": pl.int_range(groups.height * SLOTS, eager=True)})
    flat = grid.join(table.select("at", "code"), on="at", how="left", maintain_order="left")["code"].fill_null(NONE)
    joined = flat.reshape((groups.height, SLOTS)).arr.join(" ")
    repeats = left_out.group_by("at").len() if left_out.height else None
    groups = groups.with_columns(joined.alias("marks"))
    if repeats is not None:
        lost = repeats.group_by((pl.col("at") // SLOTS).cast(pl.UInt32).alias("nth")).agg(pl.col("len").sum())
        groups = groups.join(lost, on="nth", how="left").with_columns(
            (pl.col("rows") - pl.col("len").fill_null(0).cast(pl.Int64)).alias("rows")
        )
    return groups.select(list(WEEKS)), left_out.drop("at")


def _last_of_each(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the file's last row of each session; give the others beside what was kept."""
    twice = table["at"].is_duplicated()
    if not twice.any():
        return table, table.clear().with_columns(pl.lit(None, pl.String).alias("kept"))
    several = (
        table.filter(twice)
        .sort("at", "row")
        .with_columns(
            pl.col("code").last().over("at").alias("kept"),
            (pl.col("row") == pl.col("row").last().over("at")).alias("_last"),
        )
    )
    kept = pl.concat([table.filter(~twice), several.filter(pl.col("_last")).select(table.columns)])
    return kept, several.filter(~pl.col("_last")).drop("_last")


def overlay(newer: pl.Expr, older: pl.Expr) -> pl.Expr:
    """
    Lay newer marks of a week over older ones: where the newer has no row, the older mark stays.

    Both are text columns of fourteen marks; null ``older`` is an empty week.
    """
    upper, lower = newer.str.split(" "), older.str.split(" ")
    slots = [
        pl.when(upper.list.get(n) != NONE).then(upper.list.get(n)).otherwise(lower.list.get(n)) for n in range(SLOTS)
    ]
    return pl.when(older.is_null()).then(newer).otherwise(pl.concat_str(slots, separator=" "))
