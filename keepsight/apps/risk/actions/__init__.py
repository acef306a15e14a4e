"""What changes ratings. Each verb is one transaction; the caller gives the clock."""

from keepsight.apps.risk.actions.confirming import approve, confirm
from keepsight.apps.risk.actions.rating import rate

__all__ = ["approve", "confirm", "rate"]
