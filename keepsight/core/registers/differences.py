"""What a new definition changes, in sentences; and whether it lets more people read."""

from collections.abc import Iterator, Mapping
from typing import Any

from keepsight.core.packs.kinds.registers import AccessRule, FieldRule, Register
from keepsight.core.registers.checking import VERBS

REACHES = ("own", "team", "authority")
WORDS = {
    "label": "label", "hint": "hint", "required": "whether it must be filled in", "choices": "choices",
    "least": "least value", "most": "most", "letters": "longest", "formula": "formula",
    "indexed": "whether it is in filters",
    "section": "heading", "only_when": "when it is asked", "shown_to": "who sees it",
    "names_people": "whether it may name somebody", "register": "register it points to", "kind": "kind",
}  # fmt: skip
DERIVED = ("title", "clocks", "prefix")  # of the definition: columns of entries follow from these


def changes(old: Register | None, new: Register) -> list[str]:
    """Everything that becomes different, one sentence each."""
    if old is None:
        return [f"A new register, {new.plural}, with {len(new.fields)} fields and {len(new.states)} states."]
    return [
        *_fields(old, new), *_rows("state", old.states, new.states, "name"),
        *_rows("clock", old.clocks, new.clocks, "title"), *_access(old.access, new.access), *_head(old, new),
        *_rows("tile", old.tiles, new.tiles, "title"), *_rows("chart", old.charts, new.charts, "title"),
        *_rows("alert", old.alerts, new.alerts, "id"),
    ]  # fmt: skip


def _fields(old: Register, new: Register) -> Iterator[str]:
    before, after = {each.id: each for each in old.fields}, {each.id: each for each in new.fields}
    for name, field in after.items():
        if name not in before:
            must = (
                " It must be filled in; entries of before are asked when somebody next edits them."
                if field.required
                else ""
            )
            yield f"New field “{field.label}”.{must}"
        elif field.retired and not before[name].retired:
            yield f"“{field.label}” is no longer asked for. What entries hold in it stays and is shown."
        elif before[name].retired and not field.retired:
            yield f"“{field.label}” is asked for again."
        else:
            yield from _field(before[name], field)
    for name, field in before.items():
        if name not in after:
            yield f"The field “{field.label}” is taken out."
    both = [name for name in before if name in after]
    if both != [name for name in after if name in before]:
        yield "Fields stand in another order."


def _field(before: FieldRule, after: FieldRule) -> Iterator[str]:
    if before.label != after.label:
        yield f"“{before.label}” is now called “{after.label}”."
    parts = [words for key, words in WORDS.items() if key != "label" and getattr(before, key) != getattr(after, key)]
    if parts:
        yield f"“{after.label}”: {', '.join(parts)} changed."


def _rows(kind: str, old: tuple[Any, ...], new: tuple[Any, ...], name: str) -> Iterator[str]:
    before, after = {each.id: each for each in old}, {each.id: each for each in new}
    for key, row in after.items():
        called = getattr(row, name)
        if key not in before:
            yield f"New {kind} “{called}”."
        elif row != before[key]:
            was = getattr(before[key], name)
            yield (
                f"The {kind} “{was}” is now called “{called}”." if was != called else f"The {kind} “{called}” changed."
            )
    for key, row in before.items():
        if key not in after:
            yield f"The {kind} “{getattr(row, name)}” is taken out."


def _access(old: AccessRule, new: AccessRule) -> Iterator[str]:
    for verb, words in VERBS.items():
        before, after = getattr(old, verb), getattr(new, verb)
        if more := [role for role in after if role not in before]:
            yield f"May {words} from now on: {', '.join(more)}."
        if fewer := [role for role in before if role not in after]:
            yield f"May {words} no longer: {', '.join(fewer)}."
    if old.reach != new.reach:
        yield f"A role held for a team reads {new.reach} instead of {old.reach}."
    if old.confidential != new.confidential:
        yield "It is confidential from now on." if new.confidential else "It is no longer confidential."


def _head(old: Register, new: Register) -> Iterator[str]:
    said = {
        "name": "name of an entry", "plural": "name", "purpose": "purpose", "area": "area",
        "prefix": "prefix of numbers",
        "title": "field that names an entry", "retention": "how long it is kept", "subject": "whom it is about",
        "event_only": "whether it waits for an emergency", "list": "list", "partner": "partners’ form",
        "owner": "owner", "review_on": "day of review", "source": "source",
    }  # fmt: skip
    for key, words in said.items():
        if getattr(old, key) != getattr(new, key):
            before, after = getattr(old, key), getattr(new, key)
            plain = all(isinstance(each, str | int) for each in (before, after))
            yield f"The {words} changes from “{before}” to “{after}”." if plain else f"The {words} changes."


def widening(old: Register | None, new: Register) -> list[str]:
    """What lets more people read than before, which a second person must agree to."""
    if old is None:
        return []
    found = [f"{role} may read it" for role in new.access.read if role not in old.access.read]
    if old.access.confidential and not new.access.confidential:
        found.append("it is no longer confidential")
    if REACHES.index(new.access.reach) > REACHES.index(old.access.reach):
        found.append("roles held for a team read more")
    if [role for role in new.access.export if role not in old.access.export]:
        found.append("more roles may take it away as a file")
    after = {each.id: each for each in new.fields}
    for field in old.fields:
        now = after.get(field.id)
        if now is None:
            continue
        if field.shown_to and (not now.shown_to or set(now.shown_to) - set(field.shown_to)):
            found.append(f"“{now.label}” is shown to more roles")
        if field.names_people and not now.names_people:
            found.append(f"“{now.label}” comes into search and extracts")
    return found


def is_derived_anew(old: Register | None, new: Register) -> bool:
    """Whether columns of entries that exist already follow otherwise from the new definition."""
    if old is None:
        return False
    if any(getattr(old, key) != getattr(new, key) for key in DERIVED):
        return True
    if {each.id: each.ends for each in old.states} != {each.id: each.ends for each in new.states}:
        return True
    return _kept(old) != _kept(new)


def _kept(rule: Register) -> Mapping[str, Any]:
    names = {each.id: each.name for field in rule.fields if field.id == rule.title for each in field.choices}
    fields = {each.id: (each.kind, each.indexed, each.formula, each.names_people) for each in rule.fields}
    return {**fields, "title of": names}
