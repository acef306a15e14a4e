"""One page that leads to all that a person may do about access, the log and retention."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from keepsight.apps.accounts.permissions import Permission, requires

P = Permission
# words, page, what it is for, who may: each room adds its pages here
PAGES: tuple[tuple[str, str, str, frozenset[Permission]], ...] = ()


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Links to the pages that this person may open."""
    pages = [
        {"text": text, "href": reverse(name), "what": what}
        for text, name, what, any_of in PAGES
        if any(request.grants.may(permission) for permission in any_of)
    ]
    return render(request, "governance/home.html", {"pages": pages})
