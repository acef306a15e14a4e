"""What a delivery changes, told apart by key."""

from datetime import date

import polars as pl
import pytest

from keepsight.core.people.changes import NotOneRowAKey, compare, keep_fullest

_ROW = {"key": pl.String, "says": pl.String, "ended_on": pl.Date, "row": pl.Int64}
_HELD = {"id": pl.Int64, "key": pl.String, "says": pl.String, "ended_on": pl.Date}
DAY = date(2020, 6, 3)


def incoming(*rows):
    return pl.DataFrame(rows, schema=_ROW, orient="row")


def held(*rows):
    return pl.DataFrame(rows, schema=_HELD, orient="row")


def told(new, old):
    return compare(new, old, key=["key"], values=["says", "ended_on"], ends="ended_on")


def test_each_row_is_told_apart():
    changes = told(
        incoming(("a", "1", None, 2), ("b", "2", None, 3), ("c", "3", DAY, 4), ("d", "4", None, 5)),
        held((1, "b", "2", None), (2, "c", "3", None), (3, "d", "x", None), (4, "e", "5", None)),
    )
    assert changes.counts == {"new": 1, "changed": 1, "ended": 1, "unchanged": 1, "not_in_file": 1}
    assert changes.ended["id"].to_list() == [2]
    assert changes.before.sort("id").rows() == [(2, "3", None), (3, "x", None)]
    assert changes.not_in_file["id"].to_list() == [4]
    assert changes.changed["row"].to_list() == [5], "the place in the file is passed through"


def test_a_row_that_opens_again_has_changed():
    assert told(incoming(("a", "1", None, 2)), held((1, "a", "1", DAY))).counts["changed"] == 1


def test_nothing_equals_nothing():
    changes = told(incoming((None, None, None, 2)), held((1, None, None, None)))
    assert changes.counts["unchanged"] == 1


def test_a_key_twice_is_refused():
    with pytest.raises(NotOneRowAKey):
        told(incoming(("a", "1", None, 2), ("a", "2", None, 3)), held())


def test_a_list_without_values_has_only_new_and_same_rows():
    changes = compare(
        incoming(("a", "1", None, 2), ("b", "1", None, 3)), held((1, "a", "x", None)), key=["key"], values=[]
    )
    assert changes.counts == {"new": 1, "changed": 0, "ended": 0, "unchanged": 1, "not_in_file": 0}


def test_of_rows_with_one_key_the_fullest_is_kept():
    kept, left = keep_fullest(
        incoming(("a", None, None, 2), ("a", "1", DAY, 3), ("a", "1", DAY, 4), ("b", "1", None, 5)),
        ["key"],
        ignore=["row"],
    )
    assert sorted(kept["row"]) == [3, 5]
    assert sorted(left.select("row", "same").rows()) == [(2, False), (4, True)]
