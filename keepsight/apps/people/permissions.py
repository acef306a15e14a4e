"""Which children a person may reach. Every page and action comes to a child through here."""

from dataclasses import replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import Role, User
from keepsight.apps.accounts.permissions import (
    OWN,
    Grants,
    Permission,
    Scope,
    held_by,
    needs_reason,
    permissions_of,
    rules,
)
from keepsight.apps.people.models import AccessKind, Alert, Child, RecordAccess, SafeContact
from keepsight.apps.places.permissions import settings_of
from keepsight.core.errors import NotPermitted
from keepsight.core.terms import AlertKind, RecordClass, Service
from keepsight.prepared import prepared

NOT_YOURS = "This child is not among those you work with. The child's team manager can add you."
RESTRICTED = RecordClass.RESTRICTED  # the adoption list, and what somebody closed by hand (RULES §5)
# What a reason or broken glass opens a record for: to read, and to write down what is done. It decides nothing.
BRIEFLY = frozenset(
    {
        Permission.CHILD_VIEW, Permission.VISIT_RECORD, Permission.SIGHTING_RECORD, Permission.SAFE_CONTACT_VIEW,
        Permission.CODE_WORD_VIEW, Permission.HEALTH_VIEW,
    }
)  # fmt: skip
_BRIEF_KINDS = frozenset({AccessKind.REASON, AccessKind.BREAK_GLASS})


def grants_of(user: User, at: datetime) -> Grants:
    """
    Read what a person may do at a moment: three queries.

    Everything that asks what a person may do begins here: their roles and cases, those of whom
    they stand in for, the records opened to them by name, reason or broken glass and not yet
    closed again, and the records that are their own.
    """
    on = timezone.localtime(at).date()
    held = held_by(user, on)
    by_kind: dict[str, list[int]] = {kind: [] for kind in AccessKind.values}
    for child, kind, starts_at, ends_at in _exceptions(user_id=user.pk, on=on):
        if starts_at <= at and (ends_at is None or at < ends_at):
            by_kind[kind].append(child)
    named, blocked = by_kind[AccessKind.NAMED], by_kind[AccessKind.OWN_RECORD]
    brief = [child for kind in _BRIEF_KINDS for child in by_kind[kind] if child not in named]
    return Grants(
        held.memberships, held.workers, held.lent, held.covering,
        opened=_once(named + brief), blocked=_once(blocked), briefly=_once(brief),
        standing_in_for=held.standing_in_for, user_id=held.user_id, settings=_settings(held, on),
    )  # fmt: skip


def _settings(held: Grants, on: date) -> tuple[int, ...]:
    """The settings of somebody who comes from one; for everybody else nothing is asked."""
    if not any(rules()[role].portal for role in held.roles if role in rules()):
        return ()
    return tuple(settings_of(held.user_id, on).order_by("pk").values_list("pk", flat=True))


def _once(children: list[int]) -> tuple[int, ...]:
    return tuple(sorted(set(children)))


@prepared
def _exceptions(user_id: int, on: date) -> QuerySet:
    granted = RecordAccess.objects.filter(user_id=user_id, state=RecordAccess.State.GRANTED, starts_at__isnull=False)
    granted = granted.filter(Q(last_day=None) | Q(last_day__gte=on)).order_by("pk")
    granted = granted.exclude(kind=AccessKind.REASON, child__record_class=RESTRICTED)  # a reason opens no such record
    return granted.values_list("child_id", "kind", "starts_at", "ends_at")


def reach(grants: Grants, permission: Permission) -> Scope:
    """
    How far a permission reaches, without what is covered already.

    A worker row in an authority that the person sees as a whole adds nothing, and dropping it
    keeps the query a plain look-up by authority.
    """
    scope = grants.scope(permission)
    rows = grants.workers + grants.covering
    whole = scope.authority_ids - scope.without_early_help - scope.early_help_only
    covered = frozenset(worker for worker, authority in rows if authority in whole)
    return replace(scope, worker_ids=scope.worker_ids - covered)


def within(scope: Scope, *, plan: str = "") -> Q:
    """
    The one condition of reach: by authority, by team, or by own worker rows. ``plan`` leads to the contact plan.

    A case that was stepped up has the team and worker of social care; who still gives early help
    beside them keeps reaching it, to read their part and to write down what they do (RULES §5).
    """
    allowed = Q()
    if whole := scope.authority_ids - scope.without_early_help - scope.early_help_only:
        allowed |= Q(authority_id__in=whole)
    if scope.early_help_only:
        given = Q(**{f"{plan}early_help": True})
        if not scope.beside_social_care:
            given &= Q(**{f"{plan}service": Service.EARLY_HELP})
        allowed |= Q(authority_id__in=scope.early_help_only) & given
    if scope.without_early_help:  # consent was to early help: others need a reason (RULES §5)
        early_help = Q(**{f"{plan}service": Service.EARLY_HELP, f"{plan}is_open": True})
        if plan:
            early_help &= Q(**{f"{plan}pk__isnull": False})
        allowed |= Q(authority_id__in=scope.without_early_help) & ~early_help
    if scope.team_ids:
        allowed |= Q(**{f"{plan}team_id__in": scope.team_ids})
    if scope.worker_ids:
        allowed |= Q(**{f"{plan}worker_id__in": scope.worker_ids})
    if scope.beside_social_care and scope.team_ids:
        allowed |= Q(**{f"{plan}early_help_team_id__in": scope.team_ids})
    if scope.beside_social_care and scope.worker_ids:
        allowed |= Q(**{f"{plan}early_help_worker_id__in": scope.worker_ids})
    return allowed


def children_counted_for(grants: Grants, permission: Permission = Permission.CHILD_VIEW) -> QuerySet[Child]:
    """
    The children who count in a person's figures, restricted records among them. Never for names.

    A role for a whole authority reaches all its children. A role in a team reaches the children
    whose contact plan names that team, or the person as worker. A child without a plan (nothing
    open) is reached by authority-wide roles only. Records opened one by one join no figure.
    """
    scope = reach(grants, permission)
    return Child.objects.none() if scope.is_empty else Child.objects.filter(within(scope, plan="plan__"))


def children_visible_to(grants: Grants, permission: Permission = Permission.CHILD_VIEW) -> QuerySet[Child]:
    """
    The children whose records a person may open, find and act on with this permission.

    Those within reach; of restricted records only those on whose list the person stands: as the
    child's worker, as the manager of that worker's team, or named. Also any record that was opened
    to the person, where a role of theirs holds the permission. Never their own or a relative's. To
    everybody else a restricted child is as one who does not exist.
    """
    scope = reach(grants, permission)
    allowed = Q()
    if not scope.is_empty:
        allowed |= within(scope, plan="plan__") & _named_to(grants, permission)
    places = grants.authorities_with_reason(permission)
    if places and (opened := opened_for(grants, permission)):
        allowed |= Q(pk__in=opened, authority_id__in=places)
    if not allowed:
        return Child.objects.none()
    visible = Child.objects.filter(allowed)
    return visible.exclude(pk__in=grants.blocked) if grants.blocked else visible


def opened_for(grants: Grants, permission: Permission) -> tuple[int, ...]:
    """The records opened to a person one by one, as far as this permission goes there."""
    if permission in BRIEFLY:
        return grants.opened
    return tuple(child for child in grants.opened if child not in grants.briefly)


def children_findable_by(grants: Grants) -> QuerySet[Child]:
    """
    The children whom a search may show a person: those they may open, and those they may open with a reason.

    Duty workers and front-door screeners learn that a restricted record exists; auditors and
    others who need a reason do not (RULES §5). Who works with children of a whole authority finds
    early help records too, and needs a reason for them, because the family agreed to early help.
    """
    visible = children_visible_to(grants, Permission.CHILD_VIEW)
    with_reason = [
        (role, authority)
        for role, authority, team in grants.memberships + grants.lent
        if team is None and needs_reason(role, Permission.CHILD_VIEW) and Permission.CHILD_FIND in permissions_of(role)
    ]
    early_help = _early_help_found_in(grants)
    if not with_reason and not early_help:
        return visible
    every = frozenset(authority for role, authority in with_reason if rules()[role].restricted)
    some = frozenset(authority for _, authority in with_reason) - every
    found = Q(authority_id__in=every) | (Q(authority_id__in=some) & ~Q(record_class=RESTRICTED))
    if early_help:
        consented = Q(plan__service=Service.EARLY_HELP, plan__is_open=True, authority_id__in=early_help)
        found |= consented & ~Q(record_class=RESTRICTED)
    return Child.objects.filter(Q(pk__in=visible.values("pk")) | found).exclude(pk__in=grants.blocked)


def _early_help_found_in(grants: Grants) -> frozenset[int]:
    """Authorities whose early help records the person finds and does not open without a reason."""
    beyond = grants.scope(Permission.CHILD_VIEW).without_early_help
    return beyond & grants.scope(Permission.CHILD_FIND).authority_ids


def children_opened_with_reason_by(grants: Grants) -> QuerySet[Child]:
    """The children whom a reason would open: found, not open already, and not restricted."""
    visible = children_visible_to(grants, Permission.CHILD_VIEW)
    return children_findable_by(grants).exclude(record_class=RESTRICTED).exclude(pk__in=visible.values("pk"))


def asks_safeguarding_only(grants: Grants, authority_id: int) -> bool:
    """Whether no role there opens records with a reason: then only a safeguarding concern opens early help."""
    with_reason = {a for role, a, _ in grants.memberships + grants.lent if needs_reason(role, Permission.CHILD_VIEW)}
    return authority_id not in with_reason


def children_decided_by(grants: Grants) -> QuerySet[Child]:
    """
    The children of whom a person says whether they are restricted, and who else is named on them.

    The manager of the team of the child's worker (of the case, where nobody is the worker), and the
    leader of the authority. Not who stands in for them: a restricted record does not come with cover.
    """
    held = [held for held in grants.memberships if Permission.ACCESS_APPROVE in permissions_of(held[0])]
    whole = frozenset(authority for _, authority, team in held if team is None)
    teams = frozenset(team for _, _, team in held if team is not None and team != OWN)
    decided = Q(authority_id__in=whole) if whole else Q()
    if teams:
        decided |= Q(plan__worker__team_id__in=teams) | Q(plan__worker=None, plan__team_id__in=teams)
    if not decided:
        return Child.objects.none()
    return Child.objects.filter(decided).exclude(pk__in=grants.blocked)


def own_workers_and_teams(grants: Grants, permission: Permission) -> tuple[frozenset[int], frozenset[int]]:
    """
    The worker rows that are this person, and the single teams that this person manages.

    Not what is lent: who stands in for somebody needs to be named on a restricted record.
    """
    held = [held for held in grants.memberships if permission in permissions_of(held[0])]
    places = {authority for _, authority, _ in held}
    managed = frozenset(
        team for role, _, team in held if role == Role.TEAM_MANAGER and team is not None and team != OWN
    )
    return frozenset(worker for worker, authority in grants.workers if authority in places), managed


def _named_to(grants: Grants, permission: Permission) -> Q:
    workers, teams = own_workers_and_teams(grants, permission)
    named = ~Q(record_class=RESTRICTED)
    if workers:
        named |= Q(plan__worker_id__in=workers)
    if teams:
        named |= Q(plan__worker__team_id__in=teams) | Q(plan__worker=None, plan__team_id__in=teams)
    return named


def may_name(
    grants: Grants,
    permission: Permission,
    *,
    child_id: int,
    record_class: str,
    worker_id: int | None,
    worker_team_id: int | None,
    team_id: int | None,
) -> bool:
    """Whether a row of a list that reaches this child may name it: ``children_visible_to``, asked of one row."""
    if child_id in grants.blocked:
        return False
    if record_class != RESTRICTED or child_id in opened_for(grants, permission):
        return True
    workers, teams = own_workers_and_teams(grants, permission)
    return worker_id in workers or (team_id if worker_id is None else worker_team_id) in teams


def place_is_confidential(on: date) -> Q:
    """
    Whether a child's address and school are confidential on a day: a condition on ``Child``.

    They are when the child's own record says so, by its marker or by safe-contact details, or that
    of a brother or sister: one child's address must not be read off another's.
    """
    marked = Alert.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), kind=AlertKind.ADDRESS_CONFIDENTIAL, started_on__lte=on
    )
    family = marked.filter(child__families__family__members__child=OuterRef("pk"))
    held = SafeContact.objects.filter(child=OuterRef("pk"))
    of_family = SafeContact.objects.filter(child__families__family__members__child=OuterRef("pk"))
    return Q(Exists(marked.filter(child=OuterRef("pk")))) | Q(Exists(family)) | Q(Exists(held)) | Q(Exists(of_family))


def works_with(grants: Grants) -> Q:
    """Children with whom the person works: as their worker, or in the team that has the case."""
    workers, teams = places_of_work(grants)
    return Q(plan__worker_id__in=workers) | Q(plan__team_id__in=teams)


def places_of_work(
    grants: Grants, permission: Permission = Permission.SAFE_CONTACT_VIEW
) -> tuple[frozenset[int], frozenset[int]]:
    """The worker rows that are this person, and the teams of the roles that hold the permission."""
    scope = grants.scope(permission)
    return scope.worker_ids, scope.team_ids


def check_user_can_open_child(grants: Grants, child: Child, permission: Permission = Permission.CHILD_VIEW) -> None:
    """
    Refuse unless this child is among those whom the person may reach with this permission.

    Raises
    ------
    NotPermitted
        With the same sentence whether the child is another team's or unknown to the person.
    """
    if not children_visible_to(grants, permission).filter(pk=child.pk).exists():
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
