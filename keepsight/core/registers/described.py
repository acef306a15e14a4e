"""A definition in words, as pages and the reference print it."""

from collections.abc import Mapping
from typing import Any

from keepsight.core.packs.kinds.registers import OWNER, AlertRule, ClockRule, FieldRule, Register, StateRule, TileRule

KIND_WORDS = {
    "text": "A line of text", "long_text": "A longer text", "choice": "One of several choices",
    "several": "Any of several choices", "date": "A day", "instant": "A day and a time", "number": "A number",
    "money": "An amount of money", "yes_no": "Yes or no", "rag": "Red, amber or green", "person": "A member of staff",
    "child": "A child", "family": "A family", "setting": "A school or setting", "provider": "A provider",
    "team": "A team", "entry": "An entry of another register", "evidence": "Evidence: an address or a document",
    "computed": "Worked out from other fields",
}  # fmt: skip
UNIT_WORDS = {
    "hours": "hours", "days": "days", "working_days": "working days", "weeks": "weeks", "months": "months",
}  # fmt: skip
VERB_WORDS = {
    "read": "Read entries", "add": "Add entries", "change": "Change entries", "move": "Move entries to another state",
    "assign": "Give entries out", "export": "Take the list away as a file", "define": "Edit this register",
}  # fmt: skip
WHEN_WORDS = {
    "added": "An entry is added", "assigned": "An entry is given to somebody", "moved": "An entry moves",
    "mentioned": "Somebody is named in a comment", "due_soon": "Something is due soon",
    "overdue": "Something is overdue",
}  # fmt: skip
TO_WORDS = {"owner": "whom it is given to", "adder": "who added it", "manager": "the manager of its team"}
HOW_WORDS = {"at_once": "at once", "daily": "once a day", "weekly": "once a week"}
BUILT_IN_WORDS = {
    "number": "Number", "title": "Title", "state": "State", "owner": "Given to", "team": "Team", "subject": "About",
    "rag": "RAG", "due": "Due", "added": "Added", "changed": "Changed",
}  # fmt: skip
REACH_WORDS = {
    "authority": "A role held for a team reads the whole register.",
    "team": "A role held for a team reads what is about that team.",
    "own": "Everybody reads only what is given to them, added by them or about them.",
}  # fmt: skip
Roles = Mapping[str, str]


def describe(rule: Register, roles: Roles) -> dict[str, Any]:
    """Everything about a register, as short rows and sentences."""
    return {
        "name": rule.plural, "one": rule.name, "purpose": rule.purpose, "owner": rule.owner, "source": rule.source,
        "review_on": rule.review_on, "prefix": rule.prefix, "about": about(rule), "retention": rule.retention,
        "capabilities": list(rule.capabilities), "waits": rule.event_only, "confidential": rule.access.confidential,
        "reach": REACH_WORDS[rule.access.reach],
        "fields": [field_row(rule, each, roles) for each in rule.fields],
        "states": [state_row(rule, each, roles) for each in rule.states],
        "clocks": [{"id": each.id, "title": each.title, "words": clock_words(rule, each), "source": each.source}
                   for each in rule.clocks],
        "access": [{"verb": VERB_WORDS[verb], "who": who(getattr(rule.access, verb), roles)} for verb in VERB_WORDS],
        "tiles": [{"id": each.id, "title": each.title, "words": tile_words(rule, each)} for each in rule.tiles],
        "alerts": [{"id": each.id, "words": alert_words(rule, each, roles)} for each in rule.alerts],
        "charts": [each.title for each in rule.charts],
        "columns": [called(rule, each) for each in rule.list.columns],
        "filters": [called(rule, each) for each in rule.list.filters],
    }  # fmt: skip


def about(rule: Register) -> str:
    """Whom an entry is about."""
    if rule.subject == "none":
        return "Nobody in particular"
    return f"A {rule.subject}" + ("" if rule.subject_required else ", or nobody")


def called(rule: Register, name: str) -> str:
    """The words of a field or of what every entry has."""
    return next((each.label for each in rule.fields if each.id == name), BUILT_IN_WORDS.get(name, name))


def who(ids: tuple[str, ...], roles: Roles) -> str:
    """Roles by name; ``owner`` in words."""
    if not ids:
        return "Nobody"
    names = [roles.get(each, each) for each in ids if each != OWNER]
    owner = ["whom the entry is given to, or who added it"] if OWNER in ids else []
    joined = ", ".join([*names, *owner])
    return joined[:1].upper() + joined[1:]


def field_row(rule: Register, field: FieldRule, roles: Roles) -> dict[str, Any]:
    """One field: what is asked, the kind of answer, and what else holds."""
    return {
        "id": field.id, "label": field.label, "kind": KIND_WORDS[field.kind], "hint": field.hint,
        "required": field.required, "retired": field.retired, "section": field.section,
        "notes": field_notes(rule, field, roles),
    }  # fmt: skip


def field_notes(rule: Register, field: FieldRule, roles: Roles) -> list[str]:
    """What holds of a field beyond its kind."""
    name, _, value = field.only_when.partition("=")
    return [words for words, holds in (
        ("must be filled in", field.required),
        ("names the entry in lists", field.id == rule.title),
        (f"choices: {', '.join(each.name for each in field.choices)}", field.choices),
        (f"{field.least:g} or more" if field.least is not None else "", field.least is not None),
        (f"{field.most:g} or less" if field.most is not None else "", field.most is not None),
        (f"at most {field.letters} letters", field.letters),
        (f"of the register {field.register}", field.register),
        (f"formula: {field.formula}", field.formula),
        (f"asked only when “{called(rule, name)}” is {_value(rule, name, value)}", field.only_when),
        ("in filters and sorting", field.indexed),
        ("may name somebody: left out of search and extracts", field.names_people),
        (f"shown only to {who(field.shown_to, roles)}", field.shown_to),
        ("retired: old entries keep it", field.retired),
    ) if holds]  # fmt: skip


def _value(rule: Register, field: str, value: str) -> str:
    choices = {one.id: one.name for each in rule.fields if each.id == field for one in each.choices}
    return choices.get(value, value or "yes")


def state_row(rule: Register, state: StateRule, roles: Roles) -> dict[str, Any]:
    """One state, where it leads, and what must be before an entry comes there."""
    states = {each.id: each for each in rule.states}
    notes = [words for words, holds in (
        ("entries begin here", state == rule.states[0]),
        ("ends an entry", state.ends),
        (f"needs: {', '.join(called(rule, each) for each in state.needs)}", state.needs),
        ("with a reason", state.reason),
        (f"only by {who(state.by, roles)}", state.by),
        ("only by a second person", state.second_person),
    ) if holds]  # fmt: skip
    moves = [{"name": states[each].name, "colour": states[each].colour} for each in state.moves if each in states]
    return {"id": state.id, "name": state.name, "colour": state.colour, "moves": moves, "notes": notes}


def clock_words(rule: Register, clock: ClockRule) -> str:
    """A deadline as a sentence."""
    start = {"added": "the entry was added", "changed": "the entry was last changed"}.get(clock.from_)
    if clock.from_.startswith("state:"):
        start = f"it came into “{_state(rule, clock.from_.removeprefix('state:'))}”"
    start = start or f"the day in “{called(rule, clock.from_)}”"
    unit = UNIT_WORDS[clock.unit]
    length = f"{clock.every} {unit[:-1] if clock.every == 1 else unit} after {start}" if clock.every else f"on {start}"
    while_ = " or ".join(f"“{_state(rule, each)}”" for each in clock.while_)
    soon = f", due soon {clock.soon_days} {'day' if clock.soon_days == 1 else 'days'} before" if clock.soon_days else ""
    return f"Due {length}, while it is {while_}{soon}."


def _state(rule: Register, name: str) -> str:
    return next((each.name for each in rule.states if each.id == name), name)


def tile_words(rule: Register, tile: TileRule) -> str:
    """What a figure above the list counts."""
    parts = [" or ".join(_state(rule, each) for each in tile.states)] if tile.states else []
    parts += [tile.due.replace("_", " ")] if tile.due else []
    parts += [f"{called(rule, tile.field)}: {_value(rule, tile.field, tile.value)}"] if tile.field else []
    return "Entries that are " + ", and ".join(parts) if parts else "All entries"


def alert_words(rule: Register, alert: AlertRule, roles: Roles) -> str:
    """Who is told of what, as a sentence."""
    people = [TO_WORDS.get(to) or f"everybody who is {roles.get(to[5:], to[5:]).lower()}" for to in alert.to]
    into = f" into “{_state(rule, alert.state)}”" if alert.state else ""
    return f"{WHEN_WORDS[alert.when]}{into}. Told: {', and '.join(people)}; by message {HOW_WORDS[alert.how]}."
