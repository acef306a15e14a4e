"""Second factors: who needs one, who has one, and what each is called."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator

from keepsight.apps.accounts.models import Authority, Role, User
from keepsight.apps.accounts.permissions import Grants, rules

ALSO_NEEDED_BY = frozenset({Role.INFORMATION_GOVERNANCE, Role.ADMINISTRATOR})  # what they may do reaches everybody
OFF = "off"
_NAMES = {"totp": "Authenticator app", "recovery_codes": "Recovery codes"}


def where_needed(grants: Grants) -> frozenset[int]:
    """The authorities in which a role asks for a second factor: those that see a child or watch over access."""
    return frozenset(
        authority
        for role, authority, _ in grants.memberships + grants.lent
        if role in ALSO_NEEDED_BY or (role in rules() and rules()[role].children)
    )


def switched_off() -> frozenset[int]:
    """The example authorities that ask for no second factor. A real one cannot switch it off."""
    examples = Authority.objects.filter(is_example=True).values_list("pk", "settings")
    return frozenset(pk for pk, settings in examples if settings.get("second_factor") == OFF)


def has_factor(user: User) -> bool:
    """Whether a person has an authenticator app or a passkey."""
    return bool(kinds_of(user))


def kinds_of(user: User) -> frozenset[str]:
    """Which kinds of second factor a person has, without recovery codes."""
    held = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return frozenset(held.values_list("type", flat=True))


def factors_of(user: User) -> list[Authenticator]:
    """What a person signs in with beside the password, oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def name_of(factor: Any) -> str:
    """Name a factor as the person knows it."""
    return _NAMES.get(factor.type) or str(factor.data.get("name") or "Passkey")


def is_last_needed(factor: Any, grants: Grants, off: Iterable[int]) -> bool:
    """Whether taking this factor away would leave a person without one that a role of theirs asks for."""
    if factor.type == Authenticator.Type.RECOVERY_CODES or not where_needed(grants) - frozenset(off):
        return False
    others = Authenticator.objects.filter(user_id=factor.user_id).exclude(pk=factor.pk)
    return not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
