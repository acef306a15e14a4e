"""
What each list looks like: its columns, their headings and types, read from ``tables/*.toml``.

A table is one list of one file kind. Two tables may fill the same frame (visits of three services).
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from keepsight.core.formats.headings import fold
from keepsight.core.formats.kinds import Kind

_FAMILIES = ("annex_a", "case_system", "education", "places", "council")
_TEXT_LENGTH = 255
_ID_LENGTH = 48


@dataclass(frozen=True)
class Field:
    """One column of a list: where it goes, how its heading may be written, and what a cell may say."""

    name: str
    header: str
    also: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    type: str = "text"
    required: bool = False
    later: bool = False
    longest: int = _TEXT_LENGTH


@dataclass(frozen=True)
class Table:
    """One list. ``key`` names the columns without which a row stands for nothing.

    ``one_of``: at least one of these must be there too. ``marks``: headings that tell this list from
    others. ``once``: columns that no two rows share. ``fixed``: columns that the file does not have.
    ``nulls``: what the layout writes for nothing. ``wide``: a layout of which only a part is read.
    """

    name: str
    kind: Kind
    frame: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    number: int | None = None
    sheets: frozenset[str] = frozenset()
    fixed: dict[str, str | bool] = field(default_factory=dict)
    nulls: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    wide: bool = False

    @cached_property
    def headings(self) -> dict[str, tuple[str, int]]:
        """Folded heading → column, and how far down the list of ways to write it that heading stands."""
        found: dict[str, tuple[str, int]] = {}
        for one in self.fields:
            for rank, written in enumerate((one.header, *one.also)):
                found.setdefault(fold(written), (one.name, rank))
        return found


@cache
def tables() -> tuple[Table, ...]:
    """Give every list that can be recognised."""
    return tuple(table for family in _FAMILIES for table in _read(family))


@cache
def tables_with() -> dict[str, frozenset[int]]:
    """Folded heading → the places in ``tables()`` of the lists that have it."""
    found: dict[str, set[int]] = {}
    for place, one in enumerate(tables()):
        for heading in one.headings:
            found.setdefault(heading, set()).add(place)
    return {heading: frozenset(places) for heading, places in found.items()}


def table(name: str) -> Table:
    """Give one list by its name."""
    return next(one for one in tables() if one.name == name)


def _read(family: str) -> list[Table]:
    book = tomllib.loads((files(__package__) / "tables" / f"{family}.toml").read_text(encoding="utf-8"))
    shared = book.pop("shared", {})
    common = {key: book.pop(key) for key in list(book) if not isinstance(book[key], dict)}
    return [_table(name, {**common, **entry}, shared) for name, entry in book.items()]


def _table(name: str, entry: dict[str, Any], shared: dict[str, Any]) -> Table:
    columns: dict[str, Any] = {}
    for part in entry.get("include", []):
        columns.update(shared[part])
    columns.update(entry["columns"])
    key = tuple(entry["key"])
    return Table(
        name=name,
        kind=Kind(entry["kind"]),
        frame=entry.get("frame", name),
        fields=tuple(_field(column, said) for column, said in columns.items()),
        key=key,
        one_of=tuple(entry.get("one_of", ())),
        marks=tuple(entry.get("marks", key)),
        once=tuple(entry.get("once", ())),
        number=entry.get("number"),
        sheets=frozenset(fold(sheet) for sheet in entry.get("sheets", ())),
        fixed=entry.get("fixed", {}),
        nulls=frozenset(entry.get("nulls", ())),
        unused=frozenset(fold(header) for header in entry.get("unused", ())),
        wide=entry.get("wide", False),
    )


def _field(name: str, said: dict[str, Any]) -> Field:
    type_ = said.get("type", "text")
    return Field(
        name=name,
        header=said["header"],
        also=tuple(said.get("also", ())),
        words=tuple(tuple(words.split()) for words in said.get("words", ())),
        type=type_,
        required=said.get("required", False),
        later=said.get("later", False),
        longest=said.get("longest", _ID_LENGTH if type_ in ("id", "key") else _TEXT_LENGTH),
    )
