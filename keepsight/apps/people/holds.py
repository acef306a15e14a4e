"""
Asking whether a legal hold stands, for whoever would take something of a child away.

Holds are governance's, which stands higher in the house: it says here how to ask (``answered_by``).
"""

from collections.abc import Callable, Collection

from keepsight.apps.accounts.models import Authority
from keepsight.core.errors import NotAllowedNow

Held = tuple[bool, set[int]]  # the whole authority; the children
_ASKED: list[Callable[[Authority], Held]] = []


class OnHold(NotAllowedNow):
    """A legal hold stands, so nothing is taken away."""

    code = "on_hold"


def answered_by(holds_of: Callable[[Authority], Held]) -> None:
    """Ask this from now on."""
    if holds_of not in _ASKED:
        _ASKED.append(holds_of)


def held_in(authority: Authority) -> Held:
    """Whether everything of an authority is on hold, and which children are."""
    answers = [ask(authority) for ask in _ASKED]
    return any(whole for whole, _ in answers), {child for _, some in answers for child in some}


def check_not_held(authority: Authority, children: Collection[int], what: str) -> None:
    """
    Refuse while a hold stands on the authority or on one of these children.

    Raises
    ------
    OnHold
        With what was to be done.
    """
    whole, some = held_in(authority)
    if whole or not some.isdisjoint(children):
        raise OnHold(f"A legal hold stands, so {what}. Information governance says when it is lifted.")
