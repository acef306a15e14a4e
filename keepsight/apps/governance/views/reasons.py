"""Why somebody needs a record that is not theirs (RULES §5): a reason opens it for a day."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.forms.access import ReasonForm
from keepsight.apps.governance.presenters import access as presenters
from keepsight.apps.people import actions, queries
from keepsight.apps.people.permissions import NOT_YOURS, asks_safeguarding_only
from keepsight.apps.people.policies import rules
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit


@requires(Permission.CHILD_FIND)
def reason(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The page to which a refused person is led when they may learn that there is a record."""
    grants, now = request.grants, timezone.now()
    child = queries.findable(grants, ref)
    if child is None:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    if queries.may_open(grants, child):
        return redirect("desk:child", ref)
    audit.record(
        EventKind.KNOWN_CHECKED, at=now, by=request.user, authority_code=child.authority.code,
        subject=("child", str(child.pk)), source="governance:reason",
    )  # fmt: skip
    opens = queries.opens_with_reason(grants, child)
    only = actions.SAFEGUARDING if asks_safeguarding_only(grants, child.authority_id) else ""
    form = ReasonForm(request.POST or None, only=only) if opens else None
    if form is not None and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("because", "reason")}
        if submit(form, actions.give_reason, child=child, by=request.user, at=now, **answers):
            return redirect("desk:child", ref)
    context = {
        "form": form, "child": presenters.present_found(child), "hours": rules().reason_hours, "only": only,
        "about": presenters.carried(ref, request.user.pk), "may_break": grants.may(Permission.BREAK_GLASS),
        "may_ask": grants.may(Permission.ACCESS_ASK),
    }  # fmt: skip
    return render(request, "governance/reason.html", context, status=422 if form is not None and form.errors else 200)
