"""
Formulas of computed fields: a sum or comparison over an entry's other fields, in a small part of SQL.

Read once, checked part by part, and worked out in plain Python on one entry's values. As in SQL, what is not
known stays not known, unless the answer does not hang on it. A formula knows no clock: it never asks for today.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from keepsight.core.packs.conditions import DAY, NUMBER, TEXT, TRUTH, nearest
from keepsight.core.packs.kinds.registers import FieldRule, Register
from keepsight.core.packs.trouble import PackError

KIND_OF = {
    "number": NUMBER, "money": NUMBER, "yes_no": TRUTH, "date": DAY, "instant": DAY,
    "text": TEXT, "choice": TEXT, "rag": TEXT,
}  # fmt: skip
_ALLOWED = "+ - * /, comparisons, AND, OR, NOT, BETWEEN, IN, IS NULL, IF(…) and CASE WHEN … THEN … ELSE … END"
_DEEPEST = 40  # parts within parts
_LONGEST = 2000
Values = Mapping[str, Any]
Node = Any
Work = Callable[[Values], Any]


@dataclass(frozen=True)
class Formula:
    """A checked formula: the ``fields`` it asks for, the ``kind`` of its answer, and ``work`` to work it out."""

    text: str
    fields: tuple[str, ...]
    kind: str
    work: Work

    def answer(self, values: Values) -> Any:
        """As an entry keeps it: a number, a word, true or false, a day in ISO; None where it is not known."""
        try:
            found = self.work(values)
        except (
            OverflowError,
            ValueError,
            TypeError,
        ):  # further than numbers go, or kept when the field was of another kind
            return None
        if isinstance(found, date):
            return found.isoformat()
        if isinstance(found, bool) or not isinstance(found, int | float):
            return found
        if not math.isfinite(found) or abs(found) > 1e15:
            return None
        rounded = round(found, 6)  # six places: enough for any money or share
        return int(rounded) if rounded == int(rounded) else rounded


def compile_formula(text: str, kinds: Mapping[str, str], *, where: str) -> Formula:
    """
    Read and check one formula.

    Parameters
    ----------
    text : str
        Such as ``received_on - asked_on`` or ``IF(beds > 0, taken / beds, NULL)``.
    kinds : mapping of str to str
        Field id → kind of value (``KIND_OF``), for every field that may stand in it.

    Raises
    ------
    PackError
        Naming the part that cannot be read, is not allowed, or does not fit.
    """
    try:
        tree = sqlglot.parse_one(text[:_LONGEST])
    except (sqlglot.errors.SqlglotError, RecursionError) as trouble:
        raise PackError(f"{where}: the formula “{text[:80]}” cannot be read.") from trouble
    reader = _Reader(text, kinds, where)
    kind, work = reader.read(tree, 0)
    if kind == "":
        raise PackError(f"{where}: the formula “{text[:80]}” never gives an answer.")
    return Formula(text, tuple(dict.fromkeys(reader.asked)), kind, work)


class _Reader:
    """Walks one formula; gives for each part its kind and how it is worked out."""

    def __init__(self, text: str, kinds: Mapping[str, str], where: str):
        self.text, self.kinds, self.where = text, kinds, where
        self.asked: list[str] = []

    def read(self, node: Node, deep: int) -> tuple[str, Work]:
        if deep > _DEEPEST:
            raise PackError(f"{self.where}: the formula has parts within parts within parts: make it shorter.")
        inner = deep + 1
        match node:
            case exp.Paren():
                return self.read(node.this, inner)
            case exp.Column():
                return self._field(node)
            case exp.Null():
                return "", lambda values: None
            case exp.Boolean():
                held = bool(node.this)
                return TRUTH, lambda values: held
            case exp.Literal():
                return self._literal(node)
            case exp.Neg():
                work = self._of(NUMBER, node.this, node, inner)
                return NUMBER, lambda values: _both(lambda a, _: -a, work(values), 0)
            case exp.Add() | exp.Sub():
                return self._sum(node, inner)
            case exp.Mul() | exp.Div():
                left, right = self._of(NUMBER, node.left, node, inner), self._of(NUMBER, node.right, node, inner)
                do = _times if isinstance(node, exp.Mul) else _share
                return NUMBER, lambda values: _both(do, left(values), right(values))
            case exp.And() | exp.Or():
                left, right = self._of(TRUTH, node.left, node, inner), self._of(TRUTH, node.right, node, inner)
                decides = isinstance(node, exp.Or)
                return TRUTH, lambda values: _either(decides, left(values), right(values))
            case exp.Not():
                work = self._of(TRUTH, node.this, node, inner)
                return TRUTH, lambda values: None if (held := work(values)) is None else not held
            case exp.Is() if isinstance(node.expression, exp.Null):
                _, work = self.read(node.this, inner)
                return TRUTH, lambda values: work(values) is None
            case exp.Between() if not node.args.get("symmetric"):
                return self._between(node, inner)
            case exp.In() if node.expressions and not node.args.get("query"):
                return self._in(node, inner)
            case exp.If():
                return self._choose([(node.this, node.args.get("true"))], node.args.get("false"), node, inner)
            case exp.Case() if node.this is None:
                pairs = [(each.this, each.args.get("true")) for each in node.args["ifs"]]
                return self._choose(pairs, node.args.get("default"), node, inner)
            case _ if type(node) in _COMPARE:
                return self._compare(node, inner)
            case _:
                part = node.sql() if node is not None else ""
                raise PackError(f"{self.where}: “{part[:60]}” is not allowed in a formula. Use {_ALLOWED}.")

    def _of(self, wanted: str, part: Node, whole: Node, deep: int) -> Work:
        kind, work = self.read(part, deep)
        if kind not in (wanted, ""):
            raise PackError(
                f"{self.where}: in “{whole.sql()[:60]}”, “{part.sql()[:40]}” is {kind}, but should be {wanted}."
            )
        return work

    def _field(self, node: exp.Column) -> tuple[str, Work]:
        name = node.name
        if node.table or name not in self.kinds:
            raise PackError(
                f"{self.where}: the formula names no field that it can count with: "
                f"{node.sql()[:40]}.{nearest(name, self.kinds)}"
            )
        self.asked.append(name)
        if self.kinds[name] == DAY:
            return DAY, lambda values: _day(values.get(name))
        return self.kinds[name], lambda values: None if (held := values.get(name)) in ("", []) else held

    def _literal(self, node: exp.Literal) -> tuple[str, Work]:
        if node.is_string:
            words = node.name
            return TEXT, lambda values: words
        held = float(node.name)
        number = int(held) if math.isfinite(held) and held == int(held) else held
        return NUMBER, lambda values: number

    def _sum(self, node: Node, deep: int) -> tuple[str, Work]:
        """A sum of numbers; a day and so many days; from one day to another."""
        (one, left), (two, right) = self.read(node.left, deep), self.read(node.right, deep)
        minus = isinstance(node, exp.Sub)
        if one == DAY and two == DAY and minus:
            return NUMBER, lambda values: _both(lambda a, b: (a - b).days, left(values), right(values))
        if one == DAY and two in (NUMBER, ""):
            sign = -1 if minus else 1
            return DAY, lambda values: _both(
                lambda a, b: a + timedelta(days=sign * int(b)), left(values), right(values)
            )
        left, right = self._of(NUMBER, node.left, node, deep), self._of(NUMBER, node.right, node, deep)
        if minus:
            return NUMBER, lambda values: _both(lambda a, b: a - b, left(values), right(values))
        return NUMBER, lambda values: _both(lambda a, b: a + b, left(values), right(values))

    def _compare(self, node: Node, deep: int) -> tuple[str, Work]:
        left, right = self._alike(node.left, node.right, node, deep)
        do = _COMPARE[type(node)]
        return TRUTH, lambda values: _both(do, left(values), right(values))

    def _between(self, node: Node, deep: int) -> tuple[str, Work]:
        this, low = self._alike(node.this, node.args["low"], node, deep)
        _, high = self._alike(node.this, node.args["high"], node, deep)

        def work(values: Values) -> Any:
            above = _both(lambda a, b: a >= b, this(values), low(values))
            below = _both(lambda a, b: a <= b, this(values), high(values))
            return _either(False, above, below)

        return TRUTH, work

    def _in(self, node: Node, deep: int) -> tuple[str, Work]:
        pairs = [self._alike(node.this, each, node, deep) for each in node.expressions]

        def work(values: Values) -> Any:
            answer: bool | None = False
            for this, other in pairs:
                answer = _either(True, answer, _both(lambda a, b: a == b, this(values), other(values)))
            return answer

        return TRUTH, work

    def _alike(self, left: Node, right: Node, whole: Node, deep: int) -> tuple[Work, Work]:
        """Two parts of one kind; a day may be compared with a day written as a word."""
        (one, first), (two, second) = self.read(left, deep), self.read(right, deep)
        if one == DAY and two == TEXT and isinstance(right, exp.Literal):
            return first, self._written(right)
        if two == DAY and one == TEXT and isinstance(left, exp.Literal):
            return self._written(left), second
        if one != two and "" not in (one, two):
            raise PackError(
                f"{self.where}: in “{whole.sql()[:60]}”, “{right.sql()[:40]}” is {two}, but should be {one}."
            )
        return first, second

    def _written(self, literal: exp.Literal) -> Work:
        held = _day(literal.name)
        if held is None:
            raise PackError(f"{self.where}: “{literal.name[:20]}” is no day. Write it like '2020-03-23'.")
        return lambda values: held

    def _choose(self, pairs: list[tuple[Node, Node]], otherwise: Node, whole: Node, deep: int) -> tuple[str, Work]:
        """What the first condition that holds gives; where one is not known, neither is the answer."""
        read = [(self._of(TRUTH, when, whole, deep), self.read(then, deep)) for when, then in pairs]
        last = self.read(otherwise, deep) if otherwise is not None else ("", lambda values: None)
        kinds = list(dict.fromkeys(kind for kind, _ in [*(then for _, then in read), last] if kind))
        if len(kinds) > 1:
            raise PackError(
                f"{self.where}: “{whole.sql()[:60]}” gives {kinds[0]} at one time and {kinds[1]} at another."
            )

        def work(values: Values) -> Any:
            for when, (_, then) in read:
                holds = when(values)
                if holds is None:
                    return None
                if holds:
                    return then(values)
            return last[1](values)

        return kinds[0] if kinds else "", work


_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    exp.EQ: lambda a, b: a == b, exp.NEQ: lambda a, b: a != b, exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b, exp.LT: lambda a, b: a < b, exp.LTE: lambda a, b: a <= b,
}  # fmt: skip


def _both(do: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    return None if left is None or right is None else do(left, right)


def _times(left: Any, right: Any) -> Any:
    return float(left) * float(right)


def _share(left: Any, right: Any) -> Any:
    return None if right == 0 else left / right


def _either(decides: bool, left: bool | None, right: bool | None) -> bool | None:
    """OR with ``decides`` true, AND with false: what is known decides where it can."""
    if left is decides or right is decides:
        return decides
    return None if left is None or right is None else not decides


def _day(held: Any) -> date | None:
    try:
        return date.fromisoformat(str(held)[:10]) if held else None
    except ValueError:
        return None


# --- the computed fields of a register ------------------------------------------------------------------
def formulas_of(rule: Register, *, where: str) -> dict[str, Formula]:
    """
    The formulas of a definition, each after those that it asks for.

    Raises
    ------
    PackError
        Where one cannot be read, names no known field, or asks for itself.
    """
    kinds = {each.id: KIND_OF[each.kind] for each in rule.fields if each.kind in KIND_OF and not each.retired}
    waiting = {each.id: each for each in rule.fields if each.kind == "computed" and each.formula and not each.retired}
    found: dict[str, Formula] = {}
    while waiting:
        ready = [each for each in waiting.values() if not _named(each, waiting)]
        if not ready:
            one = next(iter(waiting.values()))
            raise PackError(f"{where}: the formula of “{one.label}” asks for itself. Take it out of its own formula.")
        for each in ready:
            found[each.id] = compile_formula(each.formula, kinds, where=f"{where}: the field “{each.label}”")
            del waiting[each.id]
            kinds = {**kinds, each.id: found[each.id].kind}
    return found


def _named(field: FieldRule, among: Iterable[str]) -> set[str]:
    try:
        tree = sqlglot.parse_one(field.formula[:_LONGEST])
        return {each.name for each in tree.find_all(exp.Column)} & set(among)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return set()  # said when it is read


@lru_cache(maxsize=500)
def _formulas(rule: Register) -> dict[str, Formula]:
    return formulas_of(rule, where=rule.plural)


def with_computed(rule: Register, values: Values) -> dict[str, Any]:
    """The values of an entry with its computed fields worked out anew. What is not known is left out."""
    if not any(each.kind == "computed" for each in rule.fields):
        return dict(values)
    formulas = _formulas(rule)
    worked = {name: value for name, value in values.items() if name not in formulas}
    for name, formula in formulas.items():
        if (answer := formula.answer(worked)) is not None:
            worked[name] = answer
    return worked


def kind_of_value(rule: Register, field: FieldRule) -> str:
    """The kind of field that a computed one looks like: number, date, yes_no or text; of any other its own."""
    if field.kind != "computed":
        return field.kind
    formula = _formulas(rule).get(field.id)
    return {NUMBER: "number", DAY: "date", TRUTH: "yes_no"}.get(formula.kind if formula else "", "text")
