"""
What stands between signing in and every page: an account that still holds, a second factor, the terms.

What a session has shown is written into it at sign-in, so that a page asks the database for nothing more.
"""

from datetime import date
from typing import Any

from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from keepsight.apps.accounts import second_factors
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.terms import current, has_accepted
from keepsight.apps.desk.notices import DECLARE
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.people.queries import declaration_is_due, last_declared
from keepsight.config.sign_in.engine import ADDRESS, BEGUN, DEVICE, SessionStore

FACTOR = "second_factor"  # id of the person who showed one in this session
WITHOUT = "without_second_factor"  # example authorities that asked for none at sign-in
TERMS = "terms"  # version accepted
SHOWING_PAGES = frozenset({"account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"})
# Pages on which a first second factor is set up.
FACTOR_PAGES = SHOWING_PAGES | {
    "accounts:second_factor", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip
TERMS_PAGES = FACTOR_PAGES | {"accounts:terms"}


def has_ended(user: User, on: date) -> bool:
    """Whether an account no longer signs in."""
    return not user.is_active or (user.expires_on is not None and user.expires_on <= on)


def signed_in(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A session begins: what its gates need is read once."""
    now = timezone.now()
    request.session[BEGUN] = int(now.timestamp())
    request.session[ADDRESS] = request.META.get("REMOTE_ADDR", "")[:45]
    request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")[:300]
    request.session[WITHOUT] = sorted(second_factors.switched_off())
    if has_accepted(user, current().version):
        request.session[TERMS] = current().version
    if grants_of(user, now).sees_children and declaration_is_due(last_declared(user.pk), now):
        request.session[DECLARE] = True
    _keep_last_use(user, timezone.localdate(now))
    SessionStore.clear_expired()


def _keep_last_use(user: User, on: date) -> None:
    """Once a day at most."""
    if user.last_used_on != on:
        User.objects.filter(pk=user.pk).update(last_used_on=on)
        user.last_used_on = on


def gate(request: HttpRequest, view: Any) -> HttpResponse | None:
    """The page that a person must see before the one asked for, if any."""
    if not request.user.is_authenticated:
        return None
    now = timezone.now()
    session: Any = request.session
    if has_ended(request.user, timezone.localdate(now)) or session.is_too_long():
        auth.logout(request)
        if not getattr(view, "login_required", True):
            return None  # it knows what to do with strangers, such as keeping what was typed
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if session.is_due(now):
        session.modified = True
        _keep_last_use(request.user, timezone.localdate(now))
    page = request.resolver_match.view_name if request.resolver_match else ""
    if page not in SHOWING_PAGES and lacks_factor(request):
        if kinds := second_factors.kinds_of(request.user):
            return redirect("mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn")
        if page not in FACTOR_PAGES:
            return redirect("accounts:second_factor")
    if page not in TERMS_PAGES and lacks_terms(request):
        return redirect("accounts:terms")
    return None


def lacks_factor(request: HttpRequest) -> bool:
    """Whether a role asks for a second factor that this session has not shown."""
    if request.session.get(FACTOR) == request.user.pk:
        return False
    where = second_factors.where_needed(request.grants)  # type: ignore[attr-defined]
    return bool(where - frozenset(request.session.get(WITHOUT, ())))


def lacks_terms(request: HttpRequest) -> bool:
    """Whether the person has not accepted the terms in force."""
    version = current().version
    if request.session.get(TERMS) == version:
        return False
    if has_accepted(request.user, version):
        request.session[TERMS] = version
        return False
    return True
