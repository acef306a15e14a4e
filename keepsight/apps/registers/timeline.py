"""What happened to an entry, newest first: changes in words, comments, files and links, each with who and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keepsight.apps.people.content import NOT_SHOWN, without_places
from keepsight.apps.registers.models import Attachment, Comment, Entry, EntryChange, Link
from keepsight.apps.registers.references import NOT_NAMED, Hidden, Named, references_in
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import shown
from keepsight.core.registers.values import REFERENCES
from keepsight.ui.templatetags.govuk import day

NOTHING = "Nothing"
SHOWN_AT_MOST = 100
PLACES = ("setting", "provider")
TEXTS = ("text", "long_text", "evidence", "computed")


@dataclass
class Reader:
    """How one person reads the values of one entry: which fields, which names, without which places."""

    rule: Rule
    roles: frozenset[str]
    named: Named
    hidden: Hidden

    def fields(self) -> dict[str, FieldRule]:
        """The fields that this person may read, by id."""
        return {each.id: each for each in self.rule.fields if may_read(each, self.roles)}

    def words(self, each: FieldRule, value: Any) -> str:
        """A value in words."""
        if value in (None, "", []):
            return ""
        if self.hidden.place and each.kind in PLACES:
            return NOT_SHOWN
        if each.kind in REFERENCES:
            return self.named(each.kind, value)
        if each.kind == "date":
            return day(date.fromisoformat(value))
        text = shown(each, value)
        return self.text(text) if each.kind in TEXTS else text

    def veils(self, each: FieldRule, value: Any) -> bool:
        """Whether a value tells a place that this person may not know, so that no form may carry it."""
        if not self.hidden.place or value in (None, "", []):
            return False
        return each.kind in PLACES or (each.kind in TEXTS and self.text(str(value)) != str(value))

    def text(self, text: str) -> str:
        """A free text without what would tell a confidential place."""
        return without_places(text, self.hidden.words) if self.hidden.place else text


def may_read(each: FieldRule, roles: Iterable[str]) -> bool:
    """Whether a field is shown to somebody with these roles."""
    return not each.shown_to or bool(set(each.shown_to) & set(roles))


@dataclass
class History:
    """What an entry has behind it, read once: five queries."""

    changes: list[EntryChange]
    comments: list[Comment]
    attachments: list[Attachment]
    links: list[Link]
    linked_from: list[Link]

    @property
    def children(self) -> set[int]:
        return {each.child_id for each in self.links if each.child_id}

    @property
    def families(self) -> set[int]:
        return {each.family_id for each in self.links if each.family_id}


def history_of(entry: Entry) -> History:
    """Read everything about an entry's past, newest first."""
    return History(
        list(entry.changes.select_related("by").order_by("-id")[:SHOWN_AT_MOST]),
        list(entry.comments.select_related("by").prefetch_related("mentions").order_by("-id")[:SHOWN_AT_MOST]),
        list(entry.attachments.select_related("by", "taken_away_by").order_by("-id")),
        list(entry.links.select_related("by", "setting", "team").order_by("id")),
        list(entry.linked_from.select_related("by").order_by("id")),
    )


def wanted_by(rule: Rule, entry: Entry, history: History) -> dict[str, set[int]]:
    """Every row that the page of an entry names, by kind, so that each kind is asked for once."""
    wanted: dict[str, set[int]] = defaultdict(set)
    versions = [entry.values, *(part for each in history.changes for part in (each.before, each.after))]
    for values in versions:
        for kind, ids in references_in(rule.fields, values).items():
            wanted[kind] |= ids
        for name, kind in (("owner", "person"), ("team", "team")):
            if isinstance(values.get(name), int) and name not in {each.id for each in rule.fields}:
                wanted[kind].add(values[name])
    for link in history.links:
        for kind, pk in (("child", link.child_id), ("family", link.family_id), ("entry", link.other_id)):
            if pk:
                wanted[kind].add(pk)
    wanted["entry"] |= {link.entry_id for link in history.linked_from}
    for kind, pk in (("child", entry.child_id), ("family", entry.family_id)):
        if pk:
            wanted[kind].add(pk)
    return wanted


def present_timeline(rule: Rule, history: History, reader: Reader, *, me: int) -> list[dict[str, Any]]:
    """All that happened as one list, newest first."""
    items = [item for each in history.changes if (item := _change(rule, each, reader))]
    items += [_comment(each, reader, me) for each in history.comments]
    items += [
        {"at": each.at, "who": _who(each.by), "what": "Attached a file", "text": each.name}
        for each in history.attachments
    ]
    items += [
        {"at": each.at, "who": _who(each.by), "what": "Linked", "text": link_words(each, reader)}
        for each in history.links
    ]
    return sorted(items, key=lambda item: item["at"], reverse=True)


def link_words(link: Link, reader: Reader) -> str:
    """What a link leads to, as far as this person may know."""
    if link.other_id:
        return reader.named("entry", link.other_id)
    if link.child_id:
        return reader.named("child", link.child_id)
    if link.family_id:
        return reader.named("family", link.family_id)
    if link.setting_id:
        return NOT_SHOWN if reader.hidden.place else link.setting.name  # type: ignore[union-attr]
    if link.team_id:
        return str(link.team.name)  # type: ignore[union-attr]
    return "A meeting" if link.meeting_id else reader.text(link.address)


def _who(user: Any) -> str:
    return user.name if user else "Keepsight"


def _comment(comment: Comment, reader: Reader, me: int) -> dict[str, Any]:
    taken = comment.taken_back_at is not None
    return {
        "at": comment.at, "who": _who(comment.by), "what": "Took a comment back" if taken else "Commented",
        "text": "" if taken else reader.text(comment.text), "told": [each.name for each in comment.mentions.all()],
        "comment": comment.pk if comment.by_id == me and not taken else None,
    }  # fmt: skip


def _change(rule: Rule, change: EntryChange, reader: Reader) -> dict[str, Any] | None:
    item: dict[str, Any] = {
        "at": change.at, "who": _who(change.by), "what": change.get_kind_display(), "why": reader.text(change.why),
        "lines": [],
    }  # fmt: skip
    if change.kind == EntryChange.Kind.CHANGED or (change.kind == EntryChange.Kind.IMPORTED and change.before):
        item["lines"] = changed_lines(change.before, change.after, reader)
        return item if item["lines"] else None  # only fields that this person may not read
    if change.kind == EntryChange.Kind.MOVED:
        names = {each.id: each.name for each in rule.states}
        item["lines"] = [("State", *(names.get(part.get("state"), "") for part in (change.before, change.after)))]
    elif change.kind == EntryChange.Kind.ASSIGNED:
        item["lines"] = [
            (label, *(_given(part.get(name), kind, reader) for part in (change.before, change.after)))
            for label, name, kind in (("Owner", "owner", "person"), ("Team", "team", "team"))
            if change.before.get(name) != change.after.get(name)
        ]
    return item


def _given(pk: Any, kind: str, reader: Reader) -> str:
    if not pk:
        return "Nobody" if kind == "person" else NOTHING
    found = reader.named(kind, pk)
    return "Somebody who has left" if found == NOT_NAMED else found


def changed_lines(
    before: Mapping[str, Any], after: Mapping[str, Any], reader: Reader, *, empty: str = NOTHING
) -> list[tuple[str, str, str]]:
    """Label, before and after of each field that this person may read, in the definition's order."""
    return [
        (each.label, reader.words(each, before.get(each.id)) or empty, reader.words(each, after.get(each.id)) or empty)
        for each in reader.fields().values()
        if each.id in before or each.id in after
    ]
