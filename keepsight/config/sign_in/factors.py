"""How allauth's second factors behave here: sealed, named in plain words, and every change an event."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from keepsight import sealed
from keepsight.apps.accounts import second_factors
from keepsight.apps.accounts.actions.sign_in import end_sessions
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.config.sign_in.gates import FACTOR

PLACE = "mfa_authenticator.data"  # what a sealed secret is bound to
SEALED = sealed.InJson("mfa.Authenticator", "data", PLACE)


class KeepsightFactors(DefaultMFAAdapter):
    """Secrets are sealed in the database; the last factor that a role asks for stays."""

    error_messages = {  # noqa: RUF012 – as allauth declares it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right. Use the newest code; each works once",
        "cannot_delete_authenticator": "Your role needs a second factor. Add another before you remove this one",
    }

    def get_totp_issuer(self) -> str:
        return "Keepsight"

    def _get_site_name(self) -> str:
        return "Keepsight"

    def encrypt(self, text: str) -> str:
        return sealed.seal(text, PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text, PLACE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        grants = grants_of(authenticator.user, timezone.now())
        return not second_factors.is_last_needed(authenticator, grants, second_factors.switched_off())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 – as allauth calls it
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {held + 1}" if held else "My passkey"


def added(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **more: Any) -> None:
    """A factor was set up: this session has shown it."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    request.session[FACTOR] = user.pk
    _keep(EventKind.SECOND_FACTOR_ADDED, user, authenticator)


def used(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    """A factor was shown at sign-in, or again later."""
    request.session[FACTOR] = user.pk


def removed(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **more: Any) -> None:
    """A factor was taken away: what other sessions have shown with it no longer counts."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    _keep(EventKind.SECOND_FACTOR_REMOVED, user, authenticator)
    end_sessions(
        user, by=user, at=timezone.now(), except_key=request.session.session_key or "", reason="second factor removed"
    )  # fmt: skip
    if not second_factors.has_factor(user):
        request.session.pop(FACTOR, None)


def _keep(kind: EventKind, user: Any, factor: Authenticator) -> None:
    audit.record(kind, at=timezone.now(), by=user, subject=("user", str(user.pk)), factor=str(factor.type))
