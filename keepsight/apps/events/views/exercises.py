"""The emergencies and exercises of a person's authorities, and working inside one of the exercises."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.scope import SESSION_KEY, events_listed_for, exercise_of


@require_GET
@requires(Permission.COMMAND_VIEW)
def emergencies(request: HttpRequest) -> HttpResponse:
    """What runs, what is closed, and the exercises that one may enter."""
    listed = list(events_listed_for(request.grants, Permission.COMMAND_VIEW))
    audit.record(
        EventKind.COMMAND_VIEWED, at=timezone.now(), by=request.user, source="events:emergencies", rows=len(listed)
    )
    context = {
        "running": [each for each in listed if each.is_live],
        "exercises": [each for each in listed if each.is_exercise and each.is_active],
        "past": [each for each in listed if not each.is_active],
        "may_run": request.grants.may(Permission.EVENT_RUN),
    }
    return render(request, "events/emergencies.html", context)


@require_POST
@requires(Permission.COMMAND_VIEW)
def enter(request: HttpRequest, ref: str) -> HttpResponse:
    """Work inside an exercise from now on, until one leaves it or signs out."""
    exercise = exercise_of(request.grants, str(ref))
    if exercise is None:
        raise Http404
    request.session[SESSION_KEY] = str(ref)
    audit.record(
        EventKind.COMMAND_VIEWED, at=timezone.now(), by=request.user, authority_code=exercise.authority.code,
        subject=("event", str(exercise.pk)), source="events:enter",
    )  # fmt: skip
    messages.success(request, "You are in the exercise. Everything that you see and write here belongs to it alone.")
    return redirect("command:home")


@require_POST
@requires(Permission.SIGNED_IN)
def leave(request: HttpRequest) -> HttpResponse:
    """Back to what is live."""
    request.session.pop(SESSION_KEY, None)
    messages.success(request, "You have left the exercise. What you see now is live.")
    return redirect("events:emergencies" if request.grants.may(Permission.COMMAND_VIEW) else "desk:home")
