"""Pages that combine apps. Each view: reach the record within the person's scope, one call, present, draw."""

from keepsight.apps.desk.views.child import child
from keepsight.apps.desk.views.lists import find, known, queue, vulnerable_learners
from keepsight.apps.desk.views.rating import approve, confirm_rating
from keepsight.apps.desk.views.safe_contact import change_safe_contact, end_safe_contact, safe_contact
from keepsight.apps.desk.views.sighting import record_sighting
from keepsight.apps.desk.views.team import approvals, team, teams
from keepsight.apps.desk.views.virtual import sign_virtual
from keepsight.apps.desk.views.visit import record_visit, save_draft, visit_recorded
from keepsight.apps.desk.views.work import home, my_work

__all__ = [
    "approvals", "approve", "change_safe_contact", "child", "confirm_rating", "end_safe_contact", "find", "home",
    "known", "my_work", "queue", "record_sighting", "record_visit", "safe_contact", "save_draft", "sign_virtual",
    "team", "teams", "visit_recorded", "vulnerable_learners",
]  # fmt: skip
