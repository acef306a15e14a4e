"""
Duties: what must be done by when (RULES §2).

A timescale is data (``timescales.toml`` of a pack): a limit, the event that starts it and the
event that ends it. This package counts the days and names the state; which events start and end
a duty is known where the duty lives (``core.contact`` for visits).
"""

from keepsight.core.duties.states import due_soon_on, easement_holds, state
from keepsight.core.duties.timescales import Limit, Timescale, Unit, after, after_each

__all__ = [
    "Limit",
    "Timescale",
    "Unit",
    "after",
    "after_each",
    "due_soon_on",
    "easement_holds",
    "state",
]
