"""Drafts: what someone has typed of a visit and not yet sent. Never lost."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.contact.models import VisitDraft
from keepsight.apps.contact.permissions import check_user_can_act
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of


@transaction.atomic
def save_draft(child: Child, *, answers: dict[str, Any], by: User, at: datetime, on: date | None = None) -> VisitDraft:
    """
    Keep what stands in the form for this person and child; nothing is checked, nothing is lost.

    Raises
    ------
    NotPermitted
        If the person may not record a visit to this child.
    """
    check_user_can_act(grants_of(by, at), Permission.VISIT_RECORD, [child])
    draft, _ = VisitDraft.objects.update_or_create(
        user=by, child=child, defaults={"answers": answers, "changed_at": at}
    )
    return draft
