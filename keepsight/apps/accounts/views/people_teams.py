"""Teams with their service and duty telephone, services, and partnerships of authorities."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from keepsight.apps.accounts import policies, present_people, staff
from keepsight.apps.accounts.actions import teams as actions
from keepsight.apps.accounts.forms import ServiceForm, TeamForm
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit

NOT_SEEN = "This team is not among those that you may see."


def _clock() -> dict[str, Any]:
    return {"at": timezone.now(), "on": timezone.localdate()}


@require_GET
@requires(Permission.PEOPLE_VIEW)
def teams(request: HttpRequest) -> HttpResponse:
    """The teams of one's authorities, their services and whom to call."""
    seen = staff.places_seen(request.grants)
    mine = policies.administered(request.grants)
    context = {
        "rows": [
            {**row, "may_change": team.authority_id in mine}
            for team, row in ((team, present_people.present_teams([team])[0]) for team in staff.teams_in(seen))
        ],
        "services": staff.services_in(seen),
        "partnerships": staff.partnerships_touching(seen),
        "several": len(seen) > 1,
        "may_manage": bool(mine),
    }
    return render(request, "accounts/teams.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a team into a service, and say whom others call."""
    row = staff.teams_in(policies.administered(request.grants)).filter(pk=pk).first()
    if row is None:
        raise NotPermitted(NOT_SEEN, code="place_not_yours")
    services = {each.pk: each for each in staff.services_in({row.authority_id})}
    form = TeamForm(
        request.POST or None, services=[(each.pk, each.name) for each in services.values()],
        initial={"service": row.service_id or "", "duty_phone": row.duty_phone},
    )  # fmt: skip
    if form.is_valid():
        chosen = form.cleaned_data["service"]
        answers = {"service": services[int(chosen)] if chosen else None, "duty_phone": form.cleaned_data["duty_phone"]}
        if submit(form, actions.change_team, team=row, by=request.user, **_clock(), **answers):
            messages.success(request, f"{row.name} is changed.")
            return redirect("accounts:teams")
    context = {"form": form, "team": present_people.present_teams([row])[0]}
    return render(request, "accounts/teams_team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def service(request: HttpRequest) -> HttpResponse:
    """Make a service, to put teams in."""
    authorities = {each.pk: each for each in staff.authorities_in(policies.administered(request.grants))}
    form = ServiceForm(request.POST or None, authorities=[(each.pk, each.name) for each in authorities.values()])
    if form.is_valid():
        authority = authorities[int(form.cleaned_data["authority"])]
        name = form.cleaned_data["name"]
        if submit(form, actions.make_service, authority=authority, name=name, by=request.user, **_clock()):
            messages.success(request, f"{name} is a service of {authority.name}. Now put teams into it.")
            return redirect("accounts:teams")
    return render(request, "accounts/teams_service.html", {"form": form}, status=422 if form.errors else 200)
