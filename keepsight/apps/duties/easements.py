"""
Asking which easements are used for children, for whoever plans what is owed to them.

Uses are entries of a register, which stands higher in the house: it says here how to ask (``answered_by``).
Nothing is copied, so a use that is withdrawn, corrected or destroyed eases nothing from that moment.
"""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.core.duties.easements import EASED, USES, eased_on
from keepsight.core.packs.kinds import Easements

Asked = Callable[[Authority, date, Sequence[int] | None], pl.DataFrame]
_ASKED: list[Asked] = []


def answered_by(uses_of: Asked) -> None:
    """Ask this from now on. It gives ``USES``: what the authority agreed to, for all its children or these few."""
    if uses_of not in _ASKED:
        _ASKED.append(uses_of)


def eased_for(authority: Authority, on: date, children: Sequence[int] | None = None) -> pl.DataFrame:
    """The duties that are eased for an authority's children on a day (``EASED``), by the packs in force."""
    book = in_force(authority).book
    if not _ASKED or "easements" not in book.tables:
        return EASED.empty()
    uses = pl.concat([USES.check(ask(authority, on, children)) for ask in _ASKED])
    return eased_on(uses, book.read("easements", Easements), on)
