"""Figures for members: aggregates with small numbers suppressed. Nothing here leads to a list or a child."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.portal.editions import editions_of
from keepsight.apps.portal.presenters import present_editions
from keepsight.apps.portal.queries import authorities_of
from keepsight.core.briefing.members import NOTES


@require_GET
@requires(Permission.MEMBER_FIGURES)
def figures(request: HttpRequest) -> HttpResponse:
    """The newest figures of each authority where this person is a member."""
    editions = editions_of(authorities_of(request.grants, Permission.MEMBER_FIGURES))
    audit.record(
        EventKind.PORTAL_OPENED, at=timezone.now(), by=request.user, source="portal:figures",
        snapshots=[edition.snapshot for edition in editions],
    )  # fmt: skip
    context = {"editions": present_editions(editions), "notes": NOTES}
    return render(request, "portal/figures.html", context)
