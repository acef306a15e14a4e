"""The terms of use in force, and who has accepted them."""

from functools import cache

from keepsight.apps.accounts.models import TermsAccepted, User
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Terms


@cache
def current() -> Terms:
    """The version in force."""
    return book().read("terms", Terms)


def has_accepted(user: User, version: str) -> bool:
    """Whether a person has accepted this version."""
    return TermsAccepted.objects.filter(user=user, version=version).exists()
