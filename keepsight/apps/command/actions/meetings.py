"""Meetings: planned from the rhythms, kept by those who sit there, agreed by the chair (CMD-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions.linking import link
from keepsight.apps.command.models import AgendaItem, Attendance, Cell, Meeting
from keepsight.apps.command.permissions import chairs, check_running, check_user_may_run
from keepsight.apps.command.rules import calendar_of, local, rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import About, WrongEntry
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.core.command import rhythm
from keepsight.core.errors import NotAllowedNow, NotPermitted

S = Meeting.State


class MeetingChanged(NotAllowedNow):
    """Somebody else saved the record since it was opened. ``meeting`` is as it stands now."""

    code = "meeting_changed"

    def __init__(self, meeting: Meeting):
        who = meeting.changed_by.name if meeting.changed_by else "Somebody"
        super().__init__(f"{who} saved this record after you opened it. Look at both, then save yours again.")
        self.meeting = meeting


class WrongCapture(NotAllowedNow):
    """An action or decision of the meeting lacks something: ``place`` says which row, ``troubles`` which fields."""

    code = "wrong_capture"

    def __init__(self, place: int, register: str, troubles: Mapping[str, str]):
        super().__init__(" ".join(troubles.values()))
        self.place, self.register, self.troubles = place, register, dict(troubles)


@dataclass(frozen=True)
class Item:
    """An item of the agenda as it was typed; without ``pk`` a new one, without title one to take away."""

    title: str
    notes: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class There:
    """Somebody at the meeting, or not."""

    name: str
    was: str
    user_id: int | None = None
    organisation: str = ""


@dataclass(frozen=True)
class Captured:
    """An action or a decision as it was typed in the meeting."""

    register: str
    values: Mapping[str, Any]
    owner: User | None = None
    place: int = 0  # its row on the page


@dataclass(frozen=True)
class Record:
    """All that a save of the meeting's page holds."""

    items: Sequence[Item] = ()
    there: Sequence[There] = ()
    captured: Sequence[Captured] = field(default=())


# --- planning ------------------------------------------------------------------------------------------
def plan_meetings(event: Event, until: date, at: datetime) -> int:
    """
    Plan the meetings of the event's rhythms from now to a day, in the phase that it is in.

    Asked again it changes nothing. After a change of phase, meetings to come that no rhythm asks for
    any more go; those that somebody has prepared already are cancelled and keep what was written.
    Meetings of the past, moved, cancelled and extra ones stay as they are.

    Returns
    -------
    int
        How many were planned anew.
    """
    if event.state != Event.State.ACTIVE:
        return 0
    wanted = _wanted(event, until, at)
    made = 0
    with transaction.atomic():
        dropped = _drop(event, wanted, at)
        held = set(Meeting.objects.filter(cell__event=event).values_list("cell_id", "planned_for"))
        taken = set(Meeting.objects.filter(cell__event=event).values_list("cell_id", "starts_at"))
        for (cell, starts_at), rule in wanted.items():
            if (cell.pk, starts_at) in held or (cell.pk, starts_at) in taken:
                continue
            meeting, new = Meeting.objects.get_or_create(
                cell=cell, starts_at=starts_at,
                defaults={"title": rule.title, "rhythm": rule.id, "planned_for": starts_at, "changed_at": at},
            )  # fmt: skip
            if new:
                _put_agenda(meeting, rule.agenda)
                made += 1
        if made or dropped:
            _event(event, at, None, planned=made, dropped=dropped)
    return made


def _wanted(event: Event, until: date, at: datetime) -> dict[tuple[Cell, datetime], Any]:
    """Cell and start → the rhythm that asks for it; the first of a cell's rhythms where two fall together."""
    cells = {cell.key: cell for cell in Cell.objects.filter(event=event)}
    began, today = timezone.localtime(event.activated_at).date(), timezone.localtime(at).date()
    wanted: dict[tuple[Cell, datetime], Any] = {}
    for rule in rule_of(event).rhythms:
        cell = cells.get(rule.cell)
        if cell is None:
            continue
        first = max(today, cell.starts_on)
        last = min(until, cell.ends_on - timedelta(days=1)) if cell.ends_on else until
        starts = rhythm.meetings(
            rule, phase=event.phase, first=first, last=last, began=began, calendar=calendar_of(event)
        )
        for start in map(local, starts):
            if start > at:
                wanted.setdefault((cell, start), rule)
    return wanted


def _drop(event: Event, wanted: Mapping[tuple[Cell, datetime], Any], at: datetime) -> int:
    """Take meetings to come away that the rhythm of this phase does not ask for, and give their number."""
    still = {(cell.pk, starts_at) for cell, starts_at in wanted}
    last = max((starts_at for _, starts_at in wanted), default=None)
    coming = Meeting.objects.filter(cell__event=event, state=S.PLANNED, starts_at__gt=at).exclude(rhythm="")
    gone = [each for each in coming if (each.cell_id, each.planned_for) not in still]
    known = {rule.id for rule in rule_of(event).rhythms if rhythm.applies(rule.phases, event.phase)}
    gone = [each for each in gone if each.rhythm not in known or (last and each.starts_at <= last)]
    untouched = [each.pk for each in gone if each.revision == 1]
    Meeting.objects.filter(pk__in=untouched).delete()
    touched = [each.pk for each in gone if each.revision > 1]
    Meeting.objects.filter(pk__in=touched).update(
        state=S.CANCELLED, why="The rhythm changed with the phase of the event.", changed_at=at, changed_by=None
    )
    return len(gone)


def _put_agenda(meeting: Meeting, agenda: str) -> None:
    rules = rule_of(meeting.cell.event).agendas
    items = next((each.items for each in rules if each.id == agenda), ("Matters to discuss",))
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=order, title=title[:200]) for order, title in enumerate(items, 1)
    )


def add_meeting(cell: Cell, *, title: str, starts_at: datetime, agenda: str, by: User, at: datetime) -> Meeting:
    """
    Call an extra meeting.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the cell already meets at that moment.
    """
    check_user_may_run(by, at, cell.event)
    _check_free(cell, starts_at)
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                cell=cell, title=title[:120], starts_at=starts_at, changed_at=at, changed_by=by
            )
            _put_agenda(meeting, agenda)
            _event(cell.event, at, by, meeting, what="added")
    except IntegrityError:  # somebody else called one at the same moment
        raise _taken() from None
    return meeting


def move_meeting(meeting: Meeting, starts_at: datetime, *, by: User, at: datetime) -> Meeting:
    """
    Move a meeting that is still to come. The rhythm does not plan it a second time.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it was held or cancelled, or the cell meets then already.
    """
    check_user_may_run(by, at, meeting.cell.event)
    _check_free(meeting.cell, starts_at, but=meeting)
    try:
        with transaction.atomic():
            meeting = _locked(meeting)
            _check_state(meeting, S.PLANNED, "Only a meeting that is still planned can be moved.")
            meeting.starts_at = starts_at
            _save(meeting, by, at)
            _event(meeting.cell.event, at, by, meeting, what="moved")
    except IntegrityError:
        raise _taken() from None
    return meeting


def cancel(meeting: Meeting, *, why: str, by: User, at: datetime) -> Meeting:
    """
    Cancel a meeting that was not held.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it was held, or no reason is given.
    """
    check_user_may_run(by, at, meeting.cell.event)
    if not why.strip():
        raise NotAllowedNow("Say why the meeting does not take place.", code="reason_missing")
    with transaction.atomic():
        meeting = _locked(meeting)
        _check_state(meeting, S.PLANNED, "Only a meeting that is still planned can be cancelled.")
        meeting.state, meeting.why = S.CANCELLED, why.strip()[:300]
        _save(meeting, by, at)
        _event(meeting.cell.event, at, by, meeting, what="cancelled")
    return meeting


# --- the record ----------------------------------------------------------------------------------------
def keep(meeting: Meeting, record: Record, *, by: User, at: datetime, revision: int) -> Meeting:
    """
    Save the record of a meeting: agenda and notes, who was there, new actions and decisions, in one go.

    From its start on the meeting counts as held; before, what is saved prepares it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the record is agreed, or the meeting cancelled.
    MeetingChanged
        If ``revision`` is not the record's any more. Nothing is saved then.
    WrongCapture
        If an action or decision lacks something. Nothing is saved then.
    """
    check_user_may_run(by, at, meeting.cell.event)
    with transaction.atomic(), audit.at_the_end():
        meeting = _locked(meeting)
        if meeting.state not in (S.PLANNED, S.HELD):
            raise NotAllowedNow("This record is closed, and stays as it is.", code="record_closed")
        if meeting.revision != revision:
            raise MeetingChanged(meeting)
        _keep_items(meeting, record.items)
        _keep_attendance(meeting, record.there)
        for captured in record.captured:
            _capture(meeting, captured, by, at)
        if meeting.starts_at <= at:
            meeting.state = S.HELD
        _save(meeting, by, at)
        _event(meeting.cell.event, at, by, meeting, what="kept", captured=len(record.captured))
    return meeting


def _keep_items(meeting: Meeting, items: Sequence[Item]) -> None:
    held = {item.pk: item for item in meeting.items.all()}
    for order, typed in enumerate(items, 1):
        title, item = typed.title.strip()[:200], held.pop(typed.pk, None) if typed.pk else None
        if not title and not typed.notes.strip():
            if item is not None:
                item.delete()
            continue
        if item is None:
            item = AgendaItem(meeting=meeting)
        item.order, item.title, item.notes = order, title or "Without a title", typed.notes.strip()
        item.save()


def _keep_attendance(meeting: Meeting, there: Sequence[There]) -> None:
    held = {(row.user_id, row.name): row for row in meeting.attendances.all()}
    for each in there:
        if not each.name.strip():
            continue
        row = held.get((each.user_id, each.name.strip()[:120]))
        row = row or Attendance(meeting=meeting, user_id=each.user_id, name=each.name.strip()[:120])
        row.was, row.organisation = each.was, each.organisation.strip()[:120]
        row.save()


def _capture(meeting: Meeting, captured: Captured, by: User, at: datetime) -> None:
    """Add one action or decision, and link it with the meeting."""
    event = meeting.cell.event
    register = register_of(event.authority, captured.register)
    known = {each.id for each in definition_of(register.current).fields}  # type: ignore[arg-type]
    raw = {name: value for name, value in captured.values.items() if name in known}
    try:
        entry = registers.add(
            register, raw, by=by, at=at, owner=captured.owner, event=event, source="command:meeting",
            about=About(cell=meeting.cell.key),
        )  # fmt: skip
    except WrongEntry as wrong:
        raise WrongCapture(captured.place, captured.register, wrong.troubles) from wrong
    link(entry, by=by, at=at, words=f"From {meeting.title}", meeting=meeting)


def agree(meeting: Meeting, *, by: User, at: datetime, revision: int) -> Meeting:
    """
    Agree the record as the chair. It never changes again.

    Raises
    ------
    NotPermitted
        If the person does not hold the chair of the cell today.
    NotAllowedNow
        If the meeting was not held yet, or somebody saved the record meanwhile.
    """
    check_user_may_run(by, at, meeting.cell.event)
    if not chairs(by, meeting.cell, timezone.localtime(at).date()):
        raise NotPermitted("Only the chair of this cell agrees its records. The structure page says who that is.")
    with transaction.atomic():
        meeting = _locked(meeting)
        _check_state(meeting, S.HELD, "A record can be agreed once the meeting was held and its notes are saved.")
        if meeting.revision != revision:
            raise MeetingChanged(meeting)
        meeting.state, meeting.agreed_at, meeting.agreed_by = S.AGREED, at, by
        _save(meeting, by, at)
        _event(meeting.cell.event, at, by, meeting, what="agreed")
    return meeting


# --- what they have in common --------------------------------------------------------------------------
def _locked(meeting: Meeting) -> Meeting:
    held = Meeting.objects.select_for_update(of=("self",)).select_related("cell__event__authority", "changed_by")
    now = held.get(pk=meeting.pk)
    check_running(now.cell.event)
    return now


def _save(meeting: Meeting, by: User, at: datetime) -> None:
    meeting.revision += 1
    meeting.changed_by, meeting.changed_at = by, at
    meeting.save()


def _check_state(meeting: Meeting, state: str, sentence: str) -> None:
    if meeting.state != state:
        raise NotAllowedNow(sentence, code="wrong_state")


def _check_free(cell: Cell, starts_at: datetime, but: Meeting | None = None) -> None:
    others = Meeting.objects.filter(cell=cell, starts_at=starts_at)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise _taken()


def _taken() -> NotAllowedNow:
    return NotAllowedNow("This cell has a meeting at that time already.", code="time_taken")


def _event(event: Event, at: datetime, by: User | None, meeting: Meeting | None = None, **detail: Any) -> None:
    subject = ("meeting", str(meeting.pk)) if meeting else ("event", str(event.pk))
    audit.record(
        EventKind.MEETING_KEPT, at=at, by=by, authority_code=event.authority.code, subject=subject,
        source="command:meetings", **detail,
    )  # fmt: skip
