"""What was found when the month's sample was looked at."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.models import LookReview
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted


@transaction.atomic
def review_look(
    seq: int, *, authority: Authority, month: date, outcome: str, note: str = "", by: User, at: datetime
) -> LookReview:
    """
    Keep what came of looking at one event of the sample.

    Raises
    ------
    NotPermitted
        If the person does not read this authority's log.
    NotAllowedNow
        If somebody has said so already, or a concern says nothing.
    """
    if authority.pk not in grants_of(by, at).scope(Permission.AUDIT_VIEW).authority_ids:
        raise NotPermitted("This is not a log that you read.")
    if outcome == LookReview.Outcome.CONCERN and not note.strip():
        raise NotAllowedNow("Say what the concern is and to whom it was passed on.")
    review, made = LookReview.objects.get_or_create(
        event_seq=seq,
        defaults={"authority": authority, "month": month, "outcome": outcome, "note": note.strip(), "by": by, "at": at},
    )
    if not made:
        raise NotAllowedNow("Somebody has looked at this one already.")
    audit.record(
        EventKind.AUDIT_VIEWED, at=at, by=by, authority_code=authority.code, subject=("event", str(seq)),
        source="governance:looked_review", outcome=outcome,
    )  # fmt: skip
    return review
