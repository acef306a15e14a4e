"""Named access: asked for, answered, ended."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.governance.forms.access import AskForm, DecideForm
from keepsight.apps.governance.presenters import access as presenters
from keepsight.apps.people import actions, queries
from keepsight.ui.forms import submit

TOLD = "Your request has gone to the record's manager, if there is such a record."


@requires(Permission.ACCESS_ASK)
def requests(request: HttpRequest) -> HttpResponse:
    """What I asked for, and what waits for my answer."""
    grants, now = request.grants, timezone.now()
    waiting = queries.requests_waiting(grants, request.user.pk) if grants.may(Permission.ACCESS_APPROVE) else []
    names = queries.named_among(grants, [row["child_id"] for row in waiting]) if waiting else set()
    if waiting:
        audit.record(
            EventKind.LIST_OPENED, at=now, by=request.user, source="governance:requests", rows=len(waiting),
            shown=[row["child_id"] for row in waiting],
        )  # fmt: skip
    context = {
        "mine": presenters.present_asked(queries.asked_by(request.user.pk), now),
        "waiting": [presenters.present_request(row, names) for row in waiting],
        "approves": grants.may(Permission.ACCESS_APPROVE),
    }
    return render(request, "governance/requests.html", context)


@requires(Permission.ACCESS_ASK)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to be named. The answer never tells whether there is such a record."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        check_rate(request.user, "search", at=now)
        places = request.grants.authorities_with_reason(Permission.ACCESS_ASK)
        child = queries.exactly(places, **form.wanted())
        answers = {name: form.cleaned_data[name] for name in ("because", "reason")}
        audit.record(EventKind.SEARCHED, at=now, by=request.user, source="governance:ask", rows=0)
        if submit(form, actions.ask, child=child, by=request.user, at=now, **answers):
            messages.success(request, TOLD)
            return redirect("governance:requests")
    return render(request, "governance/request_ask.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.ACCESS_APPROVE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one request."""
    access = queries.request_to_decide(request.grants, pk)
    if access is None:
        raise Http404
    form = DecideForm(request.POST or None)
    if form.is_valid() and _answered(request, form, access):
        messages.success(request, "Your answer is kept.")
        return redirect("governance:requests")
    names = queries.named_among(request.grants, [access.child_id])
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:request",
        subject=("child", str(access.child_id)),
    )  # fmt: skip
    context = {
        "form": form, "own": access.user_id == request.user.pk, "open": access.state == access.State.ASKED,
        "access": presenters.present_one_request(access, names, number=queries.number_of(access.child)),
    }  # fmt: skip
    return render(request, "governance/request.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, form: DecideForm, access: object) -> bool:
    said = {"access": access, "by": request.user, "at": timezone.now()}
    answer = form.cleaned_data["answer"]
    if answer == "refuse":
        return submit(form, actions.refuse, beside="reason", reason=form.cleaned_data["reason"], **said)
    return submit(form, actions.grant, beside="answer", because=answer, **said)


@requires(Permission.ACCESS_APPROVE)
def named(request: HttpRequest) -> HttpResponse:
    """Who is named on each record for which I answer, and until when."""
    now = timezone.now()
    rows = queries.named_on_records(request.grants, now)
    names = queries.named_among(request.grants, [row["child_id"] for row in rows]) if rows else set()
    audit.record(
        EventKind.LIST_OPENED, at=now, by=request.user, source="governance:named", rows=len(rows),
        shown=[row["child_id"] for row in rows],
    )  # fmt: skip
    shown = [presenters.present_named(row, names, now) for row in rows]
    return render(request, "governance/request_named.html", {"rows": shown, "soon": sum(row["soon"] for row in shown)})


@require_POST
@requires(Permission.ACCESS_APPROVE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's access before its day."""
    access = queries.request_to_decide(request.grants, pk)
    if access is None:
        raise Http404
    actions.end_access(access, by=request.user, at=timezone.now())
    messages.success(request, "The access is ended. The record is closed to this person from now.")
    return redirect("governance:named")
