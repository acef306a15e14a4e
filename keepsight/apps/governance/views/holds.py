"""Legal holds."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.actions import holds as actions
from keepsight.apps.governance.forms.retention import HoldForm, LiftForm
from keepsight.apps.governance.presenters import retention as present
from keepsight.apps.governance.queries import retention as queries
from keepsight.ui.forms import submit

P = Permission


@require_http_methods(["GET", "POST"])
@requires(P.HOLD_PLACE)
def holds(request: HttpRequest) -> HttpResponse:
    """The holds that stand, those that were lifted, and a form for a new one."""
    authorities = queries.authorities_for(request.grants, P.HOLD_PLACE)
    form = HoldForm(request.POST or None, authorities=authorities)
    if form.is_valid():
        number = form.cleaned_data["number"].strip() if form.cleaned_data["over"] == "child" else ""
        answers = {"authority": form.chosen, "number": number, "why": form.cleaned_data["why"]}
        if submit(form, actions.place, beside="why", by=request.user, at=timezone.now(), **answers):
            messages.success(request, "The hold stands.")
            return redirect("governance:holds")
    held = list(queries.holds(authorities))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:holds", rows=len(held),
        shown=[each.child_id for each in held if each.child_id is not None],
    )  # fmt: skip
    context = {"holds": _presented(held), "form": form}
    return render(request, "governance/holds.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.HOLD_PLACE)
def hold_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift one hold, with a reason."""
    held = queries.holds(queries.authorities_for(request.grants, P.HOLD_PLACE)).filter(pk=pk).first()
    if held is None or held.child_id in request.grants.blocked:
        raise Http404
    form = LiftForm(request.POST or None)
    if form.is_valid():
        answers = {"hold": held, "because": form.cleaned_data["because"], "by": request.user, "at": timezone.now()}
        if submit(form, actions.lift, beside="because", **answers):
            messages.success(request, "The hold is lifted.")
            return redirect("governance:holds")
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:hold_lift",
        subject=("child", str(held.child_id)) if held.child_id else ("authority", held.authority.code),
        authority_code=held.authority.code,
    )  # fmt: skip
    context = {"hold": _presented([held])[0], "form": form}
    return render(request, "governance/hold_lift.html", context, status=422 if form.errors else 200)


def _presented(held: list) -> list:
    children = {each.child_id: each.authority for each in held if each.child_id is not None}
    numbers = queries.numbers_of(list(children))
    references = {child: queries.references(authority, [child])[child] for child, authority in children.items()}
    return [present.present_hold(each, references, numbers) for each in held]
