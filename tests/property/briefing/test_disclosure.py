"""No hidden cell of a published table can be worked out: shown by making another table that publishes the same."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.disclosure import HIDDEN, hidden_cells, protected

TABLES = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 9), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def with_totals(rows):
    rows = [[*row, sum(row)] for row in rows]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def tables_that_publish_the_same(rows, shown):
    """Every table near this one that agrees with all that is shown, and has somebody wherever c stands for somebody."""
    places = [(r, c) for r, row in enumerate(rows) for c, _ in enumerate(row)]
    steps = [(0,) if shown[r][c] != HIDDEN else (-1, 0, 1) for r, c in places]
    for moves in product(*steps):
        other = [list(row) for row in rows]
        for (r, c), move in zip(places, moves, strict=True):
            other[r][c] += move
        whole, mine = with_totals(other), with_totals(rows)
        agrees = all(
            whole[r][c] == shown[r][c] if shown[r][c] != HIDDEN else whole[r][c] >= min(1, mine[r][c])
            for r, row in enumerate(shown)
            for c, _ in enumerate(row)
        )
        if agrees:
            yield whole


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_every_hidden_cell_could_be_another_number(rows):
    shown = protected(rows)
    others = list(tables_that_publish_the_same(rows, shown))
    for r, row in enumerate(shown):
        for c, cell in enumerate(row):
            if cell == HIDDEN:
                assert len({other[r][c] for other in others}) > 1, (rows, shown)


@settings(max_examples=200, deadline=None)
@given(TABLES)
def test_every_small_number_is_hidden_and_every_shown_number_is_true(rows):
    shown, mine = protected(rows), with_totals(rows)
    for r, row in enumerate(shown):
        for c, cell in enumerate(row):
            assert cell == HIDDEN or (cell == mine[r][c] and not 1 <= cell <= 5)


@given(TABLES)
def test_a_table_without_small_numbers_is_shown_whole(rows):
    large = [[cell and cell + 5 for cell in row] for row in rows]
    assert hidden_cells(large) == set()
