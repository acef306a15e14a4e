"""A manager signs why a visit was not face to face (CON-02)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.contact import actions as contact
from keepsight.apps.contact.models import Visit
from keepsight.apps.desk import record
from keepsight.apps.desk.present_child import present_identity
from keepsight.apps.desk.views.child import opened
from keepsight.apps.people.content import sees_of
from keepsight.apps.people.permissions import children_visible_to
from keepsight.core.terms import LABELS


@requires(Permission.VIRTUAL_SIGN)
def sign_virtual(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the reason, and sign it."""
    theirs = children_visible_to(request.grants, Permission.VIRTUAL_SIGN)
    visit = Visit.objects.filter(pk=pk, child__in=theirs).select_related("child").first()
    if visit is None:
        raise Http404
    if request.method == "POST":
        contact.sign_virtual(visit, by=request.user, at=timezone.now())
        messages.success(request, "You have signed the reason.")
        return redirect("desk:approvals")
    on = timezone.localdate()
    who = opened(request, visit.child.ref, Permission.VIRTUAL_SIGN, on, source="desk:sign_virtual")
    reason = record.without_secrets(visit.virtual_reason, who, sees_of(request.grants, who))
    context = {
        "child": present_identity(who, on),
        "visit": {
            "on": visit.visit_on, "mode": LABELS.get(visit.mode, visit.mode), "reason": reason,
            "worker": visit.worker_name, "signed_by": visit.virtual_signed_by, "signed_at": visit.virtual_signed_at,
            "own": visit.recorded_by_id == request.user.pk,
        },
    }  # fmt: skip
    return render(request, "desk/sign_virtual.html", context)
