"""Writing events. The caller gives the time: only views and commands know a clock."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keepsight.apps.audit.models import Event, EventKind


@dataclass(frozen=True)
class Origin:
    """From where the request came, and in which roles."""

    address: str = ""
    roles: tuple[str, ...] = ()


NOWHERE = Origin()
ORIGIN: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)  # set by the middleware for each request


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
    Event.objects.create(
        kind=kind,
        at=at,
        actor_id=str(getattr(by, "pk", "") or ""),
        actor_name=getattr(by, "name", "") or "",
        actor_roles=",".join(origin.roles)[:200],
        authority_code=authority_code,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        reason=reason[:300],
        source=source[:60],
        address=origin.address[:45],
        detail=detail,
    )
