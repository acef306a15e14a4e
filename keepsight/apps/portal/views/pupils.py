"""My pupils."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keepsight.apps.accounts.permissions import Permission, requires


@requires(Permission.SCHOOL_PUPILS)
def pupils(request: HttpRequest) -> HttpResponse:
    """My pupils."""
    return render(request, "portal/pupils.html", {})
