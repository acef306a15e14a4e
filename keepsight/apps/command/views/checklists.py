"""Checklists: what must be done in each phase, ticked with who, when and a note."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.command.actions import checklists as actions
from keepsight.apps.command.queries import checklists as queries
from keepsight.apps.command.rules import phase_name, rule_of
from keepsight.apps.command.views.running import event_of, frame, looked

P = Permission
CLOSING = "closing"


@require_GET
@requires(P.COMMAND_VIEW)
def checklists(request: HttpRequest) -> HttpResponse:
    """All checklists, that of the phase first."""
    event = event_of(request)
    context = frame(request, event)
    if event is not None:
        ticks = queries.ticks(event)
        lists = [
            {
                "key": rule.id, "title": rule.title, "now": rule.phase == event.phase,
                "phase": "On closing" if rule.phase == CLOSING else phase_name(event, rule.phase),
                "items": [
                    {"number": n, "words": words, "tick": ticks.get((rule.id, n))} for n, words in enumerate(rule.items)
                ],
                "done": sum(1 for n in range(len(rule.items)) if (rule.id, n) in ticks), "of": len(rule.items),
            }
            for rule in rule_of(event).checklists
        ]  # fmt: skip
        context["lists"] = sorted(lists, key=lambda each: not each["now"])
    looked(request, event, "checklists")
    return render(request, "command/checklists.html", context)


@require_POST
@requires(P.COMMAND_RUN)
def checklist_tick(request: HttpRequest, key: str, item: int) -> HttpResponse:
    """Tick an item off, or take the tick back."""
    event = event_of(request)
    if event is None:
        raise Http404
    if request.POST.get("back"):
        actions.take_back(event, key, item, by=request.user, at=timezone.now())
        messages.success(request, "The tick is taken back.")
    else:
        note = request.POST.get("note", "").replace("\x00", "")
        actions.tick(event, key, item, note=note, by=request.user, at=timezone.now())
        messages.success(request, "Ticked off.")
    return redirect("command:checklists")
