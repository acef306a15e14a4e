"""Rating by Polars and rating by plain Python give the same, to the last word."""

import pytest

from keepsight.core.packs import book
from keepsight.core.risk import policy, rate
from tests.oracle.facts import CALM, UNKNOWN, invented, sheet
from tests.oracle.rating import Twin


def both(facts, event=None):
    rules = book(event)
    twin = Twin(rules.table("rating"), rules.table("facts")["windows"])
    return rate(facts, policy(rules)).to_dicts(), [twin.rate(row) for row in facts.iter_rows(named=True)]


@pytest.mark.parametrize(("seed", "unknown", "yes"), [(1, 0.0, 0.06), (2, 0.1, 0.06), (3, 0.5, 0.3), (4, 0.9, 0.5)])
def test_twins_agree_on_invented_children(seed, unknown, yes):
    ours, theirs = both(invented(1500, seed=seed, unknown=unknown, yes=yes))
    assert ours == theirs


def test_twins_agree_when_all_or_nothing_is_known():
    ours, theirs = both(sheet(CALM, UNKNOWN))
    assert ours == theirs


def test_every_rule_is_reached_by_the_invented_children():
    rules = book()
    told = {
        reason["rule"] for row in both(invented(1500, seed=3, unknown=0.2, yes=0.3))[0] for reason in row["reasons"]
    }
    table = rules.table("rating")
    wanted = {row["id"] for name in ("points", "floors", "prompts") for row in table[name] if row.get("when")}
    assert wanted | {"cap", "ignored"} == told
