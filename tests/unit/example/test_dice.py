"""Seeded chance: the same for ever, and shaped as asked for."""

import polars as pl
import pytest

from keepsight.example.dice import Dice


def test_the_first_numbers_of_a_seed_never_change():
    assert Dice(2020, "fellshire").uniform(3).round(6).to_list() == [0.332581, 0.309609, 0.273777]


def test_dice_for_one_purpose_are_not_moved_by_another():
    left, right = Dice(1), Dice(1)
    left.of("visits").uniform(100)
    left.uniform(5)
    assert left.of("homes").uniform(4).to_list() == right.of("homes").uniform(4).to_list()


def test_choices_come_in_their_shares():
    chosen = Dice("shares").choose(40_000, {"a": 1, "b": 3, "c": 0})
    assert (chosen == "b").mean() == pytest.approx(0.75, abs=0.01)
    assert "c" not in chosen.unique().to_list()


@pytest.mark.parametrize("rate", [0.3, 4.0, 45.0])
def test_poisson_counts_have_their_rate_as_mean_and_variance(rate):
    counts = Dice("poisson", rate).poisson(pl.Series([rate] * 30_000))
    assert counts.mean() == pytest.approx(rate, rel=0.03)
    assert counts.var() == pytest.approx(rate, rel=0.05)


def test_whole_numbers_reach_both_ends():
    thrown = Dice("whole").whole(2_000, 3, 6)
    assert thrown.unique().sort().to_list() == [3, 4, 5, 6]


def test_an_order_holds_every_number_once():
    assert Dice("order").order(500).sort().to_list() == list(range(500))


def test_nothing_is_thrown_for_nobody():
    assert Dice("none").uniform(0).len() == 0
    assert Dice("none").poisson(pl.Series([], dtype=pl.Float64)).len() == 0
