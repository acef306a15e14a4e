"""Working out anew what follows from an entry's values, for every entry of a register: after a new definition."""

from datetime import datetime

from django.db import transaction

from keepsight.apps.registers.actions.entries import _derive
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, EntryChange, Register

BATCH = 500
AT_ONCE = 5_000  # entries that are gone through while somebody waits; more are left to a worker
COLUMNS = (
    "values", "title", "rag", "words", "is_open", "due_on", "due_at", "soon_on", "due_clock",
    "k1", "k2", "k3", "k4", "d1", "d2", "d3", "n1", "n2", "n3",
)  # fmt: skip


def refresh_all(register: Register) -> None:
    """At once where that is quick; else by a worker, asked in the same transaction."""
    from keepsight.apps.registers.tasks import refresh_entries

    if Entry.objects.filter(register=register)[AT_ONCE : AT_ONCE + 1].exists():
        refresh_entries.enqueue(register.pk)
    else:
        refresh(register.pk)


def refresh(register_id: int, *, batch: int = BATCH) -> int:
    """
    Work out titles, columns, computed fields, search words and clocks of all entries anew.

    One transaction a batch, each with the definition that is current then; interrupted, it is begun again.
    It changes nobody's answers, so it makes no revision and no line of history.
    """
    last = done = 0
    while ids := list(
        Entry.objects.filter(register_id=register_id, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        with transaction.atomic():
            _refresh(register_id, ids)
        last, done = ids[-1], done + len(ids)
    return done


def _refresh(register_id: int, ids: list[int]) -> None:
    register = Register.objects.select_related("current").get(pk=register_id)
    assert register.current is not None, "Only what is published is worked out."
    rule = rule_of(register.current)
    entries = list(Entry.objects.select_for_update(of=("self",)).filter(pk__in=ids))
    since = _came_into(ids)
    for entry in entries:
        _derive(entry, rule, register, since={**since.get(entry.pk, {}), entry.state: entry.state_since})
    Entry.objects.bulk_update(entries, COLUMNS)


def _came_into(ids: list[int]) -> dict[int, dict[str, datetime]]:
    """Entry → state → when it last came into it."""
    kinds = (EntryChange.Kind.ADDED, EntryChange.Kind.IMPORTED, EntryChange.Kind.MOVED)
    moves = EntryChange.objects.filter(entry__in=ids, kind__in=kinds).order_by("id")
    since: dict[int, dict[str, datetime]] = {}
    for entry, after, at in moves.values_list("entry_id", "after", "at"):
        since.setdefault(entry, {})[str(after.get("state"))] = at
    return since
