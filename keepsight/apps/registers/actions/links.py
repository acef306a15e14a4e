"""What an entry goes with: other entries, children, families, settings, teams, evidence kept elsewhere."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.registers.models import Entry, EntryChange, Link
from keepsight.apps.registers.permissions import NOT_YOURS, check_user_may, entries_visible_to
from keepsight.core.errors import NotAllowedNow, NotPermitted

TARGETS = ("other", "child", "family", "setting", "team", "address")


def link(entry: Entry, *, by: User, at: datetime, words: str = "", **target: Any) -> Link:
    """
    Link an entry to one other thing. Asked again for the same it gives the link that is there.

    Parameters
    ----------
    target : one of other (an entry), child, family, setting, team, address

    Raises
    ------
    NotPermitted
        If the person may not change the entry, or not read what it is linked to.
    NotAllowedNow
        If it would be linked to itself, or the address is none.
    """
    grants = check_user_may(by, at, entry.register, "change", entry)
    ((name, value),) = target.items()
    assert name in TARGETS, name
    if name == "other":
        if value.pk == entry.pk:
            raise NotAllowedNow("An entry cannot be linked to itself.", code="linked_to_itself")
        if not entries_visible_to(grants, value.register, exercise=entry.exercise).filter(pk=value.pk).exists():
            raise NotPermitted(NOT_YOURS)
    elif name == "address":
        _check_address(value)
    else:
        _check_reach(grants, entry, name, value)
    with transaction.atomic():
        held = entry.links.filter(**{name: value}).first()
        if held is not None:
            return held
        made = Link.objects.create(entry=entry, at=at, by=by, words=words[:120], **{name: value})
        _event(entry, by, at, to=name)
    return made


def unlink(held: Link, *, by: User, at: datetime) -> None:
    """Take a link away; that there was one stays in the entry's history."""
    entry = held.entry
    check_user_may(by, at, entry.register, "change", entry)
    kind = next((name for name in TARGETS if getattr(held, f"{name}_id", getattr(held, name, None))), "meeting")
    with transaction.atomic():
        EntryChange.objects.create(
            entry=entry, kind=EntryChange.Kind.UNLINKED, at=at, by=by, revision=entry.revision, before={"link": kind}
        )
        held.delete()
        _event(entry, by, at, away=kind)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NotAllowedNow("The address must begin with https://.", code="not_an_address")


def _check_reach(grants: Any, entry: Entry, name: str, value: Any) -> None:
    if value.authority_id != entry.register.authority_id:
        raise NotPermitted(NOT_YOURS)
    if name == "child" and not children_visible_to(grants).filter(pk=value.pk).exists():
        raise NotPermitted(NOT_YOURS)
    if name == "family" and not children_visible_to(grants).filter(families__family=value.pk).exists():
        raise NotPermitted(NOT_YOURS)


def _event(entry: Entry, by: User, at: datetime, **detail: object) -> None:
    audit.record(
        EventKind.ENTRY_LINKED, at=at, by=by, authority_code=entry.register.authority.code,
        subject=("entry", str(entry.pk)), source="registers:link", register=entry.register.key, **detail,
    )  # fmt: skip
