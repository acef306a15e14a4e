"""What a change of many entries will do: shown before it is done, entry by entry, with what cannot be and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.registers.actions.entries import check_move
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Bulk, BulkItem, Entry
from keepsight.apps.registers.permissions import Verb, entries_visible_to
from keepsight.apps.registers.present_entry import number_of, roles_in, state_of
from keepsight.apps.registers.references import Named
from keepsight.apps.registers.timeline import NOTHING, Hidden, Reader
from keepsight.core.errors import KeepsightError
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.registers import clean_all

VERBS: dict[str, Verb] = {Bulk.Kind.MOVE: "move", Bulk.Kind.ASSIGN: "assign", Bulk.Kind.SET: "change"}
MOST = 5000  # entries of one change
BATCH = 200  # in one transaction; more than one batch goes to the queue
SHOWN_AT_MOST = 200  # of a preview, each kind
NOT_PERMITTED = "Your role does not do that with this entry."
MEANWHILE = "Somebody else changed it after it was shown here."


@dataclass(frozen=True)
class Line:
    """One entry of a preview."""

    number: str
    title: str
    before: str
    after: str
    why: str = ""  # what keeps it from being changed; empty: it will be


def trouble_with(entry: Entry, rule: Rule, bulk: Bulk, *, by: User, roles: frozenset[str]) -> str:
    """Why this entry cannot be changed so; empty where it can."""
    what = bulk.what
    if bulk.kind == Bulk.Kind.MOVE:
        try:
            check_move(rule, entry, str(what["to"]), by=by, why=str(what.get("why", "")), roles=roles)
        except KeepsightError as refused:
            return refused.sentence
    if bulk.kind == Bulk.Kind.SET:
        troubles = clean_all(rule, {**entry.values, str(what["field"]): what["value"]}).troubles
        return " ".join(troubles.values())
    return ""


def preview(bulk: Bulk, grants: Grants, reader: Reader, *, by: User) -> list[Line]:
    """Every entry with what it is now and what it will be: a fixed number of queries."""
    register, rule = bulk.register, reader.rule
    roles = roles_in(grants, register)
    able = entries_visible_to(grants, register, VERBS[bulk.kind], exercise=bulk.exercise)
    allowed = set(able.filter(pk__in=bulk.items.values("entry_id")).values_list("pk", flat=True))
    lines = []
    for item in _items(bulk, grants):
        entry = item.entry
        why = "" if entry.pk in allowed else NOT_PERMITTED
        why = why or trouble_with(entry, rule, bulk, by=by, roles=roles)
        before, after = _words(entry, bulk, reader)
        title = reader.text(entry.title) if rule.title in reader.fields() else ""
        lines.append(Line(number_of(rule, entry), title, before, after, why))
    return lines


def _items(bulk: Bulk, grants: Grants) -> Iterable[BulkItem]:
    """Its entries, as far as this person may still read them."""
    seen = entries_visible_to(grants, bulk.register, exercise=bulk.exercise)
    items = bulk.items.filter(entry__in=seen.values("pk")).select_related("entry__owner")
    return items.order_by("entry__number")


def _words(entry: Entry, bulk: Bulk, reader: Reader) -> tuple[str, str]:
    if bulk.kind == Bulk.Kind.MOVE:
        names = [state_of(reader.rule, state) for state in (entry.state, str(bulk.what["to"]))]
        return names[0].name if names[0] else entry.state, names[1].name if names[1] else ""
    if bulk.kind == Bulk.Kind.ASSIGN:
        to = bulk.what["owner"]
        return entry.owner.name if entry.owner else "Nobody", reader.named("person", to) if to else "Nobody"
    field = reader.fields()[str(bulk.what["field"])]
    return tuple(  # type: ignore[return-value]
        reader.words(field, value) or NOTHING for value in (entry.values.get(field.id), bulk.what["value"])
    )


def reader_of(bulk: Bulk, grants: Grants, named: Named, hidden: Hidden) -> Reader:
    """How the person who looks at a preview reads its values."""
    return Reader(rule_of(bulk.register.current), roles_in(grants, bulk.register), named, hidden)  # type: ignore[arg-type]


def counts(bulk: Bulk) -> dict[str, Any]:
    """How many were changed, were not, and still wait."""
    outcomes = list(bulk.items.values_list("outcome", flat=True))
    return {
        "all": len(outcomes), "done": outcomes.count(BulkItem.Outcome.DONE),
        "refused": outcomes.count(BulkItem.Outcome.REFUSED), "waiting": outcomes.count(BulkItem.Outcome.WAITING),
    }  # fmt: skip


def plan(
    register: Any, entries: Iterable[Entry], kind: str, what: dict[str, Any], *, by: User, at: datetime, exercise: Any
) -> Bulk:
    """Write down what is to be done, with each entry's revision as it is shown. Changes nothing yet."""
    with transaction.atomic():
        made = Bulk.objects.create(register=register, kind=kind, what=what, by=by, at=at, exercise=exercise)
        BulkItem.objects.bulk_create(
            BulkItem(bulk=made, entry=entry, revision=entry.revision) for entry in entries
        )  # fmt: skip
    return made
