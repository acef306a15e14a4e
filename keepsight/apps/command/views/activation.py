"""Activating an emergency or an exercise, closing it, taking an exercise away, and what it amounted to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.command import structure
from keepsight.apps.command.actions import activating, closing, exercises
from keepsight.apps.command.actions.activating import Wish
from keepsight.apps.command.actions.closing import Ending, Lesson
from keepsight.apps.command.forms.structure import CHANGE, EXERCISE, KEEP, ActivateForm, CloseForm
from keepsight.apps.command.models import Cell
from keepsight.apps.command.permissions import cells_visible_to
from keepsight.apps.command.presenters.structure import minimum_words, named
from keepsight.apps.command.queries import home as queries
from keepsight.apps.command.queries.checklists import ticks
from keepsight.apps.command.rules import phase_name, rule_of
from keepsight.apps.command.views.running import looked
from keepsight.apps.command.views.structure import reached, shared
from keepsight.apps.events.models import Event
from keepsight.apps.events.packs import offered
from keepsight.apps.events.scope import SESSION_KEY
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Register
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.events import cells_of, setup
from keepsight.core.events.checks import CLOSING
from keepsight.core.packs.kinds import EventRule
from keepsight.ui.forms import submit

P = Permission


def live_only(view: Any) -> Any:
    """Mark a view that changes what is live: from inside an exercise it is refused."""
    view.live_only = True
    return view


@require_GET
@requires(P.EVENT_RUN)
def activate(request: HttpRequest) -> HttpResponse:
    """Choose which emergency, and where."""
    authorities = list(structure.authorities_to_activate_in(request.grants))
    looked(request, None, "activate")
    return render(request, "command/activate.html", {"authorities": authorities, "packs": offered()})


@live_only
@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def activating_one(request: HttpRequest, code: str, pack: str) -> HttpResponse:
    """All that activating this emergency sets up, and the button that does it."""
    authority = structure.authorities_to_activate_in(request.grants).filter(code=code).first()
    if authority is None or pack not in [each.id for each in offered()]:
        raise Http404
    at, on = timezone.now(), timezone.localdate()
    rules = activating.usable(pack)
    rule = rules.read("event", EventRule)
    last = structure.last_time(authority, pack)
    users = structure.people_for(authority, on, leading=True)
    held = last.people if last else {}
    users += [t.user for t in held.values() if t.user_id not in {user.pk for user in users}]
    here = {cell.id for cell in cells_of(rule, rule.first_phase)}
    seats = [each for each in rule.positions if each.cell in here]
    form = ActivateForm(
        request.POST or None, positions=seats, users=users, last=held, lessons=last.lessons if last else (),
        members=len(last.members) if last else 0,
        minimums=[minimum_words(each) for each in (last.minimums if last else ())],
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        wish = Wish(
            pack, answers["kind"] == EXERCISE, answers["reason"], form.people_chosen(users),
            bool(answers.get("again")), form.lessons_to(CHANGE), form.lessons_to(KEEP),
            tuple(int(pk) for pk in answers.get("minimums", ())),
        )  # fmt: skip
        made: list[Event] = []
        if submit(
            form, lambda **given: made.append(activating.activate(authority, wish, **given)), beside="reason",
            by=request.user, at=at, on=on,
        ):  # fmt: skip
            return _begun(request, made[0])
    calendar = WorkingCalendar.from_table(rules.table("calendar"))
    context = {
        "authority": authority, "rule": rule, "pack": pack, "last": last, "form": form,
        "parts": setup(rule, rules, now=timezone.localtime(at).replace(tzinfo=None), calendar=calendar, exercise=False),
        "members": [f"{named(each)}: {each.cell.name}" for each in (last.members if last else ())],
        "verdicts": [_verdict(each) for each in (last.lessons if last else ())],
    }  # fmt: skip
    looked(request, None, "activating")
    return render(request, "command/activating.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, event: Event) -> HttpResponse:
    if event.is_exercise:
        request.session[SESSION_KEY] = str(event.ref)
        messages.success(request, "The exercise has begun, and you are in it. Others enter it from Emergencies.")
    else:
        messages.success(request, "The emergency is active. Contact is being planned anew.")
    return redirect("command:event", event.ref)


def _verdict(lesson: Any) -> dict[str, Any]:
    """A lesson with what it said should be done."""
    rule = definition_of(lesson.register.current)
    choices = {c.id: c.name for each in rule.fields if each.id == "verdict" for c in each.choices}
    return {"title": lesson.title, "verdict": choices.get(lesson.values.get("verdict"), ""), "is_open": lesson.is_open}


# --- the end ---------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def close(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Close a real emergency: who goes on with what, what was learned, until when it is kept."""
    event, at, on = reached(request, ref, P.EVENT_RUN), timezone.now(), timezone.localdate()
    if event.is_exercise or not event.is_active:
        raise Http404
    mine = cells_visible_to(request.grants, exercise=request.exercise)
    cells = list(mine.filter(event=event).filter(structure.open_on(on)).order_by("pk"))
    held = [(register, count) for register, count in structure.entries_open(event) if register.key != closing.LESSON]
    registers = [(register, definition_of(register.current).plural, count) for register, count in held]  # type: ignore[arg-type]
    users = structure.people_for(event.authority, on, leading=True)
    form = CloseForm(request.POST or None, cells=cells, registers=registers, users=users, verdicts=_verdicts(event))
    if request.method == "POST" and form.is_valid():
        ending = _ending(form.cleaned_data, cells, [register for register, _, _ in registers], users)
        if submit(form, closing.close, beside="handover", event=event, ending=ending, by=request.user, at=at, on=on):
            messages.success(request, "The emergency is closed. Its pages stay.")
            return redirect("command:event_report", event.ref)
    done = ticks(event)
    lists = [
        {"rule": each, "items": [(item, (each.id, n) in done) for n, item in enumerate(each.items)]}
        for each in rule_of(event).checklists
        if each.phase == CLOSING
    ]
    looked(request, event, "close")
    context = {
        **shared(request, event), "form": form, "lists": lists, "keep_until": closing.kept_until(event, on),
        "before": event.settings_before.get("settings", {}),
    }  # fmt: skip
    return render(request, "command/close.html", context, status=422 if form.errors else 200)


def _verdicts(event: Event) -> list[tuple[str, str]]:
    """The verdicts of the register of lessons."""
    found = structure.choices_in(event.authority, closing.LESSON, "verdict")
    return [(each.id, each.name) for each in found] or [("keep", "Keep doing it")]


def _ending(
    answers: dict[str, Any], cells: Sequence[Cell], registers: Sequence[Register], users: Sequence[User]
) -> Ending:
    known = {str(user.pk): user for user in users}
    owners = {each.key: known.get(answers.get(f"owner_{each.key}", "")) for each in registers}
    lessons = [
        Lesson(answers[f"lesson_{n}"], answers[f"happened_{n}"], answers[f"verdict_{n}"])
        for n in (1, 2, 3)
        if answers.get(f"lesson_{n}")
    ]
    return Ending(
        cells={cell.key: answers[f"cell_{cell.key}"] for cell in cells},
        entries={each.key: answers[f"do_{each.key}"] for each in registers},
        owners={key: user for key, user in owners.items() if user is not None},
        lessons=lessons,
        handover=answers["handover"],
    )


@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def dispose(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Take an exercise away with all that it made."""
    event = reached(request, ref, P.EVENT_RUN)
    if not event.is_exercise:
        raise Http404
    if request.method == "POST":
        exercises.dispose(event, by=request.user, at=timezone.now())
        request.session.pop(SESSION_KEY, None)
        messages.success(request, "The exercise is taken away. What you see now is live.")
        return redirect("events:emergencies")
    looked(request, event, "dispose")
    return render(request, "command/dispose.html", {**shared(request, event), "account": queries.account(event)})


@require_GET
@requires(P.COMMAND_VIEW)
def event_report(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What the emergency amounted to: phases, cells, people, meetings, returns, entries, handover. It stays."""
    event, on = reached(request, ref), timezone.localdate()
    names = structure.register_names(event.authority)
    found = queries.account(event)
    context = {
        **shared(request, event), "account": found,
        "entries": [(names.get(key, key), added, still) for key, added, still in found.entries],
        "went": [{"switch": s, "title": phase_name(event, s.phase)} for s in reversed(queries.switches(event))],
        "groups": structure.groups_of(event, on, {}, ended=True),
        "here": f"?event={event.ref}",
    }  # fmt: skip
    looked(request, event, "event_report")
    return render(request, "command/event_report.html", context)
