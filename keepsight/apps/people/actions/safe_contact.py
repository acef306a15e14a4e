"""How a family is reached without putting them in danger: written down, looked at, ended (RULES §5)."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.content import is_close
from keepsight.apps.people.holds import check_not_held
from keepsight.apps.people.models import Child, SafeContact
from keepsight.apps.people.permissions import NOT_YOURS, check_user_can_open_child, grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted

DETAILS = ("address", "phone", "code_word", "how")


class NothingWritten(NotAllowedNow):
    """There is nothing in the details that would help anybody to reach the family."""

    code = "nothing_written"


class ReviewInThePast(NotAllowedNow):
    """The details are to be looked at again on a day that has been."""

    code = "review_in_the_past"
    field = "review_on"


def check_user_works_with(grants: Grants, child: Child, permission: Permission) -> None:
    """
    Refuse unless the person works with the child, or manages the case, in a role that holds the permission.

    Raises
    ------
    NotPermitted
        With the same sentence as for a child who does not exist.
    """
    check_user_can_open_child(grants, child, permission)
    plan = Child.objects.filter(pk=child.pk).values_list("plan__worker_id", "plan__team_id").first() or (None, None)
    worker, team = plan
    if not is_close(
        grants, permission, child_id=child.pk, authority_id=child.authority_id, worker_id=worker, team_id=team
    ):
        raise NotPermitted(NOT_YOURS, code="child_not_yours")


def safe_contact_seen(child: Child, *, by: User, at: datetime, source: str) -> SafeContact | None:
    """
    Give the details to somebody who works with the child, and keep that they saw them.

    Raises
    ------
    NotPermitted
        If the person does not work with the child, or the record was not opened for them.
    """
    check_user_works_with(grants_of(by, at), child, Permission.SAFE_CONTACT_VIEW)
    _keep(EventKind.SAFE_CONTACT_VIEWED, child, by=by, at=at, source=source)
    return SafeContact.objects.filter(child=child).first()


@transaction.atomic
def write_safe_contact(
    child: Child,
    *,
    address: str = "",
    phone: str = "",
    code_word: str = "",
    how: str = "",
    review_on: date,
    by: User,
    at: datetime,
    on: date,
) -> SafeContact:
    """
    Write down how the family is reached; from then on the place is confidential on every page.

    The log says which details changed, never what they are.

    Raises
    ------
    NotPermitted
        If the person does not manage the case.
    NotAllowedNow
        If nothing is written, or the review is not after today.
    """
    check_user_works_with(grants_of(by, at), child, Permission.SAFE_CONTACT_EDIT)
    told = {"address": address.strip(), "phone": phone.strip(), "code_word": code_word.strip(), "how": how.strip()}
    if not any(told.values()):
        raise NothingWritten("Write an address, a telephone number, a code word or how to reach the family.")
    if review_on <= on:
        raise ReviewInThePast("The day on which this is looked at again must be after today.")
    before = SafeContact.objects.select_for_update().filter(child=child).first()
    changed = [name for name in DETAILS if told[name] != (getattr(before, name) if before else "")]
    held, _ = SafeContact.objects.update_or_create(
        child=child, defaults={**told, "review_on": review_on, "set_by": by.name, "set_at": at}
    )
    _keep(EventKind.SAFE_CONTACT_CHANGED, child, by=by, at=at, changed=changed, review_on=review_on.isoformat())
    return held


@transaction.atomic
def end_safe_contact(child: Child, *, by: User, at: datetime) -> None:
    """
    Destroy the details. A marker of the case system still keeps the address confidential.

    Raises
    ------
    NotPermitted, OnHold
        If the person does not manage the case; while a legal hold stands on the record.
    """
    check_user_works_with(grants_of(by, at), child, Permission.SAFE_CONTACT_EDIT)
    check_not_held(child.authority, {child.pk}, "the details stay")
    ended, _ = SafeContact.objects.filter(child=child).delete()
    if ended:
        _keep(EventKind.SAFE_CONTACT_CHANGED, child, by=by, at=at, changed=["ended"])


def _keep(kind: EventKind, child: Child, *, by: User, at: datetime, source: str = "", **detail: object) -> None:
    events.record(
        kind, at=at, by=by, authority_code=child.authority.code, subject=("child", str(child.pk)), source=source,
        **detail,
    )  # fmt: skip
