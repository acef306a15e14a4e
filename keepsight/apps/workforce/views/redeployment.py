"""Redeployment: offers proposed for needs, each with its reason; a manager decides."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers.actions import change, move
from keepsight.apps.workforce.queries import staffed_authorities
from keepsight.apps.workforce.redeployment import Pairing, pairings
from keepsight.core.errors import NotAllowedNow, NotPermitted


def _found(request: HttpRequest) -> list[tuple[str, list[Pairing]]]:
    exercise = getattr(request, "exercise", None)
    here = staffed_authorities(request.grants)
    return [(each.name, pairings(request.grants, each.pk, exercise=exercise)) for each in here]


@require_GET
@requires(Permission.STAFFING_VIEW)
def matches(request: HttpRequest) -> HttpResponse:
    """Every open need with the offer that would meet it, or why none does."""
    return render(request, "workforce/redeployment.html", {"authorities": _found(request)})


@require_POST
@requires(Permission.STAFFING_VIEW)
def propose(request: HttpRequest) -> HttpResponse:
    """Keep one pairing: the offer names the need, and both managers see it in the registers."""
    wanted = (request.POST.get("need"), request.POST.get("offer"))
    rows = [row for _, found in _found(request) for row in found if row.offer is not None]
    row = next((row for row in rows if row.offer and (str(row.need.ref), str(row.offer.ref)) == wanted), None)
    if row is None or row.offer is None:
        messages.error(request, "That offer does not fit any more. These are the matches as they stand now.")
        return redirect("workforce:redeployment")
    at = timezone.now()
    try:
        offer = change(row.offer, {"need": row.need.pk}, by=request.user, at=at, revision=row.offer.revision)
        move(offer, "matched", by=request.user, at=at)
    except NotPermitted:
        raise Http404 from None
    except NotAllowedNow as refused:
        messages.error(request, refused.sentence)
        return redirect("workforce:redeployment")
    messages.success(request, "The offer is proposed for the need. The manager of both agrees it in the register.")
    return redirect("registers:entry", offer.ref)
