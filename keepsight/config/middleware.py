"""One place where each request learns what its person may do, and where refusals become pages."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import is_too_often
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.config.exercises import check_stays_inside, exercise_in
from keepsight.config.refusals import led, ways
from keepsight.config.sign_in.gates import FACTOR_PAGES, gate
from keepsight.core.errors import BadInput, KeepsightError, NoAnswer, NotAllowedNow, NotPermitted, Refused, TooOften
from keepsight.ui.errors import HEADINGS, STALE_FORM

NOBODY = Grants((), ())
# Pages of allauth that we use; it guards its own. Every other page of it is refused.
SIGN_IN_PAGES = FACTOR_PAGES | {
    "account_login", "account_signup", "account_inactive", "account_change_password", "account_set_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn", "mfa_deactivate_totp",
    "mfa_list_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip
# Where a password or a passkey of our own opens the door; shut where single sign-on is the only way.
LOCAL_PAGES = frozenset(
    {
        "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
        "account_reset_password_from_key_done", "account_change_password", "account_set_password",
        "mfa_login_webauthn",
    }
)  # fmt: skip
STATUS: tuple[tuple[type[KeepsightError], int], ...] = (
    (NotPermitted, 403),
    (NotAllowedNow, 409),
    (TooOften, 429),
    (Refused, 409),
    (BadInput, 422),
    (NoAnswer, 200),
)


class KeepsightMiddleware:
    """Grants for each request; deny by default; errors of the tree as pages with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.grants = SimpleLazyObject(lambda: _grants(request))  # type: ignore[attr-defined]
        before = audit.ORIGIN.set(audit.Origin(request.META.get("REMOTE_ADDR", "")))
        try:
            request.exercise = exercise_in(request)  # type: ignore[attr-defined]
            response = self.get_response(request)
        finally:
            audit.ORIGIN.reset(before)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"  # the next person at this screen goes back to nobody
        match = request.resolver_match
        if request.method == "POST" and match and match.view_name == "account_logout":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(view, "by_token", False):
            return None  # a call of the interface asks for a token itself, and a session opens nothing there
        if first := gate(request, view):
            return first
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in LOCAL_PAGES and not settings.PASSWORDS_OPEN:
            return told(request, NotPermitted("Passwords open nothing here. Sign in through your council."))
        try:
            check_stays_inside(request, view)
        except NotAllowedNow as inside:
            return told(request, inside)
        if hasattr(view, "permission") or name in SIGN_IN_PAGES:
            return None
        return told(request, NotPermitted("This page has not said who may see it, so nobody may."))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404) and request.user.is_authenticated:
            refused(request, "not_found")  # out of reach and not there look the same
        return told(request, error) if isinstance(error, KeepsightError) else None


def _grants(request: HttpRequest) -> Grants:
    if not request.user.is_authenticated:
        return NOBODY
    grants = grants_of(request.user, timezone.now())
    audit.ORIGIN.set(audit.Origin(audit.ORIGIN.get().address, grants.roles))
    return grants


def told(request: HttpRequest, error: KeepsightError) -> HttpResponse:
    """Turn an anticipated error into a page, and remember who was refused."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 409)
    if status in (403, 429):
        refused(request, error.code)
        if status == 403 and (elsewhere := led(request, error)):
            return elsewhere
    context = {"heading": HEADINGS[status], "sentence": error.sentence, "status": status, **ways(request, error)}
    return render(request, "errors/told.html", context, status=status)


def refused(request: HttpRequest, why: str) -> None:
    """
    Keep who tried to open what. A record that is there and one that is not cost the same.

    Of somebody who is not signed in only so many an hour from one address: nobody fills the log from outside.
    """
    at, match = timezone.now(), request.resolver_match
    if not request.user.is_authenticated and is_too_often(request.META.get("REMOTE_ADDR", ""), "stranger", at=at):
        return
    tried = match.kwargs if match else {}
    subject, code = ("number", str(tried["pk"])) if "pk" in tried else ("", ""), ""
    if ref := tried.get("ref"):
        child = Child.objects.filter(ref=ref).values_list("pk", "authority__code").first()
        subject, code = (("child", str(child[0])), child[1]) if child else (("child_ref", str(ref)), "")
    audit.record(
        EventKind.DENIED, at=at, by=request.user, authority_code=code, subject=subject, reason=why,
        source=match.view_name if match else "",
    )  # fmt: skip


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    A form without a good token: the person was signed out meanwhile, or another site sent it in their name.

    Nothing of the form goes into the log.
    """
    if request.user.is_authenticated:
        request.grants.memberships  # type: ignore[attr-defined]  # noqa: B018 – the event tells the roles
    refused(request, "stale_form")
    return render(request, "errors/told.html", STALE_FORM, status=403)
