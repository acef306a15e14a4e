"""The edition for members and the public: fewer tables, small numbers hidden, no team and no chart."""

from collections.abc import Sequence
from dataclasses import replace

from keepsight.core.briefing import parts
from keepsight.core.briefing.document import Cell, Document, Heading, Section, Table
from keepsight.core.briefing.found import Found
from keepsight.core.disclosure import HIDDEN, protected, published_share
from keepsight.core.terms import LABELS, Service

SHARES = ("I21", "I22", "SEEN10", "I26", "I28", "I51", "I56")
LEVELS = {"Red": "I23_RED", "Amber": "I23_AMBER", "Green": "I23_GREEN", "Unrated": "I23_UNRATED"}
SHOWN = frozenset({*SHARES, *LEVELS.values(), "NOBODY"})
# Shares that tell a number of the tables: the cells whose hiding hides the share as well.
TELLS = {"I21": "Unrated", "I22": "Red"}
OF_OPEN_CASES = ("I21", "SEEN10", "I26", "I28")  # shares of all open cases
NOTES = (
    "c: a small number, or a number hidden so that a small one cannot be worked out. z: not applicable.",
    "Counts of 1 to 5 children are hidden; shares that would tell such a count are hidden too.",
    "Each authority stands alone: figures of several together could be taken apart. Do not publish the figures of two "
    "days side by side: the difference between them can be one child.",
)
WITHHELD = "Not given: this table would tell a number that another one hides."


def members(report: Document, found: Found) -> Document:
    """
    Give the edition that may leave the service.

    Parameters
    ----------
    report : Document
        The internal report, for its day, origins and definitions.
    found : Found
        Its figures.

    Returns
    -------
    Document
        Every count through ``core.disclosure``, each authority by itself. The tables share no total
        but that of all open cases; where one hides it, the other is not given.
    """
    sections: tuple[Section, ...] = ()
    for code, name in found.names.items():
        sections += sections_of(found.of_one(code), name)
    meant = [definition for definition in report.definitions if definition.indicator in SHOWN]
    return Document(
        title="Figures for members",
        subtitle=report.subtitle,
        on=report.on,
        made_at=report.made_at,
        sections=sections,
        definitions=tuple(replace(definition, number=number) for number, definition in enumerate(meant, start=1)),
        origins=report.origins,
        notes=NOTES,
        audience="Small numbers are hidden",
    )


def sections_of(found: Found, name: str) -> tuple[Section, ...]:
    """The three tables of one authority. What one of them hides, neither another nor a share tells."""
    levels, sight = _levels(found), _sight(found)
    hides = [table.rows[-1][-1] == HIDDEN for table in (levels, sight) if table.rows]
    if len(set(hides)) > 1:  # the one total that both have
        levels, sight = (_withheld(table) for table in (levels, sight))
    code = next(iter(found.names))
    return (
        Section(f"shares-{code}", f"{name}: shares", tables=(_shares(found, levels),)),
        Section(f"levels-{code}", f"{name}: levels by service", tables=(levels,)),
        Section(f"sight-{code}", f"{name}: children whom nobody has seen", tables=(sight,)),
    )


def _withheld(table: Table) -> Table:
    given = not table.rows or table.rows[-1][-1] == HIDDEN
    return table if given else replace(table, rows=(), empty=WITHHELD)


def _shares(found: Found, levels: Table) -> Table:
    """Headline shares, but those that would tell a total which the table of levels hides."""
    totals = dict(
        zip((heading.text for heading in levels.headings), levels.rows[-1] if levels.rows else (), strict=False)
    )
    rows: list[tuple[Cell, ...]] = []
    for code in SHARES:
        above, below, _ = found.one(code)
        tells = ({TELLS[code]} if code in TELLS else set()) | ({"All"} if code in OF_OPEN_CASES else set())
        hidden = any(totals.get(column, HIDDEN) == HIDDEN for column in tells) and below != 0
        share = "–" if below is None else HIDDEN if hidden else published_share(above, below)
        rows.append((found.indicators[code].name, share))
    return Table("Headline shares", (Heading("Figure"), Heading("Share", "figure")), tuple(rows))


def _hidden(names: Sequence[str], counts: Sequence[Sequence[int]], total: str) -> tuple[tuple[Cell, ...], ...]:
    """Rows with their totals as they may be shown; nothing where there is nothing."""
    if not counts:
        return ()
    return tuple((name, *row) for name, row in zip((*names, total), protected(counts), strict=True))


def _levels(found: Found) -> Table:
    counts = {level: dict(_above(found, code)) for level, code in LEVELS.items()}
    services = [service for service in parts.SERVICES if any(service in of for of in counts.values())]
    cells = [[counts[level].get(service, 0) for level in LEVELS] for service in services]
    headings = (Heading("Service"), *(Heading(level, "count", code) for level, code in LEVELS.items()))
    rows = _hidden([LABELS[Service(service)] for service in services], cells, "All open cases")
    return Table("Open cases by service and level", (*headings, Heading("All", "count")), rows, total=True)


def _above(found: Found, code: str) -> list[tuple[str, int]]:
    return [(service, above) for service, above, _, _ in found.by_service(code)]


def _sight(found: Found) -> Table:
    groups = found.groups("NOBODY", "district")
    cells = [[group.children, group.of - group.children] for group in groups]
    headings = (
        Heading("District"), Heading("Nobody has seen in time", "count", "NOBODY"),
        Heading("Seen in time", "count"), Heading("Open cases", "count"),
    )  # fmt: skip
    names = [f"{group.name}, {group.authority}" for group in groups]
    rows = _hidden(names, cells, "All")
    return Table("Open cases by district, and whether anyone saw the child in time", headings, rows, total=True)
