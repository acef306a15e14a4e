"""
Rows of a file, read as entries of a register: which column is what, whom a cell names, what is wrong.

A cell is read exactly as a form's box is; names of people and things are looked up for the whole
file at once, within the reach of who imports.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keepsight.apps.people.models import Identifier
from keepsight.apps.registers import references
from keepsight.apps.registers.references import Reach
from keepsight.core.errors import BadInput
from keepsight.core.formats.anylist import read_sheets
from keepsight.core.formats.cells import CONTROL_CHARACTERS
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import clean_all

MOST_ROWS = 50_000  # of one file: what is read and shown in a minute or two; longer lists come in parts
LONGEST_CELL = 12_000  # more than any field may hold
LOOK_DOWN = 30
SUBJECT, OWNER, TEAM, STATE = "@subject", "@owner", "@team", "@state"
SUBJECTS = {  # what a column about the subject may be called
    "child": ("child", "child number", "child id", "upn", "subject", "about"),
    "family": ("family", "family number", "subject", "about"),
    "setting": ("setting", "school", "urn", "school urn", "subject", "about"),
    "provider": ("provider", "provider number", "urn", "subject", "about"),
    "team": ("about team", "subject", "about"),
    "service": ("service", "subject", "about"),
    "worker": ("worker", "subject", "about"),
    "cell": ("cell", "subject", "about"),
}
ALSO_CALLED = {OWNER: ("owner", "given to", "owner e mail"), TEAM: ("team",), STATE: ("state", "status")}
_CONTROL = re.compile(CONTROL_CHARACTERS)


class NotAnImport(BadInput):
    """The file can be read and holds nothing that can be imported."""

    code = "not_an_import"


@dataclass(frozen=True)
class Asked:
    """What a file may say: the register's fields as far as this person answers them, and what is beside them."""

    rule: Rule
    gives_out: bool = True  # a column may say who owns an entry, and its team
    moves: bool = True  # a column may say in which state an entry begins
    cells: Mapping[str, str] = field(default_factory=dict)  # of the command structure, by id

    @property
    def fields(self) -> list[FieldRule]:
        return [each for each in self.rule.fields if each.kind != "computed" and not each.retired]


@dataclass
class Table:
    """The list of one sheet: headings, and rows with their numbers."""

    sheet: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    first_column: int = 0
    odd: dict[int, str] = field(default_factory=dict)  # row → why it cannot be read at all
    others: list[str] = field(default_factory=list)  # sheets that were not read


@dataclass
class Understood:
    """One row as understood: what an entry is made of, or what is wrong, column by column."""

    values: dict[str, Any]
    troubles: list[str]


# --- the file ------------------------------------------------------------------------------------------
def read_table(path: Path, asked: Asked) -> Table:
    """
    Read the sheet whose headings fit the register best.

    Raises
    ------
    BadInput
        If nothing in the file can be imported.
    """
    known = set(_names(asked))
    best: tuple[int, Table] | None = None
    sheets: list[str] = []
    for raw in read_sheets(path):
        if sheets and raw.name == sheets[-1] and best is not None:  # a further piece of a long text file
            _more(best[1], raw, path.name)
            continue
        sheets.append(raw.name)
        table = _under_headings(raw, known, path.name)
        if table is not None:
            fits = sum(plain(heading) in known for heading in table.headings)
            if best is None or fits > best[0]:
                best = (fits, table)
    if best is None:
        raise NotAnImport(f"{path.name} holds no row under headings. The template shows what it should look like.")
    best[1].others = [name for name in sheets if name and name != best[1].sheet]
    return best[1]


def _under_headings(raw: Any, known: set[str], name: str) -> Table | None:
    """Take the row that names most columns for the headings; without any, the first that is not blank."""
    found: tuple[int, int, list[str]] | None = None
    for place, row in enumerate(raw.grid.head(LOOK_DOWN).iter_rows()):
        cells = [" ".join((cell or "").replace("\ufeff", "").split())[:200] for cell in row]
        fits = sum(plain(cell) in known for cell in cells if cell)
        if any(cells) and (found is None or fits > found[0]):
            found = (fits, place, cells)
    if found is None:
        return None
    table = Table(raw.name, [_CONTROL.sub("", cell) for cell in found[2]], [], raw.first_column)
    _take(table, raw, found[1] + 1, name)
    return table if table.rows or table.odd else None


def _more(table: Table, raw: Any, name: str) -> None:
    _take(table, raw, 0, name)


def _take(table: Table, raw: Any, start: int, name: str) -> None:
    first = int(raw.rows[start]) if start < raw.rows.len() else 0
    for number, row in zip(raw.rows[start:], raw.grid[start:].iter_rows(), strict=True):
        cells = [(cell or "").strip() for cell in row]
        if any(cells):
            table.rows.append((int(number), cells))
    for number, text in raw.odd:
        if number >= first:
            table.odd[number] = "This line has more values than there are headings. Is a quotation mark missing?"
            table.rows.append((number, [text[:LONGEST_CELL]]))
    for hole in raw.holes:
        column = letter(hole.column)
        table.odd.setdefault(
            hole.row, f"Column {column}: the cell holds {hole.found}, not a value. Put the value there."
        )
    if len(table.rows) > MOST_ROWS:
        raise NotAnImport(f"{name} has more than {MOST_ROWS:,} rows. Send it in parts.")
    table.rows.sort(key=lambda each: each[0])


# --- the headings --------------------------------------------------------------------------------------
def plain(heading: str) -> str:
    """A heading without capitals, marks and what stands in brackets."""
    without = re.sub(r"\([^)]*\)", " ", heading.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", without).split())


def targets(asked: Asked) -> dict[str, str]:
    """What a column may be: id → words."""
    found = {each.id: each.label for each in asked.fields}
    if asked.rule.subject != "none":
        found[SUBJECT] = f"{asked.rule.subject.capitalize()} that it is about"
    if asked.gives_out:
        found |= {OWNER: "Owner (e-mail address)", TEAM: "Team"}
    return found | ({STATE: "State"} if asked.moves else {})


def _names(asked: Asked) -> dict[str, str]:
    """Every name that a heading may have → what it is; a field's own names come first."""
    found: dict[str, str] = {}
    may_be, rule = targets(asked), asked.rule
    for each in asked.fields:
        for name in (each.label, each.id):
            found.setdefault(plain(name), each.id)
    if rule.subject != "none":
        for name in (*SUBJECTS.get(rule.subject, ()), may_be[SUBJECT]):
            found.setdefault(plain(name), SUBJECT)
    for target, names in ALSO_CALLED.items():
        for name in (*names, may_be.get(target, "")) if target in may_be else ():
            found.setdefault(plain(name), target)
    return found


def guess(asked: Asked, headings: Sequence[str]) -> list[str]:
    """Which column is what; empty where the heading says nothing, or what another said before it."""
    names, columns = _names(asked), []
    taken: set[str] = set()
    for heading in headings:
        target = names.get(plain(heading), "")
        columns.append("" if target in taken else target)
        taken.add(target)
    return columns


def unclear(asked: Asked, headings: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Headings that are nothing yet, and what must be there and has no column: sentences."""
    said = [
        f"Column {letter(place)}, “{heading}”, is left out."
        for place, (heading, target) in enumerate(zip(headings, columns, strict=True))
        if heading and not target
    ]
    said += [
        f"No column is {each.label}, which must be filled."
        for each in asked.fields
        if each.required and not each.only_when and each.id not in columns
    ]
    rule = asked.rule
    if rule.subject != "none" and rule.subject_required and SUBJECT not in columns:
        said.append(f"No column says which {rule.subject} an entry is about.")
    return said


def letter(place: int) -> str:
    """A column's letters, as a spreadsheet has them."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- the rows ------------------------------------------------------------------------------------------
def understand(asked: Asked, table: Table, columns: Sequence[str], reach: Reach) -> Iterator[Understood]:
    """Read each row; whom and what the cells name is looked up first, for all rows."""
    found = LookedUp(asked, reach).look_up(table, columns)
    for number, cells in table.rows:
        if number in table.odd:
            yield Understood({}, [table.odd[number]])
        else:
            yield _understand(asked, table, columns, cells, found)


def _understand(
    asked: Asked, table: Table, columns: Sequence[str], cells: Sequence[str], found: "LookedUp"
) -> Understood:
    raw: dict[str, Any] = {}
    about: dict[str, Any] = {}
    values: dict[str, Any] = {"about": about}
    troubles: list[str] = []
    rule, fields = asked.rule, {each.id: each for each in asked.fields}
    where: dict[str, str] = {}
    for place, (target, cell) in enumerate(zip(columns, cells, strict=False)):
        if not target:
            continue
        heading = table.headings[place]
        where[target] = f"Column {letter(table.first_column + place)} ({heading[:60]}): "
        if not cell:
            continue
        if _CONTROL.search(cell) or len(cell) > LONGEST_CELL:
            troubles.append(where[target] + "the cell holds what is no text, or far too much of it. Type it anew.")
            raw[target] = None
            continue
        named = found.kind_of(target)
        if not named:
            raw[target] = cell
            continue
        row, trouble = found(named, cell, fields.get(target))
        if trouble:
            troubles.append(where[target] + trouble)
        elif target == SUBJECT:
            about[_COLUMN.get(rule.subject, rule.subject)] = row
        elif target in (OWNER, TEAM):
            values[target[1:]] = row
        else:
            raw[target] = row
    if state := raw.pop(STATE, None):
        state, trouble = _state(rule, state, raw)
        values["state"] = state
        troubles += [where[STATE] + trouble] if trouble else []
    typed = clean_all(rule, {name: value for name, value in raw.items() if name in fields})
    marked = {name for name in where if any(each.startswith(where[name]) for each in troubles)}
    for name, trouble in typed.troubles.items():
        if name not in marked:
            troubles.append(where.get(name, "") + trouble)
    if rule.subject != "none" and rule.subject_required and not about and SUBJECT not in marked:
        troubles.append(where.get(SUBJECT, "") + f"Say which {rule.subject} this is about.")
    values["fields"] = typed.values
    order = {words: place for place, words in enumerate(where[target] for target in columns if target in where)}
    return Understood(values, sorted(troubles, key=lambda each: order.get(each[: each.find("): ") + 3], len(order))))


_COLUMN = {"provider": "setting", "team": "about_team"}


def _state(rule: Rule, typed: str, raw: Mapping[str, Any]) -> tuple[str, str]:
    """The state that a row is to begin in: one that an import may give, with what it needs."""
    for each in rule.states:
        if typed.casefold() not in (each.id.casefold(), each.name.casefold()):
            continue
        if each.by or each.second_person or each.reason:
            return "", f"An import cannot put entries into {each.name}. Leave the state empty and move them there."
        labels = {one.id: one.label for one in rule.fields}
        if missing := [labels[name] for name in each.needs if not raw.get(name)]:
            return "", f"An entry that is {each.name} needs: {', '.join(missing)}."
        return each.id, ""
    names = ", ".join(each.name for each in rule.states)
    return "", f"The state must be one of {names}, and is “{typed[:40]}”."


class LookedUp:
    """Whom and what the cells of a file name: each kind asked once for the whole file, within one's reach."""

    def __init__(self, asked: Asked, reach: Reach):
        self.asked, self.rule, self.reach = asked, asked.rule, reach
        self.rows: dict[tuple[str, str], Any] = {}
        self.kinds = {each.id: each.kind for each in asked.fields if each.kind in _ASKED}

    def kind_of(self, target: str) -> str:
        """What kind of thing a column names; empty for plain values."""
        if target == SUBJECT:
            return "about" if self.rule.subject == "cell" else self.rule.subject
        return {OWNER: "person", TEAM: "team"}.get(target, self.kinds.get(target, ""))

    def look_up(self, table: Table, columns: Sequence[str]) -> "LookedUp":
        """Ask for everything that the cells of these columns name."""
        wanted: dict[str, set[str]] = {}
        for place, target in enumerate(columns):
            if target and (kind := self.kind_of(target)) in _ASKED:
                cells = {row[place] for _, row in table.rows if place < len(row)}
                wanted.setdefault(kind, set()).update(cell for cell in cells if cell and not _CONTROL.search(cell))
        for kind, words in wanted.items():
            for word, pk in _ASKED[kind](self.reach, words):
                held = self.rows.setdefault((kind, word), pk)
                if held != pk:
                    self.rows[kind, word] = None  # means several
        return self

    def __call__(self, kind: str, typed: str, field_rule: FieldRule | None) -> tuple[Any, str]:
        """The row that a cell names, or a sentence that says what would be right."""
        if kind == "about":
            return self._cell(typed)
        key = (kind, _key(kind, typed))
        if key not in self.rows and kind in ("child", "family", "setting", "provider", "entry"):
            self.rows[key] = self._find(kind, typed, field_rule)
        held = self.rows.get(key)
        if isinstance(held, str):
            return None, held
        if held is None:
            return None, f"This must be {EXPECTED[kind]}, and is “{typed[:40]}”, which {_WHO_NOT[kind]}."
        return held, ""

    def _cell(self, typed: str) -> tuple[Any, str]:
        for key, name in self.asked.cells.items():
            if typed.casefold() in (key.casefold(), name.casefold()):
                return key, ""
        names = ", ".join(self.asked.cells.values()) or "none while no emergency runs"
        return None, f"This must be one of the cells ({names}), and is “{typed[:40]}”."

    def _find(self, kind: str, typed: str, field_rule: FieldRule | None) -> Any:
        """What no number named may be a name: asked for one by one, each once."""
        try:
            register = field_rule.register if field_rule else ""
            return references.find(kind, typed[:200], self.reach, register=register).pk
        except BadInput as trouble:
            return f"{trouble.sentence} It says “{typed[:40]}”."


EXPECTED = {
    "person": "the e-mail address of somebody who works here", "team": "the name of a team",
    "child": "a child's number", "family": "a family's number", "setting": "a school's or setting's URN",
    "provider": "a provider's number", "service": "the name of a service", "worker": "the name of a worker",
    "entry": "the number of an entry",
}  # fmt: skip
_WHO_NOT = dict.fromkeys(EXPECTED, "is not known, or not open to you")


def _key(kind: str, typed: str) -> str:
    return typed.replace(" ", "").casefold() if kind == "child" else " ".join(typed.split()).casefold()


Pairs = Iterable[tuple[str, int]]


def _parts(words: set[str]) -> Iterator[list[str]]:
    every = sorted(words)
    for start in range(0, len(every), 500):
        yield every[start : start + 500]


def _people(reach: Reach, words: set[str]) -> Pairs:
    return [(email.casefold(), pk) for pk, email in reach.people().values_list("pk", "email")]


def _by_name(rows: str) -> Any:
    def named(reach: Reach, words: set[str]) -> Pairs:
        return [(" ".join(n.split()).casefold(), pk) for pk, n in getattr(reach, rows)().values_list("pk", "name")]

    return named


def _children(reach: Reach, words: set[str]) -> Pairs:
    for part in _parts({form for each in words for form in _forms(each)}):
        held = Identifier.objects.filter(
            authority=reach.authority, value__in=part, closed_on=None, child__in=reach.children()
        )
        for value, pk in held.values_list("value", "child_id"):
            yield _key("child", value), pk


def _forms(typed: str) -> set[str]:
    """A number as it may be kept: as typed, without blanks, in capitals."""
    bare = typed.replace(" ", "")
    return {typed, bare, bare.upper()}


def _families(reach: Reach, words: set[str]) -> Pairs:
    for part in _parts(words):
        for number, pk in reach.families().filter(number__in=part).values_list("number", "pk"):
            yield _key("family", number), pk


def _settings(reach: Reach, words: set[str]) -> Pairs:
    for part in _parts(words):
        for urn, pk in reach.settings().filter(urn__in=part).values_list("urn", "pk"):
            yield urn.casefold(), pk


def _asked_for_singly(reach: Reach, words: set[str]) -> Pairs:
    return []


_ASKED = {
    "person": _people, "team": _by_name("teams"), "service": _by_name("services"), "worker": _by_name("workers"),
    "child": _children, "family": _families, "setting": _settings, "provider": _asked_for_singly,
    "entry": _asked_for_singly,
}  # fmt: skip


def children_of(rule: Rule, values: Iterable[Mapping[str, Any]]) -> set[int]:
    """The children whom these rows name: as subject, or in a field."""
    fields = [each.id for each in rule.fields if each.kind == "child"]
    found = {each.get("about", {}).get("child") for each in values}
    found |= {each.get("fields", {}).get(name) for each in values for name in fields}
    return {pk for pk in found if pk}
