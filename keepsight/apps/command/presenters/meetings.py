"""Meetings as pages and papers show them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from keepsight.apps.command.addresses import entry_href, number_of
from keepsight.apps.command.models import Attendance, Meeting
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.references import Named
from keepsight.core.command.paper import Grid, Paper, Part
from keepsight.ui.templatetags.govuk import day, moment, short_day

COLOURS = {"planned": "blue", "held": "turquoise", "agreed": "green", "cancelled": "grey"}
BY_NUMBER = "Open it to read what it is about"
HEADINGS = ("Number", "What", "Owner", "Due", "State")


def time_of(value: Any) -> str:
    """8:30am."""
    return moment(value).rpartition(" at ")[2]


def present_row(meeting: Meeting, linked: int = 0) -> dict[str, Any]:
    """A meeting in a list."""
    return {
        "ref": meeting.ref, "title": meeting.title, "cell": meeting.cell.name, "time": time_of(meeting.starts_at),
        "day": timezone.localtime(meeting.starts_at).date(), "state": meeting.get_state_display(),
        "colour": COLOURS[meeting.state], "extra": not meeting.rhythm, "linked": linked, "why": meeting.why,
        "moved": bool(meeting.planned_for and meeting.planned_for != meeting.starts_at),
        "gone": meeting.state == Meeting.State.CANCELLED,
    }  # fmt: skip


def by_day(rows: Sequence[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Rows of a list as days of a calendar."""
    days: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        days.setdefault(row["day"], []).append(row)
    return [
        {"day": each, "words": f"{each:%A} {day(each)}", "today": each == today, "rows": found}
        for each, found in days.items()
    ]


def present_entry(entry: Entry, named: Named, on: date) -> dict[str, Any]:
    """An action or decision beside a meeting, by its number only where its title would tell a confidential place."""
    definition = rule_of(entry.version)
    state = next((each for each in definition.states if each.id == entry.state), None)
    return {
        "number": number_of(entry), "title": title_of(entry, named), "href": entry_href(entry.ref),
        "kind": definition.name,
        "owner": entry.owner.name if entry.owner else "Nobody yet", "due": entry.due_on,
        "late": bool(entry.due_on and entry.due_on < on and entry.is_open),
        "state": state.name if state else entry.state, "colour": state.colour if state else "",
    }  # fmt: skip


def title_of(entry: Entry, named: Named) -> str:
    """What an entry is called to whom it is named."""
    return named("entry", entry.pk).removeprefix(number_of(entry)).strip() or BY_NUMBER


def minutes(
    meeting: Meeting, people: Sequence[Any], entries: Sequence[Entry], before: Sequence[Entry], named: Named, on: date
) -> Paper:
    """The record of a meeting as a paper."""
    event, was = meeting.cell.event, dict(Attendance.Was.choices)
    agreed = f"{meeting.agreed_by.name if meeting.agreed_by else 'The chair'}, {moment(meeting.agreed_at)}"
    facts = (
        ("Cell", meeting.cell.name),
        ("When", moment(meeting.starts_at)),
        ("State", meeting.get_state_display()),
        ("Agreed by", agreed if meeting.agreed_at else "Not agreed yet"),
    )
    there = tuple((each.name, each.organisation, was.get(each.was, each.was)) for each in people)
    parts = [Part("Who was there", (), (Grid("Attendance", ("Name", "From", "Was"), there),))]
    if before:
        parts.append(Part("Open from earlier meetings", (), (_grid("Open actions", before, named, on),)))
    for item in sorted(meeting.items.all(), key=lambda each: (each.order, each.pk)):
        lines = tuple(line for line in item.notes.split("\n") if line.strip())
        parts.append(Part(item.title, lines or ("No notes.",)))
    parts.append(Part("Actions and decisions", (), (_grid("Of this meeting", entries, named, on),)))
    mark = "EXERCISE" if event.is_exercise else ""
    return Paper(meeting.title, f"{event.authority.name}, {event.title}", mark, facts, tuple(parts))


def _grid(caption: str, entries: Sequence[Entry], named: Named, on: date) -> Grid:
    shown = [present_entry(each, named, on) for each in entries]
    rows = tuple((r["number"], r["title"], r["owner"], short_day(r["due"]), r["state"]) for r in shown)
    return Grid(caption, HEADINGS, rows)
