"""Attaching files to entries, opening them, and taking them away."""

from datetime import datetime
from typing import IO

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import attachments
from keepsight.apps.registers.actions.deleting import delete_after_commit
from keepsight.apps.registers.models import Attachment, Entry, EntryChange
from keepsight.apps.registers.permissions import check_user_may
from keepsight.core.errors import NotAllowedNow


def attach(entry: Entry, stream: IO[bytes], name: str, *, by: User, at: datetime) -> Attachment:
    """
    Keep a file with an entry.

    Raises
    ------
    NotPermitted
        If the person may not change the entry.
    FileRefused
        If the file may not be attached; nothing of it is kept.
    """
    check_user_may(by, at, entry.register, "change", entry)
    found = attachments.examine(stream, name)
    attachments.scan(stream)
    stored_as = attachments.keep(stream)
    try:
        with transaction.atomic():
            made = Attachment.objects.create(
                entry=entry, name=found.name, stored_as=stored_as, media_type=found.media_type, size=found.size,
                sha256=found.sha256, at=at, by=by,
            )  # fmt: skip
            _event(EventKind.ATTACHMENT_ADDED, made, by, at)
    except BaseException:
        attachments.destroy(stored_as)
        raise
    return made


def opened(held: Attachment, *, by: User, at: datetime) -> IO[bytes]:
    """
    Open an attached file. That it was opened is kept first.

    Raises
    ------
    NotPermitted
        If the person may not read the entry.
    NotAllowedNow
        If the file was taken away.
    """
    check_user_may(by, at, held.entry.register, "read", held.entry)
    if held.taken_away_at is not None:
        raise NotAllowedNow("This file was taken away.", code="file_taken_away")
    _event(EventKind.ATTACHMENT_OPENED, held, by, at)
    try:
        return attachments.read(held.stored_as)
    except FileNotFoundError:
        raise NotAllowedNow("This file is not where it was kept. Tell your data team.", code="file_missing") from None


def take_away(held: Attachment, *, why: str, by: User, at: datetime) -> None:
    """
    Delete a file. Its line stays, with who took it away, when and why.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not change the entry; if no reason is given, or it was taken away before.
    """
    entry = held.entry
    check_user_may(by, at, entry.register, "change", entry)
    if not why.strip():
        raise NotAllowedNow("Say why the file is taken away.", code="reason_missing")
    with transaction.atomic():
        now = Attachment.objects.select_for_update().get(pk=held.pk)
        if now.taken_away_at is not None:
            raise NotAllowedNow("This file was taken away already.", code="file_taken_away")
        now.taken_away_at, now.taken_away_by = at, by
        now.save(update_fields=["taken_away_at", "taken_away_by"])
        EntryChange.objects.create(
            entry=entry, kind=EntryChange.Kind.TAKEN_AWAY, at=at, by=by, revision=entry.revision,
            before={"attachment": held.pk}, why=why.strip()[:300],
        )  # fmt: skip
        _event(EventKind.ATTACHMENT_TAKEN_AWAY, held, by, at)
        delete_after_commit([held.stored_as])  # a line without a file, never the reverse


def _event(kind: EventKind, held: Attachment, by: User, at: datetime) -> None:
    entry = held.entry
    audit.record(
        kind, at=at, by=by, authority_code=entry.register.authority.code, subject=("entry", str(entry.pk)),
        source="registers:attachment", shown=[entry.child_id] if entry.child_id else (),
        register=entry.register.key, attachment=held.pk,
    )  # fmt: skip
