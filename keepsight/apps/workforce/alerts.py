"""Telling of teams that are, or will be, short of people (WRK-01): once for each team and first day."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from keepsight.apps.accounts.models import Authority, Membership, Team
from keepsight.apps.accounts.permissions import Permission, permissions_of, rules
from keepsight.apps.registers.models import Notice
from keepsight.apps.workforce.staffing import counted
from keepsight.core.workforce.staffing import first_short


def tell_of_shortage(at: datetime) -> int:
    """
    Write a notice to those who see a team's staffing when it has, or will have, too few people.

    The notice counts nobody and names nobody but the team. Asked again it tells nobody twice.
    """
    on = timezone.localtime(at).date()
    told = 0
    for authority in Authority.objects.filter(registers__key="absence", registers__is_on=True):
        teams = {team.pk: team for team in Team.objects.filter(authority=authority, workers__isnull=False).distinct()}
        for team, day in first_short(counted(list(teams.values()), on=on)).items():
            said = f"{teams[team].name} has too few people {'today' if day == on else f'from {day:%d/%m/%Y}'}"
            once = f"short:{team}:{day.isoformat()}"
            rows = [
                Notice(user_id=user, alert="staffing", said=said[:200], at=at, once=once)
                for user in _watching(teams[team], at)
            ]
            already = set(Notice.objects.filter(once=once).values_list("user_id", flat=True))
            new = [row for row in rows if row.user_id not in already]
            Notice.objects.bulk_create(new, ignore_conflicts=True)
            told += len(new)
    return told


def _watching(team: Team, at: datetime) -> list[int]:
    """Who answers for staff in the authority or the team: sees its staffing, and arranges or manages it."""
    on = timezone.localtime(at).date()
    answers = {Permission.STAFFING_MANAGE, Permission.COVER_ARRANGE}
    watching = [role for role in rules() if Permission.STAFFING_VIEW in (may := permissions_of(role)) and answers & may]
    holds = Q(ends_on=None) | Q(ends_on__gt=on)
    place = Q(team=team) | Q(service=team.service_id, service__isnull=False) | Q(team=None, service=None)
    held = Membership.objects.filter(
        holds, place, authority=team.authority_id, role__in=watching, starts_on__lte=on, user__is_active=True
    )
    return sorted(set(held.values_list("user_id", flat=True)))
