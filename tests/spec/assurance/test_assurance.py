"""Samples that anybody can draw again, agreement with its interval, answers of too few hidden (QAP, RAG-11, WRK-09)."""

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepsight.core.assurance import agreement, draw, summarise
from keepsight.core.assurance.samples import NothingToDraw
from keepsight.core.packs import book
from keepsight.core.packs.kinds import AssuranceRules, Questions
from keepsight.core.packs.schema import read

RULES = book().read("assurance", AssuranceRules)


def cases(**levels):
    rows = [(f"{level}-{n}", level) for level, number in levels.items() for n in range(number)]
    return pl.DataFrame(rows, schema=["ref", "level"], orient="row")


# --- samples -------------------------------------------------------------------------------------------
def test_ninety_of_a_thousand_are_spread_over_the_levels_and_no_level_is_left_out():
    sample = draw(cases(red=120, amber=300, green=577, unrated=3), strata=["level"], size=90, seed="June", least=2)
    assert sample.counts.rows() == [("amber", 300, 27), ("green", 577, 51), ("red", 120, 10), ("unrated", 3, 2)]
    assert sample.drawn.height == 90


def test_a_known_seed_draws_the_same_cases_for_ever():
    drawn = draw(cases(red=20), strata=[], size=4, seed="2020-06-03").drawn["ref"].to_list()
    assert drawn == KNOWN


KNOWN = ["red-19", "red-9", "red-4", "red-2"]


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 30), min_size=1),
    st.integers(1, 60),
    st.integers(0, 3),
    st.randoms(),
)
def test_the_order_of_the_list_changes_nothing_and_every_stratum_gets_its_part(levels, size, least, shuffled):
    population = cases(**levels)
    order = list(range(population.height))
    shuffled.shuffle(order)
    one = draw(population, strata=["level"], size=size, seed="x", least=least, second_share=0.2)
    other = draw(population[order], strata=["level"], size=size, seed="x", least=least, second_share=0.2)
    assert one.drawn.equals(other.drawn)
    assert one.digest == other.digest
    total = sum(levels.values())
    assert one.drawn.height == min(size, total)
    if not least:
        for name, has, got in one.counts.rows():
            assert abs(got - has * min(size, total) / total) < 1 + 1e-9, name


def test_each_case_is_as_likely_as_any_other():
    population = cases(red=10)
    seen = dict.fromkeys(population["ref"], 0)
    for seed in range(2000):
        for ref in draw(population, strata=[], size=3, seed=str(seed)).drawn["ref"]:
            seen[ref] += 1
    expected = 2000 * 3 / 10
    chi = sum((count - expected) ** 2 / expected for count in seen.values())
    assert chi < 27.9, "chi-squared with 9 degrees of freedom at one in a thousand"


def test_nothing_to_draw_says_so():
    with pytest.raises(NothingToDraw, match="choose other cases"):
        draw(cases(), strata=[], size=5, seed="x")


# --- agreement -----------------------------------------------------------------------------------------
def pairs(yes_yes, yes_no, no_yes, no_no):
    return [("yes", "yes")] * yes_yes + [("yes", "no")] * yes_no + [("no", "yes")] * no_yes + [("no", "no")] * no_no


def test_the_textbook_table():
    """Fifty grant proposals, two readers: 20, 5, 10, 15. Kappa is 0.40."""
    found = agreement(pairs(20, 5, 10, 15), words=RULES.words, level=RULES.confidence_level, least=RULES.second_least)
    assert found is not None
    assert (found.n, found.percent, round(found.kappa, 4), found.called) == (50, 0.7, 0.4, "fair")
    assert (round(found.kappa_low, 3), round(found.kappa_high, 3)) == (0.151, 0.649), "as the delta method gives it too"
    assert (round(found.percent_low, 3), round(found.percent_high, 3)) == (0.562, 0.809)


def test_few_second_opinions_give_a_percentage_and_no_kappa():
    found = agreement(pairs(3, 1, 0, 2), words=RULES.words, least=RULES.second_least)
    assert (found.kappa, found.why_no_kappa) == (None, "Fewer than 10 cases were judged twice.")
    assert found.percent == pytest.approx(5 / 6)


def test_one_and_the_same_answer_has_no_kappa():
    found = agreement(pairs(20, 0, 0, 0), least=10)
    assert found.kappa is None
    assert "no chance to correct for" in found.why_no_kappa


def test_nothing_judged_twice_is_nothing():
    assert agreement([]) is None


def test_about_ninety_five_in_a_hundred_intervals_hold_the_truth():
    """Two auditors who agree by a known model; the true kappa is 0.5."""
    luck, held = random.Random(1), 0
    for _ in range(300):
        drawn = []
        for _ in range(200):
            one = luck.random() < 0.5
            other = one if luck.random() < 0.5 else luck.random() < 0.5
            drawn.append((str(one), str(other)))
        found = agreement(drawn)
        held += found.kappa_low <= 0.5 <= found.kappa_high
    assert 270 <= held <= 298, held


# --- answers -------------------------------------------------------------------------------------------
SURVEY = read(
    Questions,
    {
        "source": "test", "owner": "test", "review_on": date(2027, 4, 1), "title": "Staff", "words": "How are you?",
        "kind": "survey",
        "questions": [
            {"id": "safe", "text": "I feel safe", "kind": "scale"},
            {"id": "kit", "text": "I have what I need", "kind": "yes_no"},
            {"id": "say", "text": "Anything else", "kind": "text", "required": False},
        ],
    },
    where="test",
)  # fmt: skip


def test_nothing_is_shown_of_fewer_than_ten():
    nine = [{"safe": 4, "kit": "yes", "say": "thanks"}] * 9
    assert [each.hidden for each in summarise(SURVEY, nine)] == [True, True, True]
    ten = [*nine, {"safe": 1, "kit": "no"}]
    safe, kit, say = summarise(SURVEY, ten)
    assert (safe.counts, safe.mean) == ({"1": 1, "2": 0, "3": 0, "4": 9, "5": 0}, 3.7)
    assert (kit.answered, kit.counts) == (10, {"yes": 9, "no": 1})
    assert say.hidden, "only nine wrote something"
