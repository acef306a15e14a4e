"""How allauth behaves here: accounts are made by the authority, and every sign-in is an event."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind


class KeepsightAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; who came, who failed and who left is kept."""

    error_messages = {  # noqa: RUF012 – as allauth declares it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is not right",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        audit.record(EventKind.SIGNED_IN, at=timezone.now(), by=user)

    def logout(self, request: HttpRequest) -> None:
        audit.record(EventKind.SIGNED_OUT, at=timezone.now(), by=request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        audit.record(EventKind.SIGN_IN_FAILED, at=timezone.now())
