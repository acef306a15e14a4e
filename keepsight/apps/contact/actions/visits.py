"""Recording a visit, and a manager's signature under the reason for a virtual one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.contact import policies
from keepsight.apps.contact.actions.planning import renew
from keepsight.apps.contact.models import ContactPlan, Visit, VisitDraft
from keepsight.apps.contact.permissions import check_user_can_act, check_user_can_sign
from keepsight.apps.contact.policies import Answers
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.core.terms import VIRTUAL, Provenance, VisitMode, VisitOutcome

PLACES = {
    VisitMode.F2F_HOME: "Home",
    VisitMode.F2F_DOORSTEP: "Doorstep or garden",
    VisitMode.F2F_WALK: "On a walk",
    VisitMode.F2F_SETTING: "School or setting",
}
_APART = {"outcome", "mode", "seen_alone", "not_alone_reason", "place", "virtual_reason", "note"}


@transaction.atomic
@events.at_the_end()
def record_visit(
    children: Sequence[Child] | Child,
    *,
    outcome: VisitOutcome,
    visit_on: date,
    mode: VisitMode | None = None,
    seen_alone: bool | None = None,
    not_alone_reason: str = "",
    place: str = "",
    purpose: str = "",
    virtual_reason: str = "",
    note: str = "",
    provenance: Provenance | str = "",
    apart: Mapping[int, Mapping[str, Any]] | None = None,
    by: User,
    at: datetime,
    on: date,
    submission: UUID,
) -> list[Visit]:
    """
    Record a visit to a child, and to the brothers and sisters seen with them.

    All visits, the new ratings and the new plans are written in one transaction, or nothing is.
    Sending the same form twice records nothing more and gives back what was recorded; a form that
    says something else the second time is refused, so that no visit is lost in silence. The drafts
    of these children by this person are gone afterwards.

    Parameters
    ----------
    children : one child or several
        The answers hold for each of them, but for what ``apart`` says.
    provenance : Provenance, optional
        Whose words the note holds, when they are not the visitor's own.
    apart : mapping, optional
        Child id → answers that differ for that child, such as ``{"seen_alone": False,
        "not_alone_reason": "…"}``.
    submission : UUID
        The form's token.

    Raises
    ------
    NotPermitted
        If the person may not record visits, or one of the children is out of their reach.
    NotAllowedNow
        If an answer that the outcome asks for is missing, or the day is still to come.
    """
    several = [children] if isinstance(children, Child) else list(children)
    check_user_can_act(grants_of(by, at), Permission.VISIT_RECORD, several)
    shared = Answers(
        outcome=VisitOutcome(outcome), visit_on=visit_on, mode=VisitMode(mode) if mode else None,
        seen_alone=seen_alone, not_alone_reason=not_alone_reason, place=place, purpose=purpose,
        virtual_reason=virtual_reason, note=note,
    )  # fmt: skip
    told = {child.pk: _for_child(shared, (apart or {}).get(child.pk, {})) for child in several}
    for child in several:
        least = in_force(child.authority).book.table("contact")["virtual"]["reason_at_least"]
        policies.check_visit(told[child.pk], on=on, reason_at_least=least)
    rows.lock()  # a second send of the same form waits here, and then finds the first
    sent = {"by": by, "at": at, "submission": submission, "provenance": Provenance(provenance) if provenance else ""}
    if sent_before := list(Visit.objects.filter(submission=submission)):
        return _the_same(sent_before, [_visit(c, told[c.pk], "", **sent) for c in several])
    services = dict(ContactPlan.objects.filter(child__in=several).values_list("child_id", "service"))
    visits = Visit.objects.bulk_create(
        _visit(child, told[child.pk], services.get(child.pk, ""), **sent) for child in several
    )
    VisitDraft.objects.filter(user=by, child__in=several).delete()
    for visit in visits:
        events.record(
            EventKind.VISIT_RECORDED, at=at, by=by, authority_code=visit.child.authority.code,
            subject=("child", str(visit.child_id)), outcome=visit.outcome, mode=visit.mode, together=len(several),
        )  # fmt: skip
    renew(several, on=on, at=at, by=by)
    return visits


_SAID = (
    "child_id", "recorded_by_id", "visit_on", "outcome", "mode", "seen_alone", "not_alone_reason", "place", "purpose",
    "virtual_reason", "note", "provenance",
)  # fmt: skip


def _the_same(recorded: list[Visit], told: Sequence[Visit]) -> list[Visit]:
    """Give what the form recorded, if it says the same again."""
    before, now = ({tuple(getattr(visit, name) for name in _SAID) for visit in each} for each in (recorded, told))
    if before != now:
        raise policies.SentBefore(
            "This form has recorded a visit already, and now it says something else. "
            "Check the answers: if this was another visit, send it again."
        )
    return recorded


def _for_child(shared: Answers, apart: Mapping[str, Any]) -> Answers:
    """The shared answers, with what differs for one child."""
    unknown = set(apart) - _APART
    assert not unknown, f"Brothers and sisters cannot differ in {unknown}."
    return Answers(**{**{name: getattr(shared, name) for name in shared.__dataclass_fields__}, **apart})


def _visit(
    child: Child, told: Answers, service: str, *, by: User, at: datetime, submission: UUID, provenance: str
) -> Visit:
    """The row, with nothing in it that the outcome does not ask for."""
    seen = told.outcome == VisitOutcome.SEEN
    virtual = seen and told.mode in VIRTUAL
    mode = VisitMode.NO_ACCESS if told.outcome == VisitOutcome.NO_ACCESS else told.mode
    return Visit(
        child=child,
        group=submission,
        submission=submission,
        visit_on=told.visit_on,
        outcome=told.outcome,
        mode=mode or "",
        seen=seen,
        seen_alone=told.seen_alone if seen else None,
        not_alone_reason=told.not_alone_reason.strip() if seen and not told.seen_alone else "",
        place=told.place.strip() or (PLACES.get(told.mode, "") if seen and told.mode else ""),
        purpose=told.purpose.strip(),
        note=told.note.strip(),
        provenance=provenance if told.note.strip() else "",
        service=service,
        worker_name=by.name,
        recorded_by=by,
        recorded_at=at,
        virtual_reason=told.virtual_reason.strip() if virtual else "",
    )


@transaction.atomic
def sign_virtual(visit: Visit, *, by: User, at: datetime, on: date | None = None) -> Visit:
    """
    Sign the reason why a visit was not face to face (O1).

    Raises
    ------
    NotPermitted
        If the person does not manage this child's work, or made the visit.
    NotAllowedNow
        If the visit was face to face, or its reason is signed already.
    """
    check_user_can_sign(grants_of(by, at), visit, user_id=by.pk)
    held = Visit.objects.select_for_update().get(pk=visit.pk)
    policies.check_can_sign(held.mode, seen=held.seen, signed=held.virtual_signed_at is not None)
    held.virtual_signed_by, held.virtual_signed_at = by.name, at
    held.save(update_fields=["virtual_signed_by", "virtual_signed_at"])
    events.record(
        EventKind.VIRTUAL_APPROVED, at=at, by=by, authority_code=held.child.authority.code,
        subject=("child", str(held.child_id)), visit=held.pk,
    )  # fmt: skip
    return held
