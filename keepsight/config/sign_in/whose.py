"""Whose request it is: the user that was read with the session, held to everything that Django holds it to."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


class SessionUserMiddleware(AuthenticationMiddleware):
    """Django's, without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> object:
    """Take the session's user if every check of Django holds; else let Django decide, and end the session."""
    session, key = request.session, request.session.get(auth.SESSION_KEY)
    user = getattr(session, "user", None)
    if (
        user is not None
        and key == str(user.pk)
        and user.is_active
        and session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        and not hasattr(request, "_cached_user")
    ):
        request._cached_user = user  # type: ignore[attr-defined]
    found = get_user(request)
    if key is not None and not found.is_authenticated:
        session.flush()  # of an account that ended: gone for good, even if the account is opened again
    return found
