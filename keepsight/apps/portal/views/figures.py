"""Figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keepsight.apps.accounts.permissions import Permission, requires


@requires(Permission.MEMBER_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """Figures."""
    return render(request, "portal/figures.html", {})
