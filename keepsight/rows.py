"""
Rows ↔ frames, the mechanics. Each app's ``frames.py`` is its one door to the core and uses this.

Frames may be large, so rows skip the model layer on the way in and out: no instance a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connection, models, transaction

_DTYPES: list[tuple[type[models.Field[Any, Any]], type[pl.DataType]]] = [
    (models.BooleanField, pl.Boolean),
    (models.DateTimeField, pl.Datetime),
    (models.DateField, pl.Date),
    (models.FloatField, pl.Float64),
    (models.ForeignKey, pl.Int64),
    (models.IntegerField, pl.Int64),
    (models.AutoField, pl.Int64),
    (models.BigAutoField, pl.Int64),
]
BATCH = 20_000
MANY = 2_000  # rows written at once, from which on the planner's figures of a table are out of date


def _dtype(field: models.Field[Any, Any]) -> type[pl.DataType]:
    for kind, dtype in _DTYPES:
        if isinstance(field, kind):
            return dtype
    return pl.String


def read(queryset: models.QuerySet[Any], columns: Iterable[str]) -> pl.DataFrame:
    """
    Give the rows of a query as a frame.

    Parameters
    ----------
    queryset : QuerySet
        Rows wanted.
    columns : names as ``values_list`` takes them
        ``setting__urn`` reaches across keys; the frame's column has the same name. A foreign key
        is asked for as ``child_id``. JSON fields come as text.
    """
    names = list(columns)
    compiled = queryset.order_by().values_list(*names).query
    schema = {name: _dtype(_field(queryset.model, name)) for name in names}
    try:
        sql, params = compiled.sql_with_params()
    except EmptyResultSet:  # a filter by no values at all
        return pl.DataFrame(schema=schema)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        fetched = cursor.fetchall()
    return _frame(fetched, schema)


def _field(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    *steps, last = path.split("__")
    for step in steps:
        field = model._meta.get_field(step)
        assert field.related_model is not None
        model = field.related_model  # type: ignore[assignment]
    for field in model._meta.concrete_fields:
        if last in (field.name, field.attname) or (last == "pk" and field.primary_key):
            return field
    raise LookupError(f"{model.__name__} has no column {path}.")


def _frame(fetched: list[tuple[Any, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """Build the frame column by column: SQLite gives days as text and truths as 0 and 1."""
    if not fetched:
        return pl.DataFrame(schema=schema)
    series = []
    for (name, dtype), values in zip(schema.items(), zip(*fetched, strict=True), strict=True):
        first = next((value for value in values if value is not None), None)
        if dtype is pl.String and not isinstance(first, str | None):
            values = tuple(None if value is None else _text(value) for value in values)
        if dtype is pl.Boolean and isinstance(first, int):
            values = tuple(None if value is None else bool(value) for value in values)
        if dtype is pl.Date and isinstance(first, str):
            series.append(pl.Series(name, values, dtype=pl.String).str.slice(0, 10).str.to_date())
        elif dtype is pl.Datetime:
            series.append(_instants(name, values, first))
        else:
            series.append(pl.Series(name, values, dtype=dtype))
    return pl.DataFrame(series)


def _instants(name: str, values: tuple[Any, ...], first: object) -> pl.Series:
    """Instants as naive UTC."""
    if isinstance(first, str):
        return pl.Series(name, values, dtype=pl.String).str.slice(0, 19).str.to_datetime()
    return pl.Series(name, [None if v is None else v.replace(tzinfo=None) for v in values], dtype=pl.Datetime)


def _text(value: object) -> str:
    import json

    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def next_id(model: type[models.Model]) -> int:
    """
    Give the first free id of a table. Only inside a transaction that holds ``lock``.

    Ids are taken before the rows are written, so that a frame can point to its own new rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COALESCE(MAX(id), 0) + 1 FROM "{model._meta.db_table}"')
        highest = cursor.fetchone()[0]
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [model._meta.db_table]
            )
            highest = max(highest, cursor.fetchone()[0])
    return int(highest)


def lock() -> None:
    """
    Let one bulk writer in at a time, until the transaction ends.

    SQLite does so by itself; there it is given more room for pages, because indexes that no longer
    fit make a tenfold delivery more than ten times as slow.
    """
    assert connection.in_atomic_block, "lock() holds for a transaction, so it needs one."
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-512000")  # KiB
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [20200323])


def insert(model: type[models.Model], frame: pl.DataFrame) -> int:
    """
    Write a frame's rows into a table; columns are named by ``attname`` (``child_id``).

    The frame holds every column that has no default in the database, ``id`` among them.
    """
    if frame.is_empty():
        return 0
    table, names = model._meta.db_table, frame.columns
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in _plain(frame).iter_rows():
                    copy.write_row(row)
            if "id" in names:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), MAX(id)) FROM \"{table}\"")
        else:
            marks = ", ".join(["%s"] * len(names))
            for chunk in _plain(frame).iter_slices(BATCH):
                cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', chunk.rows())
    _count_anew(table, frame.height)
    return frame.height


def update(model: type[models.Model], frame: pl.DataFrame, *, key: str = "id") -> int:
    """Set the frame's other columns on the rows whose key it names."""
    names = [name for name in frame.columns if name != key]
    if frame.is_empty() or not names:
        return 0
    sets = ", ".join(f'"{name}" = %s' for name in names)
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{key}" = %s'
    with connection.cursor() as cursor:
        for chunk in _plain(frame.select([*names, key])).iter_slices(BATCH):
            cursor.executemany(sql, chunk.rows())
    _count_anew(model._meta.db_table, frame.height)
    return frame.height


@dataclass(frozen=True)
class _Analyse:
    """Let PostgreSQL count a table's rows and values; two of one table are equal."""

    table: str

    def __call__(self) -> None:
        # What was written stands whatever happens here: the server counts by itself, only later. Who does not own
        # the table is warned by it, and nothing more.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{self.table}"')


def _count_anew(table: str, written: int) -> None:
    """
    Have PostgreSQL count a table once a large write is committed.

    Without it the server plans with what it knew of the table before, until it counts by itself some
    minutes later; pages whose plans are kept (``prepared``) would keep a plan for an empty table.
    """
    if connection.vendor != "postgresql" or written < MANY:
        return
    analyse = _Analyse(table)
    if all(waiting[1] != analyse for waiting in connection.run_on_commit):
        transaction.on_commit(analyse)


def delete(model: type[models.Model], ids: Sequence[int]) -> int:
    """Delete the rows with these ids, in batches that SQLite can take."""
    gone = 0
    with transaction.atomic():
        for start in range(0, len(ids), 500):
            count, _ = model._base_manager.filter(pk__in=ids[start : start + 500]).delete()
            gone += count
    return gone


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Text for days on SQLite, as Django itself stores them; categories as text."""
    exprs = [pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if dtype == pl.Categorical]
    if connection.vendor == "sqlite":
        exprs += [pl.col(name).dt.to_string("%Y-%m-%d") for name, dtype in frame.schema.items() if dtype == pl.Date]
        exprs += [
            pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S")
            for name, dtype in frame.schema.items()
            if isinstance(dtype, pl.Datetime)
        ]
    return frame.with_columns(exprs) if exprs else frame


def iso(value: date | datetime | None) -> str | None:
    """A day or an instant as JSON holds it."""
    return None if value is None else value.isoformat()
