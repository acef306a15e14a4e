"""
Writing events. The caller gives the time: only views and commands know a clock.

An event is one statement. The database numbers it and ties it to the one before (``guards``), for
which it holds the head of the log until the transaction ends; so an event is the last thing that a
transaction writes, and ``at_the_end`` makes it so where one action calls another.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from keepsight.apps.audit import sealing
from keepsight.apps.audit.models import EventKind
from keepsight.prepared import cursor


@dataclass(frozen=True)
class Origin:
    """From where the request came, and in which roles."""

    address: str = ""
    roles: tuple[str, ...] = ()


NOWHERE = Origin()
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)  # set by the middleware for each request
_HELD: ContextVar[list[tuple[Any, ...]] | None] = ContextVar("held", default=None)
_COLUMNS = ("at", *sealing.TEXTS, "detail", "content", "link")
_INSERT = f"INSERT INTO audit_event ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 – names of columns
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))})"


def record(
    kind: EventKind,
    *,
    at: datetime,
    by: Any = None,
    authority_code: str = "",
    subject: tuple[str, str] = ("", ""),
    reason: str = "",
    source: str = "",
    shown: Iterable[int] = (),
    **detail: Any,
) -> None:
    """
    Write one event.

    Parameters
    ----------
    subject : tuple of str
        A type and an id, never a name.
    shown : iterable of int
        Ids of the children whom a list, search or export put before the person.
    detail : dict
        Counts and filters; nothing that identifies.
    """
    origin = ORIGIN.get()
    if children := list(shown):
        detail["shown"] = children
    texts = (
        str(getattr(by, "pk", "") or ""), getattr(by, "name", "") or "", ",".join(origin.roles)[:200],
        str(kind), authority_code, subject[0], str(subject[1]), reason[:300], source[:60], origin.address[:45],
    )  # fmt: skip
    row = (
        connection.ops.adapt_datetimefield_value(at), *texts, json.dumps(detail),
        sealing.content(at, texts, detail), "",
    )  # fmt: skip
    held = _HELD.get()
    if held is None:
        _write([row])
    else:
        held.append(row)


@contextmanager
def at_the_end() -> Iterator[None]:
    """
    Hold events back until the block ends; then they are written together, in their order.

    Inside a transaction, around everything that it does. A block within a block joins it. Where the
    block fails, so does the transaction, and neither is kept.
    """
    if _HELD.get() is not None:
        yield
        return
    held: list[tuple[Any, ...]] = []
    token = _HELD.set(held)
    try:
        yield
    finally:
        _HELD.reset(token)
    _write(held)


def _write(rows: list[tuple[Any, ...]]) -> None:
    """One statement for all: the plainest way in, because every page takes it."""
    if rows:
        with cursor() as writer:
            writer.execute(_INSERT + ", ".join([_ROW] * len(rows)), [value for row in rows for value in row])
