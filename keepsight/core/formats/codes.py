"""Code lists, and how a cell's words become a code. The lists themselves are ``tables/codes.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_LETTERED = re.compile(r"^([a-z]{1,2}\d?)\)\s*")
_YES_NO = {"true": True, "false": False, "unknown": None}


@dataclass(frozen=True)
class CodeList:
    """What the cells of one column may say."""

    name: str
    expected: str
    yes_no: bool
    labels: dict[str, str]
    letters: dict[str, str]
    pattern: re.Pattern[str] | None

    def code_of(self, cell: str) -> tuple[bool, str | bool | None]:
        """
        Give whether the cell could be read, and its code.

        In this order: the whole cell is a code or a label; what follows the template's letter is;
        one code, and only one, stands in it as a word; the letter is known.
        """
        plain = " ".join(cell.lower().split())
        lettered = _LETTERED.match(plain)
        rest = plain[lettered.end() :] if lettered else plain
        code = self.labels.get(plain) or self.labels.get(rest) or self._word(rest)
        if code is None and lettered:
            code = self.letters.get(lettered[1])
        if code is None:
            return False, None
        return True, _YES_NO[code] if self.yes_no else code

    def _word(self, rest: str) -> str | None:
        if self.pattern is None:
            return None
        found = {match.upper() for match in self.pattern.findall(rest)}
        return found.pop() if len(found) == 1 else None


@cache
def code_lists() -> dict[str, CodeList]:
    """Give every code list by its name."""
    book = tomllib.loads((files(__package__) / "tables" / "codes.toml").read_text(encoding="utf-8"))
    return {name: _code_list(name, entry) for name, entry in book.items()}


@cache
def _first_labels() -> dict[str, dict[str, str]]:
    book = tomllib.loads((files(__package__) / "tables" / "codes.toml").read_text(encoding="utf-8"))
    return {
        name: {code: written[0] for code, written in entry.get("codes", {}).items() if written}
        for name, entry in book.items()
    }


def label_of(name: str, code: str) -> str:
    """Give the words of a code, as its list writes them first; the code itself where no list has words for it."""
    words = _first_labels().get(name, {}).get(code, code)
    return words[:1].upper() + words[1:]


def _code_list(name: str, entry: dict[str, Any]) -> CodeList:
    known: dict[str, list[str]] = {code: [] for code in entry.get("plain", [])} | entry.get("codes", {})
    labels: dict[str, str] = {}
    for code in known:
        labels[code.lower()] = code
    for code, written in known.items():
        for label in written:
            labels.setdefault(" ".join(label.lower().split()), code)
    return CodeList(
        name=name,
        expected=entry["expected"],
        yes_no=entry.get("yes_no", False),
        labels=labels,
        letters=entry.get("letters", {}),
        pattern=_pattern(entry["find"], list(known)),
    )


def _pattern(find: str, codes: list[str]) -> re.Pattern[str] | None:
    choice = "|".join(re.escape(code.lower()) for code in sorted(codes, key=len, reverse=True))
    if find == "anywhere":
        return re.compile(rf"(?<![a-z0-9])({choice})(?![a-z0-9])")
    if find == "start":
        return re.compile(rf"^({choice})(?![a-z0-9])")
    if find == "letter":
        return re.compile(rf"^({choice})\s*[:)\-]")
    return None
