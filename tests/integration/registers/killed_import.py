"""What the process does that adds the rows of a file and is killed while it does (``tests.killed``)."""

from keepsight.apps.registers import actions
from keepsight.apps.registers.actions import importing
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, EntryChange, Import
from keepsight.core.packs import book
from tests import factories as make
from tests.integration.registers.test_importing import as_csv, send

book()  # read once, not in every fork


def prepare(count: int) -> None:
    """A file of so many good rows, read and not added, in a register of its own."""
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    register = register_of(authority, "action")
    lead = make.user("emergency_lead", of=authority)
    send(register, lead, as_csv(*((f"Task {number}", "5/6/2020", "Plan") for number in range(count))))


def newest() -> Import:
    return Import.objects.select_related("register__current", "register__authority", "by").order_by("-pk").first()


def add() -> int:
    held = newest()
    return importing.add_rows(held, by=held.by, at=held.at)


def clear() -> list[bool]:
    """Whether the file lies there, before and after what the clock takes away."""
    place = importing.place_of(newest())
    before = place.exists()
    importing.forget_old(at=make.NOW)
    return [before, place.exists()]


def left() -> list[object]:
    """Entries, their histories, the state of the file, the last number taken, and the rows that wait."""
    held = newest()
    entries = Entry.objects.filter(register=held.register)
    histories = EntryChange.objects.filter(entry__in=entries)
    return [entries.count(), histories.count(), held.state, held.register.last_number, held.rows.count()]
