"""
The interface itself: whose call it is, and how troubles are told.

A call shows a token and nothing else: no session opens anything here, so no other site can ask in
somebody's name. Errors are sentences in JSON, and never hold what was sent.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.accounts.terms import current, has_accepted
from keepsight.apps.api.actions import keep_last_use
from keepsight.apps.api.schemas import Trouble
from keepsight.apps.api.tokens import token_of
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate, is_too_often
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers.keeping import WrongEntry
from keepsight.core.errors import BadInput, KeepsightError, NotPermitted, TooOften

WHO = "Send a token that lasts: Authorization: Bearer ks_…. You make one under My account, Tokens."
NOT_THERE = "There is nothing at this address that you may open."
NOT_READ = "What was sent could not be read. Send JSON in UTF-8, as the interface's document says."
WRONG = "What was sent is not as the interface's document says."


class Bearer(HttpBearer):
    """A personal token. Its person is looked at anew for each call, as at sign-in."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Whose token it is; nothing, where it is no token, or its person's account does not last."""
        at = timezone.now()
        on = timezone.localtime(at).date()
        held = token_of(token, on)
        if held is None:
            return None
        user = held.user
        grants = grants_of(user, at)
        request.user, request.grants = user, grants  # type: ignore[attr-defined]
        audit.ORIGIN.set(audit.Origin(request.META.get("REMOTE_ADDR", ""), grants.roles))  # until the middleware ends
        keep_last_use(held, on)
        check_user_may(grants, Permission.API_USE)
        check_user_may(grants, Permission.REGISTERS)
        if not has_accepted(user, current().version):
            raise NotPermitted("Accept the terms of use first: sign in once.", code="terms")
        check_rate(user, "api", at=at)
        return user


api = NinjaAPI(
    title="Keepsight",
    version="1",
    description="Registers and their entries, as their pages show them and by the same rights. Every call is logged.",
    urls_namespace="api:v1",
    auth=Bearer(),
    openapi_url=None,  # pages of our own show the document: see ``documents``
    docs_url=None,
)
TROUBLES: dict[Any, Any] = {frozenset({400, 401, 403, 404, 422, 429}): Trouble}


def told(status: int, sentence: str, code: str, *, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """A trouble as JSON."""
    said: dict[str, Any] = {"sentence": sentence, "code": code, "fields": dict(fields or {})}
    answer = JsonResponse(said, status=status)
    answer["Cache-Control"] = "no-store, private"
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def refused(request: HttpRequest, why: str, *, by: Any) -> None:
    """Keep who tried. Of strangers only so many an hour from one address: nobody fills the log from outside."""
    at = timezone.now()
    if by is None and is_too_often(request.META.get("REMOTE_ADDR", ""), "stranger", at=at):
        return
    match = request.resolver_match
    ref = str(match.kwargs.get("ref", "")) if match else ""
    audit.record(
        EventKind.DENIED, at=at, by=by, subject=("entry_ref", ref) if ref else ("", ""), reason=why,
        source=f"api:{match.url_name}" if match else "api",
    )  # fmt: skip


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, trouble: AuthenticationError) -> HttpResponse:
    refused(request, "no_token", by=None)
    return told(401, WHO, "token")


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, trouble: Http404) -> HttpResponse:
    refused(request, "not_found", by=request.user)
    return told(404, NOT_THERE, "not_found")


@api.exception_handler(KeepsightError)
def _trouble(request: HttpRequest, trouble: KeepsightError) -> HttpResponse:
    if isinstance(trouble, WrongEntry):
        return told(422, trouble.sentence, trouble.code, fields=trouble.troubles)
    if isinstance(trouble, BadInput):
        return told(422, trouble.sentence, trouble.code)
    status = 403 if isinstance(trouble, NotPermitted) else 429 if isinstance(trouble, TooOften) else 409
    if status in (403, 429):
        refused(request, trouble.code, by=request.user)
    return told(status, trouble.sentence, trouble.code)


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, trouble: ValidationError) -> HttpResponse:
    """Where it is wrong and how; never what was sent."""
    fields = {".".join(map(str, each["loc"][1:])) or "body": str(each["msg"])[:300] for each in trouble.errors[:50]}
    return told(422, WRONG, "wrong_shape", fields=fields)


@api.exception_handler(HttpError)
@api.exception_handler(SuspiciousOperation)
def _not_read(request: HttpRequest, trouble: Exception) -> HttpResponse:
    return told(400, NOT_READ, "not_read")
