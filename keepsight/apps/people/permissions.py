"""Which children a person may reach. Every page and action comes to a child through here."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import ROLE_PERMISSIONS, Grants, Permission, Scope
from keepsight.apps.people.models import Alert, Child
from keepsight.core.errors import NotPermitted
from keepsight.core.terms import AlertKind

NOT_YOURS = "This child is not among those you work with. The child's team manager can add you."
RESTRICTED = "restricted"  # record class of the adoption list and of what somebody closed by hand (RULES §5)


def reach(grants: Grants, permission: Permission) -> Scope:
    """
    How far a permission reaches, without what is covered already.

    A worker row in an authority that the person sees as a whole adds nothing, and dropping it
    keeps the query a plain look-up by authority.
    """
    scope = grants.scope(permission)
    covered = frozenset(worker for worker, authority in grants.workers if authority in scope.authority_ids)
    return Scope(scope.authority_ids, scope.team_ids, scope.worker_ids - covered)


def within(scope: Scope, *, plan: str = "") -> Q:
    """The one condition of reach: by authority, by team, or by own worker rows. ``plan`` leads to the contact plan."""
    allowed = Q()
    if scope.authority_ids:
        allowed |= Q(authority_id__in=scope.authority_ids)
    if scope.team_ids:
        allowed |= Q(**{f"{plan}team_id__in": scope.team_ids})
    if scope.worker_ids:
        allowed |= Q(**{f"{plan}worker_id__in": scope.worker_ids})
    return allowed


def children_counted_for(grants: Grants, permission: Permission = Permission.CHILD_VIEW) -> QuerySet[Child]:
    """
    The children who count in a person's figures, restricted records among them. Never for names.

    A role for a whole authority reaches all its children. A role in a team reaches the children
    whose contact plan names that team, or the person as worker. A child without a plan (nothing
    open) is reached by authority-wide roles only.
    """
    scope = reach(grants, permission)
    return Child.objects.none() if scope.is_empty else Child.objects.filter(within(scope, plan="plan__"))


def children_visible_to(grants: Grants, permission: Permission = Permission.CHILD_VIEW) -> QuerySet[Child]:
    """
    The children whose records a person may open, find and act on with this permission.

    Of restricted records only their own: those whose worker the person is, or whose worker's team
    the person manages. To everybody else such a child is as one who does not exist.
    """
    reached = children_counted_for(grants, permission)
    return reached if reached.query.is_empty() else reached.filter(_named_to(grants, permission))


def own_workers_and_teams(grants: Grants, permission: Permission) -> tuple[frozenset[int], frozenset[int]]:
    """The worker rows that are this person, and the single teams that this person manages."""
    held = [(role, team) for role, _, team in grants.memberships if permission in ROLE_PERMISSIONS[role]]
    managed = frozenset(team for role, team in held if role == Role.TEAM_MANAGER and team is not None)
    return grants.scope(permission).worker_ids, managed


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
    record_class: str,
    worker_id: int | None,
    worker_team_id: int | None,
    team_id: int | None,
) -> bool:
    """Whether a row of a list that reaches this child may name it: ``children_visible_to``, asked of one row."""
    if record_class != RESTRICTED:
        return True
    workers, teams = own_workers_and_teams(grants, permission)
    return worker_id in workers or (team_id if worker_id is None else worker_team_id) in teams


def place_is_confidential(on: date) -> Q:
    """
    Whether a child's address and school are confidential on a day: a condition on ``Child``.

    They are when the child's own record says so, or that of a brother or sister: one child's
    address must not be read off another's.
    """
    marked = Alert.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), kind=AlertKind.ADDRESS_CONFIDENTIAL, started_on__lte=on
    )
    family = marked.filter(child__families__family__members__child=OuterRef("pk"))
    return Q(Exists(marked.filter(child=OuterRef("pk")))) | Q(Exists(family))


def works_with(grants: Grants) -> Q:
    """Children with whom the person works: as their worker, or in the team that has the case."""
    workers, teams = places_of_work(grants)
    return Q(plan__worker_id__in=workers) | Q(plan__team_id__in=teams)


def places_of_work(grants: Grants) -> tuple[frozenset[int], frozenset[int]]:
    """The worker rows that are this person, and the teams whose children the person's roles may open."""
    scope = grants.scope(Permission.CHILD_VIEW)
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
