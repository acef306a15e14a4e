"""Raising an entry to a cell, and rapid response groups from an issue to a decision (CMD-06, CMD-09, CMD-15)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.command.actions import raising, rapid_response
from keepsight.apps.command.addresses import entry_href, number_of
from keepsight.apps.command.forms.meetings import moment
from keepsight.apps.command.forms.raising import DecideForm, EscalateForm, GroupForm
from keepsight.apps.command.permissions import cells_visible_to
from keepsight.apps.command.presenters.meetings import title_of
from keepsight.apps.command.queries import entries as queries
from keepsight.apps.command.queries import meetings as people
from keepsight.apps.command.views.running import exercise_of, frame, looked
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.permissions import Verb
from keepsight.ui.forms import submit

P = Permission
RAISED = ("risk", "issue")


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def escalate(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Raise a risk or an issue to a higher cell."""
    found, event = _entry(request, ref, "move", RAISED)
    cells = {
        each.key: each for each in cells_visible_to(request.grants, exercise=exercise_of(request)).filter(event=event)
    }
    levels = {"strategic", "tactical"}
    choices = [(key, cell.name) for key, cell in cells.items() if cell.level in levels]
    form = EscalateForm(request.POST or None, cells=choices)
    if form.is_valid():
        answers = {"entry": found, "to_cell": cells[form.cleaned_data["cell"]], "why": form.cleaned_data["why"]}
        if submit(form, raising.escalate, beside="cell", by=request.user, at=timezone.now(), **answers):
            messages.success(request, f"{number_of(found)} is with {cells[form.cleaned_data['cell']].name}.")
            return redirect(entry_href(found.ref))
    return _page(request, event, found, form, f"Raise {number_of(found)} to a cell", "Raise it")


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def rapid_start(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Start a rapid response group from an issue."""
    issue, event = _entry(request, ref, "read", ("issue",))
    on = timezone.localdate()
    known = people.owners(event, on)
    begun = {"matter": issue.title, "trigger": issue.values.get("detail", ""), "urgency": issue.rag,
             "question": issue.values.get("wanted", "")}  # fmt: skip
    form = GroupForm(request.POST or None, people=known, initial=begun)
    if form.is_valid():
        given = form.cleaned_data
        members = [user for pk in given["members"] if (user := people.user(pk)) is not None]
        names = "\n".join(user.name for user in members)
        raw = {name: given[name] for name in ("matter", "trigger", "question", "urgency")} | {"members": names}
        cells = cells_visible_to(request.grants, exercise=exercise_of(request)).filter(event=event)
        cell = cells.filter(key="rapid_response").first() or cells.order_by("pk").first()
        meets_at = moment(given["day"], given["time"]) if given["day"] else None
        answers = {
            "event": event, "raw": raw, "issue": issue, "lead": people.user(given["lead"]), "members": members,
            "cell": cell if meets_at else None, "meets_at": meets_at,
        }  # fmt: skip
        if submit(form, rapid_response.start, beside="matter", by=request.user, at=timezone.now(), **answers):
            messages.success(request, "The group is started. Its options are due in five working days.")
            return redirect("command:meetings")
    return _page(request, event, issue, form, "Start a rapid response group", "Start the group")


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def rapid_decide(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Record what the leadership team decided on a group's paper."""
    group, event = _entry(request, ref, "move", (rapid_response.REGISTER,))
    known = people.owners(event, timezone.localdate())
    fields = {each.id: each for each in definition_of(group.register.current).fields}  # type: ignore[arg-type]
    answers = [(choice.id, choice.name) for choice in fields["decided"].choices] if "decided" in fields else []
    form = DecideForm(
        request.POST or None, answers=answers, people=known,
        initial={"because": group.values.get("advice", ""), "decided_on": timezone.localdate()},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        follow = []
        if given["what"]:
            follow = [rapid_response.FollowUp(given["what"], given["due_on"], people.user(given["owner"]))]
        decided = {name: given[name] for name in ("answer", "words", "because", "decided_on", "granted")}
        if submit(
            form, rapid_response.decide, beside="answer", group=group, follow_ups=follow, by=request.user,
            at=timezone.now(), **decided,
        ):  # fmt: skip
            messages.success(request, "The decision stands in the register of decisions.")
            return redirect(entry_href(group.ref))
    return _page(request, event, group, form, f"Decide on {number_of(group)}", "Record the decision")


def _entry(request: HttpRequest, ref: UUID, verb: Verb, keys: tuple[str, ...]) -> tuple[Entry, Any]:
    """The entry and the event in which something is done with it; else the page of what is not there."""
    exercise = exercise_of(request)
    found = queries.entry(request.grants, ref, verb, exercise=exercise, keys=keys)
    event = queries.event_for(found, exercise) if found is not None else None
    if found is None or event is None:
        raise Http404
    return found, event


def _page(request: HttpRequest, event: Any, found: Entry, form: Any, heading: str, button: str) -> HttpResponse:
    named = people.named(request.grants, event, [found], timezone.localdate())  # type: ignore[attr-defined]
    looked(request, event, "entry", subject=("entry", str(found.pk)), shown=named.shown)
    context = frame(request, event) | {
        "form": form, "heading": heading, "button": button, "entry_title": title_of(found, named),
        "number": number_of(found), "back": entry_href(found.ref),
    }  # fmt: skip
    return render(request, "command/entry_form.html", context, status=422 if form.errors else 200)
