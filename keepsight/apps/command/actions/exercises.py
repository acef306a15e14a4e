"""Taking an exercise away: all that it made, and nothing else."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.registers.actions.deleting import delete_after_commit
from keepsight.apps.registers.models import Attachment
from keepsight.core.errors import NotAllowedNow


@transaction.atomic
def dispose(event: Event, *, by: User, at: datetime) -> int:
    """
    Delete what an exercise made: entries with their history, meetings, returns, reports, cells. It stays as one line.

    Returns
    -------
    int
        How many rows were deleted.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it is no exercise, or was taken away already.
    """
    check_user_may_run(by, at, event, Permission.EVENT_RUN)
    event = Event.objects.select_for_update(of=("self",)).select_related("authority").get(pk=event.pk)
    if not event.is_exercise:
        raise NotAllowedNow("A real emergency is closed and kept. Only an exercise can be taken away.", code="is_real")
    files = _files(event)
    gone = 0
    for model, name in belonging():
        gone += model._base_manager.filter(**{name: event}).delete()[0]
    event.state, event.closed_at, event.closed_by = Event.State.DISPOSED, at, by
    event.save(update_fields=["state", "closed_at", "closed_by"])
    audit.record(
        EventKind.EXERCISE_DISPOSED, at=at, by=by, authority_code=event.authority.code,
        subject=("event", str(event.pk)), source="command:dispose", rows=gone,
    )  # fmt: skip
    delete_after_commit(files)
    return gone


def belonging() -> list[tuple[type[models.Model], str]]:
    """
    Every table that says to which exercise a row belongs, with that column: in whichever app it stands.

    Tables of events themselves stay, but for the phases that the exercise went through.
    """
    relations = Event._meta.get_fields(include_hidden=True)
    found: list[tuple[Any, str]] = [
        (each.related_model, each.field.name)
        for each in relations
        if isinstance(each, models.ManyToOneRel) and each.related_model is not Event
    ]
    # What points to entries and cells goes before them; the phases last.
    return sorted(found, key=lambda row: (row[0] is PhaseSwitch, row[0].__name__ == "Entry", row[0].__name__))


def _files(event: Event) -> list[str]:
    """What the files attached to its entries are stored as."""
    return list(Attachment.objects.filter(entry__exercise=event).values_list("stored_as", flat=True))
