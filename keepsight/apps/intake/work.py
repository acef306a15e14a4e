"""One load at work: the engine that every list goes through, whatever table it fills."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Change
from keepsight.apps.intake import findings
from keepsight.apps.intake.columns import PLACE, complete, field_of, packed
from keepsight.apps.intake.delivery import Delivery
from keepsight.core.people.changes import compare, keep_fullest

COUNTED = ("new", "changed", "ended", "unchanged", "not_in_file", "conflicting", "rejected")
_SOURCE = ("source_id", "source_row")
SINCE = "not_in_file_since"
SOURCES = {"file": pl.String, "sheet": pl.String, "source_id": pl.Int64}


@dataclass(frozen=True)
class Target:
    """
    What one canonical frame loads into.

    Parameters
    ----------
    name : str
        The canonical frame, or what people call these rows.
    model : model
        The table.
    key, values : names
        Database columns: what makes a row the same row, and what is compared and written.
    shape : function
        Canonical frame → frame with ``key``, ``values``, ``details`` and the place of each row.
    mine : function
        Rows of the register that this list speaks of.
    ends : name, optional
        Column of ``values`` that is null while the row is open.
    whole : function, optional
        Of the register's rows that are open and not in the file, those that the file would hold if
        they were still so. Without it the list is a history and its rows are never missed.
    details : names
        Columns that go into the table's JSON column ``details`` together.
    numbered : bool
        Whether rows of the same load point to these, so that ids are given out beforehand.
    """

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    values: tuple[str, ...]
    shape: Callable[["Work", pl.DataFrame], pl.DataFrame]
    mine: Callable[["Work"], models.QuerySet]
    ends: str | None = None
    whole: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame] | None = None
    details: tuple[str, ...] = ()
    numbered: bool = False
    id_column: str = "id"


@dataclass
class Work:
    """What one load knows while it works. Nothing is written unless ``load_id`` is given."""

    authority: Authority
    as_at: date
    delivery: Delivery
    load_id: int | None = None
    sources: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SOURCES))
    named: list[pl.DataFrame] = field(default_factory=list)
    loaded: list[pl.DataFrame] = field(default_factory=list)
    marks_loaded: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    maps: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The delivery's canonical frames."""
        return self.delivery.frames

    def count(self, name: str, **more: int) -> None:
        """Add to the counts of a table."""
        held = self.counts.setdefault(name, dict.fromkeys(COUNTED, 0))
        for kind, number in more.items():
            held[kind] += number

    def leave_out(
        self, name: str, frame: pl.DataFrame, bad: pl.Expr, *, code: str, expected: str, column: str | None = None
    ) -> pl.DataFrame:
        """Name the rows of which ``bad`` holds and give the others."""
        out = frame.filter(bad.fill_null(False))
        if out.is_empty():
            return frame
        self.named.append(
            findings.of_rows(
                out, code=code, severity="rejected", expected=expected, done="The row was left out.",
                column=column, left_out=findings.LEFT_OUT,
            )
        )  # fmt: skip
        self.count(name, rejected=out.height)
        return frame.filter(~bad.fill_null(False))

    def put(self, target: Target, frame: pl.DataFrame) -> pl.DataFrame:
        """
        Bring the register's table to what the frame says.

        Returns
        -------
        DataFrame
            The rows kept, with the ``id`` that they have or (if ``numbered``) will have.
        """
        shaped = target.shape(self, frame)
        values = [*target.values, *target.details]
        if target.whole:
            shaped = shaped.with_columns(pl.lit(None, pl.Date).alias(SINCE))
            values.append(SINCE)
        kept, repeated = keep_fullest(self._fit(target, shaped), target.key, ignore=PLACE)
        self.name_repeats(target.name, repeated)
        self.loaded.append(kept.select(PLACE))
        current = self._current(target)
        changes = compare(kept, current, key=target.key, values=values, ends=target.ends, id_column=target.id_column)
        counts = changes.counts | {"not_in_file": 0}
        new = changes.new
        if target.numbered:
            start = rows.next_id(target.model)
            new = new.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + start).alias("id"))
        if self.load_id is not None:
            self.insert(target.model, packed(new, target.details))
            self._change(target, pl.concat([changes.changed, changes.ended]), current)
        if target.whole:
            counts["not_in_file"] = self._miss(target, kept, changes.not_in_file)
        self.count(target.name, **counts)
        if target.id_column != "id":
            return kept
        known = [changes.changed, changes.ended, changes.unchanged]
        return pl.concat([*known, new.select(changes.changed.columns)] if "id" in new.columns else known)

    # --- writing --------------------------------------------------------------------------------
    def insert(self, model: type[models.Model], frame: pl.DataFrame) -> None:
        """Write new rows, with every column that the table has and the place that each came from."""
        if frame.is_empty() or self.load_id is None:
            return
        names = {column.attname for column in model._meta.concrete_fields}
        ready = frame.select([name for name in frame.columns if name in names])
        if "authority_id" in names:
            ready = ready.with_columns(pl.lit(self.authority.pk, pl.Int64).alias("authority_id"))
        if "created_load_id" in names:
            ready = ready.with_columns(pl.lit(self.load_id, pl.Int64).alias("created_load_id"))
        if "source_id" in names and set(PLACE) <= set(frame.columns):
            ready = ready.with_columns(self._source(frame).get_columns())
        rows.insert(model, complete(model, ready))

    def journal(self, model: type[models.Model], ids: pl.Series, before: pl.Series) -> None:
        """Remember what rows were, so that the load can be undone. ``before`` is JSON text."""
        if self.load_id is None or ids.is_empty():
            return
        frame = pl.DataFrame({"record_id": ids.cast(pl.Int64), "before": before}).with_columns(
            pl.lit(self.load_id, pl.Int64).alias("load_id"), pl.lit(model._meta.label).alias("table")
        )
        rows.insert(Change, frame)

    def journal_created(self, model: type[models.Model], ids: pl.Series) -> None:
        """Remember rows that were not there, for a table that does not name its load."""
        self.journal(model, ids, pl.Series([json.dumps({})] * len(ids), dtype=pl.String))

    def alter(self, model: type[models.Model], frame: pl.DataFrame, before: pl.DataFrame, key: str = "id") -> None:
        """Change rows, their values before written to the journal first. Both frames hold ``key``."""
        if self.load_id is None or frame.is_empty():
            return
        was = before.join(frame.select(key), on=key, how="semi")
        ids = was[key] if key == "id" else pl.Series([0] * was.height, dtype=pl.Int64)
        columns = [name for name in was.columns if name != "id"]
        self.journal(model, ids, was.select(pl.struct(columns).struct.json_encode()).to_series())
        rows.update(model, frame, key=key)

    def _change(self, target: Target, changed: pl.DataFrame, current: pl.DataFrame) -> None:
        if changed.is_empty() or self.load_id is None:
            return
        key = target.id_column
        columns = [*target.values, *([SINCE] if target.whole else []), *(["details"] if target.details else [])]
        after = packed(changed, target.details)
        if target.details:
            current = current.with_columns(pl.col("_details").alias("details"))
        if _SOURCE[0] in current.columns:
            after = after.with_columns(self._source(after).get_columns())
            columns += _SOURCE
        columns = [key, *(name for name in columns if name != key)]
        self.alter(target.model, after.select(columns), current.select(columns), key)

    def _miss(self, target: Target, kept: pl.DataFrame, absent: pl.DataFrame) -> int:
        """Mark open rows that the file no longer holds; they stay as they are for people to look at."""
        assert target.whole is not None
        open_ = absent.filter(pl.col(target.ends).is_null()) if target.ends else absent
        missed = target.whole(kept, open_)
        fresh = missed.filter(pl.col(SINCE).is_null())
        marked = fresh.select("id", pl.lit(self.as_at).alias(SINCE))
        self.alter(target.model, marked, fresh.select("id", SINCE))
        return missed.height

    # --- reading --------------------------------------------------------------------------------
    def _current(self, target: Target) -> pl.DataFrame:
        names = {field_.attname for field_ in target.model._meta.concrete_fields}
        wanted = dict.fromkeys([target.id_column, *target.key, *target.values, *([SINCE] if target.whole else [])])
        extra = [name for name in _SOURCE if name in names] + (["details"] if target.details else [])
        current = rows.read(target.mine(self), [*wanted, *extra])
        if not target.details:
            return current
        shape = pl.Struct({name: self._dtype(target, name) for name in target.details})
        return (
            current.rename({"details": "_details"})
            .with_columns(pl.col("_details").str.json_decode(shape).alias("_parts"))
            .unnest("_parts")
        )

    def _dtype(self, target: Target, name: str) -> pl.DataType | type[pl.DataType]:
        return self.frames[target.name].schema[name]

    def _source(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Which file and row each row came from."""
        sources = frame.select(*PLACE).with_columns(pl.col("file", "sheet").cast(pl.String))
        found = sources.join(self.sources, on=["file", "sheet"], how="left", maintain_order="left")
        return found.select("source_id", pl.col("row").alias("source_row"))

    def _fit(self, target: Target, frame: pl.DataFrame) -> pl.DataFrame:
        """Give columns what the table holds: empty text for nothing, and no more than fits."""
        for name in (*target.key, *target.values):
            column = field_of(target.model, name)
            if frame.schema.get(name) == pl.String:
                frame = self._fit_text(frame, name, column)
            elif isinstance(column, models.IntegerField) and not column.primary_key:
                frame = self._fit_number(target, frame, name, column)
        return frame.with_columns(pl.col("file", "sheet").cast(pl.String))

    def _fit_text(self, frame: pl.DataFrame, name: str, column: models.Field) -> pl.DataFrame:
        longest = getattr(column, "max_length", None)
        if longest and (frame[name].str.len_chars().max() or 0) > longest:
            self.named.append(
                findings.of_rows(
                    frame.filter(pl.col(name).str.len_chars() > longest),
                    code="too_long", severity="warning", column=name, found=pl.col(name),
                    expected=f"No more than {longest} characters.", done="Cut to what the register can hold.",
                )
            )  # fmt: skip
            frame = frame.with_columns(pl.col(name).str.slice(0, longest))
        return frame if column.null else frame.with_columns(pl.col(name).fill_null(""))

    def _fit_number(self, target: Target, frame: pl.DataFrame, name: str, column: models.Field) -> pl.DataFrame:
        lowest, highest = BaseDatabaseOperations.integer_field_ranges[column.get_internal_type()]
        odd = ~pl.col(name).is_between(lowest, highest)
        odd_rows = frame.filter(odd)
        if odd_rows.is_empty():
            return frame
        expected = f"A number up to {highest:,}."
        if not column.null:
            return self.leave_out(target.name, frame, odd, code="out_of_range", column=name, expected=expected)
        self.named.append(
            findings.of_rows(
                odd_rows, code="out_of_range", severity="warning", column=name, found=pl.col(name).cast(pl.String),
                expected=expected, done="Left blank.",
            )
        )  # fmt: skip
        return frame.with_columns(pl.when(~odd).then(pl.col(name)).alias(name))

    def name_repeats(self, name: str, repeated: pl.DataFrame) -> None:
        """Name rows that another row says over again, or says differently."""
        if repeated.is_empty():
            return
        same = pl.col("same")
        self.named.append(
            findings.of_rows(
                repeated,
                code=pl.when(same).then(pl.lit("repeated")).otherwise(pl.lit("conflicting")),
                severity=pl.when(same).then(pl.lit("note")).otherwise(pl.lit("warning")),
                expected="One row for each.",
                done=pl.when(same).then(pl.lit("Another row says just the same; it was kept once."))
                .otherwise(pl.lit("Another row says it differently; the row with most cells filled was kept.")),
                left_out=findings.LEFT_OUT,
            )
        )  # fmt: skip
        self.count(name, conflicting=int((~repeated["same"]).sum()))
