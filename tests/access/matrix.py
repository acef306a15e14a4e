"""The reviewed matrix: what stands in ``matrix.toml``, in as few lines as it takes."""

import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.access.addresses import ADDRESSES, permission_of
from tests.access.walk import ABROAD, Cells
from tests.access.world import LETTERS, ORDER, ROLES

FILE = Path(__file__).with_name("matrix.toml")
ELSEWHERE = tuple(f"{role}/other authority" for role in ROLES)
EVERYBODY_ELSE = "everybody else"
NOT_ASKED = "not asked, as no role of theirs holds the permission"
AS_THEIR_ROLE = "not asked, as somebody of their role is"
GROUPS = {"EVERY ROLE": ROLES, "EVERY ROLE OF ANOTHER AUTHORITY": ELSEWHERE}
HEAD = """\
# Who may see what: every address as every kind of person about a child of every class of record.
# Written by `python -m tests.access.review`, read and agreed by people; the tests compare what comes
# with what stands here. A line: people | class of record: what came and the facts told; …
# Facts: {letters}.
"""


def written(cells: Cells) -> str:
    """The matrix as text."""
    everybody = {person for people in cells.values() for person in people if ABROAD not in person}
    lines = [HEAD.format(letters=", ".join(f"{letter} {LETTERS[letter]}" for letter in ORDER))]
    for address in (each for each in ADDRESSES if each.key in cells):
        lines += [f'["{address.key}"]', f'permission = "{permission_of(address.name)}"', "outcomes = ["]
        lines += [f'  "{line}",' for line in _lines(cells[address.key], everybody, by_role=address.by_role)]
        lines += ["]", ""]
    return "\n".join(lines)


def _lines(people: dict[str, dict[str, str]], everybody: set[str], *, by_role: bool) -> list[str]:
    alike: dict[str, list[str]] = defaultdict(list)
    for person, row in people.items():
        alike[_row(row)].append(person)
    why = AS_THEIR_ROLE if by_role else NOT_ASKED
    most = max(alike, key=lambda row: len(alike[row])) if everybody <= set(people) else f"all: {why}"
    named = [f"{', '.join(_folded(who))} | {row}" for row, who in alike.items() if row != most]
    return [*named, f"{EVERYBODY_ELSE} | {most}"]


def _row(row: dict[str, str]) -> str:
    classes: dict[str, list[str]] = defaultdict(list)
    for key, cell in row.items():
        classes[cell].append(key)
    most = max(classes, key=lambda cell: len(classes[cell]))
    parts = [f"{' '.join(keys)}: {cell}" for cell, keys in classes.items() if cell != most]
    return "; ".join([*parts, f"{'others' if parts else 'all'}: {most}"])


def _folded(who: list[str]) -> list[str]:
    for name, members in GROUPS.items():
        if set(members) <= set(who):
            who = [*(each for each in who if each not in members), name]
    return who


def _unfolded(who: str) -> list[str]:
    return [each for name in who.split(", ") for each in GROUPS.get(name, (name,))]


def read() -> tuple[dict[str, str], Cells]:
    """The reviewed matrix: permission by address, and what is to come."""
    book = tomllib.loads(FILE.read_text()) if FILE.exists() else {}
    cells: Cells = {}
    for key, row in book.items():
        cells[key] = {}
        for line in row["outcomes"]:
            who, _, parts = line.partition(" | ")
            for person in _unfolded(who):
                cells[key][person] = dict(_parts(parts))
    return {key: row["permission"] for key, row in book.items()}, cells


def _parts(parts: str) -> Any:
    for part in parts.split("; "):
        classes, _, cell = part.partition(": ")
        for key in classes.split(" "):
            yield ("others" if key == "all" else key), cell


def differences(before: Cells, now: Cells) -> list[str]:
    """What came otherwise than agreed, each in a sentence that names address, person and class."""
    found = [f"{key}: no row in matrix.toml" for key in now if key not in before]
    found += [f"{key}: a row, and no such address" for key in before if key not in now]
    for key in (key for key in now if key in before):
        for person, row in now[key].items():
            agreed = before[key].get(person) or before[key].get(EVERYBODY_ELSE, {})
            for subject, cell in row.items():
                expected = agreed.get(subject, agreed.get("others", "nothing"))
                if cell != expected:
                    found.append(f"{key} as {person} about {subject}: came “{cell}”, agreed “{expected}”")
    return found
