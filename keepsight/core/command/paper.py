"""A document as data: minutes and pictures are written to Word and PDF from this and from nothing else."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Grid:
    """A table: every row has as many cells as there are headings."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """A heading with what stands under it."""

    heading: str
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A whole document. ``mark`` stands on every page, such as EXERCISE; ``facts`` are pairs of label and words."""

    title: str
    subtitle: str
    mark: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    sources: tuple[tuple[int, str], ...] = ()
    classification: str = "OFFICIAL-SENSITIVE"

    def as_json(self) -> dict[str, Any]:
        """Give plain lists and dicts."""
        return asdict(self)
