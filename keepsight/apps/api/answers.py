"""What was sent for an entry, read as the form reads it: fields that one may answer, rows that one may open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from keepsight.apps.api.places import Caller
from keepsight.apps.api.present import fields_shown, value_out
from keepsight.apps.events.scope import active_event
from keepsight.apps.people.content import NOT_SHOWN
from keepsight.apps.registers.actions.entries import COLUMN_OF, About
from keepsight.apps.registers.keeping import WrongEntry
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.present_entry import Opened, roles_in
from keepsight.apps.registers.readers import cells_of
from keepsight.apps.registers.references import NOT_FOUND, NotFound, Reach, entry_visible_to, find
from keepsight.core.errors import BadInput
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule

TYPED = ("child", "family", "setting", "provider", "entry")  # named as on the form
MOST = 2**53
NOT_KNOWN = "There is no such person or team here."


def raw_of(
    caller: Caller, register: Register, rule: Rule, values: Mapping[str, Any], *, opened: Opened | None = None
) -> dict[str, Any]:
    """
    Field → value, as the actions take it.

    Raises
    ------
    WrongEntry
        Naming each field that is not asked of this person, or names what they may not open. A field that is
        hidden from them and one that is not there get the same answer.
    """
    reach, fields = caller.reach(register), fields_shown(rule, roles_in(caller.grants, register))
    raw: dict[str, Any] = {}
    troubles: dict[str, str] = {}
    for name, value in values.items():
        each = fields.get(name)
        if each is None or each.kind == "computed" or each.retired:
            troubles[name] = "There is no such field to answer."
            continue
        if opened is not None and _is_masked(each, value, opened):
            continue
        try:
            raw[name] = _read(each, value, reach)
        except BadInput as wrong:
            troubles[name] = wrong.sentence
    if opened is not None:
        troubles |= _out_of_reach(fields, raw, opened)
    if troubles:
        raise WrongEntry(troubles)
    return raw


def _is_masked(each: FieldRule, value: Any, opened: Opened) -> bool:
    """Whether somebody sends back what they were shown in place of a text: it changes nothing."""
    held = opened.entry.values.get(each.id)
    if not isinstance(value, str) or not isinstance(held, str) or NOT_SHOWN not in value:
        return False
    return value_out(each, held, opened.reader) == value


def _out_of_reach(fields: Mapping[str, FieldRule], raw: Mapping[str, Any], opened: Opened) -> dict[str, str]:
    """Fields that name somebody whom this person may not open stay as they are, as on the form."""
    held, reader = opened.entry.values, opened.reader
    return {
        name: "This names somebody or something that you may not open. It stays as it is."
        for name in raw
        if fields[name].kind in ("child", "family", "entry")
        and held.get(name)
        and raw[name] != held[name]
        and (_kind(name, fields), int(held[name])) not in reader.named.names
    }


def _kind(name: str, fields: Mapping[str, FieldRule]) -> str:
    return fields[name].kind


def _read(each: FieldRule, value: Any, reach: Reach) -> Any:
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, list) != (each.kind == "several") and not (each.kind == "several" and isinstance(value, str)):
        raise BadInput(f"{each.label} is {'a list of ids' if each.kind == 'several' else 'one value, no list'}.")
    if each.kind in TYPED:
        return _named(each.kind, value, reach, register=each.register).pk
    if each.kind in ("person", "team"):
        rows = reach.people() if each.kind == "person" else reach.teams()
        return _numbered(rows, value).pk
    return value


def _named(kind: str, value: Any, reach: Reach, *, register: str = "") -> Any:
    """A row by its reference, or by what would be typed on the form."""
    if not isinstance(value, str) or len(value) > 200:
        raise NotFound(NOT_FOUND)
    ref = _as_ref(value)
    if ref is None:
        return find(kind, value, reach, register=register)
    row: Any = None
    if kind == "child":
        row = reach.children().filter(ref=ref).first()
    elif kind == "entry":
        row = entry_visible_to(reach.grants, ref, exercise=reach.exercise)
        if row is not None and (
            row.register.authority_id != reach.authority.pk or register not in ("", row.register.key)
        ):
            row = None
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def _as_ref(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _numbered(rows: Any, value: Any) -> Any:
    try:
        pk = int(value) if not isinstance(value, bool | float) else 0
    except ValueError:
        pk = 0
    row = rows.filter(pk=pk).first() if 0 < pk < MOST else None
    if row is None:
        raise NotFound(NOT_KNOWN)
    return row


def about_of(caller: Caller, register: Register, rule: Rule, value: Any) -> About:
    """
    Whom or what a new entry is about.

    Raises
    ------
    WrongEntry
        Where it is nobody and nothing that this person may open.
    """
    if value in (None, ""):
        return About()
    reach, kind = caller.reach(register), rule.subject
    try:
        if kind == "none":
            raise BadInput("Entries of this register are about nobody: leave it out.")
        if kind == "cell":
            known = {name for name, _ in cells_of(active_event(register.authority, exercise=caller.exercise))}
            if value not in known:
                raise BadInput("There is no such cell in the emergency that runs.")
            return About(cell=str(value))
        if kind in TYPED:
            return About(**{COLUMN_OF.get(kind, kind): _named(kind, value, reach)})
        rows = {"team": reach.teams, "service": reach.services, "worker": reach.workers}[kind]()
        return About(**{COLUMN_OF.get(kind, kind): _numbered(rows, value)})
    except BadInput as wrong:
        raise WrongEntry({"about": wrong.sentence}) from None


def given_to(caller: Caller, register: Register, owner: int | None, team: int | None) -> dict[str, Any]:
    """
    Owner and team of a new entry.

    Raises
    ------
    WrongEntry
        Where somebody or a team is not there.
    """
    reach = caller.reach(register)
    return {"owner": _one(reach.people(), owner, "owner"), "team": _one(reach.teams(), team, "team")}


def _one(rows: Any, pk: int | None, name: str) -> Any:
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise WrongEntry({name: NOT_KNOWN})
    return row


def owner_among(people: list[Any], pk: int | None) -> Any:
    """
    To whom an entry is given: one of those who may read it.

    Raises
    ------
    WrongEntry
        For everybody else, there or not.
    """
    if pk is None:
        return None
    found = next((each for each in people if each.pk == pk), None)
    if found is None:
        raise WrongEntry({"owner": "There is nobody with that number who may read this entry."})
    return found


def team_in(caller: Caller, entry: Entry, pk: int | None) -> Any:
    """The team of an entry, by its number."""
    return _one(caller.reach(entry.register).teams(), pk, "team")
