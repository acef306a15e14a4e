"""Who else has the form of an entry open; what two people changed at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from keepsight.apps.accounts.models import User
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Editing, Entry, Version
from keepsight.core.packs.kinds import Register as Rule

LIFE = timedelta(minutes=2)


def touch(entry: Entry, user: User, at: datetime) -> list[str]:
    """Say that this person has the form open; give the names of those who have it open too."""
    Editing.objects.update_or_create(entry=entry, user=user, defaults={"at": at})
    return others(entry, user, at)


def others(entry: Entry, user: User, at: datetime) -> list[str]:
    """Who else touched the form within its life."""
    held = Editing.objects.filter(entry=entry, at__gt=at - LIFE).exclude(user=user)
    return list(held.order_by("user__name").values_list("user__name", flat=True))


def let_go(entry: Entry, user: User) -> None:
    """The form was saved or left."""
    Editing.objects.filter(entry=entry, user=user).delete()


def values_at(entry: Entry, revision: int) -> dict[str, Any]:
    """The answers as they stood at a revision: later changes are taken back, newest first."""
    values = dict(entry.values)
    for before, after in entry.changes.filter(revision__gt=revision).order_by("-id").values_list("before", "after"):
        for name in after:
            if name not in before:
                values.pop(name, None)
        values |= before
    return {
        name: value for name, value in values.items() if name not in ("state", "owner", "team") or name in entry.values
    }


def merged(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], names: Iterable[str]
) -> dict[str, Any]:
    """Mine where I changed something since I opened the form; theirs wherever I did not."""
    return {
        name: mine.get(name) if mine.get(name) != base.get(name) else theirs.get(name)
        for name in names
    }  # fmt: skip


def gone_since(old: Version | None, rule: Rule, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of what was typed into fields that the register no longer asks for."""
    if old is None:
        return []
    asked = {each.id for each in rule.fields if not each.retired}
    return [
        (each.label, typed[each.id])
        for each in rule_of(old).fields
        if each.id not in asked and not each.retired and typed.get(each.id, "").strip()
    ]
