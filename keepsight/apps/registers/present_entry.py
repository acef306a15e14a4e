"""The page of one entry: its answers as a list, its clock in words, what may be done with it now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.people.content import NOT_SHOWN
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.references import NOT_NAMED, Named, Reach, hidden_of
from keepsight.apps.registers.timeline import (
    History,
    Reader,
    history_of,
    link_words,
    may_read,
    present_timeline,
    wanted_by,
)
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule, StateRule
from keepsight.core.registers.values import is_asked
from keepsight.ui.templatetags.govuk import MONTHS

RAG = {"red": "red", "amber": "orange", "green": "green"}
SUBJECTS = {
    "child": "Child", "family": "Family", "setting": "School or setting", "provider": "Provider", "team": "About team",
    "service": "Service", "worker": "Worker", "cell": "Cell",
}  # fmt: skip


@dataclass
class Opened:
    """One entry as one person reads it."""

    entry: Entry
    rule: Rule
    reach: Reach
    history: History
    reader: Reader

    @property
    def shown(self) -> list[int]:
        """Ids of the children whom the page names."""
        return sorted(set(self.reader.named.shown))


def roles_in(grants: Grants, register: Register) -> frozenset[str]:
    """The roles that a person holds in a register's authority."""
    held = grants.memberships + grants.lent
    return frozenset(role for role, authority, _ in held if authority == register.authority_id)


def fields_for(grants: Grants, register: Register, rule: Rule) -> list[FieldRule]:
    """The fields that a person may read and answer."""
    roles = roles_in(grants, register)
    return [each for each in rule.fields if may_read(each, roles)]


def open_entry(entry: Entry, grants: Grants, on: date) -> Opened:
    """Read everything that the page of an entry shows to this person."""
    register = entry.register
    rule = rule_of(register.current)  # type: ignore[arg-type]
    reach = Reach(grants, register.authority, on, entry.exercise)
    history = history_of(entry)
    named = Named(reach).look_up(wanted := wanted_by(rule, entry, history))
    hidden = hidden_of(reach, wanted["child"], wanted["family"])
    return Opened(entry, rule, reach, history, Reader(rule, roles_in(grants, register), named, hidden))


def number_of(rule: Rule, entry: Entry) -> str:
    """ACT-12."""
    return f"{rule.prefix}-{entry.number}"


def title_of(opened: Opened) -> str:
    """What names the entry, if this person may read that field; its number otherwise."""
    rule, entry = opened.rule, opened.entry
    if rule.title not in opened.reader.fields():
        return number_of(rule, entry)
    return opened.reader.text(entry.title) or number_of(rule, entry)


def present_entry(opened: Opened, *, at: datetime, me: int) -> dict[str, Any]:
    """Everything on the page but the buttons."""
    entry, rule, reader = opened.entry, opened.rule, opened.reader
    state = state_of(rule, entry.state)
    return {
        "ref": entry.ref, "revision": entry.revision, "number": number_of(rule, entry), "title": title_of(opened),
        "kind": rule.name, "state": state.name if state else entry.state, "colour": state.colour if state else "grey",
        "rag": entry.rag.capitalize() if _reads_rag(reader) else "", "rag_colour": RAG.get(entry.rag, ""),
        "due": due_words(entry, at) if entry.is_open else "", "late": is_late(entry, at),
        "owner": entry.owner.name if entry.owner else "Nobody yet",
        "team": entry.team.name if entry.team else "", "subject": _subject(opened),
        "sections": _sections(opened), "timeline": present_timeline(rule, opened.history, reader, me=me),
        "attachments": [_attachment(each) for each in opened.history.attachments],
        "links": _links(opened), "linked_from": _linked_from(opened),
        "added": f"{entry.added_by.name if entry.added_by else 'Keepsight'}", "added_at": entry.added_at,
        "is_exercise": entry.exercise_id is not None,
    }  # fmt: skip


def _reads_rag(reader: Reader) -> bool:
    rags = [each for each in reader.rule.fields if each.kind == "rag"]
    return not rags or any(may_read(each, reader.roles) for each in rags)


def _sections(opened: Opened) -> list[dict[str, Any]]:
    """Answers under their headings. What was not asked is left out; what is retired is shown while it has a value."""
    values, reader = opened.entry.values, opened.reader
    told = {name: ("yes" if value else "no") if isinstance(value, bool) else value for name, value in values.items()}
    rows = [
        (each.section, {"label": each.label, "words": reader.words(each, values.get(each.id)),
                        "long": each.kind == "long_text", "link": _address(each, values.get(each.id), reader),
                        "rag": RAG.get(str(values.get(each.id))) if each.kind == "rag" else "",
                        "ref": _ref(each, values.get(each.id), reader), "kind": each.kind})
        for each in reader.fields().values()
        if is_asked(each, told) and not (each.retired and values.get(each.id) in (None, "", []))
    ]  # fmt: skip
    return [{"title": title, "rows": [row for _, row in part]} for title, part in groupby(rows, key=lambda row: row[0])]


def _address(each: FieldRule, value: Any, reader: Reader) -> str:
    """Evidence is a link if it is an address and tells no place."""
    text = str(value or "") if each.kind == "evidence" else ""
    return text if text.startswith(("https://", "http://")) and reader.text(text) == text else ""


def _ref(each: FieldRule, value: Any, reader: Reader) -> str:
    return reader.named.ref(each.kind, value) if each.kind in ("child", "entry") and value else ""


def _subject(opened: Opened) -> dict[str, str] | None:
    entry, rule, named = opened.entry, opened.rule, opened.reader.named
    label = SUBJECTS.get(rule.subject, "")
    if entry.child_id:
        return {"label": label, "words": named("child", entry.child_id), "child": named.ref("child", entry.child_id)}
    if entry.family_id:
        return {"label": label, "words": named("family", entry.family_id)}
    if entry.setting_id:
        hidden = opened.reader.hidden.place
        return {"label": label, "words": NOT_SHOWN if hidden else entry.setting.name}  # type: ignore[union-attr]
    for held in (entry.about_team, entry.service, entry.worker):
        if held is not None:
            return {"label": label, "words": held.name}
    return {"label": label, "words": entry.cell.replace("_", " ").capitalize()} if entry.cell else None


def _attachment(each: Any) -> dict[str, Any]:
    size = f"{each.size / (1 << 20):.1f} MB" if each.size >= 1 << 20 else f"{max(1, each.size >> 10)} KB"
    return {
        "ref": each.ref, "name": each.name, "size": size, "at": each.at, "who": each.by.name if each.by else "",
        "gone_at": each.taken_away_at, "gone_by": each.taken_away_by.name if each.taken_away_by else "",
    }  # fmt: skip


def _links(opened: Opened) -> list[dict[str, Any]]:
    reader = opened.reader
    return [
        {"id": each.pk, "how": reader.text(each.words), "words": link_words(each, reader),
         "child": reader.named.ref("child", each.child_id) if each.child_id else "",
         "entry": reader.named.ref("entry", each.other_id) if each.other_id else "",
         "address": each.address if reader.text(each.address) == each.address else ""}
        for each in opened.history.links
    ]  # fmt: skip


def _linked_from(opened: Opened) -> list[dict[str, Any]]:
    """Entries that link here, as far as this person may read them."""
    named = opened.reader.named
    return [
        {"words": named("entry", each.entry_id), "entry": named.ref("entry", each.entry_id),
         "how": opened.reader.text(each.words)}
        for each in opened.history.linked_from
        if named("entry", each.entry_id) != NOT_NAMED
    ]  # fmt: skip


# --- state, clock, moves --------------------------------------------------------------------------------
def state_of(rule: Rule, state: str) -> StateRule | None:
    """The state by its id; none if the definition has it no more."""
    return next((each for each in rule.states if each.id == state), None)


def moves_for(entry: Entry, rule: Rule, *, roles: Iterable[str], user_id: int) -> list[dict[str, str]]:
    """The states to which this person may move an entry from where it is."""
    here = state_of(rule, entry.state)
    ways = here.moves if here else tuple(each.id for each in rule.states)
    found = []
    for each in rule.states:
        second = each.second_person and user_id in (entry.added_by_id, entry.changed_by_id)
        if each.id in ways and not second and (not each.by or set(roles) & set(each.by)):
            found.append({"id": each.id, "name": each.name})
    return found


def is_late(entry: Entry, at: datetime) -> bool:
    """Whether the next thing about an open entry should have been done."""
    if not entry.is_open or entry.due_on is None:
        return False
    return entry.due_at < at if entry.due_at else entry.due_on < timezone.localtime(at).date()


def due_words(entry: Entry, at: datetime) -> str:
    """Due 5 June, in 2 days; Overdue by 3 days: it was due on 5 June."""
    if entry.due_on is None:
        return ""
    on = timezone.localtime(at).date()
    year = f" {entry.due_on.year}" if entry.due_on.year != on.year else ""
    day = f"{entry.due_on.day} {MONTHS[entry.due_on.month - 1]}{year}"
    if entry.due_at:
        return _due_hours(entry.due_at, at, day)
    left = (entry.due_on - on).days
    if left < 0:
        return f"Overdue by {_count(-left, 'day')}: it was due on {day}"
    return f"Due today, {day}" if left == 0 else f"Due {day}, {'tomorrow' if left == 1 else f'in {left} days'}"


def _due_hours(due_at: datetime, at: datetime, day: str) -> str:
    local, minutes = timezone.localtime(due_at), int((due_at - at).total_seconds() // 60)
    clock = f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"
    if minutes < 0:
        late = -minutes
        by = _count(late // 60, "hour") if late >= 60 else _count(late, "minute")
        return f"Overdue by {by}: it was due on {day} at {clock}"
    return f"Due {day} at {clock}, in {_count(minutes // 60, 'hour') if minutes >= 60 else _count(minutes, 'minute')}"


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
