"""Who sits in which cell, and ending a cell."""

from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions.phases import end_cells
from keepsight.apps.command.models import Cell, CellMember
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.core.errors import NotAllowedNow


@transaction.atomic
def add_member(
    cell: Cell, *, user: User | None, name: str, organisation: str, by: User, at: datetime, on: date
) -> CellMember:
    """
    Let somebody sit in a cell: one of the council's own people, or somebody of a partner, who opens nothing by it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the cell has ended, or they sit there already.
    """
    check_user_may_run(by, at, cell.event)
    if cell.ends_on is not None and cell.ends_on <= on:
        raise NotAllowedNow("This cell has ended.", code="cell_ended")
    if user is None and not name.strip():
        raise NotAllowedNow("Choose one of our people, or write the name of somebody of a partner.", code="no_name")
    here = CellMember.objects.filter(cell=cell, ends_on=None)
    same = here.filter(user=user) if user else here.filter(user=None, name__iexact=name.strip())
    if same.exists():
        raise NotAllowedNow("They sit in this cell already.", code="sits_there")
    member = CellMember.objects.create(
        cell=cell, user=user, name="" if user else name.strip()[:120], organisation=organisation.strip()[:120],
        starts_on=on,
    )  # fmt: skip
    _keep(cell, by, at, "member_added")
    return member


@transaction.atomic
def end_member(member: CellMember, *, by: User, at: datetime, on: date) -> None:
    """
    End somebody's place in a cell today.

    Raises
    ------
    NotPermitted
    """
    check_user_may_run(by, at, member.cell.event)
    if member.ends_on is None or member.ends_on > on:
        member.ends_on = max(on, member.starts_on)
        member.save(update_fields=["ends_on"])
        _keep(member.cell, by, at, "member_ended")


@transaction.atomic
def end_cell(cell: Cell, *, to: str, by: User, at: datetime, on: date) -> None:
    """
    End a cell today and hand what it did to another one, or to nobody.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it has ended; if who takes over ends too.
    """
    check_user_may_run(by, at, cell.event)
    if cell.ends_on is not None and cell.ends_on <= on:
        raise NotAllowedNow("This cell has ended already.", code="cell_ended")
    with audit.at_the_end():
        end_cells(cell.event, [cell.key], {cell.key: to} if to else {}, by=by, at=at, on=on)
        _keep(cell, by, at, "cell_ended", handed_to=to)


def _keep(cell: Cell, by: User, at: datetime, what: str, **more: str) -> None:
    audit.record(
        EventKind.EVENT_PHASE, at=at, by=by, authority_code=cell.event.authority.code,
        subject=("event", str(cell.event_id)), source="command:structure", cell=cell.key, what=what, **more,
    )  # fmt: skip
