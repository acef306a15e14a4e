"""People who use Keepsight: who they are, what they may do, since when and until when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keepsight.apps.accounts.permissions import Permission, requires


@requires(Permission.PEOPLE_VIEW)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, within the person's authorities."""
    return render(request, "accounts/people.html", {})
