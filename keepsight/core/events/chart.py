"""Where each cell stands in the drawn structure: a tree from left to right, a row for each cell with none below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 250, 84  # of a box, with its text [px]
ACROSS, DOWN = 300, 100  # from one box to the next [px]
LETTERS = 28  # of a line in a box
EDGE = 4


@dataclass(frozen=True)
class Box:
    """A cell in the chart, by its top left corner."""

    id: str
    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of report: right side of the box above, left side of the one below, by way of the middle."""

    points: str


@dataclass(frozen=True)
class Chart:
    """Boxes and lines, and how large it all is."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def chart(names: Mapping[str, str], above: Mapping[str, str]) -> Chart:
    """
    Lay out a structure.

    Parameters
    ----------
    names : mapping
        Id of a cell → its name, in the order in which cells of one level stand.
    above : mapping
        Id of a cell → the cell that it reports to; empty, or one that is not drawn, stands at the left.
    """
    below: dict[str, list[str]] = {}
    for cell in names:
        boss = above.get(cell, "")
        below.setdefault(boss if boss in names else "", []).append(cell)
    places: dict[str, tuple[int, float]] = {}
    row = 0.0
    for top in below.get("", []):
        row = _place(top, 0, row, below, places)
    boxes = tuple(
        Box(cell, EDGE + depth * ACROSS, round(EDGE + at * DOWN), wrapped(names[cell]))
        for cell, (depth, at) in places.items()
    )
    where = {box.id: box for box in boxes}
    lines = tuple(_line(where[above[box.id]], box) for box in boxes if above.get(box.id) in where)
    deepest = max((depth for depth, _ in places.values()), default=0)
    return Chart(deepest * ACROSS + WIDTH + 2 * EDGE, round(max(row - 1, 0) * DOWN + HEIGHT + 2 * EDGE), boxes, lines)


def _place(
    cell: str, depth: int, row: float, below: Mapping[str, Sequence[str]], places: dict[str, tuple[int, float]]
) -> float:
    """Place a cell and all below it from a row on; give the next free row. A box stands beside its first one below."""
    if cell in places:  # a circle: drawn once
        return row
    places[cell] = (depth, row)
    after = row
    for under in below.get(cell, ()):
        after = _place(under, depth + 1, after, below, places)
    return max(after, row + 1)


def _line(boss: Box, under: Box) -> Line:
    right, middle = boss.x + WIDTH, boss.x + (WIDTH + ACROSS) // 2
    return Line(
        f"{right},{boss.y + HEIGHT // 2} {middle},{boss.y + HEIGHT // 2} "
        f"{middle},{under.y + HEIGHT // 2} {under.x},{under.y + HEIGHT // 2}"
    )


def wrapped(name: str) -> tuple[str, ...]:
    """A name in two lines at most; a longer one is cut, because the list beside the chart has it whole."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LETTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1][: LETTERS - 1]}…"]
    return tuple(lines)
