"""Which contact plans a person may see, and so which children stand in their queues."""

from django.db.models import Q

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.models import ContactPlan, ContactPlanQuerySet
from keepsight.apps.people.permissions import reach


def plans_visible_to(grants: Grants, permission: Permission) -> ContactPlanQuerySet:
    """
    The plans that a permission reaches: by authority, by team, or by own worker rows.

    The same reach as ``people.permissions.children_visible_to``, asked of the plan itself, so
    that a queue needs no join.
    """
    scope = reach(grants, permission)
    if scope.is_empty:
        return ContactPlan.objects.none()
    allowed = Q()
    if scope.authority_ids:
        allowed |= Q(authority_id__in=scope.authority_ids)
    if scope.team_ids:
        allowed |= Q(team_id__in=scope.team_ids)
    if scope.worker_ids:
        allowed |= Q(worker_id__in=scope.worker_ids)
    return ContactPlan.objects.filter(allowed)
