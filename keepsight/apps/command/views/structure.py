"""Home of an emergency, its structure chart, its cells, duty positions, phases."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.command import addresses, structure
from keepsight.apps.command.actions import phases as phasing
from keepsight.apps.command.actions import positions as holding
from keepsight.apps.command.actions import structure as actions
from keepsight.apps.command.forms.structure import EndCellForm, GiveForm, MemberForm, PhaseForm, TermForm
from keepsight.apps.command.models import Cell, Position
from keepsight.apps.command.permissions import authorities_reached, cells_visible_to, events_reached
from keepsight.apps.command.presenters import structure as present
from keepsight.apps.command.queries import home as queries
from keepsight.apps.command.rules import book_of, phase_name, rule_of
from keepsight.apps.command.views.running import frame, looked
from keepsight.apps.events.models import Event
from keepsight.core.packs.kinds import Phases
from keepsight.ui.forms import submit

P = Permission


def reached(request: HttpRequest, ref: UUID, permission: Permission = P.COMMAND_VIEW) -> Event:
    """The event of the address, where the person may; out of reach and not there look the same."""
    found = events_reached(request.grants, permission, exercise=request.exercise)  # type: ignore[attr-defined]
    event = found.select_related("authority", "activated_by", "learned_from").filter(ref=ref).first()
    if event is None:
        raise Http404
    return event


def leads(request: HttpRequest, event: Event) -> bool:
    """Whether the person runs this emergency: positions, phases, closing."""
    mine = authorities_reached(request.grants, P.EVENT_RUN)  # type: ignore[attr-defined]
    return event.is_active and event.authority_id in mine


def shared(request: HttpRequest, event: Event) -> dict[str, Any]:
    """What the templates of structure share."""
    return {**frame(request, event), "leads": leads(request, event)}


@require_GET
@requires(P.COMMAND_VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """The emergency that runs; where several do, choose; where none does, say so."""
    running = events_reached(request.grants, exercise=request.exercise).filter(state=Event.State.ACTIVE)
    found = list(running.select_related("authority").order_by("-activated_at", "-pk")[:20])
    if len(found) == 1:
        return _event_page(request, found[0])
    looked(request, None, "home")
    context = {"running": found, "may_activate": request.grants.may(P.EVENT_RUN)}
    return render(request, "command/none.html", context)


@require_GET
@requires(P.COMMAND_VIEW)
def event(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One emergency, running or closed."""
    found = reached(request, ref)
    return _event_page(request, found) if found.is_active else redirect("command:event_report", found.ref)


def _event_page(request: HttpRequest, event: Event) -> HttpResponse:
    figures = queries.figures(event, request.grants, at=timezone.now(), exercise=request.exercise)
    here = f"?event={event.ref}"
    context = {
        **shared(request, event), "figures": figures, "here": here,
        "actions_href": addresses.list_href(event.authority.code, queries.ACTION),
        "overdue_href": addresses.list_href(event.authority.code, queries.ACTION, "due=overdue"),
        "switches": queries.switches(event)[:1],
    }  # fmt: skip
    looked(request, event, "home")
    return render(request, "command/home.html", context)


# --- structure --------------------------------------------------------------------------------------------
@require_GET
@requires(P.COMMAND_VIEW)
def chart(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The structure as a drawn chart and as a list, with who sits where and when they meet."""
    event, on = reached(request, ref), timezone.localdate()
    meets = present.meets(rule_of(event), event.phase)
    groups = structure.groups_of(event, on, meets)
    ended = [g for g in structure.groups_of(event, on, {}, ended=True) if g.cell.ends_on and g.cell.ends_on <= on]
    hrefs = {group.cell.key: reverse("command:cell", args=[event.ref, group.cell.key]) for group in groups}
    context = {
        **shared(request, event), **present.present_chart(groups, hrefs),
        "tree": [present.present_group(group) for group in structure.nested(groups)],
        "ended": [group.cell for group in ended],
    }  # fmt: skip
    looked(request, event, "structure")
    return render(request, "command/structure.html", context)


def _cell(request: HttpRequest, event: Event, key: str) -> Cell:
    cells = cells_visible_to(request.grants, exercise=request.exercise).filter(event=event, key=key)  # type: ignore[attr-defined]
    cell = cells.select_related("reports_to", "handed_to", "event__authority").first()
    if cell is None:
        raise Http404
    return cell


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_VIEW)
def cell(request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
    """One cell: what it is for, who sits there; somebody more may sit there."""
    event, at, on = reached(request, ref), timezone.now(), timezone.localdate()
    found = _cell(request, event, key)
    users = structure.people_for(event.authority, on)
    form = MemberForm(request.POST or None, users=users)
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        answers["user"] = next((user for user in users if str(user.pk) == answers["user"]), None)
        if submit(form, actions.add_member, beside="name", cell=found, by=request.user, at=at, on=on, **answers):
            messages.success(request, "They sit in this cell now.")
            return redirect("command:cell", event.ref, found.key)
    meets = present.meets(rule_of(event), event.phase)
    group = next(each for each in structure.groups_of(event, on, meets, ended=True) if each.cell.pk == found.pk)
    context = {
        **shared(request, event), "group": present.present_group(group), "members": group.members, "form": form,
        "is_open": found.ends_on is None or found.ends_on > on,
    }  # fmt: skip
    looked(request, event, "cell")
    return render(request, "command/cell.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.COMMAND_RUN)
def member_end(request: HttpRequest, ref: UUID, key: str, pk: int) -> HttpResponse:
    """Somebody no longer sits in a cell."""
    found = _cell(request, reached(request, ref), key)
    member = structure.member_of(found, pk)
    if member is None:
        raise Http404
    actions.end_member(member, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, "They no longer sit in this cell.")
    return redirect("command:cell", ref, key)


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def cell_end(request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
    """End a cell and hand its work to another."""
    event, at, on = reached(request, ref), timezone.now(), timezone.localdate()
    found = _cell(request, event, key)
    others = cells_visible_to(request.grants, exercise=request.exercise).filter(event=event)
    form = EndCellForm(request.POST or None, others=others.filter(structure.open_on(on)).exclude(pk=found.pk))
    if (request.method == "POST" and form.is_valid()) and submit(
        form, actions.end_cell, beside="to", cell=found, to=form.cleaned_data["to"], by=request.user, at=at, on=on
    ):
        messages.success(request, f"{found.name} has ended, and its duty positions with it.")
        return redirect("command:structure", event.ref)
    looked(request, event, "cell_end")
    context = {**shared(request, event), "cell": found, "form": form}
    return render(request, "command/cell_end.html", context, status=422 if form.errors else 200)


# --- duty positions --------------------------------------------------------------------------------------
@require_GET
@requires(P.COMMAND_VIEW)
def positions(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who holds what now, and what nobody holds."""
    event, on = reached(request, ref), timezone.localdate()
    seats = structure.seats_of(event, on)
    context = {**shared(request, event), "seats": seats, "vacant": sum(seat.is_vacant for seat in seats)}
    looked(request, event, "positions")
    return render(request, "command/positions.html", context)


def _position(request: HttpRequest, event: Event, key: str) -> Position:
    cells = cells_visible_to(request.grants, exercise=request.exercise).filter(event=event)  # type: ignore[attr-defined]
    held = structure.position_in(cells, key)
    if held is None:
        raise Http404
    return held


@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def position(request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
    """Give a duty position, and see who held it."""
    event, at, on = reached(request, ref, P.EVENT_RUN), timezone.now(), timezone.localdate()
    found = _position(request, event, key)
    users = structure.people_for(event.authority, on)
    form = GiveForm(request.POST or None, users=users, position=found, on=on)
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        answers["user"] = next(user for user in users if str(user.pk) == answers["user"])
        if submit(form, holding.give, beside="user", position=found, by=request.user, at=at, on=on, **answers):
            messages.success(request, f"{answers['user'].name} holds the position.")
            return redirect("command:positions", event.ref)
    seat = next(each for each in structure.seats_of(event, on, all_cells=True) if each.position.pk == found.pk)
    looked(request, event, "position")
    context = {**shared(request, event), "seat": seat, "form": form}
    return render(request, "command/position.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def term(request: HttpRequest, ref: UUID, pk: int) -> HttpResponse:
    """Extend a term, hand the position over, or end it."""
    event, at, on = reached(request, ref, P.EVENT_RUN), timezone.now(), timezone.localdate()
    found = structure.term_of(event, pk)
    if found is None:
        raise Http404
    users = [user for user in structure.people_for(event.authority, on) if user.pk != found.user_id]
    form = TermForm(request.POST or None, users=users, position=found.position)
    if request.method == "POST" and form.is_valid():
        answers, moment = form.cleaned_data, {"by": request.user, "at": at, "on": on}
        to = next((user for user in users if str(user.pk) == answers["user"]), None)
        act, more = {
            "extend": (holding.extend, {"days": answers["days"]}),
            "hand_over": (holding.hand_over, {"to": to}),
            "end": (holding.end, {}),
        }[answers["what"]]
        if submit(form, act, beside="what", term=found, **more, **moment):
            messages.success(request, "Done. What the position opens has changed at once.")
            return redirect("command:positions", event.ref)
    looked(request, event, "term")
    context = {**shared(request, event), "term": found, "form": form}
    return render(request, "command/term.html", context, status=422 if form.errors else 200)


# --- phases ----------------------------------------------------------------------------------------------
@require_GET
@requires(P.COMMAND_VIEW)
def phases(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The phases that the emergency has, and those that it went through with what each changed."""
    event = reached(request, ref)
    known = book_of(event).read("phases", Phases).phases
    went = [
        {"switch": each, "title": phase_name(event, each.phase), "before": phase_name(event, each.before)}
        for each in queries.switches(event)
    ]
    looked(request, event, "phases")
    return render(request, "command/phases.html", {**shared(request, event), "known": known, "went": went})


@require_http_methods(["GET", "POST"])
@requires(P.EVENT_RUN)
def phase(request: HttpRequest, ref: UUID, key: str) -> HttpResponse:
    """What coming into a phase would change; then do it."""
    event, at, on = reached(request, ref, P.EVENT_RUN), timezone.now(), timezone.localdate()
    found = phasing.what_changes(event, key, on)
    ending = {cell.id for cell in found.end}
    cells = cells_visible_to(request.grants, exercise=request.exercise).filter(event=event)
    others = [(cell.key, cell.name) for cell in cells.filter(structure.open_on(on)) if cell.key not in ending]
    others += [(cell.id, cell.name) for cell in (*found.begin, *found.reopen)]
    form = PhaseForm(request.POST or None, ending=[(cell.id, cell.name) for cell in found.end], others=others)
    if request.method == "POST" and form.is_valid():
        answers = {"why": form.cleaned_data["why"], "successors": form.successors, "by": request.user}
        if submit(form, phasing.switch, beside="why", event=event, to=key, at=at, on=on, **answers):
            messages.success(request, f"The emergency is in the phase “{phase_name(event, key)}”.")
            return redirect("command:event", event.ref)
    looked(request, event, "phase")
    context = {**shared(request, event), "to": phase_name(event, key), "found": found, "form": form}
    return render(request, "command/phase.html", context, status=422 if form.errors else 200)
