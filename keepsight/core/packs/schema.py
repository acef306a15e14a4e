"""
What a pack's tables must look like, said as small frozen dataclasses, and the reader that checks.

A dataclass is one table of TOML: its fields are the keys, their types what may stand there, a
default makes a key optional, ``metadata["choice"]`` lists the words allowed. ``tuple[Row, ...]`` is
an array of tables. Nothing is read that no field asks for: an unknown key is an error, because a
misspelt key would otherwise be a rule that silently does not hold.
"""

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.trouble import PackError

T = TypeVar("T")


def choice(words: Iterable[str], default: Any = MISSING) -> Any:
    """Make a field that holds one of these words."""
    metadata = {"choice": tuple(str(word) for word in words)}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """Every rule says where it comes from: certain (C), likely (L) or local practice (P)."""

    source: str
    confidence: str = choice("CLP", default="P")


@dataclass(frozen=True, kw_only=True)
class Table(Sourced):
    """A whole file: who owns it and when it is looked at again."""

    owner: str
    review_on: date


_WORDS: dict[Any, str] = {
    str: "words in quotation marks",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a day, such as 2020-03-23",
}


def read(kind: type[T], entry: Mapping[str, Any], *, where: str, partial: bool = False) -> T:
    """
    Check one table against its dataclass and give it as such.

    Parameters
    ----------
    kind : dataclass type
        What should stand there.
    entry : mapping
        What stands there, as TOML gave it.
    where : str
        File and table, for the sentence.
    partial : bool
        Keys may be missing, because a lower layer gives them; then check only, and trust nothing
        else of what comes back.

    Raises
    ------
    PackError
        Naming file, table and key, and what would be right.
    """
    wanted = _fields(typing.cast(type, kind))
    for key in entry:
        if key not in wanted:
            raise PackError(f"{where}: there is no key called {key}.{nearest(key, wanted)}")
    values = {}
    for name, (annotation, spec) in wanted.items():
        if name in entry:
            values[spec.name] = _value(annotation, spec, entry[name], f"{where}: {name}", partial)
        elif spec.default is MISSING and spec.default_factory is MISSING and not partial:
            raise PackError(f"{where}: {name} is missing.")
        elif partial:
            values[spec.name] = None
    return kind(**values)


@cache
def _fields(kind: type) -> dict[str, tuple[Any, Any]]:
    """Keys of a table, with type and field. ``class_`` in Python is ``class`` in the file."""
    hints = typing.get_type_hints(kind)
    return {spec.name.rstrip("_"): (hints[spec.name], spec) for spec in fields(kind)}  # type: ignore[arg-type]


def _value(annotation: Any, spec: Any, value: Any, where: str, partial: bool) -> Any:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        annotation = next(part for part in inner if part is not type(None))
        return _value(annotation, spec, value, where, partial)
    if origin is tuple:
        return _several(inner[0], spec, value, where, partial)
    if origin is dict:
        if not isinstance(value, dict):
            raise PackError(f"{where} must be a table of keys and values, and is {_shown(value)}.")
        return {key: _value(inner[1], spec, item, f"{where}.{key}", partial) for key, item in value.items()}
    if is_dataclass(annotation):
        if not isinstance(value, dict):
            raise PackError(f"{where} must be a table, and is {_shown(value)}.")
        return read(typing.cast(type[Any], annotation), value, where=where, partial=partial)
    return _plain(annotation, spec, value, where)


def _several(inner: Any, spec: Any, value: Any, where: str, partial: bool) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise PackError(f"{where} must be a list, and is {_shown(value)}.")
    if not is_dataclass(inner):
        return tuple(_value(inner, spec, item, where, partial) for item in value)
    # Rows without an id are never laid over lower ones, so each must be whole.
    partial = partial and "id" in _fields(typing.cast(type, inner))
    seen: set[str] = set()
    rows = []
    for place, item in enumerate(value, 1):
        if not isinstance(item, dict):
            raise PackError(f"{where} must be a list of tables, and entry {place} is {_shown(item)}.")
        row = f"{where} {item.get('id', f'entry {place}')}"
        if "id" in item:
            if str(item["id"]) in seen:
                raise PackError(f"{row} stands there twice.")
            seen.add(str(item["id"]))
        elif "id" in _fields(typing.cast(type, inner)):
            raise PackError(f"{row}: id is missing.")
        if item.get("off") is True and partial:
            continue  # takes a lower layer's row away
        rows.append(read(typing.cast(type[Any], inner), item, where=row, partial=partial))
    return tuple(rows)


def _plain(annotation: Any, spec: Any, value: Any, where: str) -> Any:
    # In Python a truth is a whole number too; in a pack it is not.
    fits = type(value) is annotation or (annotation is float and type(value) is int)
    if not fits:
        raise PackError(f"{where} must be {_WORDS[annotation]}, and is {_shown(value)}.")
    if annotation is str and not value.strip():
        raise PackError(f"{where} is empty.")
    words = spec.metadata.get("choice")
    if words and value not in words:
        raise PackError(f"{where} must be one of {', '.join(words)}, and is {_shown(value)}.{nearest(value, words)}")
    return value


def _shown(value: Any) -> str:
    """What stands there, as the file writes it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"“{value[:40]}”"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else str(value)
