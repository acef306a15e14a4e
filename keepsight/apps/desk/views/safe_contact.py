"""How a family is reached safely: a page of its own, so that each view is meant, and logged."""

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.desk import record
from keepsight.apps.desk.forms import SafeContactForm
from keepsight.apps.desk.present_child import present_identity
from keepsight.apps.desk.views.child import opened
from keepsight.apps.people.actions import safe_contact as actions
from keepsight.apps.people.content import sees_of, sees_to_safety
from keepsight.apps.people.models import Child
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Access
from keepsight.ui.forms import submit


@cache
def _review_days() -> int:
    return book().read("access", Access).review_days


def _child(who: dict[str, Any]) -> Child:
    return Child.objects.select_related("authority").get(pk=who["id"])


@require_GET
@requires(Permission.SAFE_CONTACT_VIEW)
def safe_contact(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Address, telephone, school and code word of one child, for those who work with the family."""
    on, source = timezone.localdate(), "desk:safe_contact"
    who = opened(request, ref, Permission.SAFE_CONTACT_VIEW, on, source=source)
    held = actions.safe_contact_seen(_child(who), by=request.user, at=timezone.now(), source=source)
    sees = sees_of(request.grants, who)
    context = {
        "child": present_identity(who, on),
        "held": held,
        "code_word": held.code_word if held and sees.code_word else "",
        "code_word_hidden": bool(held and held.code_word and not sees.code_word),
        "review_late": held is not None and held.review_on <= on,
        "places": record.places(who, on),
        "may_change": sees_to_safety(request.grants, who),
    }
    return render(request, "desk/safe_contact.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SAFE_CONTACT_EDIT)
def change_safe_contact(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The manager of the case writes down how the family is reached, and when that is looked at again."""
    on, now, source = timezone.localdate(), timezone.now(), "desk:change_safe_contact"
    who = opened(request, ref, Permission.SAFE_CONTACT_EDIT, on, source=source)
    child = _child(who)
    held = actions.safe_contact_seen(child, by=request.user, at=now, source=source)
    initial: dict[str, Any] = {name: getattr(held, name) for name in actions.DETAILS} if held else {}
    initial["review_on"] = held.review_on if held else on + timedelta(days=_review_days())
    form = SafeContactForm(request.POST or None, initial=initial)
    if form.is_valid():
        answers = {**form.cleaned_data, "by": request.user, "at": now, "on": on}
        if submit(form, actions.write_safe_contact, beside="address", child=child, **answers):
            messages.success(request, "The safe-contact details are kept. The address is confidential on every page.")
            return redirect("desk:safe_contact", ref)
    context = {"child": present_identity(who, on), "form": form, "held": held}
    return render(request, "desk/change_safe_contact.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.SAFE_CONTACT_EDIT)
def end_safe_contact(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The manager of the case says that the details are not needed any more."""
    who = opened(request, ref, Permission.SAFE_CONTACT_EDIT, timezone.localdate(), source="desk:end_safe_contact")
    actions.end_safe_contact(_child(who), by=request.user, at=timezone.now())
    messages.success(request, "The safe-contact details are destroyed.")
    return redirect("desk:child", ref)
