"""Which settings' own pages a person may open: those where they work, while their role holds."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.places.models import PROVIDER, Setting, SettingMember


def settings_worked_at(user_id: int, grants: Grants, permission: Permission, on: date) -> QuerySet[Setting]:
    """
    The settings where this person works today, in authorities where a role of theirs holds the permission.

    A role alone leads to no setting, and a place of work without the role leads nowhere. For
    ``PROVIDER_PLACEMENTS`` only providers, for ``SCHOOL_PUPILS`` only the others.
    """
    places = grants.scope(permission).authority_ids
    kind = Q(type=PROVIDER) if permission is Permission.PROVIDER_PLACEMENTS else ~Q(type=PROVIDER)
    return Setting.objects.filter(kind, pk__in=_worked_at(user_id, on), authority_id__in=places).order_by("name")


def settings_of(user_id: int, on: date) -> QuerySet[Setting]:
    """The settings where a person works on a day, whatever they may do there."""
    return Setting.objects.filter(pk__in=_worked_at(user_id, on))


def _worked_at(user_id: int, on: date) -> QuerySet[Any, Any]:
    in_force = SettingMember.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), user_id=user_id, starts_on__lte=on)
    return in_force.values("setting_id")


def members_managed_by(grants: Grants) -> QuerySet[SettingMember]:
    """Who works where, in the authorities whose people this person manages or may look at."""
    places = grants.scope(Permission.PEOPLE_VIEW).authority_ids
    return SettingMember.objects.filter(setting__authority_id__in=places)
