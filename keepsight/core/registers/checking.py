"""
What must be true of a register's definition beyond its keys: all that it names is there, and people can live with it.

Every sentence is for the head of service who owns the register: it names the field or state as pages show it,
and says what would be right.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.kinds.registers import BUILT_IN, OWNER, FieldRule, Register
from keepsight.core.packs.trouble import PackError
from keepsight.core.registers.formulas import formulas_of
from keepsight.core.registers.slots import NEVER, NoSlotLeft, slots_for

VERBS = {
    "read": "read", "add": "add", "change": "change", "move": "move", "assign": "give out", "export": "take away",
    "define": "edit the register",
}  # fmt: skip
TO = ("owner", "adder", "manager")
TITLES = ("text", "long_text", "choice", "date", "computed")
CHARTS = ("state", "rag", "team", "owner")
WITH_SETTING = ("setting", "provider")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PREFIX = re.compile(r"[A-Z]{2,5}")
_YES_NO = ("yes", "no")
Troubles = Iterator[str]


@dataclass(frozen=True)
class RoleKnown:
    """What a definition must know of a role."""

    name: str
    portal: bool = False
    children: bool = False
    registers: bool = True  # works with registers at all


@dataclass(frozen=True)
class Known:
    """What stands outside a definition. Of nothing known, nothing is checked."""

    roles: Mapping[str, RoleKnown] | None = None
    retention: Collection[str] | None = None
    registers: Mapping[str, str] | None = None  # id → prefix
    key: str = ""  # id of the register that is looked at


NOTHING = Known()


def check_register(rule: Register, where: str, known: Known = NOTHING) -> None:
    """
    Refuse a definition that cannot work.

    Raises
    ------
    PackError
        With the first trouble.
    """
    for trouble in troubles_of(rule, known):
        raise PackError(f"{where}: {trouble}")


def troubles_of(rule: Register, known: Known = NOTHING) -> Troubles:
    """Everything that is wrong with a definition, each as a sentence without its file."""
    for look in _LOOKS:
        yield from look(rule, known)


def _no(kind: str, word: str, among: Collection[str]) -> str:
    """There is no such field, state or role; what it may have been, and which there are."""
    near = nearest(word, among)
    shown = ", ".join(list(among)[:12]) + (", …" if len(among) > 12 else "")
    return f"there is no {kind} called {word}.{near or (f' There are: {shown}.' if among else '')}"


def _ids(rows: Collection[Any], kind: str) -> Troubles:
    for row in rows:
        if not _ID.fullmatch(row.id):
            yield (
                f"the {kind} id “{row.id[:50]}” must begin with a small letter and have only small letters, figures "
                "and _, at most 40 of them."
            )


def _same_names(rows: Collection[Any], kind: str, name: Callable[..., str]) -> Troubles:
    seen: dict[str, str] = {}
    for row in rows:
        said = " ".join(name(row).split()).casefold()
        if said in seen:
            yield f"two {kind}s are called “{name(row)}” ({seen[said]} and {row.id}): nobody could tell them apart."
        seen[said] = row.id


# --- the register itself --------------------------------------------------------------------------------
def _head(rule: Register, known: Known) -> Troubles:
    if not _PREFIX.fullmatch(rule.prefix):
        yield f"prefix must be two to five capital letters, such as ACT, and is “{rule.prefix[:20]}”."
    for key, prefix in (known.registers or {}).items():
        if prefix == rule.prefix and key != known.key:
            yield f"prefix {rule.prefix} is already that of the register {key}: numbers would look alike. Take another."
    if known.retention is not None and rule.retention not in known.retention:
        yield f"retention: {_no('rule in the retention schedule', rule.retention, known.retention)}"
    for each in rule.capabilities:
        if not re.fullmatch(r"[A-Z]{3}-\d\d", each):
            yield f"capabilities: “{each[:20]}” must look like CMD-08."
    if rule.subject == "none" and "subject" in (*rule.list.columns, *rule.list.filters):
        yield "the list shows whom an entry is about, but subject is none. Take subject out of the list."


# --- fields ---------------------------------------------------------------------------------------------
def _fields(rule: Register, known: Known) -> Troubles:
    if not [each for each in rule.fields if not each.retired]:
        yield "it has no field. Give it at least one, which names an entry."
    yield from _ids(rule.fields, "field")
    yield from _same_names([each for each in rule.fields if not each.retired], "field", lambda each: each.label)
    for field in rule.fields:
        named = f"the field “{field.label}”"
        if field.id in BUILT_IN:
            yield f"{named} has the id {field.id}, which every entry has already. Call it, say, {field.id}_of_it."
        for look in (_choices, _limits, _reference, _computed, _shown_to, _only_when, _indexed):
            for trouble in look(field, rule, known):
                yield f"{named} {trouble}"
        if field.required and field.retired:
            yield f"{named} is retired and must be filled in: nobody is asked for it. Take “required” away."
    yield from _too_many_indexed(rule)


def _choices(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if field.kind in ("choice", "several"):
        if not field.choices:
            yield "has no choices. List what may be chosen, or make it a text."
        for each in field.choices:
            if not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,39}", each.id):
                yield f"has a choice “{each.name}” whose id “{each.id[:40]}” is not small letters, figures and _."
        names = [" ".join(each.name.split()).casefold() for each in field.choices]
        for each in field.choices:
            if names.count(" ".join(each.name.split()).casefold()) > 1:
                yield f"has the choice “{each.name}” twice."
                break
    elif field.choices:
        yield f"has choices but is of kind {field.kind}. Make it a choice, or take the choices away."


def _limits(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if (field.least is not None or field.most is not None) and field.kind not in ("number", "money"):
        yield f"has a least or most value, but is of kind {field.kind}. Only a number or money has those."
    if field.least is not None and field.most is not None and field.least > field.most:
        yield f"may be {field.least:g} at least and {field.most:g} at most: nothing fits. Change one of the two."
    if field.letters and field.kind not in ("text", "long_text"):
        yield f"has a limit of letters, but is of kind {field.kind}. Only a text has one."
    if field.letters < 0:
        yield f"may have {field.letters} letters at most: make it a number above 0."
    if field.names_people and field.kind not in ("text", "long_text", "evidence"):
        yield f"is of kind {field.kind}, which holds no free text: take “names_people” away."


def _reference(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if field.kind == "entry":
        if not field.register:
            yield "names an entry of another register, but not of which: fill in “register”."
        elif known.registers is not None and field.register not in known.registers:
            yield f"names entries of a register that is not there: {_no('register', field.register, known.registers)}"
    elif field.register:
        yield f"names a register but is of kind {field.kind}. Only a field of kind entry does that."


def _computed(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if field.kind != "computed":
        if field.formula:
            yield f"has a formula but is of kind {field.kind}. Make it computed, or take the formula away."
        return
    if not field.formula:
        yield "is computed, but says not from what: fill in “formula”."
    if field.required:
        yield "is computed: nobody fills it in. Take “required” away."


def _shown_to(field: FieldRule, rule: Register, known: Known) -> Troubles:
    for role in field.shown_to:
        if known.roles is not None and role not in known.roles:
            yield f"is shown to a role that is not there: {_no('role', role, known.roles)}"
        elif role not in rule.access.read:
            yield f"is shown to {role}, who may not read the register. Add {role} under read, or take it away here."


def _only_when(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if not field.only_when:
        return
    name, equals, value = field.only_when.partition("=")
    asked = {each.id: each for each in rule.fields if not each.retired}
    other = asked.get(name)
    if other is None:
        yield f"is asked only when another field says so, but {_no('field', name, [*asked])}"
    elif other.id == field.id:
        yield "is asked only when it is itself filled in. Name another field."
    elif not equals and other.kind != "yes_no":
        yield f"is asked only when “{other.label}” is yes, but that is no yes-or-no field. Write {name}=value."
    elif equals and (words := _words_of(other)) and value not in words:
        yield f"is asked only when “{other.label}” is {value}, which it never is.{nearest(value, words)}"
    elif _goes_round(field, asked):
        yield f"is asked only when “{other.label}” is filled in, and that only when this is. Take one of the two away."


def _goes_round(field: FieldRule, asked: Mapping[str, FieldRule]) -> bool:
    here, seen = field, {field.id}
    while here.only_when:
        name = here.only_when.partition("=")[0]
        if name == field.id:
            return True
        if name in seen or name not in asked:
            return False
        seen.add(name)
        here = asked[name]
    return False


def _words_of(field: FieldRule) -> tuple[str, ...]:
    if field.kind in ("choice", "several"):
        return tuple(each.id for each in field.choices)
    return {"rag": ("red", "amber", "green"), "yes_no": _YES_NO}.get(field.kind, ())


def _indexed(field: FieldRule, rule: Register, known: Known) -> Troubles:
    if not field.indexed:
        return
    if field.kind == "rag":
        yield "is red, amber or green, which can always be filtered by (rag). Take “indexed” away."
    elif field.kind in NEVER:
        yield f"cannot be filtered by, because it is of kind {field.kind}. Take “indexed” away."
    elif field.names_people:
        yield "may name somebody, so it is in no filter. Take “indexed” or “names_people” away."


def _too_many_indexed(rule: Register) -> Troubles:
    try:
        slots_for(rule, {})
    except NoSlotLeft as trouble:
        yield f"the field {trouble.sentence}"
    except PackError:
        return  # a formula that cannot be read is said elsewhere


def _formulas(rule: Register, known: Known) -> Troubles:
    try:
        formulas_of(rule, where="")
    except PackError as trouble:
        yield trouble.sentence.removeprefix(": ")


def _title(rule: Register, known: Known) -> Troubles:
    fields = {each.id: each for each in rule.fields if not each.retired}
    field = fields.get(rule.title)
    if field is None:
        yield f"title must be the field that names an entry, but {_no('field', rule.title, [*fields])}"
    elif field.kind not in TITLES:
        yield (
            f"title is “{field.label}”, which is of kind {field.kind} and names nothing in a list. "
            "Choose a text, a choice or a day."
        )
    elif field.names_people:
        yield f"title is “{field.label}”, which may name somebody and would stand in every list. Choose another field."
    elif not field.required and field.kind != "computed":
        yield (
            f"title is “{field.label}”, which may be left empty. Make it required, so that no entry is without a name."
        )
    elif field.only_when:
        yield f"title is “{field.label}”, which is not always asked for. Take its only_when away."


# --- states ---------------------------------------------------------------------------------------------
def _states(rule: Register, known: Known) -> Troubles:
    if not rule.states:
        yield "it has no state. Give it at least one where entries begin and one that ends them."
        return
    yield from _ids(rule.states, "state")
    yield from _same_names(rule.states, "state", lambda each: each.name)
    states = {each.id: each for each in rule.states}
    for state in rule.states:
        named = f"the state “{state.name}”"
        for to in state.moves:
            if to not in states:
                yield f"{named} moves to a state that is not there: {_no('state', to, [*states])}"
            elif to == state.id:
                yield f"{named} moves to itself. Take {to} out of its moves."
        if not state.moves and not state.ends:
            yield f"{named} leads nowhere and ends nothing: entries would be stuck. Give it moves, or mark it “ends”."
        yield from (f"{named} {trouble}" for trouble in _needs(state.needs, rule))
        for role in state.by:
            if role == OWNER:
                yield f"{named} names the owner under by, where only roles stand. Name roles, or leave it empty."
            elif known.roles is not None and role not in known.roles:
                yield f"{named} names a role that is not there: {_no('role', role, known.roles)}"
            elif role not in rule.access.move:
                yield f"{named} may be given by {role}, who may not move entries. Add {role} under move."
    yield from _ways(rule)


def _needs(needs: tuple[str, ...], rule: Register) -> Troubles:
    fields = {each.id: each for each in rule.fields}
    for name in needs:
        field = fields.get(name)
        if field is None:
            yield f"needs a field that is not there: {_no('field', name, [*fields])}"
        elif field.retired:
            yield f"needs “{field.label}”, which is retired: nobody could fill it in. Take it out of needs."


def _ways(rule: Register) -> Troubles:
    """Every state can be come to and come to an end."""
    if not any(each.ends for each in rule.states):
        yield "no state ends an entry: nothing would ever be finished. Mark one with ends = true."
        return
    if rule.states[0].ends:
        yield f"entries begin in “{rule.states[0].name}”, which already ends them. Put another state first."
    moves = {each.id: [to for to in each.moves if to in {s.id for s in rule.states}] for each in rule.states}
    reached = _reached_from([rule.states[0].id], moves)
    back: dict[str, list[str]] = {each.id: [] for each in rule.states}
    for here, to in ((here, to) for here, ways in moves.items() for to in ways):
        back[to].append(here)
    ending = _reached_from([each.id for each in rule.states if each.ends], back)
    for state in rule.states:
        if state.id not in reached:
            yield f"no entry can ever come to the state “{state.name}”. Put {state.id} into the moves of another."
        elif state.id not in ending and state.moves:
            yield (
                f"from the state “{state.name}” an entry can never come to an end. Give it a way to a state that ends."
            )


def _reached_from(first: list[str], ways: Mapping[str, list[str]]) -> set[str]:
    reached, waiting = set(first), list(first)
    while waiting:
        for to in ways[waiting.pop()]:
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    return reached


# --- clocks ---------------------------------------------------------------------------------------------
def _clocks(rule: Register, known: Known) -> Troubles:
    yield from _ids(rule.clocks, "clock")
    states = {each.id: each for each in rule.states}
    for clock in rule.clocks:
        named = f"the clock “{clock.title}”"
        yield from (f"{named} {trouble}" for trouble in _counts_from(clock.from_, clock.unit, rule))
        if not clock.while_:
            yield f"{named} runs in no state. Say in which, under while."
        for name in clock.while_:
            if name not in states:
                yield f"{named} runs in a state that is not there: {_no('state', name, [*states])}"
            elif states[name].ends:
                yield (
                    f"{named} runs in “{states[name].name}”, which ends an entry: nothing is due any more. Take it out."
                )
        if clock.every < 0:
            yield f"{named} is due {clock.every} {clock.unit} later. Give a number of 0 or more."
        if clock.soon_days < 0:
            yield f"{named} is due soon {clock.soon_days} days before. Give a number of 0 or more."


def _counts_from(name: str, unit: str, rule: Register) -> Troubles:
    if name in ("added", "changed"):
        return
    if name.startswith("state:"):
        state = name.removeprefix("state:")
        if state not in {each.id for each in rule.states}:
            yield f"counts from a state that is not there: {_no('state', state, [each.id for each in rule.states])}"
        return
    fields = {each.id: each for each in rule.fields}
    field = fields.get(name)
    days = [each.id for each in rule.fields if each.kind in ("date", "instant") and not each.retired]
    if field is None:
        yield f"counts from something that is not there: {_no('day', name, ['added', 'changed', *days])}"
    elif field.retired:
        yield f"counts from “{field.label}”, which is retired. Take another day."
    elif field.kind not in ("date", "instant", "computed"):
        yield f"counts from “{field.label}”, which is of kind {field.kind} and no day. Take a field of kind date."
    elif unit == "hours" and field.kind == "date":
        yield f"counts hours from “{field.label}”, which is a day without a time. Make that an instant, or count days."


# --- access ---------------------------------------------------------------------------------------------
def _access(rule: Register, known: Known) -> Troubles:
    access = rule.access
    if not access.read:
        yield "nobody may read it. Name at least one role under read."
    for verb, words in VERBS.items():
        for role in getattr(access, verb):
            if role == OWNER:
                continue
            if known.roles is not None and role not in known.roles:
                yield f"who may {words}: {_no('role', role, known.roles)}"
            elif verb not in ("read", "add", "define") and role not in access.read:
                yield f"{role} may {words} entries but not read them. Add {role} under read, or take it away here."
    if OWNER in access.add or OWNER in access.define:
        yield "an entry has no owner before it is added: name roles under add and define."
    if known.roles is not None:
        yield from _readers(rule, known.roles)


def _readers(rule: Register, roles: Mapping[str, RoleKnown]) -> Troubles:
    held = {role: roles[role] for role in rule.access.read if role in roles}
    working = [role for role, about in roles.items() if about.registers and not about.portal]
    everybody = len([role for role in held if role in working]) * 2 > len(working)
    if rule.access.confidential and everybody and rule.access.reach == "authority":
        yield (
            f"it is confidential, and {len(held)} roles read all of it: that is nearly everybody. "
            "Name fewer roles under read, or do not call it confidential."
        )
    for role, about in held.items():
        if about.portal and rule.subject not in WITH_SETTING:
            yield (
                f"{about.name.lower()} reads only what is about its own setting, and these entries are about "
                f"{rule.subject if rule.subject != 'none' else 'nobody'}. Take {role} out of read."
            )
    about_children = rule.subject in ("child", "family") and rule.subject_required
    if about_children and held and not any(about.children for about in held.values()):
        yield f"it is about a {rule.subject}, and no role under read may open a child’s record: nobody would see a row."


# --- list, tiles, charts, alerts, partner ------------------------------------------------------------------
def _filterable(rule: Register) -> dict[str, FieldRule]:
    return {each.id: each for each in rule.fields if each.indexed}


def _list(rule: Register, known: Known) -> Troubles:
    fields = {each.id: each for each in rule.fields}
    if not rule.list.columns:
        yield "the list has no columns. Begin with number, title and state."
    for name in rule.list.columns:
        if name not in fields and name not in BUILT_IN:
            yield f"the list has a column that is not there: {_no('field', name, [*BUILT_IN, *fields])}"
        elif name in fields and fields[name].names_people:
            yield f"the list shows “{fields[name].label}”, which may name somebody. Take it out of the columns."
    for name in rule.list.filters:
        yield from _can_filter(name, rule, "the list filters by")
    sort = rule.list.sort.removeprefix("-")
    yield from _can_filter(sort, rule, "the list is sorted by")
    for what, names in (("column", rule.list.columns), ("filter", rule.list.filters)):
        for name in dict.fromkeys(each for each in names if names.count(each) > 1):
            yield f"the list has the {what} {name} twice."


def _can_filter(name: str, rule: Register, does: str) -> Troubles:
    fields = {each.id: each for each in rule.fields}
    if name == "rag" and "rag" not in {each.kind for each in rule.fields}:
        yield f"{does} rag, but no field is red, amber or green. Take it out, or add a field of kind rag."
    elif name in BUILT_IN or (name in fields and fields[name].indexed):
        return
    elif name not in fields:
        yield f"{does} something that is not there: {_no('field', name, [*BUILT_IN, *_filterable(rule)])}"
    elif fields[name].kind == "rag":
        yield f"{does} {name}: write rag, which every list can do."
    else:
        yield f"{does} “{fields[name].label}”, which is not indexed. Mark the field with indexed = true."


def _tiles(rule: Register, known: Known) -> Troubles:
    yield from _ids(rule.tiles, "tile")
    states = {each.id: each for each in rule.states}
    for tile in rule.tiles:
        named = f"the tile “{tile.title}”"
        if not (tile.states or tile.due or tile.field):
            yield (
                f"{named} counts every entry there ever was. Say which: by states, by due, or by a field and its value."
            )
        for name in tile.states:
            if name not in states:
                yield f"{named} counts a state that is not there: {_no('state', name, [*states])}"
        if tile.due and not rule.clocks:
            yield (
                f"{named} counts what is {tile.due.replace('_', ' ')}, but no clock runs. Add a clock, or take it away."
            )
        if tile.due and tile.states and all(states[name].ends for name in tile.states if name in states):
            yield f"{named} counts what is {tile.due.replace('_', ' ')} among entries that have ended: always none."
        yield from (f"{named} {trouble}" for trouble in _tile_field(tile.field, tile.value, rule))


def _tile_field(name: str, value: str, rule: Register) -> Troubles:
    if not name:
        if value:
            yield f"counts the value {value}, but says not of which field. Fill in field."
        return
    field = next((each for each in rule.fields if each.id == name or (name == "rag" and each.kind == "rag")), None)
    if field is None:
        yield f"counts by a field that is not there: {_no('field', name, [each.id for each in rule.fields])}"
    elif not field.indexed and field.kind != "rag":
        yield f"counts by “{field.label}”, which is not indexed. Mark the field with indexed = true."
    elif not value:
        yield f"counts by “{field.label}”, but not which value of it. Fill in value."
    elif (words := _words_of(field)) and value not in words:
        yield f"counts “{field.label}” that is {value}, which it never is.{nearest(value, words)}"


def _charts(rule: Register, known: Known) -> Troubles:
    yield from _ids(rule.charts, "chart")
    fields = {each.id: each for each in rule.fields}
    for chart in rule.charts:
        named = f"the chart “{chart.title}”"
        field = fields.get(chart.by)
        if chart.by in CHARTS:
            if chart.by == "rag" and "rag" not in {each.kind for each in rule.fields}:
                yield f"{named} counts by rag, but no field is red, amber or green."
        elif field is None:
            yield f"{named} counts by something that is not there: {_no('field', chart.by, [*CHARTS, *fields])}"
        elif field.kind not in ("choice", "yes_no", "computed") or not field.indexed:
            yield (
                f"{named} counts by “{field.label}”, which is no indexed choice. Choose "
                f"{', '.join(CHARTS)} or a choice."
            )


def _alerts(rule: Register, known: Known) -> Troubles:
    yield from _ids(rule.alerts, "alert")
    for alert in rule.alerts:
        named = f"the alert “{alert.id}”"
        if not alert.to:
            yield f"{named} tells nobody. Fill in to: {', '.join(TO)}, or role: and the id of a role."
        for to in alert.to:
            role = to.removeprefix("role:")
            if to.startswith("role:"):
                if known.roles is not None and role not in known.roles:
                    yield f"{named} tells a role that is not there: {_no('role', role, known.roles)}"
            elif to not in TO:
                yield (
                    f"{named} tells “{to}”. It may tell {', '.join(TO)}, or role: and the id of a "
                    f"role.{nearest(to, TO)}"
                )
        if alert.state and alert.when != "moved":
            yield (
                f"{named} names a state, but is sent when {alert.when.replace('_', ' ')}. Only “moved” "
                f"goes with a state."
            )
        elif alert.state and alert.state not in {each.id for each in rule.states}:
            yield f"{named} waits for a state that is not there: " + _no(
                "state", alert.state, [each.id for each in rule.states]
            )
        if alert.when in ("due_soon", "overdue") and not rule.clocks:
            yield (
                f"{named} is sent when {alert.when.replace('_', ' ')}, but no clock runs. Add a clock, or take it away."
            )


def _partner(rule: Register, known: Known) -> Troubles:
    form = rule.partner
    if form is None:
        return
    if rule.subject not in WITH_SETTING:
        yield "partners fill in what is about their own setting: subject must be setting or provider."
    if not form.roles:
        yield "the partners’ form is for no role. Name school or provider."
    for role in form.roles:
        if known.roles is None:
            break
        if role not in known.roles:
            yield f"the partners’ form is for a role that is not there: {_no('role', role, known.roles)}"
        elif not known.roles[role].portal:
            yield f"the partners’ form is for {role}, who works here and adds entries on the register’s own page."
    fields = {each.id: each for each in rule.fields}
    if not form.fields:
        yield "the partners’ form asks nothing. Name its fields."
    for name in form.fields:
        if name not in fields:
            yield f"the partners’ form asks for a field that is not there: {_no('field', name, [*fields])}"
        elif fields[name].retired or fields[name].kind == "computed":
            yield f"the partners’ form asks for “{fields[name].label}”, which nobody fills in. Take it out."
    for field in rule.fields:
        if field.required and not field.retired and not field.only_when and field.id not in form.fields:
            yield (
                f"the partners’ form leaves out “{field.label}”, which is required: nobody could send it. "
                f"Add {field.id}."
            )


_LOOKS: tuple[Callable[[Register, Known], Troubles], ...] = (
    _head, _fields, _formulas, _title, _states, _clocks, _access, _list, _tiles, _charts, _alerts, _partner,
)  # fmt: skip
