"""Restricted records: placed, looked at again after ninety days, opened again, followed by a new one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.forms.access import AfterAdoptionForm, EndForm, RestrictForm
from keepsight.apps.governance.presenters import access as presenters
from keepsight.apps.people import actions, queries
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import NOT_YOURS
from keepsight.apps.people.policies import rules
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit


@requires(Permission.RESTRICTED_REVIEW)
def watched(request: HttpRequest) -> HttpResponse:
    """Every restricted record of the councils that I watch over, the longest overdue first. No names."""
    return _listed(request, "governance:watched")


@requires(Permission.ACCESS_APPROVE)
def restricted(request: HttpRequest) -> HttpResponse:
    """The restricted records for which I answer, the longest overdue first."""
    return _listed(request, "governance:restricted")


def _listed(request: HttpRequest, source: str) -> HttpResponse:
    found = queries.restricted_records(request.grants)
    names = queries.named_among(request.grants, [row["pk"] for row in found])
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source=source, rows=len(found),
        shown=[row["pk"] for row in found],
    )  # fmt: skip
    rows = [presenters.present_restricted(row, names, timezone.localdate()) for row in found]
    due = [row for row in rows if row["due"]]
    only = request.GET.get("show") == "due"
    context = {"rows": due if only else rows, "due": len(due), "only_due": only, "days": rules().review_days}
    return render(request, "governance/restricted.html", context)


def _reach(request: HttpRequest, ref: UUID) -> Child:
    child = queries.restricted_record(request.grants, ref)
    if child is None:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    return child


@requires(Permission.SIGNED_IN)
def restriction(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One record: restrict it, or look at its restriction again."""
    child, now, on = _reach(request, ref), timezone.now(), timezone.localdate()
    decides = queries.decided(request.grants, ref) is not None
    standing = next((each for each in queries.restrictions_of(child) if each.ended_at is None), None)
    asks = standing is None  # nobody has said why yet
    form = RestrictForm(request.POST or None) if asks else None
    if request.method == "POST" and (form is None or form.is_valid()):
        said = {"child": child, "by": request.user, "at": now, "on": on}
        if form is not None:
            said |= {name: form.cleaned_data[name] for name in ("category", "reason")}
        act = actions.keep_restriction if child.record_class == "restricted" else actions.restrict
        if form is None:
            act(**said)
        if form is None or submit(form, act, beside="reason", **said):
            messages.success(request, "The record is restricted.")
            return redirect("governance:restriction", ref)
    names = queries.named_among(request.grants, [child.pk])
    audit.record(
        EventKind.LIST_OPENED, at=now, by=request.user, source="governance:restriction",
        subject=("child", str(child.pk)), authority_code=child.authority.code,
    )  # fmt: skip
    context = {
        "form": form, "decides": decides, "days": rules().review_days,
        "record": presenters.present_record(child, names, number=queries.number_of(child)),
        "history": presenters.present_history(queries.restrictions_of(child), on),
        "restricted": child.record_class == "restricted", "standing": standing,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "governance/restriction.html", context, status=status)


@requires(Permission.ACCESS_APPROVE)
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Open a record to its team again."""
    child = queries.decided(request.grants, ref)
    if child is None:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    form = EndForm(request.POST or None)
    if form.is_valid() and submit(
        form, actions.end_restriction, beside="reason", child=child, reason=form.cleaned_data["reason"],
        by=request.user, at=timezone.now(),
    ):  # fmt: skip
        messages.success(request, "The record is restricted no longer.")
        return redirect("governance:restricted")
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:end_restriction",
        subject=("child", str(child.pk)), authority_code=child.authority.code,
    )  # fmt: skip
    names = queries.named_among(request.grants, [child.pk])
    record = presenters.present_record(child, names, number=queries.number_of(child))
    context = {"form": form, "record": record}
    return render(request, "governance/restricted_end.html", context, status=422 if form.errors else 200)


@requires(Permission.ACCESS_APPROVE)
def after_adoption(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Begin a record after adoption. The page that follows leads to neither record."""
    child = queries.decided(request.grants, ref)
    if child is None:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    form = AfterAdoptionForm(request.POST or None)
    if form.is_valid() and submit(
        form, actions.begin_after_adoption, child=child, by=request.user, at=timezone.now(), on=timezone.localdate(),
        **form.cleaned_data,
    ):  # fmt: skip
        messages.success(request, "A new record is begun. Its service finds it by its new name.")
        return redirect("governance:restricted")
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:after_adoption",
        subject=("child", str(child.pk)), authority_code=child.authority.code,
    )  # fmt: skip
    names = queries.named_among(request.grants, [child.pk])
    record = presenters.present_record(child, names, number=queries.number_of(child))
    context = {"form": form, "record": record}
    return render(request, "governance/restricted_adoption.html", context, status=422 if form.errors else 200)


@requires(Permission.ACCESS_APPROVE)
def blocked(request: HttpRequest) -> HttpResponse:
    """Cases whose own worker cannot open them: they need another worker."""
    rows = queries.blocked_workers(request.grants)
    names = queries.named_among(request.grants, [row["child_id"] for row in rows]) if rows else set()
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:blocked", rows=len(rows),
        shown=[row["child_id"] for row in rows],
    )  # fmt: skip
    return render(
        request, "governance/restricted_blocked.html",
        {"rows": [presenters.present_request(row, names) | {"whom": row["whom"]} for row in rows]},
    )  # fmt: skip
