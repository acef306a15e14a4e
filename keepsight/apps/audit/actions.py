"""Writing events. The caller gives the time: only views and commands know a clock."""

from datetime import datetime
from typing import Any

from keepsight.apps.audit.models import Event, EventKind


def record(
    kind: EventKind,
    *,
    at: datetime,
    by: Any = None,
    authority_code: str = "",
    subject: tuple[str, str] = ("", ""),
    reason: str = "",
    source: str = "",
    **detail: Any,
) -> None:
    """Write one event. ``subject`` is a type and an id, never a name; ``detail`` holds counts and filters."""
    Event.objects.create(
        kind=kind,
        at=at,
        actor_id=str(getattr(by, "pk", "") or ""),
        actor_name=getattr(by, "name", "") or "",
        authority_code=authority_code,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        reason=reason[:300],
        source=source[:60],
        detail=detail,
    )
