"""How allauth behaves here: accounts are made by the authority, and every sign-in is an event."""

import logging
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.config.sign_in import lockout
from keepsight.config.sign_in.gates import has_ended

logger = logging.getLogger(__name__)


class KeepsightAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; who came, who failed and who left is kept."""

    error_messages = {  # noqa: RUF012 – as allauth declares it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is not right",
        "too_many_login_attempts": "There were too many tries. Wait a few minutes and try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 – of no network, as in tests and sockets

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if answer := lockout.closed(request, credentials):
            raise ImmediateHttpResponse(answer)
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        lockout.keep_failure(request, credentials)

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        if has_ended(user, timezone.localdate()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **more)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        audit.record(EventKind.SIGNED_IN, at=timezone.now(), by=user)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            audit.record(EventKind.SIGNED_OUT, at=timezone.now(), by=request.user)
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the request: how long the post takes must not tell whether an account exists."""
        if settings.EMAIL_HOST:
            known = {"request": current.request, "email": email, **context}
            message = self.render_mail(template_prefix, email, known)
            threading.Thread(target=_send, args=(message,)).start()


def _send(message: Any) -> None:
    try:
        message.send()
    except OSError:
        logger.error("A mail about an account could not be sent: the mail server did not take it.")
