"""
Risk: from facts to a level with reasons (RULES §4). It supports and never replaces judgement.

``policy`` reads a book's ``rating`` table and compiles each condition once; ``rate`` gives level,
points, reasons and confidence for any number of children; ``impact`` shows whom a changed policy
would move.
"""

from keepsight.core.risk.impact import IMPACT, impact, moves
from keepsight.core.risk.policy import Policy, policy
from keepsight.core.risk.rating import RATINGS, rate
from keepsight.core.risk.reasons import REASON

__all__ = ["IMPACT", "RATINGS", "REASON", "Policy", "impact", "moves", "policy", "rate"]
