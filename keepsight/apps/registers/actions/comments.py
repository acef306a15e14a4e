"""What people say about an entry, and who is told of it."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers.actions.telling import tell
from keepsight.apps.registers.models import Comment, Entry
from keepsight.apps.registers.permissions import check_user_may
from keepsight.apps.registers.readers import may_read
from keepsight.apps.registers.references import staff_of
from keepsight.core.errors import NotAllowedNow, NotPermitted

_AT = re.compile(r"@([\w’'.-]+(?: [\w’'.-]+){0,4})")
TOLD_AT_MOST = 20


class CannotBeTold(NotAllowedNow):
    """Somebody who is named may not read the entry, or two people have that name."""

    code = "cannot_be_told"
    field = "text"


def comment(
    entry: Entry, text: str, *, by: User, at: datetime, tell_also: Iterable[User] = (),
    source: str = "registers:comment",
) -> Comment:  # fmt: skip
    """
    Say something about an entry, and tell those who are named in it.

    Raises
    ------
    NotPermitted
        If the person may not read the entry: whoever reads may comment.
    CannotBeTold
        If somebody named may not read it.
    """
    check_user_may(by, at, entry.register, "read", entry)
    words = text.strip().replace("\x00", "")
    if not words:
        raise NotAllowedNow("Write the comment.", code="comment_empty")
    told = {each.pk: each for each in (*tell_also, *_named_in(words, entry, at)) if each.pk != by.pk}
    for each in list(told.values())[:TOLD_AT_MOST]:
        if not may_read(each, entry, at):
            raise CannotBeTold(f"{each.name} may not read this entry, so cannot be told of the comment.")
    with transaction.atomic():
        said = Comment.objects.create(entry=entry, by=by, at=at, text=words)
        said.mentions.set(told.values())
        if told:
            tell(entry, "mentioned", at=at, by=by, users=list(told.values()))
        _event(entry, by, at, source=source, told=len(told))
    return said


def take_back(said: Comment, *, by: User, at: datetime) -> None:
    """
    Take one's own comment back: that there was one stays, what it said does not.

    Raises
    ------
    NotPermitted
        If somebody else said it.
    """
    check_user_may(by, at, said.entry.register, "read", said.entry)
    if said.by_id != by.pk:
        raise NotPermitted("Only who wrote a comment takes it back.")
    with transaction.atomic():
        Comment.objects.filter(pk=said.pk, taken_back_at=None).update(taken_back_at=at, text="")
        _event(said.entry, by, at, taken_back=True)


def _named_in(text: str, entry: Entry, at: datetime) -> list[User]:
    """The people whose whole name follows an @; the longest name that fits wins."""
    typed = [match[1].casefold() for match in _AT.finditer(text)]
    if not typed:
        return []
    found: dict[int, User] = {}
    staff = sorted(staff_of(entry.register.authority, timezone.localtime(at).date()), key=lambda each: -len(each.name))
    for words in typed:
        fits = [each for each in staff if _begins_with(words, each.name.casefold())]
        best = [each for each in fits if len(each.name) == len(fits[0].name)]
        if len(best) > 1:
            able = [each for each in best if may_read(each, entry, at)]
            if len(able) != 1:
                raise CannotBeTold(f"Two people are called {best[0].name}. Choose one from the list below the comment.")
            best = able
        found |= {each.pk: each for each in best}
    return list(found.values())


def _begins_with(words: str, name: str) -> bool:
    rest = words.removeprefix(name)
    return words.startswith(name) and (not rest or not rest[0].isalnum())


def _event(entry: Entry, by: User, at: datetime, *, source: str = "registers:comment", **detail: object) -> None:
    audit.record(
        EventKind.ENTRY_COMMENTED, at=at, by=by, authority_code=entry.register.authority.code,
        subject=("entry", str(entry.pk)), source=source,
        shown=[entry.child_id] if entry.child_id else (), register=entry.register.key, **detail,
    )  # fmt: skip
