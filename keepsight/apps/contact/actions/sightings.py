"""Another pair of eyes, and an interval that the child's own plan sets: both change the next visit."""

from datetime import date, datetime

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.contact import policies
from keepsight.apps.contact.actions.planning import renew
from keepsight.apps.contact.models import AgreedInterval, Sighting
from keepsight.apps.contact.permissions import check_user_can_act
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.core.terms import Provenance, SightLine


@transaction.atomic
@events.at_the_end()
def record_sighting(
    child: Child,
    *,
    seen_on: date,
    line: SightLine,
    who: str = "",
    face_to_face: bool = True,
    note: str = "",
    provenance: Provenance | str = "",
    by: User,
    at: datetime,
    on: date,
) -> Sighting:
    """
    Write down that another professional saw or heard the child (RAG-12), and rate and plan again.

    It is a line of sight. It never meets a visit that the child's own service owes.

    Raises
    ------
    NotPermitted
        If the person may not, or the child is out of their reach.
    NotAllowedNow
        If the day is still to come.
    """
    check_user_can_act(grants_of(by, at), Permission.SIGHTING_RECORD, [child])
    policies.check_day(seen_on, on, "day")
    rows.lock()
    sighting = Sighting.objects.create(
        child=child, seen_on=seen_on, line=SightLine(line), who=who.strip(), face_to_face=face_to_face,
        note=note.strip(), provenance=Provenance(provenance) if provenance and note.strip() else "",
        recorded_by=by, recorded_at=at,
    )  # fmt: skip
    events.record(
        EventKind.SIGHTING_RECORDED, at=at, by=by, authority_code=child.authority.code,
        subject=("child", str(child.pk)), line=sighting.line,
    )  # fmt: skip
    renew([child], on=on, at=at, by=by)
    return sighting


@transaction.atomic
@events.at_the_end()
def agree_interval(
    child: Child, *, every: int, unit: str, reason: str, by: User, at: datetime, on: date
) -> AgreedInterval:
    """
    Set how often the child's own plan says that the child is seen. The one before is kept as history.

    Raises
    ------
    NotPermitted
        If the person may not rate this child.
    NotAllowedNow
        If the interval or the reason says nothing.
    """
    check_user_can_act(grants_of(by, at), Permission.RATING_CONFIRM, [child])
    policies.check_interval(every, unit, reason)
    rows.lock()
    AgreedInterval.objects.filter(child=child, is_current=True).update(is_current=False)
    agreed = AgreedInterval.objects.create(
        child=child, every=every, unit=unit, reason=reason.strip(), set_by=by, set_at=at
    )
    events.record(
        EventKind.PLANNED, at=at, by=by, authority_code=child.authority.code, subject=("child", str(child.pk)),
        reason="The child's own interval was set.", every=every, unit=str(unit),
    )  # fmt: skip
    renew([child], on=on, at=at, by=by)
    return agreed
