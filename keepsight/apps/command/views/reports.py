"""Operating pictures: put together, written into, compared, signed off, taken away (CMD-05)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.exports import taking
from keepsight.apps.accounts.permissions import Grants, Permission, requires
from keepsight.apps.command.actions import reports as actions
from keepsight.apps.command.models import CommandReport
from keepsight.apps.command.permissions import authorities_reached, holds, reports_visible_to
from keepsight.apps.command.presenters import reports as present
from keepsight.apps.command.queries import reports as queries
from keepsight.apps.command.rules import rule_of
from keepsight.apps.command.views.running import as_file, event_of, exercise_of, frame, looked, may_run
from keepsight.core.command.picture import compare

P = Permission


@require_GET
@requires(P.COMMAND_VIEW)
def reports(request: HttpRequest) -> HttpResponse:
    """The pictures of the event by number, and a button for each kind to put one together."""
    event = event_of(request)
    context = frame(request, event)
    if event is not None:
        held = queries.listed(reports_visible_to(request.grants, exercise=exercise_of(request)), event)
        context["kinds"] = [
            {"key": rule.id, "title": rule.title, "rows": [present.present_row(r) for r in held if r.key == rule.id],
             "draft": any(r.key == rule.id and r.state == CommandReport.State.DRAFT for r in held)}
            for rule in rule_of(event).reports
        ]  # fmt: skip
    looked(request, event, "reports")
    return render(request, "command/reports.html", context)


@require_POST
@requires(P.COMMAND_RUN)
def report_make(request: HttpRequest, key: str) -> HttpResponse:
    """Put a picture together from what stands now."""
    event = event_of(request)
    if event is None:
        raise Http404
    made = actions.assemble(event, key, by=request.user, at=timezone.now())
    messages.success(request, f"Version {made.number} is put together from what stands now.")
    return redirect("command:report", made.ref)


@require_GET
@requires(P.COMMAND_VIEW)
def report(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A picture: its blocks with their sources, what changed, and whether it is whole."""
    found = _report(request, ref)
    figures, older = _figures(request.grants, found), queries.before(found)
    draft, runs = found.state == CommandReport.State.DRAFT, may_run(request, found.event)
    rule = actions.report_rule(found.event, found.key)
    on = timezone.localdate()
    signs = draft and runs and holds(request.user.pk, found.event, rule.signed_by, on)
    context = frame(request, found.event) | {
        "report": found, "row": present.present_row(found), "draft": draft, "runs": runs,
        "blocks": present.blocks(found, figures=figures), "sources": present.sources(found, figures=figures),
        "older": older, "changes": compare(older.body, found.body) if older and figures else [],
        "whole": actions.is_whole(found), "fingerprint": found.digest[:present.SHORT],
        "may_sign": signs and found.made_by_id != request.user.pk,
        "made_it": signs and found.made_by_id == request.user.pk,
        "signatory": actions.signatory(found),
        "may_docx": request.grants.may(P.EXPORT_DOCX), "may_pdf": request.grants.may(P.EXPORT_PDF),
    }  # fmt: skip
    looked(request, found.event, "report", subject=("command_report", str(found.pk)))
    return render(request, "command/report.html", context)


@require_POST
@requires(P.COMMAND_RUN)
def report_write(request: HttpRequest, ref: UUID, block: str) -> HttpResponse:
    """Write the words of a text block."""
    found = _report(request, ref)
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")[:20_000]
    try:
        actions.write(found, block, text, by=request.user, at=timezone.now(), seen=request.POST.get("seen", ""))
    except actions.ReportChanged as changed:
        context = frame(request, found.event) | {"report": changed.report, "typed": text, "sentence": changed.sentence}
        return render(request, "command/report_changed.html", context, status=409)
    messages.success(request, "The words are saved.")
    return redirect("command:report", ref)


@require_POST
@requires(P.COMMAND_RUN)
def report_sign(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Sign off what was seen."""
    found = _report(request, ref)
    actions.sign(found, by=request.user, at=timezone.now(), seen=request.POST.get("seen", ""))
    messages.success(request, f"Version {found.number} is signed off. It does not change any more.")
    return redirect("command:report", ref)


@require_GET
@requires(P.EXPORT_DOCX)
def report_docx(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The picture as a Word document."""
    return _taken(request, ref, "docx", taking(request.grants, P.EXPORT_DOCX))


@require_GET
@requires(P.EXPORT_PDF)
def report_pdf(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The picture as an accessible PDF."""
    return _taken(request, ref, "pdf", taking(request.grants, P.EXPORT_PDF))


def _taken(request: HttpRequest, ref: UUID, fmt: str, grants: Grants) -> HttpResponse:
    found = _report(request, ref, grants)
    paper = present.paper(found, figures=_figures(grants, found))
    name = f"{found.key.replace('_', '-')}-version-{found.number}"
    return as_file(request, paper, fmt, name=name, event=found.event, subject=("command_report", str(found.pk)))


def _figures(grants: Grants, found: CommandReport) -> bool:
    """Whether the person may read figures about children of this authority."""
    return found.event.authority_id in authorities_reached(grants, P.PICTURE_VIEW)


def _report(request: HttpRequest, ref: UUID, grants: Grants | None = None) -> CommandReport:
    visible = reports_visible_to(grants or request.grants, exercise=exercise_of(request))
    found = visible.select_related("event__authority", "made_by", "signed_by").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
