"""A person's saved lists of a register. They hold filters, order and columns: no words, and no entry."""

from datetime import datetime
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.models import Register, SavedView
from keepsight.apps.registers.permissions import check_user_may
from keepsight.core.errors import NotAllowedNow

MOST = 30


def save_view(
    register: Register, asked: Asked, *, name: str, shared: bool, is_default: bool, by: User, at: datetime
) -> SavedView:
    """
    Keep a list under a name; the same name again replaces it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not read the register; if they keep as many as are allowed.
    """
    check_user_may(by, at, register, "read")
    with transaction.atomic():
        own = SavedView.objects.filter(register=register, user=by)
        if not own.filter(name=name).exists() and own.count() >= MOST:
            raise NotAllowedNow(f"You keep {MOST} lists of this register already. Take one away first.")
        if is_default:
            own.update(is_default=False)
        query: dict[str, Any] = {"pairs": asked.saved().pairs()}
        view, _ = SavedView.objects.update_or_create(
            register=register, user=by, name=name,
            defaults={"query": query, "shared": shared, "is_default": is_default},
        )  # fmt: skip
    return view


def take_view_away(register: Register, pk: int, *, by: User, at: datetime) -> None:
    """Take a saved list of one's own away. Somebody else's stays, and nothing tells whether it is there."""
    check_user_may(by, at, register, "read")
    SavedView.objects.filter(register=register, user=by, pk=pk).delete()


def begin_with(register: Register, pk: int | None, *, by: User, at: datetime) -> None:
    """Begin with one of one's own lists, or (None) as the register begins."""
    check_user_may(by, at, register, "read")
    with transaction.atomic():
        own = SavedView.objects.filter(register=register, user=by)
        own.update(is_default=False)
        if pk is not None:
            own.filter(pk=pk).update(is_default=True)
