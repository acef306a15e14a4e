"""
A report as data: sections of tiles, charts and tables, with the definition of every figure.

The page, the PDF and the workbook are drawn from this and from nothing else.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from keepsight.core.briefing import words

Cell = str | int | float | None


@dataclass(frozen=True)
class Heading:
    """A column of a table; ``kind`` is text, count, percent or change, ``indicator`` what it shows."""

    text: str
    kind: str = "text"
    indicator: str = ""


@dataclass(frozen=True)
class Table:
    """A table that can be read without its chart. ``total`` says that the last row sums the others."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    empty: str = "Nothing to show."

    @property
    def cells(self) -> list[list[dict[str, str]]]:
        """Cells as they are read, each with its column's kind."""
        return [
            [
                {"text": words.shown(value, heading.kind), "kind": heading.kind}
                for heading, value in zip(self.headings, row, strict=True)
            ]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Chart:
    """A picture of a table: Vega-Lite as plain data, with the sentence that stands in for it."""

    title: str
    alt: str
    spec: dict[str, Any]


@dataclass(frozen=True)
class Tile:
    """One figure on its own."""

    label: str
    value: Cell
    kind: str
    detail: str = ""
    indicator: str = ""

    @property
    def shown(self) -> str:
        """The figure as people read it."""
        return words.shown(self.value, self.kind)


@dataclass(frozen=True)
class Section:
    """One question of the report and its answer."""

    id: str
    heading: str
    sentences: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Definition:
    """What a figure means; ``number`` is its footnote."""

    number: int
    indicator: str
    name: str
    definition: str
    lists: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Origin:
    """The snapshot of one authority that the figures came from."""

    authority: str
    name: str
    snapshot: int
    as_at: str
    taken_at: str
    digest: str
    pack_id: str
    pack_hash: str


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    on: str
    made_at: str
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    origins: tuple[Origin, ...]
    notes: tuple[str, ...] = field(default=())
    audience: str = "For use inside the service"

    @property
    def footnotes(self) -> dict[str, int]:
        """Indicator id → number of its definition."""
        return {definition.indicator: definition.number for definition in self.definitions}

    def as_json(self) -> dict[str, Any]:
        """Give plain lists and dicts, to be kept with the report."""
        plain: dict[str, Any] = asdict(self)
        return plain


def from_json(kept: dict[str, Any]) -> Document:
    """Give back the report that ``as_json`` wrote."""
    sections = tuple(
        Section(
            id=section["id"],
            heading=section["heading"],
            sentences=tuple(section["sentences"]),
            tiles=tuple(Tile(**tile) for tile in section["tiles"]),
            charts=tuple(Chart(**chart) for chart in section["charts"]),
            tables=tuple(_table(table) for table in section["tables"]),
        )
        for section in kept["sections"]
    )
    return Document(
        title=kept["title"],
        subtitle=kept["subtitle"],
        on=kept["on"],
        made_at=kept["made_at"],
        sections=sections,
        definitions=tuple(Definition(**definition) for definition in kept["definitions"]),
        origins=tuple(Origin(**origin) for origin in kept["origins"]),
        notes=tuple(kept["notes"]),
        audience=kept["audience"],
    )


def _table(kept: dict[str, Any]) -> Table:
    return Table(
        caption=kept["caption"],
        headings=tuple(Heading(**heading) for heading in kept["headings"]),
        rows=tuple(tuple(row) for row in kept["rows"]),
        total=kept["total"],
        empty=kept["empty"],
    )
