"""
A plain twin of the rating: row by row, in ordinary Python, with its own reader of conditions.

It shares nothing with ``keepsight.core.risk`` but the pack's tables and knows no Polars. Truth has
three values: True, False and None for "nobody knows".
"""

import re
import string
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Ask = Callable[[Row], Any]
SHARES = {"attendance_share"}

_TOKEN = re.compile(r"\s*('(?:[^']*)'|<=|>=|<>|!=|[=<>(),+\-]|[A-Za-z_][A-Za-z_0-9]*|\d+\.\d+|\d+)")


def tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"cannot read {text[at:]!r}"
        found.append(match.group(1))
        at = match.end()
    return found


class Reader:
    """Recursive descent: OR binds least, then AND, NOT, comparison, + and −."""

    def __init__(self, text: str):
        self.left = tokens(text)

    def read(self) -> Ask:
        ask = self.either()
        assert not self.left, f"left over: {self.left}"
        return ask

    def next(self, word: str) -> bool:
        if self.left and self.left[0].upper() == word:
            self.left.pop(0)
            return True
        return False

    def must(self, word: str) -> None:
        assert self.next(word), f"{word} wanted, {self.left[:1]} found"

    def either(self) -> Ask:
        ask = self.both()
        while self.next("OR"):
            ask = _or(ask, self.both())
        return ask

    def both(self) -> Ask:
        ask = self.negated()
        while self.next("AND"):
            ask = _and(ask, self.negated())
        return ask

    def negated(self) -> Ask:
        if self.next("NOT"):
            ask = self.negated()
            return lambda row: None if (answer := ask(row)) is None else not answer
        return self.compared()

    def compared(self) -> Ask:
        ask = self.summed()
        if self.next("IS"):
            wanted = not self.next("NOT")
            self.must("NULL")
            return lambda row: (ask(row) is None) == wanted
        turned = self.next("NOT")
        if self.next("IN"):
            self.must("(")
            values = [self.summed()]
            while self.next(","):
                values.append(self.summed())
            self.must(")")
            return _turn(_in(ask, values), turned)
        if self.next("BETWEEN"):
            low = self.summed()
            self.must("AND")
            high = self.summed()
            return _turn(_and(_compare(">=", ask, low), _compare("<=", ask, high)), turned)
        for sign in ("<=", ">=", "<>", "!=", "=", "<", ">"):
            if self.next(sign):
                return _compare(sign, ask, self.summed())
        return ask

    def summed(self) -> Ask:
        ask = self.value()
        while self.left and self.left[0] in "+-":
            ask = _add(ask, self.value() if self.next("+") else _minus(self))
        return ask

    def value(self) -> Ask:
        if self.next("("):
            ask = self.either()
            self.must(")")
            return ask
        if self.next("-"):
            ask = self.value()
            return lambda row: None if (number := ask(row)) is None else -number
        word = self.left.pop(0)
        if word[0] == "'":
            return lambda row: word[1:-1]
        if word.upper() in ("TRUE", "FALSE"):
            return lambda row: word.upper() == "TRUE"
        if word[0].isdigit():
            number = float(word) if "." in word else int(word)
            return lambda row: number
        return lambda row: row[word]


def _minus(reader: Reader) -> Ask:
    reader.must("-")
    ask = reader.value()
    return lambda row: None if (number := ask(row)) is None else -number


def _add(one: Ask, other: Ask) -> Ask:
    def ask(row: Row) -> Any:
        first, second = one(row), other(row)
        return None if first is None or second is None else first + second

    return ask


def _or(one: Ask, other: Ask) -> Ask:
    def ask(row: Row) -> Any:
        first = one(row)
        if first is True:
            return True
        second = other(row)
        if second is True:
            return True
        return None if first is None or second is None else False

    return ask


def _and(one: Ask, other: Ask) -> Ask:
    def ask(row: Row) -> Any:
        first = one(row)
        if first is False:
            return False
        second = other(row)
        if second is False:
            return False
        return None if first is None or second is None else True

    return ask


def _turn(ask: Ask, turned: bool) -> Ask:
    if not turned:
        return ask
    return lambda row: None if (answer := ask(row)) is None else not answer


def _in(ask: Ask, values: list[Ask]) -> Ask:
    def inside(row: Row) -> Any:
        value = ask(row)
        return None if value is None else any(value == other(row) for other in values)

    return inside


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(sign: str, one: Ask, other: Ask) -> Ask:
    answer = _SIGNS[sign]

    def ask(row: Row) -> Any:
        first, second = one(row), other(row)
        return None if first is None or second is None else answer(first, second)

    return ask


def sentence(rule: Row, row: Row, windows: dict[str, int]) -> str:
    said, unknown = "", False
    for text, name, _, _ in string.Formatter().parse(rule["because"]):
        said += text
        if name is None:
            continue
        if name in windows:
            said += str(windows[name])
        elif row[name] is None:
            unknown = True
            said += "not known"
        else:
            said += f"{round(row[name] * 100)} %" if name in SHARES else str(row[name])
    return rule["because_unknown"] if unknown and rule.get("because_unknown") else said


class Twin:
    """The policy, read once from the pack's plain tables."""

    def __init__(self, rating: Row, windows: dict[str, int]):
        self.table, self.windows = rating, windows
        self.ignored = Reader(rating["protection"]["ignored_when"]).read()
        self.points = [(rule, Reader(rule["when"]).read()) for rule in rating["points"]]
        self.heavy_first = sorted(self.points, key=lambda pair: -pair[0]["points"])
        self.floors = [(rule, Reader(rule["when"]).read()) for rule in rating["floors"]]
        self.prompts = [(rule, Reader(rule["when"]).read()) for rule in rating.get("prompts", []) if rule.get("when")]

    def rate(self, row: Row) -> Row:
        floors = [rule for rule, ask in self.floors if ask(row) is True]
        reasons = [(rule["id"], None, sentence(rule, row, self.windows)) for rule in floors]
        known = raw = protecting = 0
        for rule, ask in self.heavy_first:
            answer = ask(row)
            known += answer is not None
            if answer is not True:
                continue
            reasons.append((rule["id"], rule["points"], sentence(rule, row, self.windows)))
            if rule["points"] > 0:
                raw += rule["points"]
            else:
                protecting += rule["points"]
        protection = self.table["protection"]
        ignored = self.ignored(row) is True
        protective = 0 if ignored else max(protecting, protection["cap"])
        if protective > protecting:
            told = ("ignored", "because_ignored") if ignored else ("cap", "because_capped")
            reasons.append((told[0], protective - protecting, protection[told[1]]))
        for rule, ask in self.prompts:
            if ask(row) is True:
                reasons.append((rule["id"], None, sentence(rule, row, self.windows)))
        points = max(0, raw + protective)
        return {
            "child": row["child"],
            "service": row["service"],
            "level": self.level(points, floors),
            "points": points,
            "raw_points": raw,
            "protective": protective,
            "confidence": round(known / len(self.points), 4),
            "floors": [rule["id"] for rule in floors],
            "reasons": [{"rule": id_, "points": worth, "sentence": said} for id_, worth, said in reasons],
        }

    def level(self, points: int, floors: list[Row]) -> str:
        levels = ["green", "amber", "red"]
        height = (points >= self.table["thresholds"]["amber"]) + (points >= self.table["thresholds"]["red"])
        for floor in floors:
            if floor["level"] != "up":
                height = max(height, levels.index(floor["level"]))
        if any(floor["level"] == "up" for floor in floors):
            height = min(2, height + 1)
        return levels[height]
