"""
A process that changes many entries, and is killed while it does; the test reads what it prints.

It says ``ready``, and does what each line asks: ``make COUNT`` (entries and a change of them, shown),
``carry`` (do the newest change), ``count``.
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    import django

    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        word, *given = line.split()
        if word == "make":
            make_change(int(given[0]))
            print("done", flush=True)
        elif word == "carry":
            print("begun", flush=True)
            carry()
            print("done", flush=True)
        elif word == "count":
            print(*counts(), flush=True)


def make_change(count: int) -> None:
    from django.db import transaction

    from keepsight.apps.accounts.models import Role
    from keepsight.apps.registers import actions
    from keepsight.apps.registers.actions import bulk
    from tests import factories as make
    from tests.integration.registers import recording

    with transaction.atomic():
        authority = make.authority()
        leader = make.user(Role.LEADER, of=authority)
        register = recording.register(authority)
        entries = [actions.add(register, {"f_text": "One"}, by=leader, at=make.NOW) for _ in range(count)]
        refs = [each.ref for each in entries]
        bulk.prepare(register, refs, "move", {"to": "dropped", "why": "Over"}, by=leader, at=make.NOW)


def newest():
    from keepsight.apps.registers.models import Bulk

    return Bulk.objects.select_related("register__current", "register__authority", "by").order_by("-pk").first()


def carry() -> None:
    from keepsight.apps.registers import bulk as journal
    from keepsight.apps.registers.actions import bulk
    from tests import factories as make

    journal.BATCH = 4
    held = newest()
    bulk.carry_on(held, by=held.by, at=make.NOW)


def counts() -> tuple:
    """Entries moved, moves in their histories, items done, events; moved ones whose revision rose once."""
    from django.db import transaction

    from keepsight import rows
    from keepsight.apps.audit.models import Event
    from keepsight.apps.registers.models import Entry, EntryChange

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


if __name__ == "__main__":
    main()
