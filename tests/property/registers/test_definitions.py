"""Any text gives a definition or a sentence; a formula gives what SQL gives."""

import math
import sqlite3
import tomllib

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.packs import PackError, book
from keepsight.core.packs.book import FOLDER, known_beside
from keepsight.core.packs.checks import check
from keepsight.core.packs.conditions import NUMBER, TRUTH
from keepsight.core.packs.kinds import Register
from keepsight.core.registers.formulas import compile_formula

GOOD = tomllib.loads((FOLDER / "standing" / "registers" / "action.toml").read_text())
scalars = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.dates(), st.none(),
    st.sampled_from(["what", "open", "owner", "due_on", "computed", "choice", "a=b", "1/0", "detail + 1", "rag"]),
)  # fmt: skip
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner,
        max_size=3)),
    max_leaves=6,
)  # fmt: skip


def places(table, path=()):
    """Every place of a definition, as the way to it."""
    inside = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def put(table, path, value):
    if not path:
        return value
    copy = dict(table) if isinstance(table, dict) else list(table)
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


def read(table):
    """A definition, or one sentence; any other error fails the test."""
    try:
        return check("registers/action", table, where="Actions", known=known_beside(book().tables, "registers/action"))
    except PackError as wrong:
        said = wrong.sentence
    assert said.startswith("Actions")
    return None


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(list(places(GOOD))), anything), min_size=1, max_size=3))
def test_a_definition_damaged_anywhere_is_read_or_refused(changes):
    table = GOOD
    for path, value in changes:
        try:
            table = put(table, path, value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    assert read(table) is None or isinstance(read(table), Register)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from([*GOOD, "partner", "strange"]), anything))
def test_any_table_is_read_or_refused(table):
    read(table)


@settings(max_examples=200)
@given(st.text(alphabet="abdeu_on12+-*/()<>=,' .ANDORTCSEWHLIF", max_size=40))
def test_any_formula_is_read_or_refused(text):
    fields = [*GOOD["fields"], {"id": "sum", "label": "Sum", "kind": "computed", "formula": text or "1"}]
    read({**GOOD, "fields": fields})


# --- formulas against SQLite ------------------------------------------------------------------------------
NUMBERS = {"a": NUMBER, "b": NUMBER, "c": NUMBER, "p": TRUTH, "q": TRUTH}
number = st.recursive(
    st.one_of(st.sampled_from(["a", "b", "c"]), st.integers(0, 9).map(str)),
    lambda inner: st.builds(lambda x, op, y: f"({x} {op} {y})", inner, st.sampled_from("+-*"), inner),
    max_leaves=5,
)  # fmt: skip
compared = st.builds(
    lambda x, op, y: f"{x} {op} {y}", number, st.sampled_from(["<", "<=", "=", "<>", ">", ">="]), number
)
between = st.builds(lambda x, y, z: f"{x} BETWEEN {y} AND {z}", number, number, number)
one_of = st.builds(lambda x, y, z: f"{x} IN ({y}, {z})", number, number, number)
truth = st.recursive(
    st.one_of(st.sampled_from(["p", "q", "a IS NULL", "p IS NULL"]), compared, between, one_of),
    lambda inner: st.one_of(
        st.builds(lambda x, op, y: f"({x} {op} {y})", inner, st.sampled_from(["AND", "OR"]), inner),
        inner.map(lambda x: f"NOT ({x})"),
    ),
    max_leaves=5,
)  # fmt: skip
values = st.fixed_dictionaries(
    {**dict.fromkeys("abc", st.one_of(st.none(), st.integers(-9, 9))), **dict.fromkeys("pq", st.sampled_from([None,
        True, False]))}
)  # fmt: skip


def by_sqlite(text, row):
    with sqlite3.connect(":memory:") as base:
        columns = ", ".join(f"? AS {name}" for name in row)
        return base.execute(f"SELECT {text} FROM (SELECT {columns})", tuple(row.values())).fetchone()[0]  # noqa: S608


@settings(max_examples=200)
@given(number, values)
def test_sums_are_what_sql_says(text, row):
    expected = by_sqlite(text, row)
    assert compile_formula(text, NUMBERS, where="Test").answer(row) == expected


@settings(max_examples=300)
@given(truth, values)
def test_truths_are_what_sql_says_unknown_ones_too(text, row):
    expected = by_sqlite(text, row)
    answer = compile_formula(text, NUMBERS, where="Test").answer(row)
    assert answer is (None if expected is None else bool(expected))


@settings(max_examples=150)
@given(st.booleans(), truth, number, number, values)
def test_what_a_condition_chooses_is_known_only_where_the_condition_is(as_case, when, then, other, row):
    text = f"CASE WHEN {when} THEN {then} ELSE {other} END" if as_case else f"IF({when}, {then}, {other})"
    answer = compile_formula(text, NUMBERS, where="Test").answer(row)
    holds = by_sqlite(when, row)
    assert answer == (None if holds is None else by_sqlite(then if holds else other, row))


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_a_share_of_nothing_is_not_known(a, b):
    answer = compile_formula("a / b", NUMBERS, where="Test").answer({"a": a, "b": b})
    assert (answer is None) if b == 0 else math.isclose(answer, a / b, abs_tol=1e-6)


@given(st.dates(), st.dates())
def test_days_between_two_days(one, two):
    kinds = {"one": "a day", "two": "a day"}
    held = {"one": one.isoformat(), "two": two.isoformat()}
    assert compile_formula("two - one", kinds, where="Test").answer(held) == (two - one).days
    later = compile_formula("one + 14", kinds, where="Test").answer(held)
    assert later is None or (later > held["one"])


@pytest.mark.parametrize("text", ["a.b", "sum(a)", "a; b", "CURRENT_DATE", "a || b", "x -> y", "", "--", "NULL", "*"])
def test_anything_else_is_no_formula(text):
    with pytest.raises(PackError):
        compile_formula(text, NUMBERS, where="Test")


def test_the_register_survives_being_written_and_read():
    assert tomllib.loads(tomli_w.dumps(GOOD)) == GOOD
