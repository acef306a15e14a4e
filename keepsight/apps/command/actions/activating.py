"""
Activating an emergency: everything that its pack sets up, in one transaction.

A real one switches registers on, gives the authority the pack and its contact table, and has contact
planned anew on the queue. An exercise does none of that: it only makes what belongs to itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions import positions as holding
from keepsight.apps.command.actions.meetings import plan_meetings
from keepsight.apps.command.actions.returns import open_rounds
from keepsight.apps.command.models import Cell, CellMember, Position
from keepsight.apps.command.permissions import NOT_YOURS, authorities_reached
from keepsight.apps.command.replanning import plan_anew
from keepsight.apps.command.rules import calendar_of
from keepsight.apps.command.structure import LastTime, last_time
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.events import cells_of, setup, troubles
from keepsight.core.events.checks import due_field
from keepsight.core.events.phases import policy_of
from keepsight.core.packs import Book, PackError, book
from keepsight.core.packs.kinds import EventRule
from keepsight.core.packs.kinds.events import CellRule, StarterRule

REASON_AT_LEAST = 10  # letters
MEETINGS_AHEAD = timedelta(days=14)
NOT_AGAIN = {"from_on", "to_on", "agreed_by", "agreed_on"}  # of a minimum level: they are of their time
SWITCHED = ("event_pack", "contact_mode")  # of the authority's settings


@dataclass(frozen=True)
class Wish:
    """What somebody decided on the page of activation."""

    pack: str
    exercise: bool
    reason: str
    people: Mapping[str, User] = field(default_factory=dict)  # key of a position → who holds it from today
    members_again: bool = False  # who sat in cells at the end of the last time sits there again
    lessons: Collection[int] = ()  # entries of the last time that become first actions
    kept: Collection[int] = ()  # lessons of the last time that hold this time as they stand
    minimums: Collection[int] = ()  # levels of teams of the last time that are proposed again


@transaction.atomic
def activate(authority: Authority, wish: Wish, *, by: User, at: datetime, on: date) -> Event:
    """
    Activate an emergency, or an exercise of it.

    Raises
    ------
    NotPermitted
        If the person may not, or would open a role for themselves.
    NotAllowedNow
        If it runs already, the pack cannot be used, or no reason is given.
    """
    if authority.pk not in authorities_reached(grants_of(by, at), Permission.EVENT_RUN):
        raise NotPermitted(NOT_YOURS)
    rules = usable(wish.pack)
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    _check(authority, wish)
    rule = rules.read("event", EventRule)
    with audit.at_the_end():
        learned = last_time(authority, wish.pack)
        event = Event.objects.create(
            authority=authority, pack=wish.pack, pack_hash=rules.hash, title=rule.title, is_exercise=wish.exercise,
            phase=rule.first_phase, reason=wish.reason.strip()[:300], activated_at=at, activated_by=by,
            learned_from=learned.event if learned else None,
        )  # fmt: skip
        _install(event, rules, by, at)
        begin_cells(event, rule, cells_of(rule, rule.first_phase), on)
        _sit_again(event, learned if wish.members_again else None, on)
        for key, user in wish.people.items():
            position = Position.objects.select_related("event__authority", "cell").filter(event=event, key=key).first()
            if position is not None:
                holding.give(position, user, starts_on=on, by=by, at=at, on=on)
        if not event.is_exercise:
            _switch_live(event, rule)
        _start(event, rule, wish, learned, by, at, on)
        plan_meetings(event, until=on + MEETINGS_AHEAD, at=at)
        open_rounds(event, at)
        now = timezone.localtime(at).replace(tzinfo=None)
        parts = setup(rule, rules, now=now, calendar=calendar_of(event), exercise=event.is_exercise)
        said = [line for part in parts if part.id in ("phase", "live") for line in part.sentences]
        said += [f"Kept from the last time: {each.title}." for each in chosen(learned, "lessons", wish.kept)]
        PhaseSwitch.objects.create(event=event, phase=event.phase, at=at, by=by, why=event.reason, changes=said)
        audit.record(
            EventKind.EVENT_ACTIVATED, at=at, by=by, authority_code=authority.code, subject=("event", str(event.pk)),
            reason=event.reason, source="command:activate", pack=event.pack, exercise=event.is_exercise,
            phase=event.phase, pack_hash=event.pack_hash,
        )  # fmt: skip
    if not event.is_exercise:
        plan_anew.enqueue(code=authority.code, user_id=by.pk)
    return event


def usable(pack: str) -> Book:
    """
    The rules with a pack that can be activated.

    Raises
    ------
    NotAllowedNow
        With what is wrong with it.
    """
    try:
        rules = book(event=pack)
        found = troubles(rules)
    except PackError as wrong:
        raise NotAllowedNow(f"This pack cannot be used. {wrong}", code="pack_wrong") from wrong
    if found:
        raise NotAllowedNow(f"This pack cannot be used. {' '.join(found)}", code="pack_wrong")
    return rules


def _check(authority: Authority, wish: Wish) -> None:
    if len(wish.reason.strip()) < REASON_AT_LEAST:
        raise NotAllowedNow("Say why, in a sentence: people will read it years from now.", code="reason_missing")
    running = Event.objects.filter(authority=authority, pack=wish.pack, state=Event.State.ACTIVE, is_exercise=False)
    if not wish.exercise and running.exists():
        raise NotAllowedNow(f"This emergency runs already in {authority.name}.", code="runs_already")


def _install(event: Event, rules: Book, by: User, at: datetime) -> None:
    """
    Bring the pack's registers in. For an exercise only those that are not there, and switched off: inside
    it they can be used, and live work sees nothing of them.
    """
    if not event.is_exercise:
        registers.install(event.authority, at=at, by=by, book=rules)
        return
    held = set(Register.objects.filter(authority=event.authority).values_list("key", flat=True))
    missing = {f"registers/{key}" for key in rules.names("registers")} - {f"registers/{key}" for key in held}
    if missing:
        tables = {name: table for name, table in rules.tables.items() if name in missing}
        registers.install(event.authority, at=at, by=by, book=replace(rules, tables=tables))
        Register.objects.filter(authority=event.authority).exclude(key__in=held).update(is_on=False)


def _switch_live(event: Event, rule: EventRule) -> None:
    """Registers on, and the pack and contact table into the authority's settings; what stood there is kept."""
    policy = policy_of(rule, rule.first_phase)
    off = policy.off if policy else ()
    wanted = {*rule.registers, *(policy.on if policy else ())} - {*off}
    idle = Register.objects.filter(authority=event.authority, key__in=wanted, is_on=False)
    switched = sorted(idle.values_list("key", flat=True))
    idle.update(is_on=True)
    before = event.authority.settings
    event.settings_before = {"settings": {name: before.get(name) for name in SWITCHED}, "registers": switched}
    event.save(update_fields=["settings_before"])
    mode = {"contact_mode": policy.contact_mode} if policy and policy.contact_mode else {}
    put_settings(event.authority, event_pack=event.pack, **mode)


def put_settings(authority: Authority, **settings: Any) -> None:
    """Write settings of an authority, read afresh; None takes one away."""
    held = Authority.objects.select_for_update().get(pk=authority.pk)
    merged = {**held.settings, **settings}
    held.settings = {name: value for name, value in merged.items() if value is not None}
    held.save(update_fields=["settings"])
    authority.settings = held.settings


def begin_cells(event: Event, rule: EventRule, cells: Iterable[CellRule], on: date) -> list[Cell]:
    """Make cells with their positions, those above first."""
    wanted = list(cells)
    made = Cell.objects.bulk_create(
        Cell(
            event=event, key=each.id, name=each.name, level=each.level, remit=each.remit,
            multi_agency=each.multi_agency, starts_on=on,
        )
        for each in wanted
    )  # fmt: skip
    held = {cell.key: cell for cell in Cell.objects.filter(event=event)}
    for each in wanted:
        held[each.id].reports_to = held.get(each.reports_to)
    Cell.objects.bulk_update([held[each.id] for each in wanted], ["reports_to"])
    chairs = {each.id: each.chair for each in wanted}
    Position.objects.bulk_create(
        Position(
            event=event, cell=held[each.cell], key=each.id, name=each.name, role=each.role, words=each.words,
            days=each.days, is_chair=chairs[each.cell] == each.id,
        )
        for each in rule.positions
        if each.cell in chairs
    )  # fmt: skip
    return made


def _sit_again(event: Event, learned: LastTime | None, on: date) -> None:
    if learned is None:
        return
    cells = {cell.key: cell for cell in Cell.objects.filter(event=event)}
    CellMember.objects.bulk_create(
        CellMember(
            cell=cells[each.cell.key], user=each.user, name=each.name, organisation=each.organisation, starts_on=on
        )
        for each in learned.members
        if each.cell.key in cells
    )


def _start(
    event: Event, rule: EventRule, wish: Wish, learned: LastTime | None, by: User, at: datetime, on: date
) -> None:
    """The first actions of the pack, and the lessons of the last time that somebody chose."""
    for starter in rule.starters:
        add_starter(event, starter, wish.people.get(starter.owner), by, at, on)
    for minimum in chosen(learned, "minimums", wish.minimums):
        _propose(event, minimum, by, at, on)
    for lesson in chosen(learned, "lessons", wish.lessons):
        title = f"Lesson of the last time: {lesson.title}"
        words = str(lesson.values.get("change", "") or lesson.values.get("happened", ""))
        starter = StarterRule(id=f"lesson_{lesson.pk}", register="action", title=title[:200], days=7, words=words)
        add_starter(event, starter, None, by, at, on)


def chosen(learned: LastTime | None, what: str, wanted: Collection[int]) -> list[Entry]:
    """Those entries of the last time that somebody chose; never one of another event."""
    return [each for each in (getattr(learned, what) if learned else ()) if each.pk in wanted]


def _propose(event: Event, last: Entry, by: User, at: datetime, on: date) -> None:
    """A minimum level as it held in the last time, from today: proposed, because somebody must agree it anew."""
    register = register_of(event.authority, last.register.key)
    known = {each.id for each in definition_of(register.current).fields if not each.retired}  # type: ignore[arg-type]
    values = {name: value for name, value in last.values.items() if name in known - NOT_AGAIN}
    registers.add(
        register, {**values, "from_on": on.isoformat()}, by=by, at=at, event=event, source="command:activate",
        about=About(about_team=last.about_team), unchecked=True,
    )  # fmt: skip


def add_starter(event: Event, starter: StarterRule, owner: User | None, by: User, at: datetime, on: date) -> None:
    """Make one entry that activation brings: its title, its day, and more words where the register has a place."""
    register = register_of(event.authority, starter.register)
    definition = definition_of(register.current)  # type: ignore[arg-type]
    raw: dict[str, Any] = {definition.title: starter.title}
    if day := due_field(definition):
        raw[day] = (on + timedelta(days=starter.days)).isoformat()
    known = {each.id for each in definition.fields if each.kind == "long_text" and not each.retired}
    if starter.words and "detail" in known:
        raw["detail"] = starter.words
    registers.add(
        register, raw, by=by, at=at, owner=owner, event=event, source="command:activate", unchecked=True
    )  # fmt: skip
