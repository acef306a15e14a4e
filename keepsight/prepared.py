"""
Queries compiled once.

Django builds the SQL of a query anew for each request, and for the pages that everybody reads all
day that building costs more than the database does. ``@prepared`` keeps the SQL of a query for each
*shape* of its arguments and afterwards only fills in the values::

    @prepared
    def ratings(child_id: int) -> QuerySet:
        return Rating.objects.filter(child_id=child_id).order_by("-rated_at").values_list("level", "points")

    ratings(child_id=7)  # rows, as tuples; a query of models gives models, with what it selects beside them

Arguments are whole numbers, days, UUIDs, ``Text``, and tuples and frozen dataclasses of these with
texts and None. Two calls have one shape when texts and None are the same and the same numbers are
equal to each other; so a permission that reaches two teams has another shape than one that reaches a
team. A text that differs from call to call, as the key of a session does, is given as ``Text``.
The function must put its arguments into the query as they are: arithmetic on them happens before
the call, and it must not decide anything on a number's value. Everything that the ORM promises
still holds, because the ORM wrote the SQL: parameters stay parameters, and values come back
converted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

SHAPES_KEPT = 512
_NUMBER = 7_700_000_000_000  # stand-ins: values that no row and no rule has
_DAY = date(1, 2, 3)
_APART = 37  # between stand-ins, so that a little arithmetic on one does not give another
_EARLY_DAY = re.compile(r"00\d\d-\d\d-\d\d")  # of the first century
_NOT_YET: Any = object()
_REF = 0x7700_0000_0000_4000_8000_0000_0000_0000
_WORD = "\ue077standsinfor"


class Text(str):
    """A text that is filled in as numbers are; any other text is part of the shape."""

    __slots__ = ()


Value = int | date | UUID | Text
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Compiled:
    """The SQL of one shape: which parameters to fill in, how, and how values come back."""

    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, int, Callable[[Any], Any]], ...]  # parameter, which value, how the database writes it
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]
    made: Callable[[Row], Any] | None = None  # the model of a row, where the query is one of models

    def answers(self, values: list[Value]) -> list[Any]:
        """Ask the database; gives rows, or models of them."""
        rows = self._rows(values)
        return rows if self.made is None else [self.made(row) for row in rows]

    def _rows(self, values: list[Value]) -> list[Row]:
        params = list(self.params)
        for place, which, written in self.slots:
            params[place] = written(values[which])
        with cursor() as asked:
            asked.execute(self.sql, params)
            fetched = asked.fetchall()
        if not self.converters or not fetched:
            return fetched
        columns: list[Any] = list(zip(*fetched, strict=True))
        for column, converters, expression in self.converters:
            values_of = columns[column]
            for convert in converters:
                values_of = [convert(value, expression, connection) for value in values_of]
            columns[column] = values_of
        return list(zip(*columns, strict=True))


def cursor() -> Any:
    """
    A cursor that sends the values apart from the SQL, so that PostgreSQL too can keep the plan.

    Django's own puts the values into the text, which makes every query a new one to PostgreSQL.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    from psycopg import Cursor

    connection.ensure_connection()
    return connection._prepare_cursor(Cursor(connection.connection))  # in Django's wrapper: counted, logged, translated


class prepared:  # noqa: N801 – used as a decorator
    """Keep the SQL of the query that a function builds."""

    def __init__(self, build: Callable[..., QuerySet]):
        self.build = build
        self.known: dict[tuple[Any, ...], Compiled | None] = {}
        update_wrapper(self, build)

    def __call__(self, **arguments: Any) -> list[Any]:
        """Give the rows or models of the query for these arguments."""
        values: list[Value] = []
        names = tuple(arguments)
        shape = tuple(_shape(argument, values) for argument in arguments.values())
        key = (connection.vendor, names, shape)
        compiled = self.known.get(key, _NOT_YET)  # looked up once: another thread may clear the shapes meanwhile
        if compiled is _NOT_YET:
            stand_ins = [_stand_in(value, which) for which, value in enumerate(values)]
            stood_in = {name: _fill(each, stand_ins) for name, each in zip(names, shape, strict=True)}
            compiled = _compile(self.build(**stood_in), stand_ins)
            if len(self.known) >= SHAPES_KEPT:
                self.known.clear()
            self.known[key] = compiled
        if compiled is None:  # no SQL for stand-ins; the ORM is asked, lest it would have found somebody
            return list(self.build(**arguments))
        return compiled.answers(values)


def _shape(argument: Any, values: list[Value]) -> Any:
    """Replace each number, day, UUID and ``Text`` by its place among the values; equal values share a place."""
    if isinstance(argument, tuple | list | frozenset):
        return tuple(_shape(each, values) for each in argument)
    kind = argument.__class__  # of what is read when it is asked for, as grants are: what it holds
    if is_dataclass(kind) and not isinstance(argument, type):
        return _Made(kind, tuple(_shape(getattr(argument, part.name), values) for part in fields(kind)))
    if isinstance(argument, datetime):
        raise TypeError("A prepared query takes days, not instants.")
    if isinstance(argument, bool) or not isinstance(argument, int | date | UUID | Text):
        return argument
    if argument not in values:
        values.append(argument)
    return _Place(values.index(argument), type(argument))


@dataclass(frozen=True)
class _Place:
    which: int
    kind: type


@dataclass(frozen=True)
class _Made:
    kind: Callable[..., Any]
    parts: tuple[Any, ...]


def _fill(shape: Any, stand_ins: list[Value]) -> Any:
    if isinstance(shape, _Made):
        return shape.kind(*(_fill(part, stand_ins) for part in shape.parts))
    if isinstance(shape, tuple):
        return tuple(_fill(each, stand_ins) for each in shape)
    return stand_ins[shape.which] if isinstance(shape, _Place) else shape


def _stand_in(value: Value, which: int) -> Value:
    if isinstance(value, UUID):
        return UUID(int=_REF + which)
    if isinstance(value, Text):
        return Text(f"{_WORD}_%{which}")  # LIKE would escape it, so that it is refused there
    return _DAY + timedelta(days=_APART * which) if isinstance(value, date) else _NUMBER + _APART * which


def _compile(query: QuerySet, stand_ins: list[Value]) -> Compiled | None:
    compiler = query.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None  # nothing can match, whatever the values
    slots = [
        (place, which, written)
        for place, param in enumerate(params)
        for which, stand_in in enumerate(stand_ins)
        if (written := _written(param, stand_in)) is not None
    ]
    _check_filled(sql, params, {place for place, _, _ in slots})
    fields = [selected[0] for selected in compiler.select[: compiler.col_count]]
    converters = tuple((column, *found) for column, found in compiler.get_converters(fields).items())
    return Compiled(sql, tuple(params), tuple(slots), converters, _made(query, compiler))


def _made(query: QuerySet, compiler: Any) -> Callable[[Row], Any] | None:
    """How a row becomes a model, with the models and values selected beside it: as the ORM itself does it."""
    if query._iterable_class is not ModelIterable:
        return None
    info, select, alias = compiler.klass_info, compiler.select, connection.alias
    first, beyond = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [selected[0].target.attname for selected in select[first:beyond]]
    beside, annotated = get_related_populators(info, select, alias), tuple(compiler.annotation_col_map.items())

    def made(row: Row) -> Any:
        model = info["model"].from_db(alias, names, row[first:beyond])
        for related in beside:
            related.populate(row, model)
        for name, column in annotated:
            setattr(model, name, row[column])
        return model

    return made


class ValueChanged(AssertionError):
    """The function did something to a value before it put it into the query, so it cannot be filled in."""


def _check_filled(sql: str, params: tuple[Any, ...], filled: set[int]) -> None:
    """Refuse SQL in which a stand-in is left: it would ask about nobody, and a child would be missing in silence."""
    left = [param for place, param in enumerate(params) if place not in filled and _like_a_stand_in(param)]
    if left or any(mark in sql for mark in (str(_NUMBER)[:6], _DAY.isoformat()[:5])):
        raise ValueChanged("A prepared query must put its arguments into the query as they are.")


def _like_a_stand_in(param: Any) -> bool:
    if isinstance(param, date):
        return param.year < 100
    if isinstance(param, int):
        return abs(param - _NUMBER) < 10**9
    text = param.hex if isinstance(param, UUID) else str(param)
    return (
        _WORD in text.casefold()
        or bool(_EARLY_DAY.match(text))
        or text.replace("-", "").startswith(f"{_REF:032x}"[:16])
    )


def _written(param: Any, stand_in: Value) -> Callable[[Any], Any] | None:
    """How this database writes a value, if this parameter is the stand-in for it; None if it is not."""
    if type(stand_in) is not UUID and isinstance(param, int | date) and param == stand_in:
        return type(param) if isinstance(stand_in, int) else _as_it_is  # psycopg gives whole numbers a size
    if isinstance(param, UUID) and param == stand_in:
        return _as_it_is
    if isinstance(param, str) and isinstance(stand_in, UUID) and param == stand_in.hex:
        return _hex
    return str if isinstance(param, str) and param == str(stand_in) else None


def _as_it_is(value: Value) -> Value:
    return value


def _hex(value: UUID) -> str:
    return value.hex
