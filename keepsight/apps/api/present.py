"""Registers and entries as JSON: the same fields, names and gaps as on the pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from keepsight.apps.api.places import Caller
from keepsight.apps.people.content import NOT_SHOWN
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import place_is_confidential
from keepsight.apps.registers.listing import Sight
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.present_entry import (
    Opened,
    due_words,
    is_late,
    moves_for,
    number_of,
    present_entry,
    roles_in,
    state_of,
    title_of,
)
from keepsight.apps.registers.references import NOTHING_HIDDEN, Hidden, Named, hidden_of, references_in
from keepsight.apps.registers.timeline import PLACES, TEXTS, Reader, may_read
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers.values import REFERENCES

VERBS = ("read", "add", "change", "move", "assign", "export")
BY_REF = ("child", "entry")
SUBJECTS = ("child", "family", "setting", "about_team", "service", "worker")


# --- registers -----------------------------------------------------------------------------------------
def register_out(caller: Caller, register: Register, rule: Rule) -> dict[str, Any]:
    """What a register is called, and what this person may do in it."""
    return {
        "authority": register.authority.code, "authority_name": register.authority.name, "key": register.key,
        "name": rule.name, "plural": rule.plural, "purpose": rule.purpose, "area": rule.area, "prefix": rule.prefix,
        "subject": rule.subject, "may": [verb for verb in VERBS if may(caller.grants, register, verb, rule=rule)],  # type: ignore[arg-type]
    }  # fmt: skip


def definition_out(caller: Caller, sight: Sight) -> dict[str, Any]:
    """A register with its fields as this person sees them. A field that is not shown to them is named nowhere."""
    rule, register, seen = sight.rule, sight.register, sight.fields
    hidden = {each.id for each in rule.fields} - set(seen)
    return {
        **register_out(caller, register, rule),
        "version": register.current.number,  # type: ignore[union-attr]
        "subject_required": rule.subject_required and rule.subject != "none",
        "title": rule.title if rule.title in seen else "", "sort": rule.list.sort, "sorts": list(sight.sortable()),
        "fields": [_field(each, each.id in sight.slots) for each in seen.values()],
        "states": [
            {"id": each.id, "name": each.name, "moves": list(each.moves), "ends": each.ends,
             "needs": [name for name in each.needs if name not in hidden], "reason": each.reason,
             "second_person": each.second_person}
            for each in rule.states
        ],
        "clocks": [
            {"id": each.id, "title": each.title, "counts_from": "" if each.from_ in hidden else each.from_,
             "every": each.every, "unit": each.unit, "states": list(each.while_), "soon_days": each.soon_days,
             "source": each.source}
            for each in rule.clocks
        ],
    }  # fmt: skip


def _field(each: FieldRule, may_filter: bool) -> dict[str, Any]:
    copied = (
        "id", "label", "kind", "hint", "section", "required", "least", "most", "letters", "formula",
        "only_when", "retired",
    )  # fmt: skip
    choices = [{"id": choice.id, "name": choice.name} for choice in each.choices]
    return {
        **{name: getattr(each, name) for name in copied},
        "choices": choices,
        "entries_of": each.register,
        "may_filter": may_filter,
    }


# --- one entry -----------------------------------------------------------------------------------------
def entry_out(caller: Caller, opened: Opened) -> dict[str, Any]:
    """One entry whole, as its page shows it to this person."""
    entry, rule, reader = opened.entry, opened.rule, opened.reader
    page = present_entry(opened, at=caller.at, me=caller.user.pk)
    can = caller.can(entry)
    roles = roles_in(caller.grants, entry.register)
    return {
        **_row(entry, rule, reader, caller.at, title_of(opened)),
        "authority": entry.register.authority.code, "key": entry.register.key,
        "due": due_words(entry, caller.at) if entry.is_open else "", "is_exercise": entry.exercise_id is not None,
        "may": can,
        "moves": moves_for(entry, rule, roles=roles, user_id=caller.user.pk) if "move" in can else [],
        "links": [_link(each) for each in page["links"]], "linked_from": [_link(each) for each in page["linked_from"]],
        "attachments": [
            {"ref": each["ref"], "name": reader.text(each["name"]), "size": each["size"], "at": each["at"],
             "gone_at": each["gone_at"]}
            for each in page["attachments"]
        ],
        "history": [_happened(each) for each in page["timeline"]],
    }  # fmt: skip


def _link(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": each["words"], "how": each["how"], "child": each.get("child") or None,
        "entry": each.get("entry") or None, "address": each.get("address", ""),
    }  # fmt: skip


def _happened(item: Mapping[str, Any]) -> dict[str, Any]:
    lines = [{"label": label, "before": before, "after": after} for label, before, after in item.get("lines", ())]
    return {
        "at": item["at"], "who": item["who"], "what": item["what"], "why": item.get("why") or "",
        "text": str(item.get("text") or ""), "lines": lines,
    }  # fmt: skip


def _row(entry: Entry, rule: Rule, reader: Reader, at: datetime, title: str) -> dict[str, Any]:
    state = state_of(rule, entry.state)
    fields = reader.fields()
    shows_rag = any(each.kind == "rag" for each in fields.values())
    return {
        "ref": entry.ref, "number": number_of(rule, entry), "title": title, "state": entry.state,
        "state_name": state.name if state else entry.state, "is_open": entry.is_open,
        "rag": entry.rag if shows_rag else "", "owner": entry.owner.name if entry.owner else "",
        "team": entry.team.name if entry.team else "", "about": _about(entry, rule, reader),
        "due_on": entry.due_on, "due_at": entry.due_at, "overdue": is_late(entry, at), "added_at": entry.added_at,
        "changed_at": entry.changed_at, "revision": entry.revision,
        "values": {
            name: value_out(each, entry.values[name], reader)
            for name, each in fields.items()
            if entry.values.get(name) not in (None, "", [])
        },
    }  # fmt: skip


def _about(entry: Entry, rule: Rule, reader: Reader) -> dict[str, Any] | None:
    kind, named = rule.subject, reader.named
    if entry.child_id:
        return {"kind": kind, "name": named("child", entry.child_id), "ref": named.ref("child", entry.child_id) or None}
    if entry.family_id:
        return {"kind": kind, "name": named("family", entry.family_id)}
    if entry.setting_id and reader.hidden.place:
        return {"kind": kind, "name": NOT_SHOWN}
    for held in (entry.setting, entry.about_team, entry.service, entry.worker):
        if held is not None:
            return {"kind": kind, "name": held.name, "id": held.pk}
    return {"kind": kind, "name": entry.cell} if entry.cell else None


def value_out(each: FieldRule, value: Any, reader: Reader) -> Any:
    """A value as it is kept, or as far as this person may know it."""
    if reader.hidden.place and each.kind in PLACES:
        return {"name": NOT_SHOWN}
    if each.kind in BY_REF:
        ref = reader.named.ref(each.kind, value)
        return {"name": reader.named(each.kind, value), **({"ref": ref} if ref else {})}
    if each.kind == "family":
        return {"name": reader.named(each.kind, value)}
    if each.kind in REFERENCES:
        return {"name": reader.named(each.kind, value), "id": int(value)}
    return reader.text(value) if each.kind in TEXTS and isinstance(value, str) else value


# --- lists ---------------------------------------------------------------------------------------------
class Rows:
    """Entries of one page of a list. What has to be looked up is, once for all of them, kind by kind."""

    def __init__(self, caller: Caller, sight: Sight, entries: Sequence[Entry]):
        self.caller, self.sight, self.entries = caller, sight, entries
        self.reach = caller.reach(sight.register)
        self.fields = [each for each in sight.rule.fields if each.id in sight.fields]
        self.named = Named(self.reach).look_up(self._wanted())
        self.roles = roles_in(caller.grants, sight.register)
        self.closed, self.hidden = self._closed()

    def _wanted(self) -> Mapping[str, set[int]]:
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in self.entries:
            for kind, pk in (("child", entry.child_id), ("family", entry.family_id)):
                if pk:
                    wanted[kind].add(pk)
            for kind, ids in references_in(self.fields, entry.values).items():
                wanted[kind] |= ids
        return wanted

    def _touches(self, entry: Entry, kind: str) -> set[int]:
        """The children or families that an entry is about or names, in whatever field."""
        found = set(references_in(self.sight.rule.fields, entry.values).get(kind, ()))
        about = entry.child_id if kind == "child" else entry.family_id
        return found | ({about} if about else set())

    def _closed(self) -> tuple[set[int], Hidden]:
        """The entries about children whose place this person may not know, and what would tell it."""
        children = set().union(*(self._touches(each, "child") for each in self.entries))
        families = set().union(*(self._touches(each, "family") for each in self.entries))
        if not children | families:
            return set(), NOTHING_HIDDEN
        confidential = Child.objects.filter(place_is_confidential(self.caller.on))
        alone = _ids(confidential.filter(pk__in=children), "pk")
        kin = _ids(confidential.filter(families__family__in=families), "families__family") & families
        hidden = hidden_of(self.reach, alone, kin) if alone or kin else NOTHING_HIDDEN
        if not hidden.place:
            return set(), NOTHING_HIDDEN
        closed = [each for each in self.entries if self._touches(each, "child") & alone]
        closed += [each for each in self.entries if self._touches(each, "family") & kin]
        return {each.pk for each in closed}, hidden

    def out(self) -> list[dict[str, Any]]:
        """The rows, in order."""
        return [self._out(entry) for entry in self.entries]

    def _out(self, entry: Entry) -> dict[str, Any]:
        hidden = self.hidden if entry.pk in self.closed else NOTHING_HIDDEN
        reader = Reader(self.sight.rule, self.roles, self.named, hidden)
        title = reader.text(entry.title) if self.sight.rule.title in self.sight.fields else ""
        return _row(entry, self.sight.rule, reader, self.caller.at, title or number_of(self.sight.rule, entry))

    def shown(self) -> list[int]:
        """The children whom the rows are about or name, for the log."""
        about = [each.child_id for each in self.entries if each.child_id]
        return list(dict.fromkeys([*about, *self.named.shown]))


def _ids(rows: QuerySet, column: str) -> set[int]:
    return set(rows.values_list(column, flat=True))


def fields_shown(rule: Rule, roles: Iterable[str]) -> dict[str, FieldRule]:
    """The fields that somebody with these roles may read, by id."""
    held = frozenset(roles)
    return {each.id: each for each in rule.fields if may_read(each, held)}
