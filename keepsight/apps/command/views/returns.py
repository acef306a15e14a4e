"""Returns: what I owe, what is missing, and who answered over the days (CMD-05, CMD-07, COM-02)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.command.actions import returns as actions
from keepsight.apps.command.models import ReturnRound, ReturnSlip
from keepsight.apps.command.permissions import rounds_visible_to, slips_visible_to
from keepsight.apps.command.presenters import returns as present
from keepsight.apps.command.queries import returns as queries
from keepsight.apps.command.views.running import event_of, exercise_of, frame, looked, may_run
from keepsight.apps.registers.actions.entries import WrongEntry
from keepsight.apps.registers.definitions import register_of, rule_of
from keepsight.apps.registers.forms.entry import EntryForm
from keepsight.apps.registers.listing import sight_of
from keepsight.apps.registers.references import Reach

P = Permission
FRESH = ("date", "instant", "rag")  # not taken over from the last return: they are for the day


@require_GET
@requires(P.REGISTERS)
def returns(request: HttpRequest) -> HttpResponse:
    """What the person has to give; and for who reads command, the rounds with what is missing."""
    event, at, exercise = event_of(request), timezone.now(), exercise_of(request)
    context = frame(request, event)
    mine = queries.mine(slips_visible_to(request.grants, exercise=exercise), request.user)
    context["mine"] = [present.present_slip(slip, at) for slip in mine]
    if event is not None:
        found = queries.rounds(rounds_visible_to(request.grants, exercise=exercise), event)
        context["rounds"] = [present.present_round(each, at) for each in found]
        context["kinds"] = [{"register": each.register, "title": each.title} for each in queries.kinds(event)]
    looked(request, event, "returns")
    return render(request, "command/returns.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_VIEW)
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: who has not answered first, with buttons to ask again; naming who answers for several at once."""
    found = _round(request, pk)
    if request.method == "POST":
        return _name_several(request, found)
    at, slips = timezone.now(), queries.slips_of(found)
    readable = queries.readable(request.grants, slips, exercise_of(request))
    context = frame(request, found.event) | {
        "round": found, "slips": [present.present_slip(slip, at, readable) for slip in slips],
        "came": sum(1 for slip in slips if slip.entry_id is not None), "owed": len(slips),
        "people": queries.answerable(found.event) if may_run(request, found.event) else [],
        "unnamed": [slip for slip in slips if slip.responsible_id is None and slip.entry_id is None],
    }  # fmt: skip
    looked(request, found.event, "round", subject=("round", str(found.pk)))
    return render(request, "command/return_round.html", context)


def _name_several(request: HttpRequest, found: ReturnRound) -> HttpResponse:
    known = {str(key) for key, _ in queries.answerable(found.event)}
    named = 0
    for slip in queries.slips_of(found):
        chosen = request.POST.get(f"user-{slip.pk}", "")
        if slip.responsible_id is None and chosen in known:
            actions.name_responsible(slip, queries.user(chosen), by=request.user, at=timezone.now())
            named += 1
    if named:
        messages.success(request, "Noted who answers. The same people are asked in the rounds to come.")
    return redirect("command:round", found.pk)


@require_http_methods(["GET", "POST"])
@requires(P.REGISTERS)
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a return; the form begins with what the body said last."""
    slip = _slip(request, pk)
    at = timezone.now()
    actions.check_may_answer(slip, request.user, at)
    event, rule = slip.round.event, actions.rule_for(slip.round)
    if rule is None:
        raise Http404
    if slip.entry_id is not None:
        return _given(request, slip)
    register = register_of(event.authority, rule.register)
    definition, last = rule_of(register.current), queries.last_of(slip, rule.register)
    reach = Reach(request.grants, event.authority, timezone.localdate(), event if event.is_exercise else None)
    values = _begun(definition, last.values if last else {}, slip)
    form = EntryForm(
        request.POST or None, rule=definition, reach=reach, values=values,
        fields=sight_of(request.grants, register).fields.values(),
    )  # fmt: skip
    if form.is_valid():
        try:
            actions.fill_in(slip, form.raw, by=request.user, at=at)
        except WrongEntry as wrong:
            for name, sentence in wrong.troubles.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, f"The return of {slip.owed_by} is in.")
            return redirect("command:returns")
    looked(request, event, "return", subject=("return", str(slip.pk)))
    context = frame(request, event) | {
        "slip": present.present_slip(slip, at), "form": form, "words": rule.words, "last": last,
    }  # fmt: skip
    return render(request, "command/return.html", context, status=422 if form.errors else 200)


def _begun(definition: Any, held: dict[str, Any], slip: ReturnSlip) -> dict[str, Any]:
    """What the form begins with: the last return without what is for its day; the day and the body are known."""
    kept = {each.id: held[each.id] for each in definition.fields if each.id in held and each.kind not in FRESH}
    kinds = {each.id: each.kind for each in definition.fields}
    if kinds.get("as_at") == "date":
        kept["as_at"] = timezone.localtime(slip.round.due_at).date().isoformat()
    if kinds.get("department") == "text":
        kept["department"] = slip.owed_by[:60]
    return kept


def _given(request: HttpRequest, slip: ReturnSlip) -> HttpResponse:
    readable = queries.readable(request.grants, [slip], exercise_of(request))
    shown = present.present_slip(slip, timezone.now(), readable)
    looked(request, slip.round.event, "return", subject=("return", str(slip.pk)))
    return render(request, "command/return_given.html", frame(request, slip.round.event) | {"slip": shown})


@require_GET
@requires(P.COMMAND_VIEW)
def returns_history(request: HttpRequest, register: str) -> HttpResponse:
    """How each body answered over the last rounds."""
    event, at = event_of(request), timezone.now()
    if event is None or register not in {each.register for each in queries.kinds(event)}:
        raise Http404
    visible = rounds_visible_to(request.grants, exercise=exercise_of(request))
    rounds, by_body = queries.history(visible, event, register)
    title = next(each.title for each in queries.kinds(event) if each.register == register)
    looked(request, event, "returns_history")
    context = frame(request, event) | {"title": title, "grid": present.grid(rounds, by_body, at)}
    return render(request, "command/return_history.html", context)


@require_POST
@requires(P.COMMAND_RUN)
def return_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a return that has not come."""
    slip = _slip(request, pk)
    actions.chase(slip, by=request.user, at=timezone.now())
    messages.success(request, f"{slip.responsible} is asked for the return of {slip.owed_by}.")
    return redirect("command:round", slip.round_id)


@require_POST
@requires(P.COMMAND_RUN)
def return_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who answers for a body."""
    slip = _slip(request, pk)
    chosen = request.POST.get("user", "")
    known = {str(key) for key, _ in queries.answerable(slip.round.event)}
    actions.name_responsible(
        slip, queries.user(chosen) if chosen in known else None, by=request.user, at=timezone.now()
    )
    messages.success(request, f"Who answers for {slip.owed_by} is noted.")
    return redirect("command:round", slip.round_id)


def _round(request: HttpRequest, pk: int) -> ReturnRound:
    visible = rounds_visible_to(request.grants, exercise=exercise_of(request))
    found = visible.select_related("event__authority").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _slip(request: HttpRequest, pk: int) -> ReturnSlip:
    visible = slips_visible_to(request.grants, exercise=exercise_of(request))
    found = visible.select_related("round__event__authority", "responsible", "entry__version").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
