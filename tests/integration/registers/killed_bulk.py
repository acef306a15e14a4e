"""What the process does that changes many entries and is killed while it does (``tests.killed``)."""

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.registers import actions
from keepsight.apps.registers import bulk as journal
from keepsight.apps.registers.actions import bulk
from keepsight.apps.registers.models import Bulk, Entry, EntryChange
from keepsight.core.packs import book
from tests import factories as make
from tests.integration.registers import recording

journal.BATCH = 4
book()  # read once, not in every fork


def make_change(count: int) -> None:
    """So many entries and a change of them, shown, in a register of their own."""
    with transaction.atomic():
        authority = make.authority()
        leader = make.user(Role.LEADER, of=authority)
        register = recording.register(authority)
        entries = [actions.add(register, {"f_text": "One"}, by=leader, at=make.NOW) for _ in range(count)]
        refs = [each.ref for each in entries]
        bulk.prepare(register, refs, "move", {"to": "dropped", "why": "Over"}, by=leader, at=make.NOW)


def newest() -> Bulk:
    return Bulk.objects.select_related("register__current", "register__authority", "by").order_by("-pk").first()


def carry() -> None:
    """Do the newest change, or what is left of it."""
    held = newest()
    bulk.carry_on(held, by=held.by, at=make.NOW)


def counts() -> tuple[int, ...]:
    """Entries moved, moves in their histories, items done, events; moved ones whose revision rose once."""
    held = newest()
    with transaction.atomic():
        rows.lock()
        entries = Entry.objects.filter(register=held.register, state="dropped")
        return (
            entries.count(), EntryChange.objects.filter(entry__register=held.register, kind="moved").count(),
            held.items.filter(outcome="done").count(),
            Event.objects.filter(kind="entry_moved", authority_code=held.register.authority.code).count(),
            entries.filter(revision=2).count(),
        )  # fmt: skip
