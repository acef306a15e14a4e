"""Laws of rating that hold for every child there could be."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.packs import book
from keepsight.core.people.facts import FACTS
from keepsight.core.risk import impact, policy, rate
from keepsight.core.terms import Service
from tests.oracle.facts import sheet
from tests.oracle.rating import Twin

LAW = settings(deadline=None, max_examples=60)
BOOK = book("pandemic_2020")
POLICY = policy(BOOK)
HEIGHT = {"green": 0, "amber": 1, "red": 2}
NUMBERS = {"age": 20, "due_in_days": 200, "placement_days": 2000, "care_days": 2000, "any_seen_wd": 30}


def _values(column):
    if column.name == "child":
        return st.just(1)
    if column.name == "service":
        return st.sampled_from([str(service) for service in Service])
    if column.dtype == pl.Boolean:
        return st.one_of(st.none(), st.booleans())
    if column.dtype == pl.Float64:
        return st.one_of(st.none(), st.floats(0, 1))
    if column.dtype == pl.String:
        return st.one_of(st.none(), st.sampled_from(["C1", "C2"]))
    return st.one_of(st.none(), st.integers(0, NUMBERS.get(column.name, 25)))


CHILD = st.fixed_dictionaries({column.name: _values(column) for column in FACTS.columns})
CHILDREN = st.lists(CHILD, min_size=0, max_size=6).map(
    lambda rows: [{**row, "child": number} for number, row in enumerate(rows, 1)]
)
# A yes that only ever adds: no rule asks for it to be absent.
ADDING = [
    "exploitation", "neglect", "physical_or_sexual_abuse", "emotional_abuse", "household_substance_misuse",
    "parent_mental_ill_health", "agency_withdrew", "shielding", "isolated", "insecure_housing", "young_carer",
    "visit_refused", "respite_stopped", "bereavement", "income_loss", "marac_lately", "missing_now",
    "self_harm_hospital_lately", "private_fostering", "uasc", "section_47_closed_lately", "second_cp_plan",
    "placement_breakdown_risk", "crisis_request_lately", "section_47_open", "cp_plan", "self_harm_lately",
]  # fmt: skip


def rated(*children):
    return rate(sheet(*children), POLICY)


@LAW
@given(child=CHILD, more=st.sampled_from(ADDING))
def test_a_risk_never_lowers_points_or_level(child, more):
    without, with_it = rated({**child, more: False}, {**child, more: True}).iter_rows(named=True)
    assert with_it["raw_points"] >= without["raw_points"]
    assert with_it["points"] >= without["points"]
    assert HEIGHT[with_it["level"]] >= HEIGHT[without["level"]]


@LAW
@given(child=CHILD, unknown=st.sampled_from([name for name in FACTS.names if name not in ("child", "service")]))
def test_what_nobody_knows_makes_no_rule_hold_but_the_one_that_waits_for_it(child, unknown):
    """A fact that goes missing adds no points, but for a rule that is told to bear with not knowing."""
    known, not_known = rated(child, {**child, unknown: None}).iter_rows(named=True)
    bearing = {rule.id for rule in POLICY.rules if f"{unknown} IS NULL" in rule.when}
    before = {reason["rule"] for reason in known["reasons"]}
    after = {reason["rule"] for reason in not_known["reasons"]} - {"cap", "ignored"}
    assert after - before <= bearing
    assert not_known["confidence"] <= known["confidence"]


@LAW
@given(children=CHILDREN, seed=st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nobody_is_lost(children, seed):
    facts = sheet(*children)
    result = rate(facts, POLICY)
    assert result["child"].to_list() == facts["child"].to_list()
    places = list(range(len(children)))
    seed.shuffle(places)
    shuffled = rate(facts[places], POLICY) if children else result
    assert shuffled.sort("child").equals(result)


@LAW
@given(child=CHILD)
def test_protection_never_passes_its_cap_and_points_add_up(child):
    row = rated(child).to_dicts()[0]
    assert POLICY.table.protection.cap <= row["protective"] <= 0
    if child["section_47_open"]:
        assert row["protective"] == 0
    assert row["points"] == max(0, row["raw_points"] + row["protective"])
    assert sum(reason["points"] or 0 for reason in row["reasons"]) == row["raw_points"] + row["protective"]
    assert 0 <= row["confidence"] <= 1
    assert set(row["floors"]) <= {reason["rule"] for reason in row["reasons"]}


@LAW
@given(child=CHILD)
def test_the_plain_twin_agrees(child):
    facts = sheet(child)
    twin = Twin(BOOK.table("rating"), BOOK.table("facts")["windows"])
    assert rate(facts, POLICY).to_dicts() == [twin.rate(row) for row in facts.iter_rows(named=True)]


@LAW
@given(children=CHILDREN)
def test_no_change_of_policy_moves_nobody(children):
    assert impact(sheet(*children), POLICY, POLICY).is_empty()


@pytest.mark.parametrize("rule", ["F9", "L2"])
def test_impact_names_the_children_who_move_and_the_rule(rule):
    heavier = tuple(replace(one, points=one.points + 40) if one.id == rule else one for one in POLICY.points)
    children = sheet({"service": "cin", "exploitation": True}, {"service": "cin"}, {})
    moved = impact(children, POLICY, replace(POLICY, points=heavier))
    wanted = {"F9": [(1, "amber", "red")], "L2": [(1, "amber", "red"), (2, "green", "amber")]}[rule]
    assert [tuple(row) for row in moved.select("child", "level_before", "level_after").rows()] == wanted
    assert set(moved["rules"].explode()) == {rule}
