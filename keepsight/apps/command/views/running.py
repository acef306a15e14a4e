"""What every page of command begins with: which event, and the event that says that it was read."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.accounts.views.taking import keep_taken
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.permissions import authorities_reached, events_reached
from keepsight.apps.command.rules import phase_name
from keepsight.apps.events.models import Event
from keepsight.core.command.paper import Paper
from keepsight.core.command.pdf import pdf
from keepsight.core.command.word import word

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def exercise_of(request: HttpRequest) -> Event | None:
    """The exercise that the person works in."""
    return getattr(request, "exercise", None) or None


def event_of(request: HttpRequest) -> Event | None:
    """The event that the page is about: the one that the address names, else the newest that runs."""
    found = events_reached(request.grants, exercise=exercise_of(request)).select_related("authority")  # type: ignore[attr-defined]
    ref = request.GET.get("event", "")
    if ref:
        try:
            found = found.filter(ref=UUID(ref))
        except ValueError:
            raise Http404 from None
    event = found.order_by("state", "-activated_at").first()
    if ref and event is None:
        raise Http404
    return event


def may_run(request: HttpRequest, event: Event) -> bool:
    """Whether the person may change this event's pages, and the event runs."""
    reached = authorities_reached(request.grants, Permission.COMMAND_RUN)  # type: ignore[attr-defined]
    return event.state == Event.State.ACTIVE and event.authority_id in reached


def frame(request: HttpRequest, event: Event | None) -> dict[str, Any]:
    """What the templates of command share."""
    if event is None:
        return {"event": None}
    return {"event": event, "phase": phase_name(event), "runs": may_run(request, event)}


def looked(request: HttpRequest, event: Event | None, page: str, **subject: Any) -> None:
    """Write that the page was read."""
    audit.record(
        EventKind.COMMAND_VIEWED, at=timezone.now(), by=request.user, source=f"command:{page}",
        authority_code=event.authority.code if event else "",
        **{"subject": ("event", str(event.pk)) if event else ("", ""), **subject},
    )  # fmt: skip


def as_file(
    request: HttpRequest, paper: Paper, fmt: str, *, name: str, event: Event, subject: tuple[str, str],
    shown: Iterable[int] = (),
) -> HttpResponse:  # fmt: skip
    """A paper as Word or PDF, once the event of the download is written."""
    at = timezone.now()
    written = word(paper, template_of()) if fmt == "docx" else pdf(paper)
    keep_taken(
        request, fmt, at=at, subject=subject, source=f"command:{name}", authority_code=event.authority.code,
        shown=shown, size=len(written),
    )  # fmt: skip
    mark = "-exercise" if event.is_exercise else ""
    file = f"keepsight-{name}{mark}-{timezone.localtime(at):%Y-%m-%d}.{fmt}"
    return HttpResponse(
        written, content_type=DOCX if fmt == "docx" else "application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{file}"', "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


def template_of() -> Any:
    """The council's own Word template where it keeps one, else the one that came with Keepsight."""
    from django.conf import settings

    from keepsight.core.command.word import TEMPLATE

    own = settings.VAR / "templates" / "paper.docx"
    return own if own.is_file() else TEMPLATE
