"""Switching the phase of an emergency: what was shown before is what is done."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions import positions as holding
from keepsight.apps.command.actions.activating import MEETINGS_AHEAD, REASON_AT_LEAST, begin_cells, put_settings
from keepsight.apps.command.actions.meetings import plan_meetings
from keepsight.apps.command.actions.returns import open_rounds
from keepsight.apps.command.models import Cell
from keepsight.apps.command.permissions import check_running, check_user_may_run
from keepsight.apps.command.replanning import plan_anew
from keepsight.apps.command.rules import book_of, rule_of
from keepsight.apps.command.structure import now_of, register_names
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.registers.models import Register
from keepsight.core.errors import NotAllowedNow
from keepsight.core.events import Change, change
from keepsight.core.packs.kinds import Phases


def what_changes(event: Event, to: str, on: date) -> Change:
    """
    Find what coming into a phase would change.

    Raises
    ------
    NotAllowedNow
        If there is no such phase, or the event is in it.
    """
    known = [phase.id for phase in book_of(event).read("phases", Phases).phases]
    if to not in known:
        raise NotAllowedNow("This emergency has no such phase.", code="no_such_phase")
    if to == event.phase:
        raise NotAllowedNow("It is in this phase already.", code="same_phase")
    return change(rule_of(event), to, now_of(event, on), register_names(event.authority))


@transaction.atomic
def switch(
    event: Event, to: str, *, why: str, successors: Mapping[str, str], by: User, at: datetime, on: date
) -> PhaseSwitch:
    """
    Come into another phase.

    Parameters
    ----------
    successors : mapping
        Key of a cell that ends → key of the one that takes over; left out: nobody does.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if there is no such phase; if no reason is given.
    """
    check_user_may_run(by, at, event, Permission.EVENT_RUN)
    event = Event.objects.select_for_update(of=("self",)).select_related("authority").get(pk=event.pk)
    check_running(event)
    if len(why.strip()) < REASON_AT_LEAST:
        raise NotAllowedNow("Say why, in a sentence: people will read it years from now.", code="reason_missing")
    found, rule, before = what_changes(event, to, on), rule_of(event), event.phase
    with audit.at_the_end():
        event.phase = to
        event.save(update_fields=["phase"])
        begin_cells(event, rule, found.begin, on)
        Cell.objects.filter(event=event, key__in=[each.id for each in found.reopen]).update(
            ends_on=None, handed_to=None
        )
        end_cells(event, [each.id for each in found.end], successors, by=by, at=at, on=on)
        if not event.is_exercise:
            _switch_live(event, found)
        plan_meetings(event, until=on + MEETINGS_AHEAD, at=at)
        open_rounds(event, at)
        made = PhaseSwitch.objects.create(
            event=event, phase=to, before=before, at=at, by=by, why=why.strip()[:300], changes=list(found.sentences)
        )
        audit.record(
            EventKind.EVENT_PHASE, at=at, by=by, authority_code=event.authority.code, subject=("event", str(event.pk)),
            reason=why.strip(), source="command:phase", phase=to, before=before, exercise=event.is_exercise,
            contact_mode=found.contact_mode,
        )  # fmt: skip
    if not event.is_exercise:
        plan_anew.enqueue(code=event.authority.code, user_id=by.pk)
    return made


def end_cells(
    event: Event, keys: list[str], successors: Mapping[str, str], *, by: User, at: datetime, on: date
) -> None:
    """End cells, their terms and their members' places; each may be handed to another that goes on."""
    if not keys:
        return
    cells = {cell.key: cell for cell in Cell.objects.filter(event=event)}
    ending = [cells[key] for key in keys if key in cells]
    for cell in ending:
        to = cells.get(successors.get(cell.key, ""))
        if to is not None and (to.key in keys or (to.ends_on is not None and to.ends_on <= on)):
            raise NotAllowedNow(f"{to.name} ends too, so it cannot take over. Choose another.", code="no_successor")
        cell.ends_on, cell.handed_to = on, to
        Cell.objects.filter(event=event, reports_to=cell).update(reports_to=to or cell.reports_to)
    Cell.objects.bulk_update(ending, ["ends_on", "handed_to"])
    for cell in ending:
        cell.members.filter(ends_on=None).update(ends_on=on)
        coming = cell.meetings.filter(state="planned", starts_at__gt=at)
        coming.filter(revision=1).delete()
        coming.update(state="cancelled", why="The cell has ended.", changed_at=at, changed_by=by)
    holding.end_all(event, by=by, at=at, on=on, cells=[cell.pk for cell in ending])


def _switch_live(event: Event, found: Change) -> None:
    theirs = Register.objects.filter(authority=event.authority)
    switched = sorted(theirs.filter(key__in=found.switch_on, is_on=False).values_list("key", flat=True))
    theirs.filter(key__in=switched).update(is_on=True)
    theirs.filter(key__in=found.switch_off).update(is_on=False)
    kept = event.settings_before.get("registers", [])
    event.settings_before = {**event.settings_before, "registers": sorted({*kept, *switched})}
    event.save(update_fields=["settings_before"])
    if found.contact_mode:
        put_settings(event.authority, contact_mode=found.contact_mode)
