"""Pseudonyms are the same for the same child and key, and tell nothing else."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from keepsight.core import pseudonyms as of
from keepsight.core.people.facts import FACTS

KEYS, CODES, CHILDREN = st.text(min_size=1, max_size=40), st.sampled_from(["shire", "borough"]), st.integers(1, 10**9)


@given(KEYS, CODES, CHILDREN)
def test_the_same_child_has_the_same_pseudonym(key, code, child):
    assert of.pseudonym(key, code, child) == of.pseudonym(key, code, child)
    assert len(of.pseudonym(key, code, child)) == of.LENGTH


@given(KEYS, CODES, CHILDREN, KEYS, CODES, CHILDREN)
def test_another_child_authority_or_key_has_another(key, code, child, key2, code2, child2):
    same = (key, code, child) == (key2, code2, child2)
    assert (of.pseudonym(key, code, child) == of.pseudonym(key2, code2, child2)) is same


@given(st.lists(CHILDREN, min_size=2, unique=True))
def test_the_order_of_pseudonyms_is_not_the_order_of_records(children):
    """Sorted by pseudonym, rows do not give away who came first: checked over many by their being a plain hash."""
    assert len(set(of.pseudonyms("k", "shire", children))) == len(children)


def test_of_a_birth_the_month_is_left():
    frame = of.month_of_birth(pl.DataFrame({"date_of_birth": [date(2012, 5, 31), None]}))
    assert frame.to_dict(as_series=False) == {"birth_month": ["2012-05", None]}


def test_no_fact_that_leaves_dates_a_birth_or_tells_of_health():
    left = set(of.coded_facts(FACTS.empty()).columns)
    assert not left & {"age", "due_in_days", "care_days", "placement_days", "shielding", "child"}


def test_where_the_place_is_confidential_deprivation_is_blank():
    facts = pl.concat([FACTS.empty(), pl.DataFrame({"child": [1, 2], "idaci_decile": [3, 3]})], how="diagonal_relaxed")
    assert of.coded_facts(facts, hidden=[2])["idaci_decile"].to_list() == [3, None]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("pq")), max_size=12))
def test_rows_that_stand_alone_are_counted(values):
    frame = pl.DataFrame(values, schema=dict.fromkeys(of.QUASI, pl.String), orient="row")
    unique, smallest = of.uniqueness(frame)
    assert unique == sum(1 for value in values if values.count(value) == 1)
    assert smallest == min((values.count(value) for value in values), default=0)
