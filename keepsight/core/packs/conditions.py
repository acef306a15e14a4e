"""
Conditions: what a rule asks of the facts, written in a small part of SQL.

Comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, + and −, over known facts and plain values; nothing
else. A condition is read once, checked word by word, and becomes one Polars expression. As in SQL,
a fact that nobody knows makes a condition unknown, unless the answer does not hang on it.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlglot
from sqlglot import exp

from keepsight.core.columns import Contract
from keepsight.core.packs.trouble import PackError

TRUTH, NUMBER, TEXT, DAY = "yes or no", "a number", "a word", "a day"
Node = Any  # the base class of sqlglot's parts has another name in each of its major versions
_SAME = (exp.EQ, exp.NEQ)
_ORDER = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_ALLOWED = "comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, + and -"


@dataclass(frozen=True)
class Condition:
    """A checked condition: ``text`` as written, ``facts`` it asks for, ``expr`` to evaluate it."""

    text: str
    facts: tuple[str, ...]
    expr: pl.Expr


def compile_condition(
    text: str, contract: Contract, *, where: str, words: Mapping[str, frozenset[str]] | None = None
) -> Condition:
    """
    Read, check and compile one condition.

    Parameters
    ----------
    text : str
        The condition, such as ``cp_plan AND age < 1``.
    contract : Contract
        The facts that may be asked for, with their types.
    where : str
        File, table and rule, for the sentence if something is wrong.
    words : mapping, optional
        For a fact that is a word, the words that it can be. A rule that waits for any other
        would never fire, so it is refused.

    Returns
    -------
    Condition
        Its ``expr`` gives true, false or null (unknown).

    Raises
    ------
    PackError
        If the text is not SQL, uses anything but the words above, names an unknown fact, or
        compares what cannot be compared.
    """
    try:
        tree = sqlglot.parse_one(text)
    except (sqlglot.errors.SqlglotError, RecursionError) as trouble:
        raise PackError(f"{where}: the condition “{text}” cannot be read.") from trouble
    kinds = {column.name: _kind_of(column.dtype) for column in contract.columns}
    if _Reader(text, kinds, words or {}, where).kind(tree) != TRUTH:
        raise PackError(f"{where}: the condition “{text}” is not a question with the answer yes or no.")
    facts = tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))
    # Written out again from what was checked, so that what was checked is what runs.
    return Condition(text, facts, pl.sql_expr(tree.sql(comments=False)))


def _kind_of(dtype: Any) -> str:
    if dtype == pl.Boolean:
        return TRUTH
    if dtype == pl.Date:
        return DAY
    return TEXT if dtype == pl.String else NUMBER


def nearest(word: str, known: Any) -> str:
    """Give “ Did you mean …?” where a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


@dataclass(frozen=True)
class _Reader:
    """Walks one condition and says of each part what kind of value it is."""

    text: str
    facts: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    where: str

    def kind(self, node: Node) -> str:
        match node:
            case exp.Paren():
                return self.kind(node.this)
            case exp.Column():
                return self._fact(node)
            case exp.Boolean():
                return TRUTH
            case exp.Literal():
                return TEXT if node.is_string else NUMBER
            case exp.And() | exp.Or():
                return self._all(TRUTH, node, node.left, node.right, gives=TRUTH)
            case exp.Not():
                return self._all(TRUTH, node, node.this, gives=TRUTH)
            case exp.Neg():
                return self._all(NUMBER, node, node.this, gives=NUMBER)
            case exp.Add() | exp.Sub():
                return self._all(NUMBER, node, node.left, node.right, gives=NUMBER)
            case exp.Is() if isinstance(node.expression, exp.Null):
                self.kind(node.this)
                return TRUTH
            case exp.Between() if not node.args.get("symmetric"):
                return self._all(NUMBER, node, node.this, node.args["low"], node.args["high"], gives=TRUTH)
            case exp.In() if node.expressions and not node.args.get("query"):
                self._check_words(node.this, *node.expressions)
                return self._all(self.kind(node.this), node, *node.expressions, gives=TRUTH)
            case _ if isinstance(node, _SAME):
                self._check_words(node.left, node.right)
                return self._all(self.kind(node.left), node, node.right, gives=TRUTH)
            case _ if isinstance(node, _ORDER):
                return self._all(NUMBER, node, node.left, node.right, gives=TRUTH)
            case _:
                part = node.sql() if node is not None else ""
                raise PackError(f"{self.where}: “{part}” is not allowed in a condition. Use {_ALLOWED}.")

    def _all(self, wanted: str, node: Node, *parts: Node, gives: str) -> str:
        """Check that each part is of the kind wanted."""
        for part in parts:
            kind = self.kind(part)
            if kind != wanted:
                raise PackError(f"{self.where}: in “{node.sql()}”, “{part.sql()}” is {kind}, but should be {wanted}.")
        return gives

    def _fact(self, node: exp.Column) -> str:
        if node.table or node.name not in self.facts:
            known = nearest(node.name, self.facts)
            raise PackError(f"{self.where}: the condition “{self.text}” names no known fact: {node.sql()}.{known}")
        return self.facts[node.name]

    def _check_words(self, fact: Node, *values: Node) -> None:
        """Refuse a word that the fact can never be."""
        known = self.words.get(fact.name) if isinstance(fact, exp.Column) else None
        for value in values:
            if known and isinstance(value, exp.Literal) and value.is_string and value.name not in known:
                raise PackError(
                    f"{self.where}: {fact.name} is never “{value.name}”. It is one of {', '.join(sorted(known))}."
                )
