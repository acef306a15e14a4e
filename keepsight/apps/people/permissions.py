"""Which children a person may reach. Every page and action comes to a child through here."""

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.permissions import Grants, Permission, Scope
from keepsight.apps.people.models import Child
from keepsight.core.errors import NotPermitted

NOT_YOURS = "This child is not among those you work with. The child's team manager can add you."


def reach(grants: Grants, permission: Permission) -> Scope:
    """
    How far a permission reaches, without what is covered already.

    A worker row in an authority that the person sees as a whole adds nothing, and dropping it
    keeps the query a plain look-up by authority.
    """
    scope = grants.scope(permission)
    covered = frozenset(worker for worker, authority in grants.workers if authority in scope.authority_ids)
    return Scope(scope.authority_ids, scope.team_ids, scope.worker_ids - covered)


def children_visible_to(grants: Grants, permission: Permission = Permission.CHILD_VIEW) -> QuerySet[Child]:
    """
    The children whom a person may reach with this permission.

    A role for a whole authority reaches all its children. A role in a team reaches the children
    whose contact plan names that team, or the person as worker. A child without a plan (nothing
    open) is reached by authority-wide roles only.
    """
    scope = reach(grants, permission)
    if scope.is_empty:
        return Child.objects.none()
    allowed = Q()
    if scope.authority_ids:
        allowed |= Q(authority_id__in=scope.authority_ids)
    if scope.team_ids:
        allowed |= Q(plan__team_id__in=scope.team_ids)
    if scope.worker_ids:
        allowed |= Q(plan__worker_id__in=scope.worker_ids)
    return Child.objects.filter(allowed)


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
