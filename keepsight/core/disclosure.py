"""
Small numbers in tables that leave the service (RULES §5, published figures).

0 is shown, 1 to 5 become ``c``, and further cells become ``c`` until no small number can be worked
out from the totals, even by somebody who knows this rule. Totals are cells like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from keepsight.core.briefing.words import rounded
from keepsight.core.errors import BadInput

HIDDEN = "c"


class NotACount(BadInput):
    """A table for suppression holds something that is not a count of children."""

    code = "not_a_count"


@dataclass(frozen=True)
class Rule:
    """
    What a published table may show.

    ``highest_hidden`` is the largest count that is hidden; ``total_to`` what country and region
    totals are rounded to. [children]
    """

    highest_hidden: int = 5
    total_to: int = 10


def is_small(count: int, rule: Rule = Rule()) -> bool:  # noqa: B008 – frozen
    """Whether a count is too small to be shown; nought says that there is nobody to find."""
    return 1 <= count <= rule.highest_hidden


def hidden_cells(table: Sequence[Sequence[int]], rule: Rule = Rule()) -> set[tuple[int, int]]:  # noqa: B008
    """
    Say which cells of a table with totals must not be shown.

    Parameters
    ----------
    table : rows of counts
        Inner cells only; all rows as long. [children]
    rule : Rule
        What counts as small.

    Returns
    -------
    set of (row, column)
        Row ``len(table)`` is the row of totals and the last column the column of totals, so that a
        small total is hidden too.

    Raises
    ------
    NotACount
        If a cell is negative or the rows are not equally long.

    Notes
    -----
    A hidden cell is safe when it stands in a rectangle of hidden cells whose counts can be moved by
    one, up and down in turn, with every sum kept and every hidden cell left at 1 or more: then at
    least two different tables say the same in public. Cells are hidden, the smallest addition
    first, until every hidden cell is safe; nought is hidden only where nothing else helps, and then
    counts as movable only upwards. A single row or column of cells is a rectangle with its totals.
    """
    cells = _with_totals(table)
    hidden = {place for place, count in cells.items() if is_small(count, rule)}
    while bare := sorted(place for place in hidden if not _is_safe(place, cells, hidden)):
        added = _smallest_addition(bare[0], cells, hidden)
        hidden |= added if added else set(cells)
        if not added:
            break  # nothing can protect it: the whole table stays inside
    return hidden


def protected(table: Sequence[Sequence[int]], rule: Rule = Rule()) -> list[list[int | str]]:  # noqa: B008
    """Give the table with its totals as it may be published: counts, and ``c``."""
    cells, hidden = _with_totals(table), hidden_cells(table, rule)
    rows, columns = max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1
    return [[HIDDEN if (r, c) in hidden else cells[r, c] for c in range(columns)] for r in range(rows)]


def published_share(above: int, below: int, rule: Rule = Rule()) -> str:  # noqa: B008
    """Give a share to one decimal place; ``c`` where it would tell a small number. [%]"""
    if below == 0:
        return "z"  # not applicable: nobody to share among
    if is_small(above, rule) or is_small(below, rule) or is_small(below - above, rule):
        return HIDDEN
    return f"{rounded(100 * above / below, 1)}%"


def rounded_total(count: int, rule: Rule = Rule()) -> int:  # noqa: B008
    """Round a national or regional total. [children]"""
    return int(rounded(count / rule.total_to, 0)) * rule.total_to


Cells = dict[tuple[int, int], int]
Place = tuple[int, int]


def _with_totals(table: Sequence[Sequence[int]]) -> Cells:
    if len({len(row) for row in table}) > 1:
        raise NotACount("The rows of a table for suppression must be equally long.")
    if any(count < 0 for row in table for count in row):
        raise NotACount("A count of children cannot be negative.")
    rows = [[*row, sum(row)] for row in table]
    if rows:
        rows.append([sum(column) for column in zip(*rows, strict=True)])
    return {(r, c): count for r, row in enumerate(rows) for c, count in enumerate(row)}


def _rectangles(place: Place, cells: Cells) -> Iterator[tuple[Place, Place, Place]]:
    """The other three corners of every rectangle on a cell, totals among them."""
    (row, column), last_row, last_column = place, max(r for r, _ in cells), max(c for _, c in cells)
    for r, c in product(range(last_row + 1), range(last_column + 1)):
        if r != row and c != column:
            yield (row, c), (r, column), (r, c)


def _moves(place: Place, corners: tuple[Place, Place, Place], cells: Cells) -> dict[Place, int]:
    """
    How each corner moves when the cell grows by one and every sum is kept.

    Along a row or column, two inner cells move against each other; a cell and its total move
    together.
    """
    last_row, last_column = max(r for r, _ in cells), max(c for _, c in cells)

    def turn(a: int, b: int, last: int) -> int:
        return 1 if last in (a, b) else -1

    (row, column), (same_row, same_column, across) = place, corners
    beside = turn(column, same_row[1], last_column)
    below = turn(row, same_column[0], last_row)
    return {place: 1, same_row: beside, same_column: below, across: beside * below}


def _movable(moves: dict[Place, int], cells: Cells) -> bool:
    """Whether the corners can move one way or the other and stay what the public may believe them to be."""
    return any(all(cells[p] + way * move >= min(1, cells[p]) for p, move in moves.items()) for way in (1, -1))


def _is_safe(place: Place, cells: Cells, hidden: set[Place]) -> bool:
    return any(
        all(corner in hidden for corner in corners) and _movable(_moves(place, corners, cells), cells)
        for corners in _rectangles(place, cells)
    )


def _smallest_addition(place: Place, cells: Cells, hidden: set[Place]) -> set[Place]:
    """The corners to hide that cost least: no nought if possible, few cells, inner cells first, small counts."""
    last_row, last_column = max(r for r, _ in cells), max(c for _, c in cells)
    best: tuple[tuple[int, int, int, int], set[Place]] | None = None
    for corners in _rectangles(place, cells):
        if not _movable(_moves(place, corners, cells), cells):
            continue
        added = set(corners) - hidden
        totals = sum(1 for r, c in added if r == last_row or c == last_column)
        cost = (sum(1 for p in added if cells[p] == 0), totals, len(added), sum(cells[p] for p in added))
        if best is None or cost < best[0]:
            best = (cost, added)
    return best[1] if best else set()
