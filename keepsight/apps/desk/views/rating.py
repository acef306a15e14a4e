"""Confirming a level, and a manager's answer where one is needed."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.contact import actions as contact
from keepsight.apps.desk import record
from keepsight.apps.desk.forms import ApprovalForm, RatingForm
from keepsight.apps.desk.present_child import present_child_rating, present_identity
from keepsight.apps.desk.views.child import opened
from keepsight.apps.people.content import sees_of
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.risk.models import Confirmation
from keepsight.apps.risk.permissions import check_user_can_approve_rating
from keepsight.apps.risk.queries import override_reasons
from keepsight.core.terms import Level
from keepsight.ui.forms import submit


@requires(Permission.RATING_CONFIRM)
def confirm_rating(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The worker's level beside the computed one; a reason where they differ."""
    on = timezone.localdate()
    who = opened(request, ref, Permission.RATING_CONFIRM, on, source="desk:confirm_rating")
    rating = _rating_of(request, who, on)
    computed = rating["computed"]["level"] if rating["computed"] else ""
    child = Child.objects.select_related("authority").get(pk=who["id"])
    asked = {"reasons": override_reasons(child.authority), "computed": computed, "in_force": who["plan__level"] or ""}
    form = RatingForm(request.POST or None, **asked)
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("reason_code", "reason")}
        answers |= {"level": Level(form.cleaned_data["level"]), "by": request.user, "at": timezone.now(), "on": on}
        if submit(form, contact.confirm_level, beside="reason", child=child, **answers):
            waiting = Confirmation.objects.filter(child=child, is_current=True, approval="waiting").exists()
            told = "The level is kept and waits for a manager." if waiting else "The level is confirmed."
            messages.success(request, told)
            return redirect("desk:child", ref)
    context = {"child": present_identity(who, on), "rating": rating, "form": form}
    return render(request, "desk/confirm_rating.html", context, status=422 if form.errors else 200)


@requires(Permission.RATING_APPROVE)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager approves or refuses one level that waits."""
    on = timezone.localdate()
    theirs = children_visible_to(request.grants, Permission.RATING_APPROVE)
    confirmation = Confirmation.objects.filter(pk=pk, child__in=theirs).select_related("child").first()
    if confirmation is None:
        raise Http404
    check_user_can_approve_rating(request.grants, confirmation, user_id=request.user.pk)
    who = opened(request, confirmation.child.ref, Permission.RATING_APPROVE, on, source="desk:approve")
    form = ApprovalForm(request.POST or None)
    if form.is_valid():
        approved = form.cleaned_data["answer"] == "approve"
        answers = {"approved": approved, "by": request.user, "at": timezone.now(), "on": on}
        if submit(form, contact.approve_level, confirmation=confirmation, **answers):
            messages.success(request, "The level is approved." if approved else "The level stays as it was.")
            return redirect("desk:approvals")
    context = {
        "child": present_identity(who, on),
        "rating": _rating_of(request, who, on),
        "waiting": {
            "level": confirmation.level, "computed": confirmation.computed_level,
            "reason": record.without_secrets(confirmation.reason, who, sees_of(request.grants, who)),
            "by": confirmation.rated_by, "on": confirmation.rated_on, "open": confirmation.approval == "waiting",
        },
        "form": form,
    }  # fmt: skip
    return render(request, "desk/approve.html", context, status=422 if form.errors else 200)


def _rating_of(request: HttpRequest, who: dict[str, Any], on: date) -> dict[str, Any]:
    """The computed level with those of its reasons that this person may read."""
    sees = sees_of(request.grants, who)
    hide = who["place_confidential"] and not sees.place
    secrets = record.secrets_of(who) if hide else frozenset()
    return present_child_rating(who, record.ratings(who["id"]), on, sees=sees, secrets=secrets)
