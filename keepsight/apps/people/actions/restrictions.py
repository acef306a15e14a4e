"""Restricting a record, looking again after ninety days, and opening it to its team again."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people import policies
from keepsight.apps.people.models import AccessKind, Child, RecordAccess, Restriction
from keepsight.apps.people.permissions import NOT_YOURS, children_decided_by, grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.terms import RecordClass


@transaction.atomic
def restrict(child: Child, *, category: str, reason: str, by: User, at: datetime, on: date) -> Restriction:
    """
    Restrict a record: from now it is named only to its worker, that worker's manager and who is named on it.

    Raises
    ------
    NotPermitted
        If the person does not answer for the record.
    NotAllowedNow
        If it is restricted already.
    """
    held = _to_decide(child, by=by, at=at)
    if Restriction.objects.filter(child=held, ended_at=None).exists():
        raise NotAllowedNow("This record is restricted already.")
    return _place(held, category=category, reason=reason, by=by, at=at, on=on)


def _place(held: Child, *, category: str, reason: str, by: User, at: datetime, on: date) -> Restriction:
    category = policies.check_choice(category, "restricted_because", field="category")
    was = held.record_class
    placed = Restriction.objects.create(
        child=held, category=category, reason=policies.check_reason(reason), placed_by=by.name, placed_at=at,
        review_on=policies.review_on(on), class_before=RecordClass.STANDARD if was == RecordClass.RESTRICTED else was,
    )  # fmt: skip
    Child.objects.filter(pk=held.pk).update(record_class=RecordClass.RESTRICTED)
    _close_reasons(held, at)
    _keep(EventKind.RESTRICTED, held, category, by=by, at=at)
    return placed


def _close_reasons(held: Child, at: datetime) -> None:
    """What a reason had opened: a restricted record is not for that."""
    given = RecordAccess.objects.filter(child=held, kind=AccessKind.REASON, state=RecordAccess.State.GRANTED)
    given.filter(ends_at__gt=at).update(state=RecordAccess.State.ENDED, ends_at=at)


@transaction.atomic
def keep_restriction(
    child: Child, *, by: User, at: datetime, on: date, category: str = "", reason: str = ""
) -> Restriction:
    """
    Look again and keep the record restricted for another ninety days.

    Who answers for the record may, and information governance too. A record that a list brought
    (adoption) was never looked at: then a category and a reason are needed.
    """
    grants = grants_of(by, at)
    watched = grants.scope(Permission.RESTRICTED_REVIEW).authority_ids
    held = _locked(child)
    if held.authority_id not in watched:
        _check_decides(held, by=by, at=at)
    if held.record_class != RecordClass.RESTRICTED:
        raise NotAllowedNow("This record is not restricted.")
    standing = Restriction.objects.select_for_update().filter(child=held, ended_at=None).first()
    if standing is None:
        return _place(held, category=category, reason=reason, by=by, at=at, on=on)
    standing.review_on, standing.reviewed_by, standing.reviewed_at = policies.review_on(on), by.name, at
    standing.save(update_fields=["review_on", "reviewed_by", "reviewed_at"])
    _keep(EventKind.RESTRICTION_REVIEWED, held, standing.category, by=by, at=at)
    return standing


@transaction.atomic
def end_restriction(child: Child, *, reason: str, by: User, at: datetime) -> None:
    """
    Open the record to its team again.

    Raises
    ------
    NotPermitted
        If the person does not answer for the record.
    """
    held = _to_decide(child, by=by, at=at)
    if held.record_class != RecordClass.RESTRICTED:
        raise NotAllowedNow("This record is not restricted.")
    policies.check_reason(reason)
    standing = Restriction.objects.select_for_update().filter(child=held, ended_at=None).first()
    held.record_class = standing.class_before if standing else RecordClass.STANDARD
    held.save(update_fields=["record_class"])
    if standing:
        standing.ended_at, standing.ended_by = at, by.name
        standing.save(update_fields=["ended_at", "ended_by"])
    _keep(EventKind.RESTRICTION_ENDED, held, standing.category if standing else "", by=by, at=at)


def keep_classes(authority: Authority) -> int:
    """After rows of the register were changed from outside: a record with a standing restriction is restricted."""
    loose = Child.objects.filter(authority=authority, restrictions__isnull=False, restrictions__ended_at=None)
    loose = loose.exclude(record_class=RecordClass.RESTRICTED)
    return Child.objects.filter(pk__in=list(loose.values_list("pk", flat=True))).update(
        record_class=RecordClass.RESTRICTED
    )


def _locked(child: Child) -> Child:
    return Child.objects.select_for_update(of=("self",)).select_related("authority").get(pk=child.pk)


def _check_decides(child: Child, *, by: User, at: datetime) -> None:
    grants = grants_of(by, at)
    check_user_may(grants, Permission.ACCESS_APPROVE)
    if not children_decided_by(grants).filter(pk=child.pk).exists():
        raise NotPermitted(NOT_YOURS, code="child_not_yours")


def _to_decide(child: Child, *, by: User, at: datetime) -> Child:
    held = _locked(child)
    _check_decides(held, by=by, at=at)
    return held


def _keep(kind: EventKind, held: Child, code: str, *, by: User, at: datetime) -> None:
    events.record(
        kind, at=at, by=by, authority_code=held.authority.code, subject=("child", str(held.pk)), reason=code
    )  # fmt: skip
