"""A named worker sets a level; a manager answers where one is needed."""

from datetime import date, datetime, timedelta

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.risk import policies
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.apps.risk.permissions import check_user_can_approve_rating, check_user_can_confirm_rating
from keepsight.apps.risk.queries import level_in_force
from keepsight.core.terms import Level


@transaction.atomic
def confirm(
    child: Child, *, level: Level, reason_code: str = "", reason: str = "", by: User, at: datetime, on: date
) -> Confirmation:
    """
    Set the level that a named worker judges right, beside the computed one.

    A level that differs needs a reason code and a reason. Going down from Red waits for a manager,
    and the level before stays in force until then. Nothing is overwritten.

    Raises
    ------
    NotPermitted
        If the person may not rate this child.
    NotAllowedNow
        If there is no computed level yet, or the reason is missing or too short.
    """
    check_user_can_confirm_rating(grants_of(by, at), child)
    rows.lock()  # before any row, as rating and planning do: two that wait for each other would both fail
    rating = Rating.objects.select_for_update().filter(child=child, is_current=True).first()
    if rating is None:
        raise policies.NotRated("This child has nothing open here, so there is no rating to confirm.")
    rules = in_force(child.authority)
    table = rules.book.table("rating")
    overriding = policies.Overriding.from_table(table)
    policies.check_reason(level, rating.level, reason_code=reason_code, reason=reason, rules=overriding)
    waits = policies.needs_manager(level, in_force=level_in_force(child), computed=rating.level, rules=overriding)
    days = policies.review_days(level, rating.service, rules.contact_mode, table["review"])
    Confirmation.objects.filter(child=child, is_current=True).update(is_current=False)
    confirmation = Confirmation.objects.create(
        child=child,
        rating=rating,
        level=level,
        computed_level=rating.level,
        rated_on=on,
        rated_by=by.name,
        rated_by_user=by,
        recorded_at=at,
        reason_code=reason_code if level != rating.level else "",
        reason=reason.strip() if level != rating.level else "",
        approval="waiting" if waits else "not_needed",
        review_on=on + timedelta(days=days),
    )
    kind = EventKind.RATING_CONFIRMED if level == rating.level else EventKind.RATING_OVERRIDDEN
    events.record(
        kind, at=at, by=by, authority_code=child.authority.code, subject=("child", str(child.pk)),
        level=level, computed=rating.level, waits=waits,
    )  # fmt: skip
    return confirmation


@transaction.atomic
def approve(confirmation: Confirmation, *, approved: bool = True, by: User, at: datetime, on: date) -> Confirmation:
    """
    Answer a level that waits: approve it, or refuse it and leave the level before in force.

    Raises
    ------
    NotPermitted
        If the person does not manage this child's work, or set the level.
    NotAllowedNow
        If the level no longer waits.
    """
    check_user_can_approve_rating(grants_of(by, at), confirmation, user_id=by.pk)
    rows.lock()
    waiting = Confirmation.objects.select_for_update().get(pk=confirmation.pk)
    policies.check_waits(waiting.approval, is_current=waiting.is_current)
    waiting.approval = "approved" if approved else "refused"
    waiting.approved_by, waiting.approved_at = by.name, at
    waiting.is_current = approved
    waiting.save(update_fields=["approval", "approved_by", "approved_at", "is_current"])
    if not approved:
        _bring_back_the_one_before(waiting.child)
    events.record(
        EventKind.RATING_APPROVED, at=at, by=by, authority_code=waiting.child.authority.code,
        subject=("child", str(waiting.child_id)), level=waiting.level, approved=approved,
    )  # fmt: skip
    return waiting


def _bring_back_the_one_before(child: Child) -> None:
    held = Confirmation.objects.filter(child=child, approval__in=("not_needed", "approved"))
    before = held.order_by("-rated_on", "-pk").first()
    if before is not None:
        before.is_current = True
        before.save(update_fields=["is_current"])
