"""
One's own account: who one is here, the ways in, and where one is signed in.

No role is needed for it; that the person has signed in is asked of every page that does not say otherwise.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts import own_account, second_factors
from keepsight.apps.accounts import terms as terms_in_force
from keepsight.apps.accounts.actions import sign_in
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.sessions import sessions_of
from keepsight.core.errors import NotAllowedNow


class TermsForm(forms.Form):
    """One box."""

    accept = forms.BooleanField(
        label="I have read these terms and keep to them",
        error_messages={"required": "Tick the box to accept the terms"},
    )


@requires(Permission.ANYONE)
def account(request: HttpRequest) -> HttpResponse:
    """Name, roles until when, second factors, sessions, password and terms."""
    user, now = request.user, timezone.now()
    on = timezone.localdate(now)
    context = {
        "person": user,
        "roles": own_account.roles_of(user, on),
        "covers": own_account.covers_of(user, on),
        "factors": own_account.factors_in_words(user),
        "factor_needed": bool(second_factors.where_needed(request.grants) - second_factors.switched_off()),
        "sessions": own_account.sessions_in_words(sessions_of(user, now), request.session.session_key),
        "has_password": user.has_usable_password(),
        "accepted": own_account.terms_accepted_by(user),
        "relatives": own_account.page_for_relatives(),
        "tokens": own_account.page_for_tokens(request.grants),
    }
    return render(request, "accounts/account.html", context)


@require_POST
@requires(Permission.ANYONE)
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out of one session, or of every other one."""
    now, chosen = timezone.now(), request.POST.get("session", "")
    if chosen == "others":
        here = request.session.session_key or ""
        sign_in.end_sessions(request.user, by=request.user, at=now, except_key=here, reason="by the person")
        messages.success(request, "You are signed out everywhere else.")
    elif sign_in.end_session(request.user, mark=chosen, at=now):
        messages.success(request, "That session has ended.")
    else:
        raise NotAllowedNow("That session has ended already.", code="session_gone")
    return redirect("accounts:account")


@requires(Permission.ANYONE)
def second_factor(request: HttpRequest) -> HttpResponse:
    """What stands before every page for a role that sees children, until a second factor is set up."""
    return render(request, "accounts/second_factor.html", {})


@requires(Permission.ANYONE)
def terms(request: HttpRequest) -> HttpResponse:
    """The terms in force; accepted once per version."""
    in_force = terms_in_force.current()
    form = TermsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        sign_in.accept_terms(request.user, version=in_force.version, at=timezone.now())
        return redirect("desk:home")
    context: dict[str, Any] = {
        "terms": in_force, "form": form, "accepted": terms_in_force.has_accepted(request.user, in_force.version)
    }  # fmt: skip
    return render(request, "accounts/terms.html", context, status=422 if form.errors else 200)
