"""What a new delivery changes: incoming rows against those that the register holds, by key."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from keepsight.core.errors import BadInput


class NotOneRowAKey(BadInput):
    """Two rows have the same key, so nobody can say which one is meant."""

    code = "not_one_row_a_key"


@dataclass(frozen=True)
class Changes:
    """
    Incoming rows, told apart; every incoming row is in exactly one of the first four frames.

    Parameters
    ----------
    new : DataFrame
        Incoming rows whose key the register does not hold.
    changed : DataFrame
        Incoming rows with the ``id`` of the row that they change.
    ended : DataFrame
        The same, for rows that were open and now have an end.
    unchanged : DataFrame
        Incoming rows that say what the register says, with ``id``.
    before : DataFrame
        ``id`` and the compared columns as the register holds them, for changed and ended rows.
    not_in_file : DataFrame
        Rows of the register whose key the file does not hold.
    """

    new: pl.DataFrame
    changed: pl.DataFrame
    ended: pl.DataFrame
    unchanged: pl.DataFrame
    before: pl.DataFrame
    not_in_file: pl.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each kind."""
        return {name: getattr(self, name).height for name in ("new", "changed", "ended", "unchanged", "not_in_file")}


def compare(
    incoming: pl.DataFrame,
    current: pl.DataFrame,
    *,
    key: Sequence[str],
    values: Sequence[str],
    ends: str | None = None,
    id_column: str = "id",
) -> Changes:
    """
    Tell apart what is new, changed, ended, the same, and no longer in the file.

    Parameters
    ----------
    incoming : DataFrame
        Rows of the file: ``key``, ``values`` and any other columns, which are passed through.
    current : DataFrame
        Rows of the register: ``id_column``, ``key`` and ``values``.
    key : names
        What makes two rows the same row. Null equals null.
    values : names
        What is compared. Null equals null.
    ends : name, optional
        Column of ``values`` that is null while the row is open.
    id_column : name
        The register's own name for a row; may itself be the key.

    Raises
    ------
    NotOneRowAKey
        If a key stands twice in either frame.
    """
    key, values = list(key), list(values)
    for name, frame in (("incoming", incoming), ("current", current)):
        if frame.select(key).is_duplicated().any():
            raise NotOneRowAKey(f"The {name} rows hold a key ({', '.join(key)}) more than once.")
    held = current.select(*key, *([] if id_column in key else [id_column]), *(pl.col(v).alias(f"_{v}") for v in values))
    held = held.with_columns(pl.lit(True).alias("_held"))
    met = incoming.join(held, on=key, how="left", nulls_equal=True, maintain_order="left")
    known = pl.col("_held").is_not_null()
    differs = pl.any_horizontal([pl.col(v).ne_missing(pl.col(f"_{v}")) for v in values] or [pl.lit(False)])
    ending = differs & pl.col(f"_{ends}").is_null() & pl.col(ends).is_not_null() if ends else pl.lit(False)
    kind = (
        pl.when(~known).then(pl.lit("new")).when(~differs).then(pl.lit("unchanged"))
        .when(ending).then(pl.lit("ended")).otherwise(pl.lit("changed"))
    )  # fmt: skip
    met = met.with_columns(kind.alias("_kind"))
    plain = [*incoming.columns, *([] if id_column in incoming.columns else [id_column])]
    parts = {name: met.filter(pl.col("_kind") == name) for name in ("new", "changed", "ended", "unchanged")}
    before = pl.concat([parts["changed"], parts["ended"]])
    return Changes(
        new=parts["new"].select(incoming.columns),
        changed=parts["changed"].select(plain),
        ended=parts["ended"].select(plain),
        unchanged=parts["unchanged"].select(plain),
        before=before.select(id_column, *(pl.col(f"_{v}").alias(v) for v in values if v != id_column)),
        not_in_file=current.join(incoming.select(key), on=key, how="anti", nulls_equal=True, maintain_order="left"),
    )


def keep_fullest(
    frame: pl.DataFrame, key: Sequence[str], *, ignore: Sequence[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Keep one row a key: the row with most cells filled, then the one whose content sorts last.

    Rows of a file have no order of their own, so the rule looks at what they say and never at
    where they stand.

    Parameters
    ----------
    frame : DataFrame
        Rows with the columns of ``key``.
    key : names
        What makes two rows the same row. Null equals null.
    ignore : names
        Columns that are not content, such as file and row; they only settle a last tie.

    Returns
    -------
    kept, left_out : DataFrame
        ``left_out`` has one more column, ``same``: whether it says just what the kept row says.
    """
    twice = frame.select(list(key)).is_duplicated()
    if not twice.any():
        return frame, frame.clear().with_columns(pl.lit(False).alias("same"))
    content = [name for name in frame.columns if name not in ignore and name not in key]
    filled = [pl.col(name).is_not_null().cast(pl.Int32) for name in content] or [pl.lit(0)]
    says = [pl.col(name).cast(pl.String).fill_null("") for name in content] or [pl.lit("")]
    several = frame.filter(twice).with_columns(
        pl.sum_horizontal(filled).alias("_filled"), pl.concat_str(says, separator="\x1f").alias("_says")
    )
    order = ["_filled", "_says", *[name for name in ignore if name in frame.columns]]
    several = several.sort(order, descending=[True, True, *[False] * (len(order) - 2)], maintain_order=True)
    nth = pl.int_range(pl.len()).over(list(key)).alias("_nth")
    same = (pl.col("_says") == pl.col("_says").first().over(list(key))).alias("same")
    several = several.with_columns(nth, same)
    kept = pl.concat([frame.filter(~twice), several.filter(pl.col("_nth") == 0).select(frame.columns)])
    return kept, several.filter(pl.col("_nth") > 0).select(*frame.columns, "same")
