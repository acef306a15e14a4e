"""Adding, changing, moving and giving out entries: the four things that are done to every register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from keepsight.apps.accounts.models import Team, User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.models import Event
from keepsight.apps.registers import easing
from keepsight.apps.registers.actions.telling import tell
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.keeping import WrongEntry, changed_values, foreign, gone
from keepsight.apps.registers.models import Entry, EntryChange, Register
from keepsight.apps.registers.permissions import check_used, check_user_may
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import StateRule
from keepsight.core.registers import clean_all, next_due, shown, slotted, with_computed

SUBJECTS = ("child", "family", "setting", "about_team", "service", "worker", "cell")  # columns of Entry
COLUMN_OF = {"provider": "setting", "team": "about_team"}  # a definition's subject whose column has another name


class ChangedMeanwhile(NotAllowedNow):
    """Somebody else changed the entry since it was opened. ``entry`` is as it stands now."""

    code = "changed_meanwhile"

    def __init__(self, entry: Entry):
        who = entry.changed_by.name if entry.changed_by else "Somebody"
        super().__init__(f"{who} changed this entry after you opened it. Look at both, then save yours again.")
        self.entry = entry


@dataclass(frozen=True)
class About:
    """Whom or what an entry is about: one of them, as the definition's subject says."""

    child: Any = None
    family: Any = None
    setting: Any = None
    about_team: Any = None
    service: Any = None
    worker: Any = None
    cell: str = ""

    def columns(self) -> dict[str, Any]:
        """As columns of an entry."""
        return {name: getattr(self, name) for name in SUBJECTS}


NOBODY = About()


@dataclass
class Moment:
    """Who does it and when, as every change keeps it."""

    by: User | None
    at: datetime
    why: str = ""
    source: str = "registers"
    detail: dict[str, Any] = field(default_factory=dict)


@cache
def working_days() -> WorkingCalendar:
    """The calendar that clocks count by."""
    return WorkingCalendar.from_table(book().table("calendar"))


def add(
    register: Register,
    raw: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    about: About = NOBODY,
    owner: User | None = None,
    team: Team | None = None,
    event: Event | None = None,
    state: str = "",
    source: str = "registers:add",
    unchecked: bool = False,
) -> Entry:
    """
    Add an entry.

    Parameters
    ----------
    raw : mapping
        Field id → what was typed, or a value of the field's kind.
    event : Event, optional
        The event in which it is added; of an exercise, the entry belongs to that and to nothing else.
    unchecked : bool
        The product itself adds it in the name of ``by`` (a starter action, a return's slip): the right
        to add is not asked for. Never for what a form or file brings.

    Raises
    ------
    NotPermitted, NotAllowedNow, WrongEntry
        If the person may not, the register is not in use, or answers are missing or wrong.
    """
    if not unchecked:
        assert by is not None, "Only the product itself adds in nobody's name."
        check_user_may(by, at, register, "add")
        check_used(register, event if event and event.is_exercise else None)
    rule = rule_of(_version(register))
    typed = clean_all(rule, raw)
    troubles = {
        **gone(register, rule, raw), **foreign(register, rule, typed.values), **typed.troubles,
        **_subject_missing(rule, about),
    }  # fmt: skip
    if troubles:
        raise WrongEntry(troubles)
    began = state or rule.states[0].id
    with transaction.atomic():
        number = _next_number(register)
        entry = Entry(
            register=register, number=number, version=_version(register), event=event,
            exercise=event if event and event.is_exercise else None, owner=owner, team=team, state=began,
            state_since=at, values=typed.values, added_at=at, added_by=by,
            changed_at=at, changed_by=by, **about.columns(),
        )  # fmt: skip
        _derive(entry, rule, register, since={began: at})
        entry.save(force_insert=True)
        _remember(entry, EntryChange.Kind.ADDED, Moment(by, at, source=source), {}, {"state": began, **typed.values})
        tell(entry, "added", at=at, by=by)
        if owner is not None:
            tell(entry, "assigned", at=at, by=by)
        _event(EventKind.ENTRY_ADDED, entry, register, Moment(by, at, source=source))
    return entry


def change(
    entry: Entry, raw: Mapping[str, Any], *, by: User, at: datetime, revision: int, source: str = "registers:change"
) -> Entry:
    """
    Change fields of an entry: those in ``raw``, the others stay.

    An entry written with an older version of the register is read with the current one; values of
    fields that are no longer there are kept.

    Raises
    ------
    NotPermitted, WrongEntry
        If the person may not, or answers are missing or wrong.
    ChangedMeanwhile
        If ``revision`` is not the entry's any more.
    """
    register = entry.register
    check_user_may(by, at, register, "change", entry)
    rule = rule_of(_version(register))
    with transaction.atomic():
        entry = _locked(entry, revision)
        values = changed_values(register, rule, entry.values, raw)
        before, after = _differences(entry.values, values)
        if not before and not after:
            return entry
        entry.values, entry.version = values, _version(register)
        _save(entry, rule, register, EntryChange.Kind.CHANGED, Moment(by, at, source=source), before, after)
        _event(
            EventKind.ENTRY_CHANGED, entry, register, Moment(by, at, source=source), fields=sorted({*before, *after})
        )
        easing.follow(entry, by=by, at=at)
    return entry


def move(
    entry: Entry, to: str, *, by: User | None, at: datetime, revision: int | None = None, why: str = "",
    source: str = "registers:move",
) -> Entry:  # fmt: skip
    """
    Move an entry into another state, where its present state allows it.

    ``by`` is nobody only where the product itself moves it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the move is not one of the state's; if a field or a reason is missing.
    """
    register = entry.register
    rule = rule_of(_version(register))
    grants = check_user_may(by, at, register, "move", entry) if by else None
    with transaction.atomic():
        entry = _locked(entry, entry.revision if revision is None else revision)
        target = check_move(rule, entry, to, by=by, why=why, roles=frozenset(grants.roles) if grants else None)
        before = {"state": entry.state}
        entry.state, entry.state_since = target.id, at
        entry.version = _version(register)
        moment = Moment(by, at, why=why, source=source)
        _save(entry, rule, register, EntryChange.Kind.MOVED, moment, before, {"state": target.id})
        tell(entry, "moved", at=at, by=by)
        _event(EventKind.ENTRY_MOVED, entry, register, moment, to=target.id)
        easing.follow(entry, by=by, at=at)
    return entry


def check_move(
    rule: Rule, entry: Entry, to: str, *, by: User | None, why: str, roles: frozenset[str] | None
) -> StateRule:
    """Refuse a move that the definition does not allow; give the state moved to."""
    states = {each.id: each for each in rule.states}
    here, target = states.get(entry.state), states.get(to)
    names = {each.id: each.name for each in rule.states}
    if target is None or (here is not None and to not in here.moves):
        ways = ", ".join(names[each] for each in (here.moves if here else ()) if each in names) or "nowhere"
        raise NotAllowedNow(
            f"From {names.get(entry.state, entry.state)} an entry can move to: {ways}.", code="no_such_move"
        )
    if target.by and roles is not None and not roles & set(target.by):
        raise NotPermitted(f"Your role does not move entries to {target.name}.")
    if target.second_person and by is not None and by.pk in (entry.added_by_id, entry.changed_by_id):
        raise NotPermitted(f"A second person moves an entry to {target.name}: not who added it or changed it last.")
    if target.reason and not why.strip():
        raise NotAllowedNow(f"Say why this moves to {target.name}.", code="reason_missing")
    labels = {each.id: each.label for each in rule.fields}
    missing = [labels[name] for name in target.needs if entry.values.get(name) in (None, "", [])]
    if missing:
        raise NotAllowedNow(
            f"Before this moves to {target.name}, fill in: {', '.join(missing)}.", code="fields_missing"
        )
    return target


def assign(
    entry: Entry, to: User | None, *, by: User, at: datetime, revision: int | None = None, team: Team | None = None,
    source: str = "registers:assign",
) -> Entry:  # fmt: skip
    """
    Give an entry to somebody, or to nobody.

    Raises
    ------
    NotPermitted
        If the person may not give it out.
    """
    register = entry.register
    check_user_may(by, at, register, "assign", entry)
    rule = rule_of(_version(register))
    with transaction.atomic():
        entry = _locked(entry, entry.revision if revision is None else revision)
        before = {"owner": entry.owner_id, "team": entry.team_id}
        entry.owner, entry.team = to, team or entry.team
        after = {"owner": entry.owner_id, "team": entry.team_id}
        moment = Moment(by, at, source=source)
        _save(entry, rule, register, EntryChange.Kind.ASSIGNED, moment, before, after)
        if to is not None and to.pk != before["owner"]:
            tell(entry, "assigned", at=at, by=by)
        _event(EventKind.ENTRY_ASSIGNED, entry, register, moment)
    return entry


# --- what every change has in common -------------------------------------------------------------------
def _version(register: Register) -> Any:
    assert register.current is not None, "A register that is not installed has no rules."
    return register.current


def _subject_missing(rule: Rule, about: About) -> dict[str, str]:
    if rule.subject == "none" or not rule.subject_required:
        return {}
    column = COLUMN_OF.get(rule.subject, rule.subject)
    return {} if getattr(about, column, None) else {"subject": f"Say which {rule.subject} this is about."}


def _next_number(register: Register) -> int:
    Register.objects.filter(pk=register.pk).update(last_number=F("last_number") + 1)
    return int(Register.objects.values_list("last_number", flat=True).get(pk=register.pk))


def _locked(entry: Entry, revision: int) -> Entry:
    """The entry as it stands now, held until the transaction ends; refused if somebody else was quicker."""
    held = Entry.objects.select_for_update(of=("self",)).select_related("register__current", "changed_by", "exercise")
    now = held.get(pk=entry.pk)
    if now.revision != revision:
        raise ChangedMeanwhile(now)
    return now


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


def _derive(entry: Entry, rule: Rule, register: Register, *, since: Mapping[str, datetime]) -> None:
    """Set what follows from the values: title, columns, what search looks in, the next clock."""
    entry.values = with_computed(rule, entry.values)
    entry.title = _named(rule, entry.values)
    entry.rag = next((str(entry.values[f.id]) for f in rule.fields if f.kind == "rag" and f.id in entry.values), "")
    texts = [f.id for f in rule.fields if f.kind in ("text", "long_text") and not (f.names_people or f.shown_to)]
    entry.words = "\n".join(
        [f"{rule.prefix}-{entry.number}", *(str(entry.values[n]) for n in texts if n in entry.values)]
    )
    for slot, value in slotted(rule, register.slots, entry.values).items():
        setattr(entry, slot, value)
    entry.is_open = not next((state.ends for state in rule.states if state.id == entry.state), False)
    local = {state: timezone.localtime(at) for state, at in since.items()}
    due = next_due(
        rule, state=entry.state, since=local, added=timezone.localtime(entry.added_at),
        changed=timezone.localtime(entry.changed_at), values=entry.values, calendar=working_days(),
    )  # fmt: skip
    entry.due_clock, entry.due_on, entry.soon_on, entry.due_at = (
        (due.clock, due.on, due.soon_on, due.at) if due else ("", None, None, None)
    )


def _named(rule: Rule, values: Mapping[str, Any]) -> str:
    """What an entry is called in lists: the words of its title field."""
    field = next((each for each in rule.fields if each.id == rule.title), None)
    return (shown(field, values.get(rule.title)) if field else "")[:300]


def _came_into(entry: Entry) -> dict[str, datetime]:
    """State → when the entry last came into it."""
    kinds = (EntryChange.Kind.ADDED, EntryChange.Kind.IMPORTED, EntryChange.Kind.MOVED)
    moves = entry.changes.filter(kind__in=kinds).order_by("id")
    since = {str(after.get("state")): at for after, at in moves.values_list("after", "at")}
    return {**since, entry.state: entry.state_since}


def _save(
    entry: Entry,
    rule: Rule,
    register: Register,
    kind: str,
    moment: Moment,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    entry.revision += 1
    entry.changed_at, entry.changed_by = moment.at, moment.by
    _derive(entry, rule, register, since=_came_into(entry))
    entry.save()
    _remember(entry, kind, moment, before, after)


def _remember(entry: Entry, kind: str, moment: Moment, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    EntryChange.objects.create(
        entry=entry, kind=kind, at=moment.at, by=moment.by, revision=entry.revision, before=dict(before),
        after=dict(after), why=moment.why[:300],
    )  # fmt: skip


def _event(kind: EventKind, entry: Entry, register: Register, moment: Moment, **detail: Any) -> None:
    audit.record(
        kind, at=moment.at, by=moment.by, authority_code=register.authority.code, subject=("entry", str(entry.pk)),
        source=moment.source, shown=[entry.child_id] if entry.child_id else (), register=register.key, **detail,
    )  # fmt: skip
