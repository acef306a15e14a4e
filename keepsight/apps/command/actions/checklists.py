"""Checklists of a phase: ticked with who, when and a note."""

from datetime import datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.models import Tick
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.core.errors import NotAllowedNow


def tick(event: Event, checklist: str, item: int, *, note: str, by: User, at: datetime) -> Tick:
    """
    Tick an item off; ticked by two at once, the first stands.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if there is no such item.
    """
    check_user_may_run(by, at, event)
    _check_item(event, checklist, item)
    with transaction.atomic():
        made, new = Tick.objects.get_or_create(
            event=event, checklist=checklist, item=item,
            defaults={"done_at": at, "done_by": by, "note": note.strip()[:300]},
        )  # fmt: skip
        if new:
            _event(event, checklist, item, by, at, what="ticked")
    return made


def take_back(event: Event, checklist: str, item: int, *, by: User, at: datetime) -> None:
    """
    Take a tick back; the log keeps who ticked and who took it back.

    Raises
    ------
    NotPermitted
        If the person may not.
    """
    check_user_may_run(by, at, event)
    with transaction.atomic():
        gone, _ = Tick.objects.filter(event=event, checklist=checklist, item=item).delete()
        if gone:
            _event(event, checklist, item, by, at, what="taken back")


def _check_item(event: Event, checklist: str, item: int) -> None:
    rule = next((each for each in rule_of(event).checklists if each.id == checklist), None)
    if rule is None or not 0 <= item < len(rule.items):
        raise NotAllowedNow("This item is not on a checklist of this event.", code="no_such_item")


def _event(event: Event, checklist: str, item: int, by: User, at: datetime, *, what: str) -> None:
    audit.record(
        EventKind.MEETING_KEPT, at=at, by=by, authority_code=event.authority.code, subject=("event", str(event.pk)),
        source="command:checklists", checklist=checklist, item=item, what=what,
    )  # fmt: skip
