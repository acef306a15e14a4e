"""Entries that belong to a meeting, or that were raised to somebody else."""

from datetime import datetime

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.models import Meeting
from keepsight.apps.registers.models import Entry, EntryChange, Link


def link(
    entry: Entry, *, by: User, at: datetime, words: str, other: Entry | None = None, meeting: Meeting | None = None
) -> Link:
    """Link an entry with another one or with a meeting, once; the caller has checked who may."""
    made, new = Link.objects.get_or_create(
        entry=entry, other=other, meeting_id=meeting.pk if meeting else None, words=words[:120],
        defaults={"at": at, "by": by},
    )  # fmt: skip
    if new:
        after = {"words": words[:120], "other": other.pk if other else None, "meeting": meeting.pk if meeting else None}
        EntryChange.objects.create(
            entry=entry, kind=EntryChange.Kind.LINKED, at=at, by=by, revision=entry.revision, after=after
        )
        audit.record(
            EventKind.ENTRY_LINKED, at=at, by=by, authority_code=entry.register.authority.code,
            subject=("entry", str(entry.pk)), source="command:link", register=entry.register.key,
            shown=[entry.child_id] if entry.child_id else (),
        )  # fmt: skip
    return made
