"""
What a refused person can do next: give a reason, ask to be named, or break the glass in an emergency.

The page is the same whether there is such a record or not; only who may learn that there is one is
led to the question why they need it.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.governance.presenters.access import carried
from keepsight.apps.people.queries import leads_to_reason
from keepsight.core.errors import KeepsightError

_A_CHILD = "child_not_yours"


def led(request: HttpRequest, error: KeepsightError) -> HttpResponse | None:
    """Send somebody who asked for a child's page to the question why they need it, if a reason is theirs to give."""
    match = request.resolver_match
    asked = error.code == _A_CHILD and request.method == "GET" and match is not None and match.view_name == "desk:child"
    if not asked or not leads_to_reason(request.grants, match.kwargs["ref"]):  # type: ignore[union-attr, attr-defined]
        return None
    return redirect("governance:reason", match.kwargs["ref"])  # type: ignore[union-attr]


def ways(request: HttpRequest, error: KeepsightError) -> dict[str, Any]:
    """What the page of a refusal offers, by the person's roles alone."""
    match = request.resolver_match
    if error.code != _A_CHILD or not match or "ref" not in match.kwargs:
        return {}
    grants = request.grants  # type: ignore[attr-defined]
    about = carried(match.kwargs["ref"], request.user.pk) if grants.may(Permission.BREAK_GLASS) else ""
    return {"about": about, "may_ask": grants.may(Permission.ACCESS_ASK)}
