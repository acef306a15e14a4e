"""A new password ends every other session at once."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from keepsight.apps.accounts.actions.sign_in import end_sessions
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind


def changed(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    """After a change the person stays where they are; after a reset they sign in again everywhere."""
    now = timezone.now()
    mine = request.user.is_authenticated and request.user.pk == user.pk
    audit.record(EventKind.PASSWORD_CHANGED, at=now, by=user, subject=("user", str(user.pk)))
    here = (request.session.session_key or "") if mine else ""
    end_sessions(user, by=user, at=now, except_key=here, reason="password changed")
