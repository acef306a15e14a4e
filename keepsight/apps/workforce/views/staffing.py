"""Staffing: who is at work team by team, the days ahead, and whose work hangs on somebody who is away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.workforce import staffing as staff
from keepsight.apps.workforce.permissions import teams_visible_to


@require_GET
@requires(Permission.STAFFING_VIEW)
def staffing(request: HttpRequest) -> HttpResponse:
    """Each team today and over the days ahead. Counts only: nobody's reason is here."""
    on, exercise = timezone.localdate(), getattr(request, "exercise", None)
    rows = staff.teams_today(list(teams_visible_to(request.grants)), on=on, exercise=exercise)
    audit.record(
        EventKind.STAFFING_VIEWED, at=timezone.now(), by=request.user, source="workforce:staffing", teams=len(rows)
    )
    context = {
        "rows": rows, "on": on, "days": staff.days_ahead(on), "small_team": staff.rules().small_team,
        "short": sum(row["call"] == "short" for row in rows),
        "soon": sum(row["first_short"] is not None for row in rows),
        "several": len({row["authority"] for row in rows}) > 1,
        "may_cover": request.grants.may(Permission.TEAM_VIEW),
    }  # fmt: skip
    return render(request, "workforce/staffing.html", context)


@require_GET
@requires(Permission.TEAM_VIEW)
def cover(request: HttpRequest) -> HttpResponse:
    """Caseloads, and cases whose only worker is away (WRK-06)."""
    on, exercise = timezone.localdate(), getattr(request, "exercise", None)
    away = staff.uncovered(request.grants, on=on, exercise=exercise)
    loads = staff.caseloads(request.grants)
    audit.record(
        EventKind.STAFFING_VIEWED, at=timezone.now(), by=request.user, source="workforce:cover", workers=len(loads)
    )
    return render(request, "workforce/cover.html", {"away": away, "loads": loads, "on": on})
