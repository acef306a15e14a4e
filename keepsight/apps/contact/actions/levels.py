"""Setting a level changes how often a child is seen: the level first, then the plan, or neither."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as events
from keepsight.apps.contact.actions.planning import plan
from keepsight.apps.people.models import Child
from keepsight.apps.risk import actions as risk
from keepsight.apps.risk.models import Confirmation
from keepsight.core.terms import Level


@transaction.atomic
@events.at_the_end()
def confirm_level(
    child: Child, *, level: Level, reason_code: str = "", reason: str = "", by: User, at: datetime, on: date
) -> Confirmation:
    """Set the level (``risk.actions.confirm``) and plan the child's contact by it."""
    made = risk.confirm(child, level=level, reason_code=reason_code, reason=reason, by=by, at=at, on=on)
    plan(child.authority, on=on, at=at, by=by, children=[child.pk])
    return made


@transaction.atomic
@events.at_the_end()
def approve_level(
    confirmation: Confirmation, *, approved: bool = True, by: User, at: datetime, on: date
) -> Confirmation:
    """Answer a level that waits (``risk.actions.approve``) and plan the child's contact by what holds now."""
    answered = risk.approve(confirmation, approved=approved, by=by, at=at, on=on)
    child = answered.child
    plan(child.authority, on=on, at=at, by=by, children=[child.pk])
    return answered
