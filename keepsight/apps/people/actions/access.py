"""Named access: asked for, granted by who answers for the record, ended."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, held_by
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people import policies
from keepsight.apps.people.models import AccessKind, Child, RecordAccess
from keepsight.apps.people.permissions import (
    NOT_YOURS,
    children_decided_by,
    children_visible_to,
    grants_of,
)
from keepsight.core.errors import NotAllowedNow, NotPermitted

State = RecordAccess.State


@transaction.atomic
def ask(child: Child | None, *, because: str, reason: str, by: User, at: datetime) -> RecordAccess | None:
    """
    Ask to be named on a record, whether or not there is one: the asker is told the same.

    Nothing waits for anybody where there is no such record, the person can open it already, waits
    for an answer already, or it is their own or a relative's. The asking itself is always kept.

    Parameters
    ----------
    because : str
        For how long, as the pack's ``named`` list says.
    """
    grants = grants_of(by, at)
    check_user_may(grants, Permission.ACCESS_ASK)
    because = policies.check_choice(because, "named")
    reason = policies.check_reason(reason)
    asked = None
    if child is not None and _may_be_asked(grants, child, by):
        asked = RecordAccess.objects.create(
            user=by, child=child, kind=AccessKind.NAMED, state=State.ASKED, because=because, reason=reason,
            asked_by=by.name, asked_at=at,
        )  # fmt: skip
    keep(EventKind.ACCESS_ASKED, asked, at=at, by=by, code=because)
    return asked


def _may_be_asked(grants: Grants, child: Child, by: User) -> bool:
    places = grants.authorities_with_reason(Permission.ACCESS_ASK)
    if child.authority_id not in places or child.pk in grants.blocked:
        return False
    waits = RecordAccess.objects.filter(user=by, child=child, kind=AccessKind.NAMED, state=State.ASKED)
    return not waits.exists() and not children_visible_to(grants).filter(pk=child.pk).exists()


@transaction.atomic
def grant(access: RecordAccess, *, because: str, by: User, at: datetime) -> RecordAccess:
    """
    Name somebody on a record until the end of the task, or of half a year.

    Raises
    ------
    NotPermitted
        If the person does not answer for the record, or asked themselves.
    NotAllowedNow
        If it was answered before, or the asker may not have it.
    """
    held = _to_decide(access, by=by, at=at)
    because = policies.check_choice(because, "named")
    on = timezone.localtime(at).date()
    theirs = held_by(held.user, on).authorities_with_reason(Permission.CHILD_VIEW)
    if held.child.authority_id not in theirs:
        raise NotAllowedNow("No role of this person opens a child's record here. Refuse, and say so.")
    if _is_own(held):
        raise NotAllowedNow("This person may not open this record. Ask information governance.", code="own_record")
    ends_at = policies.named_until(at, because)
    _answer(
        held, State.GRANTED, by=by, at=at, because=because, starts_at=at, ends_at=ends_at,
        last_day=timezone.localtime(ends_at).date(),
    )  # fmt: skip
    keep(EventKind.ACCESS_GRANTED, held, at=at, by=by, code=because)
    return held


@transaction.atomic
def refuse(access: RecordAccess, *, reason: str, by: User, at: datetime) -> RecordAccess:
    """Refuse, with the reason. Raises what ``grant`` raises."""
    held = _to_decide(access, by=by, at=at)
    _answer(held, State.REFUSED, by=by, at=at, decision=policies.check_reason(reason))
    keep(EventKind.ACCESS_REFUSED, held, at=at, by=by)
    return held


@transaction.atomic
def end_access(access: RecordAccess, *, by: User, at: datetime) -> RecordAccess:
    """
    End somebody's named access before its day. It is closed from this moment.

    Raises
    ------
    NotPermitted
        If the person does not answer for the record. Everybody may end their own.
    """
    held = _locked(access)
    if held.user_id != by.pk:
        _check_decides(held.child_id, by=by, at=at)
    if held.state != State.GRANTED or held.kind != AccessKind.NAMED:
        raise policies.Decided("This access has ended already.")
    held.state, held.ends_at, held.decision = State.ENDED, at, f"Ended early by {by.name}"[:300]
    held.save(update_fields=["state", "ends_at", "decision"])
    keep(EventKind.ACCESS_ENDED, held, at=at, by=by)
    return held


def _locked(access: RecordAccess) -> RecordAccess:
    found = RecordAccess.objects.select_for_update(of=("self",)).select_related("child__authority", "user")
    return found.get(pk=access.pk)


def _check_decides(child_id: int, *, by: User, at: datetime) -> None:
    grants = grants_of(by, at)
    check_user_may(grants, Permission.ACCESS_APPROVE)
    if not children_decided_by(grants).filter(pk=child_id).exists():
        raise NotPermitted(NOT_YOURS, code="child_not_yours")


def _to_decide(access: RecordAccess, *, by: User, at: datetime) -> RecordAccess:
    held = _locked(access)
    _check_decides(held.child_id, by=by, at=at)
    if held.user_id == by.pk:
        raise NotPermitted("You asked for this yourself, so somebody else must answer.", code="own_request")
    if held.state != State.ASKED or held.kind != AccessKind.NAMED:
        raise policies.Decided("Somebody has answered this request already.")
    return held


def _is_own(held: RecordAccess) -> bool:
    own = RecordAccess.objects.filter(user_id=held.user_id, child_id=held.child_id, kind=AccessKind.OWN_RECORD)
    return own.filter(state=State.GRANTED).exists()


def _answer(held: RecordAccess, state: str, *, by: User, at: datetime, **more: Any) -> None:
    changed = {"state": state, "decided_by": by.name, "decided_at": at, **more}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))


def keep(
    kind: EventKind, access: RecordAccess | None, *, at: datetime, by: Any = None, code: str = "", **more: Any
) -> None:
    """Write the event of one access. What somebody typed stays with the access: it may name people."""
    if access is None:
        events.record(kind, at=at, by=by, reason=code, **more)
        return
    events.record(
        kind, at=at, by=by, authority_code=access.child.authority.code, subject=("child", str(access.child_id)),
        reason=code or access.because, access=access.pk, whom=access.user_id, **more,
    )  # fmt: skip
