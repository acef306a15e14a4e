"""Legal holds: while one stands, nothing of the child, or of the authority, is destroyed or made anonymous."""

from datetime import datetime

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.models import LegalHold
from keepsight.apps.governance.permissions import check_not_own_record, check_user_may_in
from keepsight.apps.governance.queries.retention import child_by_number
from keepsight.core.errors import NotAllowedNow

NO_SUCH_NUMBER = "No record here has this number. Check it in the case system."


class CannotHold(NotAllowedNow):
    """The hold cannot be placed as asked."""

    code = "cannot_hold"

    def __init__(self, sentence: str, field: str):
        super().__init__(sentence)
        self.field = field


def place(*, authority: Authority, number: str, why: str, by: User, at: datetime) -> LegalHold:
    """
    Place a hold on the child of this number, or with no number on everything of the authority.

    It waits for a destruction that is under way to finish the records that it has begun.

    Raises
    ------
    NotPermitted, CannotHold
        If it is not this person's to place; if no record has the number, or a hold stands already.
    """
    grants = check_user_may_in(by, at, Permission.HOLD_PLACE, authority)
    with transaction.atomic():
        rows.lock()
        child = child_by_number(authority, number) if number else None
        if number and (child is None or child.pk in grants.blocked):
            raise CannotHold(NO_SUCH_NUMBER, "number")
        if LegalHold.objects.filter(authority=authority, child=child, lifted_at=None).exists():
            raise CannotHold("A hold stands on this already.", "number" if number else "over")
        hold = LegalHold.objects.create(authority=authority, child=child, why=why, placed_by=by.name, placed_at=at)
        subject = ("child", str(child.pk)) if child else ("authority", authority.code)
        record(
            EventKind.HOLD_PLACED,
            at=at,
            by=by,
            authority_code=authority.code,
            subject=subject,
            reason=f"hold {hold.pk}",
        )
    return hold


def lift(hold: LegalHold, *, because: str, by: User, at: datetime) -> LegalHold:
    """
    Lift a hold, with a reason that stays beside it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's to lift; if it is lifted already.
    """
    grants = check_user_may_in(by, at, Permission.HOLD_PLACE, hold.authority)
    with transaction.atomic():
        rows.lock()
        hold = LegalHold.objects.select_for_update().select_related("authority").get(pk=hold.pk)
        if hold.child_id is not None:
            check_not_own_record(grants, hold.child)
        if hold.lifted_at is not None:
            raise NotAllowedNow("This hold is lifted already.", code="hold_lifted")
        hold.lifted_by, hold.lifted_at, hold.lifted_because = by.name, at, because
        hold.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
        subject = ("child", str(hold.child_id)) if hold.child_id else ("authority", hold.authority.code)
        record(
            EventKind.HOLD_LIFTED, at=at, by=by, authority_code=hold.authority.code, subject=subject,
            reason=f"hold {hold.pk}",
        )  # fmt: skip
    return hold
