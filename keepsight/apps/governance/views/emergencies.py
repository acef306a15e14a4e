"""Breaking the glass, whom it is told, and who looks at it afterwards."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.governance import mail
from keepsight.apps.governance.forms.access import EmergencyForm, ReviewForm
from keepsight.apps.governance.presenters import access as presenters
from keepsight.apps.people import actions, queries
from keepsight.apps.people.policies import rules
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit


@requires(Permission.BREAK_GLASS)
def emergency(request: HttpRequest) -> HttpResponse:
    """Open one record for four hours. The record is carried in the form, never in the address."""
    about = presenters.read_carried(request.POST.get("about", ""), request.user.pk)
    sent = request.method == "POST" and "start" not in request.POST
    carried = {"about": request.POST["about"]} if about else None
    form = EmergencyForm(request.POST if sent else None, carried=about is not None, initial=carried)
    if form.is_valid() and (access := _broken(request, form, about)) is not None:
        return redirect("desk:child", access)
    context = {"form": form, "hours": rules().break_glass_hours, "carried": about is not None}
    return render(request, "governance/emergency.html", context, status=422 if form.errors else 200)


def _broken(request: HttpRequest, form: EmergencyForm, about: object) -> object | None:
    """Break the glass and give the record's address; None, with the sentence in the form, where none was opened."""
    now, given = timezone.now(), form.cleaned_data
    if about is not None:
        child = queries.by_ref(about)  # type: ignore[arg-type]
    else:
        check_rate(request.user, "search", at=now)
        places = request.grants.authorities_with_reason(Permission.BREAK_GLASS)
        child = queries.exactly(places, **form.wanted())
        audit.record(
            EventKind.SEARCHED, at=now, by=request.user, source="governance:emergency", rows=int(child is not None)
        )
    answers = {"because": given["because"], "reason": given["reason"], "by": request.user, "at": now}
    opened = []
    try:
        if not submit(form, lambda **said: opened.append(actions.break_glass(child, **said)), **answers):
            return None
    except NotPermitted as refused:
        audit.record(EventKind.DENIED, at=now, by=request.user, reason=refused.code, source="governance:emergency")
        form.add_error(None, refused.sentence)
        return None
    if opened[0] is not None:
        mail.tell(opened[0], at=now)
    assert child is not None
    return child.ref


@require_POST
@requires(Permission.SIGNED_IN)
def read_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who answers for the record has read that it was opened."""
    actions.read_notice(pk, by=request.user, at=timezone.now())
    return redirect("desk:home")


@requires(Permission.BREAK_GLASS_REVIEW)
def emergencies(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, by the next working day."""
    on = timezone.localdate()
    broken = queries.broken_glass(request.grants, waiting=True)
    rows = presenters.present_broken(broken, on)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:emergencies", rows=len(rows),
        shown=[row["child_id"] for row in broken],
    )  # fmt: skip
    context = {"rows": rows, "overdue": sum(row["overdue"] for row in rows)}
    return render(request, "governance/emergencies.html", context)


@requires(Permission.BREAK_GLASS_REVIEW)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one, and say what was found."""
    access = queries.glass_to_review(request.grants, pk)
    if access is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    answers = {"by": request.user, "at": timezone.now()}
    if form.is_valid() and submit(
        form, actions.review_glass, beside="review", access=access, review=form.cleaned_data["review"], **answers
    ):
        messages.success(request, "What you found is kept.")
        return redirect("governance:emergencies")
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:emergency_review",
        subject=("child", str(access.child_id)), authority_code=access.child.authority.code,
    )  # fmt: skip
    context = {"form": form, "access": presenters.present_one_broken(access, number=queries.number_of(access.child))}
    return render(request, "governance/emergency_review.html", context, status=422 if form.errors else 200)


@requires(Permission.BREAK_GLASS_REVIEW)
def week(request: HttpRequest) -> HttpResponse:
    """The weekly report: every broken glass of one week, to read and to print."""
    monday = _monday(request.GET.get("from", ""))
    begins, ends = presenters.span_of_week(monday)
    rows = queries.broken_glass(request.grants, since=begins, until=ends)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:emergency_week", rows=len(rows),
        shown=[row["child_id"] for row in rows],
    )  # fmt: skip
    context = {
        "rows": presenters.present_broken(rows, timezone.localdate()), "monday": monday,
        "sunday": monday + timedelta(days=6), "before": monday - timedelta(days=7), "after": monday + timedelta(days=7),
        "running": monday + timedelta(days=7) > timezone.localdate(),
    }  # fmt: skip
    return render(request, "governance/emergency_week.html", context)


def _monday(text: str) -> date:
    """The Monday of the week that an address names; of this week where it names none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate()
    if not date(2000, 1, 10) < day < date(2100, 1, 1):
        raise Http404
    return day - timedelta(days=day.weekday())
