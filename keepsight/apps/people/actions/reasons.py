"""Opening a record with a reason, and in an emergency by breaking the glass."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import Membership, Role, User
from keepsight.apps.accounts.permissions import Permission, check_user_may, permissions_of
from keepsight.apps.accounts.permissions import rules as roles
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.people import policies
from keepsight.apps.people.actions.access import keep
from keepsight.apps.people.models import AccessKind, Child, GlassNotice, RecordAccess
from keepsight.apps.people.permissions import (
    NOT_YOURS,
    asks_safeguarding_only,
    children_opened_with_reason_by,
    children_visible_to,
    grants_of,
)
from keepsight.core.errors import NotPermitted

NO_SUCH_RECORD = "No record was opened: not exactly one matches, or it is not yours to open."
SAFEGUARDING = "safeguarding"
A_DAY = timedelta(hours=24)  # in which breaking glass again is flagged


@transaction.atomic
def give_reason(child: Child, *, because: str, reason: str, by: User, at: datetime) -> RecordAccess:
    """
    Open one record for a day, with a reason. Early help opens to others for safeguarding only (RULES §5).

    Raises
    ------
    NotPermitted
        If no reason of this person opens it: the same answer as for a child who does not exist.
    """
    grants = grants_of(by, at)
    if not children_opened_with_reason_by(grants).filter(pk=child.pk).exists():
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    because = policies.check_choice(because, "reasons")
    if because != SAFEGUARDING and asks_safeguarding_only(grants, child.authority_id):
        raise policies.AnswerMissing(
            "The family agreed to early help. Only a safeguarding concern opens it to others.", field="because"
        )
    access = _open(child, AccessKind.REASON, because, policies.check_reason(reason), policies.reason_until(at), by, at)
    keep(EventKind.REASON_GIVEN, access, at=at, by=by)
    return access


@transaction.atomic
def break_glass(child: Child | None, *, because: str, reason: str, by: User, at: datetime) -> RecordAccess | None:
    """
    Open one record for four hours, whatever its class, and tell those who answer for it.

    Returns
    -------
    RecordAccess or None
        None where the person can open the record already: no glass needs breaking.

    Raises
    ------
    NotPermitted
        If there is no such record, it is the person's own or a relative's, or another council's:
        the same answer for each.
    """
    grants = grants_of(by, at)
    check_user_may(grants, Permission.BREAK_GLASS)
    because = policies.check_choice(because, "emergencies")
    reason = policies.check_reason(reason)
    check_rate(by, "break_glass", at=at)
    places = grants.authorities_with_reason(Permission.BREAK_GLASS)
    if child is None or child.pk in grants.blocked or child.authority_id not in places:
        raise NotPermitted(NO_SUCH_RECORD, code="no_such_record")
    if children_visible_to(grants).filter(pk=child.pk).exists():
        return None
    nth = 1 + broken_by(by.pk, since=at - A_DAY, until=at).count()
    access = _open(child, AccessKind.BREAK_GLASS, because, reason, policies.glass_until(at), by, at)
    told = owners_of(child, at).exclude(pk=by.pk)
    GlassNotice.objects.bulk_create(GlassNotice(access=access, user=user) for user in told)
    keep(EventKind.BREAK_GLASS, access, at=at, by=by, nth_in_a_day=nth)
    return access


def broken_by(user_id: int, *, since: datetime, until: datetime) -> QuerySet[RecordAccess]:
    """What one person opened by breaking the glass in a span of time, its first moment left out."""
    broken = RecordAccess.objects.filter(user_id=user_id, kind=AccessKind.BREAK_GLASS)
    return broken.filter(asked_at__gt=since, asked_at__lte=until)


@transaction.atomic
def review_glass(access: RecordAccess, *, review: str, by: User, at: datetime) -> RecordAccess:
    """
    Say, having looked, whether breaking the glass was right.

    Raises
    ------
    NotPermitted
        If the person does not look after broken glass there, or broke it.
    """
    grants = grants_of(by, at)
    check_user_may(grants, Permission.BREAK_GLASS_REVIEW)
    held = RecordAccess.objects.select_for_update(of=("self",)).select_related("child__authority").get(pk=access.pk)
    if held.child.authority_id not in grants.scope(Permission.BREAK_GLASS_REVIEW).authority_ids:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    if held.user_id == by.pk:
        raise NotPermitted("You broke this glass yourself, so somebody else must look at it.", code="own_request")
    if held.kind != AccessKind.BREAK_GLASS or held.reviewed_at is not None:
        raise policies.Decided("Somebody has looked at this already.")
    held.review, held.reviewed_by, held.reviewed_at = policies.check_reason(review, field="review"), by.name, at
    held.save(update_fields=["review", "reviewed_by", "reviewed_at"])
    keep(EventKind.BREAK_GLASS_REVIEWED, held, at=at, by=by)
    return held


def read_notice(pk: int, *, by: User, at: datetime) -> bool:
    """Mark one's own notice of broken glass as read."""
    return bool(GlassNotice.objects.filter(pk=pk, user=by, read_at=None).update(read_at=at))


def _open(
    child: Child, kind: AccessKind, because: str, reason: str, until: datetime, by: User, at: datetime
) -> RecordAccess:
    return RecordAccess.objects.create(
        user=by, child=child, kind=kind, state=RecordAccess.State.GRANTED, because=because, reason=reason,
        asked_by=by.name, asked_at=at, starts_at=at, ends_at=until, last_day=timezone.localtime(until).date(),
    )  # fmt: skip


def owners_of(child: Child, at: datetime) -> QuerySet[User]:
    """
    Who answers for a record: the child's worker and the managers of that worker's team.

    Without either, the leaders of the authority. Nobody to whom the record is closed as their own.
    """
    plan = getattr(child, "plan", None)
    team = (plan.worker.team if plan.worker else plan.team) if plan else None
    worker = plan.worker.user_id if plan and plan.worker else None
    managers = Q(role=Role.TEAM_MANAGER) & (
        Q(team=team) | Q(service__isnull=False, service=team.service_id if team else None)
    )
    found = _people(child, at, worker, managers if team else Q(pk=None))
    return found if found.exists() else _people(child, at, None, Q(role=Role.LEADER, team=None, service=None))


def _people(child: Child, at: datetime, worker: int | None, holding: Q) -> QuerySet[User]:
    held = in_force(at).filter(holding, authority_id=child.authority_id)
    own = RecordAccess.objects.filter(child=child, kind=AccessKind.OWN_RECORD, state=RecordAccess.State.GRANTED).values(
        "user_id"
    )
    people = User.objects.filter(Q(pk=worker) | Q(pk__in=held.values("user_id")), is_active=True)
    return people.exclude(pk__in=own)


def in_force(at: datetime) -> QuerySet[Membership]:
    """Roles that hold on the day of a moment."""
    on = timezone.localtime(at).date()
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


def watchers_of(authority_id: int, at: datetime) -> QuerySet[User]:
    """Who looks at broken glass in an authority."""
    watching = [role for role in roles() if Permission.BREAK_GLASS_REVIEW in permissions_of(role)]
    held = in_force(at).filter(authority_id=authority_id, role__in=watching)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True)
