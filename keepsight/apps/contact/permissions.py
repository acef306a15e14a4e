"""Which contact plans a person may see, and so which children stand in their queues."""

from collections.abc import Iterable

from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may
from keepsight.apps.contact.models import ContactPlan, ContactPlanQuerySet, Visit
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import NOT_YOURS, children_visible_to, reach, within
from keepsight.core.errors import NotPermitted


def plans_visible_to(grants: Grants, permission: Permission) -> ContactPlanQuerySet:
    """
    The plans that a permission reaches: by authority, by team, or by own worker rows.

    The same reach as ``people.permissions.children_counted_for``, asked of the plan itself, so
    that a queue needs no join. Restricted records count; ``may_name`` says whose rows may name them.
    """
    scope = reach(grants, permission)
    return ContactPlan.objects.none() if scope.is_empty else ContactPlan.objects.filter(within(scope))


def check_user_can_act(grants: Grants, permission: Permission, children: Iterable[Child]) -> None:
    """Refuse unless the person may do this, and all of these children are within their reach."""
    check_user_may(grants, permission)
    asked = {child.pk for child in children}
    if children_visible_to(grants, permission).filter(pk__in=asked).distinct().count() != len(asked):
        raise NotPermitted(NOT_YOURS, code="child_not_yours")


def check_user_can_sign(grants: Grants, visit: Visit, *, user_id: int) -> None:
    """Refuse unless the person manages this child's work and somebody else made the visit."""
    check_user_can_act(grants, Permission.VIRTUAL_SIGN, [visit.child])
    if visit.recorded_by_id == user_id:
        raise NotPermitted("You recorded this visit, so another manager must read the reason.", code="own_visit")
