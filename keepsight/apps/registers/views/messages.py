"""Page: messages that could not be sent, for those who can do something about it."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Grants, Permission, requires
from keepsight.apps.registers import outbox, sending
from keepsight.apps.registers.actions import messages as actions
from keepsight.core.errors import NotPermitted

WATCHERS = (Permission.PEOPLE_MANAGE, Permission.EVENT_RUN)  # administrators, and who leads an emergency
A_PAGE = 100


def authorities_watched(grants: Grants) -> frozenset[int]:
    """The authorities for whose messages a person answers."""
    return frozenset().union(*(grants.scope(each).authority_ids for each in WATCHERS))


def _watched(request: HttpRequest) -> frozenset[int]:
    watched = authorities_watched(request.grants)  # type: ignore[attr-defined]
    if not watched:
        raise NotPermitted("Your role does not include this page. An administrator or the emergency lead has it.")
    return watched


@require_GET
@requires(Permission.SIGNED_IN)
def unsent(request: HttpRequest) -> HttpResponse:
    """What could not be sent, what waits, and why."""
    watched = _watched(request)
    way = sending.channel()
    context = {
        "given_up": outbox.given_up(watched)[:A_PAGE],
        "failing": outbox.failing(watched)[:A_PAGE],
        "counts": outbox.counts(watched),
        "way": way.name if way else "",
        "most": actions.MOST_TRIES,
    }
    return render(request, "registers/messages.html", context)


@require_POST
@requires(Permission.SIGNED_IN)
def try_again(request: HttpRequest) -> HttpResponse:
    """Put one message back, or all that were given up."""
    given_up = outbox.given_up(_watched(request))
    given = request.POST.get("message", "")
    if given:
        given_up = given_up.filter(pk=int(given) if given.isdecimal() and len(given) < 18 else 0)
    count = actions.try_again(list(given_up), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    flash.success(request, f"{count} {'message' if count == 1 else 'messages'} will be tried again.")
    return redirect("registers:messages")
