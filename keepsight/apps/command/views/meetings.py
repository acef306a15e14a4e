"""Meetings: the calendar, one meeting with its record, minutes to take away (CMD-04)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.exports import taking
from keepsight.apps.accounts.permissions import Grants, Permission, requires
from keepsight.apps.command.actions import meetings as actions
from keepsight.apps.command.forms.meetings import CancelForm, ExtraForm, MeetingForm, MoveForm, moment
from keepsight.apps.command.models import Meeting
from keepsight.apps.command.permissions import cells_visible_to, chairs, meetings_visible_to
from keepsight.apps.command.presenters import meetings as present
from keepsight.apps.command.queries import meetings as queries
from keepsight.apps.command.rules import rule_of
from keepsight.apps.command.views.running import as_file, event_of, exercise_of, frame, looked, may_run
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit

P = Permission
AHEAD, PAST = timedelta(days=15), 20


@require_GET
@requires(P.COMMAND_VIEW)
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings of the next two weeks day by day, and those that were held."""
    event, at = event_of(request), timezone.now()
    context = frame(request, event)
    if event is not None:
        exercise, cell = exercise_of(request), request.GET.get("cell", "")
        found = queries.listed(meetings_visible_to(request.grants, exercise=exercise), event, cell)
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        coming = list(found.filter(starts_at__gte=midnight, starts_at__lt=at + AHEAD).order_by("starts_at"))
        past = list(found.filter(starts_at__lt=midnight).order_by("-starts_at")[:PAST])
        linked = queries.counted(past)
        cells = queries.cells(cells_visible_to(request.grants, exercise=exercise), event)
        context |= {
            "days": present.by_day([present.present_row(each) for each in coming], midnight.date()),
            "past": [present.present_row(each, linked.get(each.pk, 0)) for each in past],
            "cells": [{"key": each.key, "name": each.name, "current": each.key == cell} for each in cells],
            "cell": cell,
        }  # fmt: skip
    looked(request, event, "meetings")
    return render(request, "command/meetings.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_VIEW)
def meeting(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One meeting: open actions first, who is there, agenda and notes, what is captured."""
    found = _meeting(request, ref)
    event, at = found.cell.event, timezone.now()
    on, exercise = timezone.localdate(), exercise_of(request)
    runs = may_run(request, event) and found.state in (Meeting.State.PLANNED, Meeting.State.HELD)
    people, owners = queries.people(found, on), queries.owners(event, on) if runs else []
    form = MeetingForm(request.POST or None, meeting=found, people=people, owners=owners) if runs else None
    theirs: list[dict[str, Any]] = []
    if request.method == "POST":
        if form is None:
            raise NotPermitted("This record is closed, or your role does not include keeping it.")
        if form.is_valid():
            saved, form, theirs = _saved(request, found, form, people, owners)
            if saved:
                return redirect("command:meeting", ref)
    entries = queries.entries_of(request.grants, found, exercise)
    before = queries.open_before(request.grants, found, exercise)
    named = queries.named(request.grants, event, [*entries, *before], on)
    context = frame(request, event) | {
        "meeting": found, "row": present.present_row(found), "form": form, "people": people, "theirs": theirs,
        "items": sorted(found.items.all(), key=lambda each: (each.order, each.pk)),
        "before": [present.present_entry(each, named, on) for each in before],
        "entries": [present.present_entry(each, named, on) for each in entries],
        "may_agree": found.state == Meeting.State.HELD and runs and chairs(request.user.pk, found.cell, on),
        "chair": queries.has_chair(found.cell, on), "chair_position": queries.chair_position(found.cell),
        "planned": found.state == Meeting.State.PLANNED and found.starts_at > at,
        "may_docx": request.grants.may(P.EXPORT_DOCX), "may_pdf": request.grants.may(P.EXPORT_PDF),
    }  # fmt: skip
    looked(request, event, "meeting", subject=("meeting", str(found.pk)), shown=named.shown)
    return render(request, "command/meeting.html", context, status=422 if form is not None and form.errors else 200)


def _saved(
    request: HttpRequest, found: Meeting, form: MeetingForm, people: list, owners: list
) -> tuple[bool, MeetingForm, list[dict[str, Any]]]:
    """Save, or give the form back with what stands against it; nothing typed is lost."""
    at, known = timezone.now(), {str(pk) for pk, _ in owners}
    record = form.record(lambda pk: queries.user(pk) if pk in known else None, timezone.localdate())
    try:
        actions.keep(found, record, by=request.user, at=at, revision=form.cleaned_data["revision"])
    except actions.WrongCapture as wrong:
        form.put_troubles(wrong.place, wrong.register, wrong.troubles)
        return False, form, []
    except actions.MeetingChanged as changed:
        now = _meeting(request, found.ref)
        typed = request.POST.copy()
        typed["revision"] = str(now.revision)
        again = MeetingForm(typed, meeting=now, people=people, owners=owners)
        again.is_valid()
        again.add_error(None, changed.sentence)
        return False, again, _theirs(now, typed)
    messages.success(request, "The record is saved.")
    return True, form, []


def _theirs(now: Meeting, typed: Any) -> list[dict[str, Any]]:
    """What the other person saved, where it is not what stands in the form."""
    items = sorted(now.items.all(), key=lambda each: (each.order, each.pk))
    return [
        {"title": item.title, "notes": item.notes}
        for item in items
        if (item.title, item.notes)
        != (typed.get(f"item-{item.pk}-title", "").strip(), _lines(typed.get(f"item-{item.pk}-notes", "")))
    ]


def _lines(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


@require_POST
@requires(P.COMMAND_RUN)
def meeting_agree(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Agree the record as the chair."""
    found = _meeting(request, ref)
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    actions.agree(found, by=request.user, at=timezone.now(), revision=seen)
    messages.success(request, "The record is agreed. It does not change any more.")
    return redirect("command:meeting", ref)


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Call an extra meeting."""
    event = event_of(request)
    if event is None:
        raise Http404
    cells = {
        each.key: each
        for each in queries.cells(
            cells_visible_to(request.grants, exercise=event if event.is_exercise else None), event
        )
    }
    agendas = [(each.id, each.title) for each in rule_of(event).agendas]
    form = ExtraForm(request.POST or None, cells=[(key, cell.name) for key, cell in cells.items()], agendas=agendas)
    if form.is_valid():
        given = form.cleaned_data
        answers = {
            "cell": cells[given["cell"]], "title": given["title"], "agenda": given["agenda"],
            "starts_at": moment(given["day"], given["time"]), "by": request.user, "at": timezone.now(),
        }  # fmt: skip
        if submit(form, actions.add_meeting, beside="time", **answers):
            messages.success(request, "The meeting stands in the calendar.")
            return redirect("command:meetings")
    looked(request, event, "meeting_new")
    context = frame(request, event) | {"form": form}
    return render(request, "command/meeting_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def meeting_move(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Move a meeting to another day or time."""
    found = _meeting(request, ref)
    local = timezone.localtime(found.starts_at)
    form = MoveForm(request.POST or None, initial={"day": local.date(), "time": f"{local:%H:%M}"})
    if form.is_valid():
        starts_at = moment(form.cleaned_data["day"], form.cleaned_data["time"])
        answers = {"meeting": found, "starts_at": starts_at, "by": request.user, "at": timezone.now()}
        if submit(form, actions.move_meeting, beside="time", **answers):
            messages.success(request, "The meeting is moved.")
            return redirect("command:meeting", ref)
    return _change_page(request, found, form, "Move this meeting", "Move it")


@require_http_methods(["GET", "POST"])
@requires(P.COMMAND_RUN)
def meeting_cancel(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Cancel a meeting, with a reason."""
    found = _meeting(request, ref)
    form = CancelForm(request.POST or None)
    if form.is_valid():
        answers = {"meeting": found, "why": form.cleaned_data["why"], "by": request.user, "at": timezone.now()}
        if submit(form, actions.cancel, beside="why", **answers):
            messages.success(request, "The meeting is cancelled.")
            return redirect("command:meetings")
    return _change_page(request, found, form, "Cancel this meeting", "Cancel it")


def _change_page(request: HttpRequest, found: Meeting, form: Any, heading: str, button: str) -> HttpResponse:
    looked(request, found.cell.event, "meeting_change", subject=("meeting", str(found.pk)))
    context = {"row": present.present_row(found), "form": form, "heading": heading, "button": button}
    return render(request, "command/meeting_change.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.EXPORT_DOCX)
def minutes_docx(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The minutes as a Word document."""
    return _minutes(request, ref, "docx", taking(request.grants, P.EXPORT_DOCX))


@require_GET
@requires(P.EXPORT_PDF)
def minutes_pdf(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The minutes as an accessible PDF."""
    return _minutes(request, ref, "pdf", taking(request.grants, P.EXPORT_PDF))


def _minutes(request: HttpRequest, ref: UUID, fmt: str, grants: Grants) -> HttpResponse:
    found, on, exercise = _meeting(request, ref, grants), timezone.localdate(), exercise_of(request)
    entries = queries.entries_of(grants, found, exercise)
    before = queries.open_before(grants, found, exercise)
    named = queries.named(grants, found.cell.event, [*entries, *before], on)
    paper = present.minutes(found, queries.people(found, on), entries, before, named, on)
    return as_file(
        request, paper, fmt, name="minutes", event=found.cell.event, subject=("meeting", str(found.pk)),
        shown=named.shown,
    )  # fmt: skip


def _meeting(request: HttpRequest, ref: UUID, grants: Grants | None = None) -> Meeting:
    """The meeting, when its event is in one's reach; else the same page as for one that is not there."""
    visible = meetings_visible_to(grants or request.grants, exercise=exercise_of(request))
    found = queries.whole(visible).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
