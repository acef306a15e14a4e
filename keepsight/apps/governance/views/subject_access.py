"""Subject access: requests with their days, and the bundle of one child."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.actions import subject_access as actions
from keepsight.apps.governance.forms.retention import RequestForm
from keepsight.apps.governance.models import SubjectAccess
from keepsight.apps.governance.presenters import retention as present
from keepsight.apps.governance.queries import retention as queries
from keepsight.apps.governance.queries.subject_access import REASONS
from keepsight.ui.forms import submit

P = Permission


@require_http_methods(["GET", "POST"])
@requires(P.SUBJECT_ACCESS)
def subject_access(request: HttpRequest) -> HttpResponse:
    """The requests with the day by which each is answered, and a form for a new one."""
    on = timezone.localdate()
    authorities = queries.authorities_for(request.grants, P.SUBJECT_ACCESS)
    form = RequestForm(request.POST or None, authorities=authorities)
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("number", "asked_on", "asker", "reference")}
        answers |= {"authority": form.chosen, "by": request.user, "at": timezone.now(), "on": on}
        if submit(form, actions.log, beside="number", **answers):
            messages.success(request, "The request is logged.")
            return redirect("governance:subject_access")
    held = list(queries.requests(authorities).exclude(child__in=request.grants.blocked)[:100])
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:subject_access", rows=len(held),
        shown=[each.child_id for each in held],
    )  # fmt: skip
    context = {"requests": _presented(held, on), "form": form}
    return render(request, "governance/subject_access.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.SUBJECT_ACCESS)
def subject_access_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was put together, what was left out, and taking it away."""
    held = _request(request, pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=held.child.authority.code,
        subject=("child", str(held.child_id)), source="governance:subject_access_one",
    )  # fmt: skip
    shown = _presented([held], timezone.localdate())[0]
    left_out = [
        {"why": words, "what": sorted(shown["left_out"][why].items())}
        for why, (words, _) in REASONS.items()
        if why in shown["left_out"]
    ]
    context = {"request_": shown, "left_out": left_out, "may_take": request.grants.may(P.EXPORT_BUNDLE)}
    return render(request, "governance/subject_access_one.html", context)


@require_POST
@requires(P.SUBJECT_ACCESS)
def subject_access_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the bundle together, or again."""
    held = _request(request, pk)
    actions.make_bundle(held, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, "The bundle is put together. Read it before it leaves.")
    return redirect("governance:subject_access_one", pk)


@require_POST
@requires(P.EXPORT_BUNDLE)
def subject_access_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the bundle away as a zip."""
    held = _request(request, pk)
    content = actions.hand_over(held, by=request.user, at=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="subject-access-{pk}.zip"',
               "Cache-Control": "no-store, private"}  # fmt: skip
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _request(request: HttpRequest, pk: int) -> SubjectAccess:
    reached = queries.requests(queries.authorities_for(request.grants, P.SUBJECT_ACCESS))
    held = reached.filter(pk=pk).exclude(child__in=request.grants.blocked).first()
    if held is None:
        raise Http404
    return held


def _presented(held: list, on: object) -> list:
    numbers = queries.numbers_of([each.child_id for each in held])
    return [
        present.present_request(
            each, numbers.get(each.child_id, ""),
            queries.references(each.child.authority, [each.child_id])[each.child_id], on,
        )
        for each in held
    ]  # fmt: skip
