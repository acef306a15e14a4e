"""Raising a risk or an issue to a higher cell (CMD-06, CMD-09)."""

from datetime import datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.command.actions.linking import link
from keepsight.apps.command.models import Cell, Meeting
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry
from keepsight.core.errors import NotAllowedNow

STATES = {"strategic": ("escalated",)}  # by the cell's level: the states that say so, the first that is there
OTHERWISE = ("with_group", "escalated")
FLAG = "escalate"  # the field that asks for a place in the corporate risk register


def target_state(entry: Entry, cell: Cell) -> str:
    """
    The state that says that the entry is with this cell.

    Raises
    ------
    NotAllowedNow
        Where the register has no such state: its entries are not raised.
    """
    states = {each.id for each in rule_of(entry.register.current).states}  # type: ignore[arg-type]
    found = next((each for each in STATES.get(cell.level, OTHERWISE) if each in states), None)
    if found is None:
        raise NotAllowedNow("Entries of this register are not raised to a cell.", code="not_raised")
    return found


def escalate(entry: Entry, to_cell: Cell, *, why: str, by: User, at: datetime) -> Entry:
    """
    Raise an entry to a cell: it moves into the state that says so, and stands on the next agenda.

    Where the register asks whether the corporate register should have it, the answer becomes yes.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if no reason is given, or the entry cannot move there from its state.
    """
    event = to_cell.event
    check_user_may_run(by, at, event)
    if not why.strip():
        raise NotAllowedNow("Say why this goes up.", code="reason_missing")
    if entry.register.authority_id != event.authority_id or (entry.exercise_id or None) != _exercise(to_cell):
        raise NotAllowedNow("This entry does not belong to this event.", code="other_event")
    state = target_state(entry, to_cell)
    with transaction.atomic(), audit.at_the_end():
        fields = {each.id for each in rule_of(entry.register.current).fields if not each.retired}  # type: ignore[arg-type]
        if FLAG in fields and entry.values.get(FLAG) is not True:
            entry = registers.change(
                entry, {FLAG: "yes"}, by=by, at=at, revision=entry.revision, source="command:escalate"
            )
        if entry.state != state:
            entry = registers.move(entry, state, by=by, at=at, why=why.strip(), source="command:escalate")
        coming = Meeting.objects.filter(cell=to_cell, state=Meeting.State.PLANNED, starts_at__gte=at)
        link(entry, by=by, at=at, words=f"Raised to {to_cell.name}", meeting=coming.order_by("starts_at").first())
    return entry


def _exercise(cell: Cell) -> int | None:
    return cell.event_id if cell.event.is_exercise else None
