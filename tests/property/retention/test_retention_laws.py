"""Laws of the schedule: no rule that applies is cut short, and knowing more never makes a record go sooner."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from keepsight.core.packs import book
from keepsight.core.packs.kinds import Retention
from keepsight.core.retention import FACTS, bind
from tests.worlds import frame

SCHEDULE = book().read("retention", Retention).schedule
RECORD_RULES = [rule for rule in SCHEDULE if rule.applies and rule.id not in ("health", "emergency")]
MARKS = ("looked_after", "on_plan", "in_need", "early_help", "contact", "ehcp")
days = st.dates(date(1950, 1, 1), date(2030, 12, 31))
children = st.fixed_dictionaries(
    {
        "born_on": st.none() | days, "died_on": st.none() | days, "order_on": st.none() | days,
        "closed_on": st.none() | days, **{mark: st.booleans() for mark in MARKS},
    }
)  # fmt: skip


def until(child, rules=SCHEDULE):
    row = {"child": 1, "open": False, "health": False, "extras": False, **child}
    found = bind(frame(FACTS, [row]), rules).row(0, named=True)
    return found["kept_until"] or date.max  # kept until people decide


@given(children)
def test_never_earlier_than_any_rule_that_applies(child):
    together = until(child)
    for rule in RECORD_RULES:
        alone = bind(
            frame(FACTS, [{"child": 1, "open": False, "health": False, "extras": False, **child}]), [rule]
        ).row(0, named=True)
        if alone["state"] != "no_rule":
            assert together >= (alone["kept_until"] or date.max), rule.id


@given(children, st.sampled_from([*MARKS, "order_on"]), days)
def test_knowing_more_never_makes_a_record_go_sooner(child, more, on):
    before = until(child)
    ruled = any(child[mark] for mark in MARKS) or child["order_on"]
    grown = {**child, more: (max(child["order_on"] or on, on) if more == "order_on" else True)}
    if ruled:  # a record that no rule speaks of is kept until one does
        assert until(grown) >= before


@given(children, st.integers(1, 4000))
def test_a_later_closure_never_makes_a_record_go_sooner(child, later):
    from datetime import timedelta

    if child["closed_on"]:
        assert until({**child, "closed_on": child["closed_on"] + timedelta(days=later)}) >= until(child)


@given(children)
def test_nothing_goes_while_something_is_open(child):
    assert until({**child, "open": True}) == date.max


@given(st.lists(children, max_size=6))
def test_every_child_has_one_answer_whoever_stands_beside(some):
    rows = [{"child": n, "open": False, "health": False, "extras": False, **child} for n, child in enumerate(some)]
    together = bind(frame(FACTS, rows), SCHEDULE)
    assert together["child"].to_list() == list(range(len(some)))
    assert [value or date.max for value in together["kept_until"]] == [until(child) for child in some]
