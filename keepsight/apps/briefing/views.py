"""The picture and the reports. Figures only: the children behind them are on the desk's lists."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_tasks import TaskResultStatus

from keepsight.apps.accounts.exports import PERMISSION_OF, check_may_take, taking
from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission, requires
from keepsight.apps.accounts.views.taking import keep_taken
from keepsight.apps.briefing import actions, presenters, queries, standalone, tasks
from keepsight.apps.briefing.models import Report
from keepsight.apps.briefing.picture import picture as picture_of
from keepsight.core.briefing.pdf import pdf
from keepsight.core.briefing.workbook import workbook
from keepsight.core.errors import NotPermitted

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: dict[str, tuple[str, str, Callable[[Report], bytes]]] = {
    "pdf": ("pdf", "application/pdf", lambda report: pdf(actions.document_of(report))),
    "xlsx": ("xlsx", SHEET, lambda report: workbook(actions.document_of(report))),
    "html": ("html", "text/html; charset=utf-8", lambda report: standalone.page(actions.document_of(report)).encode()),
    "members": ("pdf", "application/pdf", lambda report: pdf(actions.members_of(report))),
}


@require_GET
@requires(Permission.PICTURE_VIEW)
def picture(request: HttpRequest) -> HttpResponse:
    """Where things stand now, for all authorities in one's reach or for one of them."""
    on = timezone.localdate()
    seen = queries.authorities_seen(request.grants, Permission.PICTURE_VIEW)
    chosen = next((authority for authority in seen if str(authority.pk) == request.GET.get("authority")), None)
    context = {
        "on": on,
        "authorities": [
            {"name": authority.name, "value": authority.pk, "current": authority == chosen} for authority in seen
        ],
        "chosen": chosen.name if chosen else "",
        "where": chosen.name if chosen else " and ".join(authority.name for authority in seen),
        "report_href": request.grants.may(Permission.REPORT_VIEW),
        **picture_of(request.grants, [chosen] if chosen else seen, chosen, on),
    }
    return render(request, "briefing/picture.html", context)


@require_GET
@requires(Permission.REPORT_VIEW)
def reports(request: HttpRequest) -> HttpResponse:
    """Reports about the authorities in one's reach, and a button to make one."""
    seen = queries.authorities_seen(request.grants, Permission.REPORT_VIEW)
    makes = _may_make(request)
    context = {
        "reports": presenters.present_reports(
            queries.reports_seen({a.code for a in seen}), {a.code: a.name for a in seen}, _may_take(request)
        ),
        "makes": [{"name": authority.name, "value": authority.code} for authority in makes],
    }
    return render(request, "briefing/reports.html", context)


@require_POST
@requires(Permission.REPORT_MAKE)
def make_report(request: HttpRequest) -> HttpResponse:
    """Ask for the morning report of the authorities chosen; it is made on the queue, in a few seconds."""
    wanted = request.POST.get("authority", "")
    authorities = [authority for authority in _may_make(request) if wanted in ("", authority.code)]
    if not authorities:
        raise NotPermitted("You can make reports of your own authority. Ask its performance team for this one.")
    on: date = timezone.localdate()
    actions.check_can_report(authorities)
    codes = [authority.code for authority in authorities]
    asked = tasks.make_morning_report.enqueue(codes=codes, user_id=request.user.pk, on=on.isoformat())
    if asked.status == TaskResultStatus.SUCCESSFUL:  # a queue that works at once
        return redirect("briefing:report", asked.return_value)
    return redirect("briefing:making", asked.id)


@require_GET
@requires(Permission.REPORT_MAKE)
def making(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Wait for a report that one has asked for. The page looks again by itself; without scripts a button does."""
    found = tasks.asked_for(asked, request.user.pk)
    if found is None:
        raise Http404
    if found.status == TaskResultStatus.SUCCESSFUL:
        return redirect("briefing:report", found.return_value)
    waiting = found.status in (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    return render(request, "briefing/making.html", {"waiting": waiting})


@require_GET
@requires(Permission.REPORT_VIEW)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as a page."""
    found = _report(request, pk)
    shown = presenters.present_report(found.pk, actions.document_of(found), downloads=_may_take(request))
    return render(request, "briefing/report.html", shown)


@require_GET
@requires(Permission.REPORT_VIEW)
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A report as a file, in a format that one may take; taking it away is an event."""
    if kind not in KINDS:
        raise Http404
    ending, content_type, written = KINDS[kind]
    found = _report(request, pk, taking(request.grants, check_may_take(request.grants, ending)))
    file = written(found)
    keep_taken(
        request, kind, at=timezone.now(), subject=("report", str(found.pk)), source="briefing:download",
        size=len(file), authorities=found.authority_codes,
    )  # fmt: skip
    edition = "members" if kind == "members" else found.name
    name = f"keepsight-{edition}-{found.made_at:%Y-%m-%d}-{found.pk}.{ending}"
    return HttpResponse(
        file, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _may_take(request: HttpRequest) -> frozenset[str]:
    """The kinds of file whose format one may take."""
    return frozenset(kind for kind, (ending, *_) in KINDS.items() if request.grants.may(PERMISSION_OF[ending]))


def _report(request: HttpRequest, pk: int, grants: Grants | None = None) -> Report:
    """The report, when every authority in it is in one's reach."""
    seen = queries.authorities_seen(grants or request.grants, Permission.REPORT_VIEW)
    codes = {authority.code for authority in seen}
    found = queries.report_seen(pk, codes)
    if found is None:
        raise Http404
    return found


def _may_make(request: HttpRequest) -> list[Authority]:
    """Authorities that one may report on as a whole."""
    whole = request.grants.scope(Permission.REPORT_MAKE).authority_ids
    return [a for a in queries.authorities_seen(request.grants, Permission.REPORT_MAKE) if a.pk in whole]
