"""What activating an emergency sets up, in words: the page on which somebody decides shows exactly this."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.command.rhythm import applies, meetings
from keepsight.core.events.phases import MODE_UNCHANGED, cells_of, owed_words, policy_of
from keepsight.core.events.words import MODE_NAMES, listed, often
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import EventRule, Phases, Register
from keepsight.core.packs.kinds.events import RhythmRule


@dataclass(frozen=True)
class Part:
    """One part of what is set up: a heading and its sentences."""

    id: str
    title: str
    sentences: tuple[str, ...]


def setup(rule: EventRule, book: Book, *, now: datetime, calendar: WorkingCalendar, exercise: bool) -> tuple[Part, ...]:
    """
    Say all that activation sets up on a day.

    Parameters
    ----------
    rule : EventRule
        The emergency's pack.
    book : Book
        The packs that would be in force.
    now : datetime
        When it would be activated, without zone. [local time]
    """
    phase = next(each for each in book.read("phases", Phases).phases if each.id == rule.first_phase)
    cells = cells_of(rule, rule.first_phase)
    names = {cell.id: cell.name for cell in rule.cells}
    later = [cell.name for cell in rule.cells if cell not in cells]
    here = {cell.id for cell in cells}
    said = [
        Part("phase", "Phase", (f"It begins in the phase “{phase.title}”. {phase.meaning}".strip(),)),
        Part("live", "What changes for live work", _live(rule, exercise)),
        Part(
            "cells", f"Cells ({len(cells)})",
            (
                *(f"{c.name}{f', reports to {names[c.reports_to]}' if c.reports_to else ''}. {c.remit}" for c in cells),
                *((f"In later phases: {listed(later)}.",) if later else ()),
            ),
        ),
        Part(
            "meetings", "When they meet",
            tuple(
                f"{rhythm.title} ({names[rhythm.cell]}): {often(rhythm.days, rhythm.times, rhythm.every_weeks)}"
                f"{_first(rhythm, rule.first_phase, now, calendar)}."
                for rhythm in rule.rhythms
                if rhythm.cell in here and applies(rhythm.phases, rule.first_phase)
            ),
        ),
        Part("registers", f"Registers ({len(rule.registers)})", _registers(rule, book, exercise)),
        Part(
            "returns", "Returns",
            tuple(owed_words(row) for row in rule.returns if applies(row.phases, rule.first_phase)),
        ),
        Part("reports", "Reports", tuple(_report(rule, names, each.id) for each in rule.reports)),
        Part(
            "starters", f"First actions ({len(rule.starters)})",
            tuple(_starter(rule, each.id) for each in rule.starters),
        ),
        Part(
            "checklists", "Checklists",
            tuple(f"{each.title}: {len(each.items)} to tick off." for each in rule.checklists),
        ),
    ]  # fmt: skip
    return tuple(part for part in said if part.sentences)


def _live(rule: EventRule, exercise: bool) -> tuple[str, ...]:
    if exercise:
        return (
            "Nothing. No setting, no child’s contact and no figure changes; what is written stays in the exercise.",
        )
    policy = policy_of(rule, rule.first_phase)
    mode = MODE_NAMES.get(policy.contact_mode, MODE_UNCHANGED) if policy else MODE_UNCHANGED
    said = [f"Contact with children follows {mode}."] if policy and policy.contact_mode else [f"{MODE_UNCHANGED}."]
    if policy:
        said.append(policy.words)
    said.append("Every child with open work is rated and planned anew, on the queue.")
    return tuple(said)


def _first(rhythm: RhythmRule, phase: str, now: datetime, calendar: WorkingCalendar) -> str:
    """“, first on Thursday 4 June at 08:30”: within the next four weeks."""
    on = now.date()
    last = min(on + timedelta(days=28), calendar.last_day)
    all_of_them = meetings(rhythm, phase=phase, first=on, last=last, began=on, calendar=calendar)
    found = [each for each in all_of_them if each > now]
    return f", first on {_moment(found[0])}" if found else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B} at {moment:%H:%M}"


def _registers(rule: EventRule, book: Book, exercise: bool) -> tuple[str, ...]:
    rules: Mapping[str, Register] = {key: book.read(f"registers/{key}", Register) for key in rule.registers}
    words = tuple(f"{each.plural}: {each.purpose}" for each in sorted(rules.values(), key=lambda each: each.plural))
    return words if not exercise else (*words, "Inside the exercise only. What is off in live work stays off there.")


def _report(rule: EventRule, names: Mapping[str, str], report: str) -> str:
    one = next(each for each in rule.reports if each.id == report)
    signer = next(each.name for each in rule.positions if each.id == one.signed_by)
    return f"{one.title}, for {names[one.cell]}, in {len(one.blocks)} parts, signed by: {signer}."


def _starter(rule: EventRule, starter: str) -> str:
    one = next(each for each in rule.starters if each.id == starter)
    owner = next((each.name for each in rule.positions if each.id == one.owner), "")
    when = "today" if one.days == 0 else "within a day" if one.days == 1 else f"within {one.days} days"
    return f"{one.title}, {when}{f'. For: {owner}' if owner else ''}."
