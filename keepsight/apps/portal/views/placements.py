"""Placements."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keepsight.apps.accounts.permissions import Permission, requires


@requires(Permission.PROVIDER_PLACEMENTS)
def placements(request: HttpRequest) -> HttpResponse:
    """Placements."""
    return render(request, "portal/placements.html", {})
