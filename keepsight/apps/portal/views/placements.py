"""The children placed with a provider, and whom to call. Never a level, a reason or another placement."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.places.permissions import settings_worked_at
from keepsight.apps.portal import presenters, queries


@require_GET
@requires(Permission.PROVIDER_PLACEMENTS)
def placements(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The placements of one provider where this person works; several providers are offered by name."""
    on, grants = timezone.localdate(), request.grants
    mine = settings_worked_at(request.user.pk, grants, Permission.PROVIDER_PLACEMENTS, on).select_related("authority")
    providers = list(mine)
    provider = next((one for one in providers if one.pk == pk), None)
    if pk is None and len(providers) == 1:
        provider = providers[0]
    if pk and provider is None:
        raise Http404
    context: dict[str, Any] = {"providers": providers, "provider": provider, "on": on}
    if provider is not None:
        rows = queries.placements_of(provider)
        duty = presenters.duty_words(provider.authority.name, provider.authority.settings.get("duty_phone", ""))
        shown = presenters.present_placements(rows, duty=duty, blocked=frozenset(grants.blocked))
        audit.record(
            EventKind.PORTAL_OPENED, at=timezone.now(), by=request.user, authority_code=provider.authority.code,
            subject=("setting", str(provider.pk)), source="portal:placements", rows=len(shown),
            shown=[row["child_id"] for row in rows if row["child_id"] not in grants.blocked],
        )  # fmt: skip
        context |= {"rows": shown}
    return render(request, "portal/placements.html", context)
