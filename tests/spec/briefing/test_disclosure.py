"""What leaves the service: 0 shown, 1 to 5 hidden, and enough more that nothing small can be worked out."""

import pytest

from keepsight.core.disclosure import NotACount, hidden_cells, protected, published_share, rounded_total
from tests.tables import table

COUNTS = """
    count || shown
    0     || 0
    1     || c
    4     || c
    5     || c
    6     || 6
    7     || 7
"""
SHARES = """
    above | below || shown
    0     | 40    || 0.0%
    1     | 40    || c
    5     | 40    || c
    6     | 40    || 15.0%
    34    | 40    || 85.0%
    35    | 40    || c
    39    | 40    || c
    40    | 40    || 100.0%
    0     | 5     || c
    0     | 0     || z
"""
TOTALS = """
    total || rounded
    4     || 0
    5     || 10
    14    || 10
    15    || 20
    1234  || 1230
"""


@pytest.mark.parametrize("row", table(COUNTS), ids=lambda row: row["count"])
def test_threshold(row):
    shown = protected([[int(row["count"]), 20, 30], [40, 50, 60], [70, 80, 90]])
    assert str(shown[0][0]) == row["shown"]


@pytest.mark.parametrize("row", table(SHARES), ids=lambda row: f"{row['above']} of {row['below']}")
def test_share(row):
    assert published_share(int(row["above"]), int(row["below"])) == row["shown"]


@pytest.mark.parametrize("row", table(TOTALS), ids=lambda row: row["total"])
def test_rounding_of_regional_totals(row):
    assert rounded_total(int(row["total"])) == int(row["rounded"])


def test_one_hidden_cell_takes_three_more_with_it_so_that_sums_do_not_tell():
    assert protected([[3, 10, 12], [20, 30, 40]]) == [
        ["c", "c", 12, 25],
        ["c", "c", 40, 90],
        [23, 40, 52, 115],
    ]


def test_a_small_total_is_hidden_too():
    assert protected([[1, 1], [9, 9]])[0] == ["c", "c", "c"]


def test_nothing_small_nothing_hidden():
    assert hidden_cells([[0, 6], [7, 0]]) == set()


def test_an_empty_table_stays_empty():
    assert hidden_cells([]) == set()


@pytest.mark.parametrize("bad", [[[1, 2], [3]], [[-1, 2]]])
def test_what_is_no_table_of_counts_is_refused(bad):
    with pytest.raises(NotACount):
        protected(bad)
