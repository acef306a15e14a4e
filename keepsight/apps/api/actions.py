"""Making, using and ending tokens."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.api.models import Token
from keepsight.apps.api.tokens import hash_of, live_tokens_of, new_token
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotAllowedNow

LASTS_AT_MOST = 365  # days
LIVE_AT_MOST = 10


def make_token(user: User, *, name: str, expires_on: date, at: datetime) -> tuple[Token, str]:
    """
    Make a token; the second of the pair is the token itself, which is never seen again.

    Raises
    ------
    NotPermitted
        If no role of the person uses the interface.
    NotAllowedNow
        If it would last too long or not at all, or the person has as many as one may have.
    """
    check_user_may(grants_of(user, at), Permission.API_USE)
    on = timezone.localtime(at).date()
    if not on < expires_on <= on + timedelta(days=LASTS_AT_MOST):
        raise NotAllowedNow(
            "A token ends on a day after today and within one year. Choose an earlier or later day.", code="token_lasts"
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two forms sent at once are counted one after the other
        if live_tokens_of(user, on) >= LIVE_AT_MOST:
            raise NotAllowedNow(f"You have {LIVE_AT_MOST} tokens. End one first.", code="token_too_many")
        plain = new_token()
        made = Token.objects.create(
            user=user, name=name.strip()[:60], sha256=hash_of(plain), made_at=at, expires_on=expires_on
        )
        audit.record(
            EventKind.TOKEN_MADE, at=at, by=user, subject=("token", str(made.pk)), source="api:tokens",
            expires_on=expires_on.isoformat(),
        )  # fmt: skip
    return made, plain


def end_token(token: Token, *, by: User, at: datetime) -> None:
    """
    End one's own token, at once and for good. Ending it twice is the same as once.

    Raises
    ------
    NotAllowedNow
        If it is somebody else's.
    """
    if token.user_id != by.pk:
        raise NotAllowedNow("Only whose token it is ends it.", code="token_of_another")
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, ended_at=None).update(ended_at=at):
            audit.record(
                EventKind.TOKEN_ENDED, at=at, by=by, subject=("token", str(token.pk)), source="api:tokens"
            )  # fmt: skip


def keep_last_use(token: Token, on: date) -> None:
    """Once a day at most."""
    if token.last_used_on != on:
        Token.objects.filter(pk=token.pk).update(last_used_on=on)
