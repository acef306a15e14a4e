"""
Closing an emergency: everything that is open goes on with somebody or ends; settings come back; records are kept.

Its pages stay. What it switched on goes idle and can still be read, unless something in it goes on.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions import positions as holding
from keepsight.apps.command.actions.activating import SWITCHED, put_settings
from keepsight.apps.command.models import Cell, Meeting
from keepsight.apps.command.permissions import check_running, check_user_may_run
from keepsight.apps.command.replanning import plan_anew
from keepsight.apps.command.rules import book_of, rule_of
from keepsight.apps.command.structure import open_on
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import WrongEntry
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds import Retention

GO_ON, END = "go_on", "end"
LESSON = "lesson"


@dataclass(frozen=True)
class Lesson:
    """What was learned, as it was typed on closing."""

    what: str
    happened: str
    verdict: str = "keep"


@dataclass(frozen=True)
class Ending:
    """What becomes of everything that is open."""

    cells: Mapping[str, str]  # key of an open cell → who goes on with its work, in words
    entries: Mapping[str, str] = field(default_factory=dict)  # key of a register → go_on or end
    owners: Mapping[str, User] = field(default_factory=dict)  # key of a register → who takes what nobody has
    lessons: Sequence[Lesson] = ()
    handover: str = ""


@dataclass(frozen=True)
class Closed:
    """What came of it: how many entries ended, and how many could not because something in them is missing."""

    ended: int
    left: int


@transaction.atomic
def close(event: Event, ending: Ending, *, by: User, at: datetime, on: date) -> Closed:
    """
    Close a real emergency.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it is an exercise; if an open cell or register is left without an answer.
    """
    check_user_may_run(by, at, event, Permission.EVENT_RUN)
    event = Event.objects.select_for_update(of=("self",)).select_related("authority").get(pk=event.pk)
    check_running(event)
    if event.is_exercise:
        raise NotAllowedNow("An exercise is not closed. Take it away when it is over.", code="is_exercise")
    cells = list(Cell.objects.filter(event=event).filter(open_on(on)).order_by("pk"))
    if missing := [cell.name for cell in cells if not ending.cells.get(cell.key, "").strip()]:
        raise NotAllowedNow(f"Say who goes on with the work of: {', '.join(missing)}.", code="no_handover")
    with audit.at_the_end():
        closed = _entries(event, ending, by, at)
        for lesson in ending.lessons:
            _learn(event, lesson, by, at, on)
        holding.end_all(event, by=by, at=at, on=on)
        _cells(event, cells, by, at, on)
        _settings_back(event)
        event.state, event.closed_at, event.closed_by = Event.State.CLOSED, at, by
        event.handover = _handover(cells, ending)
        event.keep_until = kept_until(event, on)
        event.save()
        _registers_idle(event)
        audit.record(
            EventKind.EVENT_CLOSED, at=at, by=by, authority_code=event.authority.code,
            subject=("event", str(event.pk)), source="command:close", ended=closed.ended, left=closed.left,
            lessons=len(ending.lessons), keep_until=str(event.keep_until or ""),
        )  # fmt: skip
    plan_anew.enqueue(code=event.authority.code, user_id=by.pk)
    return closed


def kept_until(event: Event, on: date) -> date | None:
    """The day until which its records are kept, by the retention schedule; none where people decide."""
    wanted = rule_of(event).retention
    rule = next(each for each in book_of(event).read("retention", Retention).schedule if each.id == wanted)
    months = (rule.years or 0) * 12 + (rule.months or 0)
    if rule.counted_from == "never" or not months:
        return None
    years, month = divmod(on.month - 1 + months, 12)
    try:
        return on.replace(year=on.year + years, month=month + 1)
    except ValueError:  # 29 February, or the 31st: kept a day longer, never a day less
        after = month + 2
        return date(on.year + years + (after > 12), after if after <= 12 else 1, 1)


def _entries(event: Event, ending: Ending, by: User, at: datetime) -> Closed:
    """Let open entries go on, with an owner, or end them by the moves that their register allows."""
    ended = left = 0
    open_ones = Entry.objects.filter(event=event, is_open=True).select_related(
        "register__current", "register__authority"
    )
    for entry in open_ones.order_by("pk"):
        key = entry.register.key
        if key == LESSON:
            continue  # lessons outlive what taught them
        if ending.entries.get(key) == END:
            if _end(entry, at):
                ended += 1
            else:
                left += 1
        elif entry.owner_id is None and (owner := ending.owners.get(key)):
            _give(entry, owner, by, at)
    return Closed(ended, left)


def _give(entry: Entry, owner: User, by: User, at: datetime) -> None:
    """Give an entry to who goes on with it, where the register lets whoever closes do that."""
    with suppress(NotPermitted):
        registers.assign(entry, owner, by=by, at=at, source="command:close")


def _end(entry: Entry, at: datetime) -> bool:
    """Move an entry into the state that ends it with the fewest questions; whether one could be reached."""
    rule = definition_of(entry.register.current)  # type: ignore[arg-type]
    for state in _endings(rule, entry.state):
        try:
            registers.move(entry, state, by=None, at=at, why="The emergency was closed.", source="command:close")
        except NotAllowedNow:
            continue
        return True
    return False


def _endings(rule: Rule, state: str) -> list[str]:
    """The ending states that this one may move to: those that ask for a reason first, because they say why."""
    here = next((each for each in rule.states if each.id == state), None)
    ends = {each.id: each for each in rule.states if each.ends}
    found = [name for name in (here.moves if here else ()) if name in ends]
    return sorted(found, key=lambda name: not ends[name].reason)


def _learn(event: Event, lesson: Lesson, by: User, at: datetime, on: date) -> None:
    """Add one lesson to the register of lessons."""
    register = (
        Register.objects.filter(authority=event.authority, key=LESSON).select_related("current", "authority").first()
    )
    if register is None or register.current is None:
        raise NotAllowedNow("This council has no register of lessons. Install its registers first.", code="no_register")
    rule = definition_of(register.current)
    offered: Mapping[str, Any] = {
        rule.title: lesson.what, "happened": lesson.happened, "verdict": lesson.verdict, "about": "command",
        "seen_on": on.isoformat(), "from_whom": "debrief",
    }  # fmt: skip
    known = {each.id for each in rule.fields if not each.retired}
    try:
        registers.add(
            register, {name: value for name, value in offered.items() if name in known}, by=by, at=at, event=event,
            source="command:close", unchecked=True,
        )  # fmt: skip
    except WrongEntry as wrong:
        raise NotAllowedNow(f"A lesson is not complete. {wrong.sentence}", code="lesson_wrong") from wrong


def _cells(event: Event, cells: list[Cell], by: User, at: datetime, on: date) -> None:
    for cell in cells:
        cell.ends_on = max(on, cell.starts_on)
    Cell.objects.bulk_update(cells, ["ends_on"])
    coming = Meeting.objects.filter(cell__event=event, state=Meeting.State.PLANNED, starts_at__gt=at)
    coming.filter(revision=1).delete()
    coming.update(state=Meeting.State.CANCELLED, why="The emergency was closed.", changed_at=at, changed_by=by)


def _settings_back(event: Event) -> None:
    """
    Give the authority back what it had. Where another emergency began meanwhile, that one keeps what is in
    force, and gives back on its own closing what stood before this one.
    """
    before = event.settings_before.get("settings", {})
    others = Event.objects.filter(authority=event.authority, state=Event.State.ACTIVE, is_exercise=False)
    later = others.exclude(pk=event.pk).filter(activated_at__gt=event.activated_at).order_by("activated_at").first()
    if later is not None:
        later.settings_before = {**later.settings_before, "settings": before}
        later.save(update_fields=["settings_before"])
        return
    put_settings(event.authority, **{name: before.get(name) for name in SWITCHED})


def _registers_idle(event: Event) -> None:
    """Switch off what it had switched on, but for what another emergency needs or what still has open entries."""
    switched = set(event.settings_before.get("registers", []))
    others = Event.objects.filter(authority=event.authority, state=Event.State.ACTIVE, is_exercise=False)
    for other in others.exclude(pk=event.pk):
        mine = switched & {*rule_of(other).registers}
        switched -= mine
        kept = {*other.settings_before.get("registers", []), *mine}  # who closes last switches them off
        other.settings_before = {**other.settings_before, "registers": sorted(kept)}
        other.save(update_fields=["settings_before"])
    going_on = Entry.objects.filter(register__authority=event.authority, exercise=None, is_open=True)
    busy = set(going_on.filter(register__key__in=switched).values_list("register__key", flat=True))
    Register.objects.filter(authority=event.authority, key__in=switched - busy).update(is_on=False)


def _handover(cells: list[Cell], ending: Ending) -> str:
    lines = [f"{cell.name}: {ending.cells[cell.key].strip()}" for cell in cells]
    return "\n".join([*lines, ending.handover.strip()]).strip()
