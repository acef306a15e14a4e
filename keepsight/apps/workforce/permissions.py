"""Whose staffing, rotas and surveys a person sees: by authority, or by the teams that they manage."""

from datetime import datetime

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Authority, Team, User, Worker
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.workforce.models import Rota
from keepsight.core.errors import NotPermitted

NOT_YOURS = "This is not yours to decide. The workforce lead of the authority can tell you whose it is."


def teams_visible_to(grants: Grants) -> QuerySet[Team]:
    """The teams whose staffing a person sees."""
    scope = grants.scope(Permission.STAFFING_VIEW)
    within = Q(authority_id__in=scope.authority_ids) | Q(pk__in=scope.team_ids)
    return Team.objects.filter(within).select_related("authority").order_by("authority__name", "name")


def rotas_visible_to(grants: Grants, *, exercise: Event | None = None) -> QuerySet[Rota]:
    """The rotas of a person's authorities; drafts only for who makes them."""
    made = grants.scope(Permission.ROTA_MANAGE).authority_ids
    here = {authority for _, authority, _ in grants.memberships + grants.lent}
    seen = here if grants.may(Permission.ROTA_VIEW) else set()
    within = Q(authority_id__in=made) | Q(authority_id__in=seen, state=Rota.State.PUBLISHED)
    return Rota.objects.filter(within, exercise=exercise.pk if exercise else None).select_related("authority")


def workers_for(grants: Grants, authority: Authority) -> QuerySet[Worker]:
    """The workers whom somebody may put on a rota of this authority."""
    if authority.pk not in grants.scope(Permission.ROTA_MANAGE).authority_ids:
        return Worker.objects.none()
    return Worker.objects.filter(authority=authority).select_related("team").order_by("team__name", "name")


def check_may_in(by: User, at: datetime, permission: Permission, authority: Authority) -> Grants:
    """
    Refuse unless the person holds the permission for the whole of this authority.

    Raises
    ------
    NotPermitted
        With the same sentence whatever is asked for.
    """
    grants = grants_of(by, at)
    if authority.pk not in grants.scope(permission).authority_ids:
        raise NotPermitted(NOT_YOURS)
    return grants
