"""Tokens: how one looks, whose it is, and whether it still opens anything."""

import hashlib
import secrets
from datetime import date

from keepsight.apps.accounts.models import User
from keepsight.apps.api.models import Token

BEGINS = "ks_"  # so that a scanner of repositories knows one when it sees it
LONGEST = 100


def new_token() -> str:
    """A token that nobody guesses: 256 random bits."""
    return BEGINS + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token. It is random, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def token_of(sent: str, on: date) -> Token | None:
    """
    The token that was sent, while it and its person's account last; else nothing, and nothing tells why.

    It is looked up by its hash, so how long that takes says nothing about what is kept.
    """
    if not sent.startswith(BEGINS) or len(sent) > LONGEST:
        return None
    held = Token.objects.select_related("user").filter(sha256=hash_of(sent), ended_at=None, expires_on__gt=on).first()
    if held is None or not held.user.is_active:
        return None
    ends = held.user.expires_on
    return None if ends is not None and ends <= on else held


def tokens_of(user: User) -> list[Token]:
    """A person's own tokens, the newest first."""
    return list(Token.objects.filter(user=user).order_by("-pk")[:100])


def live_tokens_of(user: User, on: date) -> int:
    """How many of them still open something."""
    return Token.objects.filter(user=user, ended_at=None, expires_on__gt=on).count()


def own_token(user: User, pk: int) -> Token | None:
    """One of a person's own tokens, and nobody else's."""
    return Token.objects.filter(user=user, pk=pk).first()
