"""Extract without names."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keepsight.apps.accounts.permissions import Permission, requires


@requires(Permission.EXTRACT_VIEW)
def extract(request: HttpRequest) -> HttpResponse:
    """Extract without names."""
    return render(request, "portal/extract.html", {})
