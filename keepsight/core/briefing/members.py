"""The edition for members and the public: fewer tables, small numbers hidden, no team and no chart."""

from collections.abc import Sequence
from dataclasses import replace

from keepsight.core.briefing import parts
from keepsight.core.briefing.document import Cell, Document, Heading, Section, Table
from keepsight.core.briefing.found import Found
from keepsight.core.disclosure import protected, published_share
from keepsight.core.terms import LABELS, Service

SHARES = ("I21", "I22", "SEEN10", "I26", "I28", "I51", "I56")
LEVELS = {"Red": "I23_RED", "Amber": "I23_AMBER", "Green": "I23_GREEN", "Unrated": "I23_UNRATED"}
NOTES = (
    "c: a small number, or a number hidden so that a small one cannot be worked out. z: not applicable.",
    "Counts of 1 to 5 children are hidden; shares that would tell such a count are hidden too.",
)


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
        Every count through ``core.disclosure``. The tables share no total but that of all open
        cases, so what one hides another does not tell.
    """
    shares, levels, sight = _shares(found), _levels(found), _sight(found)
    shown = {heading.indicator for heading in (*levels.headings, *sight.headings)} | set(SHARES)
    meant = [definition for definition in report.definitions if definition.indicator in shown]
    sections = (
        Section("shares", "Shares", tables=(shares,)),
        Section("levels", "Levels by service", tables=(levels,)),
        Section("sight", "Children whom nobody has seen", tables=(sight,)),
    )
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


def _shares(found: Found) -> Table:
    """Shares of both councils together; one council's could be taken from them, so they are not given."""
    rows: list[tuple[Cell, ...]] = []
    for code in SHARES:
        above, below, _ = found.one(code)
        rows.append((found.indicators[code].name, "–" if below is None else published_share(above, below)))
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
