"""Answers about staff across tables."""

from datetime import date, timedelta

from django.db.models import Q

from keepsight.apps.accounts.models import Authority, Team, Worker
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry
from keepsight.apps.workforce.frames import ABSENCE


def made_authorities(grants: Grants) -> list[Authority]:
    """The authorities for which a person makes rotas."""
    whole = grants.scope(Permission.ROTA_MANAGE).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))


def teams_of(authorities: list[Authority]) -> list[Team]:
    """Their teams that have workers."""
    found = Team.objects.filter(authority__in=authorities, workers__isnull=False).distinct()
    return list(found.select_related("authority").order_by("authority__name", "name"))


def away_days(workers: list[Worker], first: date, last: date, *, exercise: Event | None = None) -> dict[int, str]:
    """Days on which open absences keep these workers away from a first to a last day, as the form takes them."""
    entries = Entry.objects.filter(
        register__key=ABSENCE, exercise=exercise.pk if exercise else None, is_open=True,
        worker__in=[worker.pk for worker in workers],
    )  # fmt: skip
    spans: dict[int, list[str]] = {}
    for worker, values in entries.order_by("worker_id", "number").values_list("worker_id", "values"):
        begun = max(first, date.fromisoformat(values.get("from_on", first.isoformat())))
        back = values.get("back_on")
        ends = min(last, date.fromisoformat(back) - timedelta(days=1)) if back else last
        if begun <= ends:
            spans.setdefault(worker, []).append(f"{begun:%d/%m/%Y} to {ends:%d/%m/%Y}")
    return {worker: ", ".join(found) for worker, found in spans.items()}


def surveying_authorities(grants: Grants) -> list[Authority]:
    """The authorities for which a person runs surveys."""
    whole = grants.scope(Permission.SURVEY_RUN).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))


def staffed_authorities(grants: Grants) -> list[Authority]:
    """The authorities in which a person sees any staffing."""
    scope = grants.scope(Permission.STAFFING_VIEW)
    of_teams = Team.objects.filter(pk__in=scope.team_ids).values("authority_id")
    return list(Authority.objects.filter(Q(pk__in=scope.authority_ids) | Q(pk__in=of_teams)).order_by("name"))
