"""What changes contact. Each verb is one transaction; the caller gives the clock."""

from keepsight.apps.contact.actions.drafts import save_draft
from keepsight.apps.contact.actions.levels import approve_level, confirm_level
from keepsight.apps.contact.actions.planning import plan, rate_and_plan
from keepsight.apps.contact.actions.sightings import agree_interval, record_sighting
from keepsight.apps.contact.actions.visits import record_visit, sign_virtual

__all__ = [
    "agree_interval",
    "approve_level",
    "confirm_level",
    "plan",
    "rate_and_plan",
    "record_sighting",
    "record_visit",
    "save_draft",
    "sign_virtual",
]
