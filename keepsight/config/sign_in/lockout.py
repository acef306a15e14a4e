"""
Five wrong passwords close an account's door for half an hour, whatever network address they come from.

Counting is by a keyed mark of the address that was typed, so no table or log line of it names anybody,
and an address that no account has locks in the same way.
"""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind

SALT = "keepsight.lockout"


def mark(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted by: a mark of the address typed, in whatever letters."""
    return _mark_of(_typed(request, credentials))


def _mark_of(email: str) -> str:
    return salted_hmac(SALT, email, secret=settings.AUDIT_KEY, algorithm="sha256").hexdigest()[:40]


def _typed(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    given = credentials or {}
    typed = given.get("email") or given.get("login") or given.get("username")
    if not typed and request is not None:
        typed = request.POST.get("login") or getattr(request.user, "email", "")
    return str(typed or "").strip().lower()


def closed(request: HttpRequest, credentials: dict[str, Any]) -> HttpResponse | None:
    """The page that says that the door is closed, if it is."""
    if AxesProxyHandler.is_allowed(request, credentials):
        return None
    return get_lockout_response(request, None, credentials)  # type: ignore[no-any-return]


def named(request: HttpRequest, credentials: dict[str, Any] | None = None) -> User | None:
    """Whose account the address typed is, if anybody's."""
    email = _typed(request, credentials)
    return User.objects.filter(email=email).first() if email else None


def keep_failure(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """Keep that somebody did not get in: the account's id where there is one, never what was typed."""
    user = named(request, credentials)
    subject = ("user", str(user.pk)) if user else ("", "")
    audit.record(EventKind.SIGN_IN_FAILED, at=timezone.now(), subject=subject, source="account_login")


def keep_lockout(sender: Any, request: HttpRequest, **more: Any) -> None:
    """Keep that a door closed."""
    user = named(request, getattr(request, "axes_credentials", None))
    subject = ("user", str(user.pk)) if user else ("", "")
    audit.record(EventKind.LOCKED_OUT, at=timezone.now(), subject=subject, source="account_login")
