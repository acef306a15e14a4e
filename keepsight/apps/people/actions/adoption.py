"""A record after adoption: a new child, and nothing that leads from one record to the other."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.people.actions.relatives import plain
from keepsight.apps.people.actions.restrictions import restrict
from keepsight.apps.people.models import Child, Identifier, Involvement, Restriction
from keepsight.apps.people.permissions import NOT_YOURS, children_decided_by, grants_of
from keepsight.apps.people.policies import AnswerMissing
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.terms import IdentifierScheme, InvolvementKind, RecordClass

ADOPTION = "adoption"
COPIED = ("authority_id", "date_of_birth", "sex", "ethnicity", "disabled")


class NoAdoption(NotAllowedNow):
    """The record is not one of an adoption."""

    code = "no_adoption"


@transaction.atomic
def begin_after_adoption(
    child: Child, *, forename: str, surname: str, number: str = "", by: User, at: datetime, on: date
) -> Child:
    """
    Begin a record after an adoption order (Adoption and Children Act 2002).

    The new record has a number and names of its own, no family, no identifier and no history; the
    old one stays restricted, and its numbers match no row of a file any more. The log says that it
    was done to the old record and never names the new one.

    Parameters
    ----------
    number : str
        The new number of the case system, if there is one: rows of later files then find the new record.

    Raises
    ------
    NotPermitted
        If the person does not answer for the record.
    NotAllowedNow
        If it is no restricted record of an adoption, or its numbers are closed already.
    """
    grants = grants_of(by, at)
    check_user_may(grants, Permission.ACCESS_APPROVE)
    if not children_decided_by(grants).filter(pk=child.pk).exists():
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    held = Child.objects.select_for_update(of=("self",)).select_related("authority").get(pk=child.pk)
    _check_adoption(held)
    number = _unused(held, number)
    if not Restriction.objects.filter(child=held, ended_at=None).exists():
        restrict(held, category=ADOPTION, reason="Record before an adoption order", by=by, at=at, on=on)
    made = Child.objects.create(
        **{name: getattr(held, name) for name in COPIED}, forename=forename.strip(), surname=surname.strip(),
        record_class=RecordClass.POST_ADOPTION,
    )  # fmt: skip
    Identifier.objects.filter(child=held, closed_on=None).update(closed_on=on)
    if number:
        Identifier.objects.create(
            authority=held.authority, child=made, scheme=IdentifierScheme.LA_CHILD_ID, value=number, checked=True
        )
    events.record(
        EventKind.POST_ADOPTION_MADE, at=at, by=by, authority_code=held.authority.code, subject=("child", str(held.pk))
    )  # fmt: skip
    return made


def _check_adoption(held: Child) -> None:
    listed = Involvement.objects.filter(child=held, kind=InvolvementKind.ADOPTION).exists()
    said = Restriction.objects.filter(child=held, ended_at=None, category=ADOPTION).exists()
    if held.record_class != RecordClass.RESTRICTED or not (listed or said):
        raise NoAdoption("Only a restricted record of an adoption can be followed by a new one.")
    made = Event.objects.filter(kind=EventKind.POST_ADOPTION_MADE, subject_type="child", subject_id=str(held.pk))
    if made.exists():
        raise NoAdoption("A record after adoption was begun already.")


def _unused(held: Child, number: str) -> str:
    """A new number as the register writes it; refused when any record has or had it."""
    value = plain(number)
    if value and Identifier.objects.filter(authority=held.authority, value=value).exists():
        raise AnswerMissing(
            "This number is in use already. Give the child's new number, or leave it out.", field="number"
        )
    return value
