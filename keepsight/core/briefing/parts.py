"""
The pieces that the picture and the reports share: each a chart with the table that says the same.

Rows come in as plain tuples, from the register now or from a snapshot; names are shown as given.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from keepsight.core.briefing import charts, words
from keepsight.core.briefing.contacts import change_percent
from keepsight.core.briefing.document import Cell, Chart, Heading, Table
from keepsight.core.terms import LABELS, Level, Service

SERVICES = tuple(service.value for service in Service if service is not Service.NONE)
LEVELS = (Level.RED, Level.AMBER, Level.GREEN, Level.UNRATED)
MOST_BARS = 14
UNNAMED = ("District not known", "No team named")


@dataclass(frozen=True)
class Group:
    """A district or a team of one authority: how many children, of how many."""

    authority: str
    name: str
    children: int
    of: int

    @property
    def share(self) -> float | None:
        """Children of all here. [%]"""
        return 100 * self.children / self.of if self.of else None


def levels(rows: Sequence[tuple[str, str, int]]) -> tuple[Chart, Table]:
    """Levels by service; rows are service (code), level (code), children."""
    found: Counter[tuple[str, str]] = Counter()
    for service, level, children in rows:
        found[service, level] += children
    services = [service for service in SERVICES if any(found[service, level] for level in LEVELS)]
    rows_shown: list[tuple[Cell, ...]] = []
    for service in services:
        counts = [found[service, level] for level in LEVELS]
        rows_shown.append((LABELS[Service(service)], *counts, sum(counts)))
    red, amber, green, unrated = totals = [sum(found[service, level] for service in services) for level in LEVELS]
    rows_shown.append(("All open cases", *totals, sum(totals)))
    chart = Chart(
        "Levels by service",
        f"Bar chart of open cases by service and level: {words.count(red)} Red, {words.count(amber)} Amber, "
        f"{words.count(green)} Green and {words.count(unrated)} Unrated. The table holds the numbers.",
        charts.levels_by_service([(LABELS[Service(s)], level, found[s, level]) for s in services for level in LEVELS]),
    )
    headings = (Heading("Service"), *(Heading(LABELS[level], "count") for level in LEVELS), Heading("All", "count"))
    return chart, Table("Open cases by service and level", headings, tuple(rows_shown), total=True)


def _bar_names(groups: Sequence[Group]) -> list[str]:
    """Name the authority too where two share a name."""
    often = Counter(group.name for group in groups)
    return [g.name if often[g.name] == 1 else f"{g.name}, {g.authority}" for g in groups]


def by_group(
    groups: Sequence[Group],
    *,
    what: str,
    called: str,
    caption: str,
    indicator: str = "",
    of: str = "Open cases",
    several: bool = False,
) -> tuple[Chart, Table]:
    """
    Children by district or team, most first; those without a name come last.

    Parameters
    ----------
    groups : Group
        Every district or team that has open cases.
    what : str
        District or Team.
    called : str
        What the children are, such as ``children whom nobody has seen``.
    caption, indicator : str
        Of the table, and the id of the definition behind its count.
    of : str
        Heading of the column that they are a share of.
    of : str
        Heading of the column that they are a share of.
    several : bool
        Whether to name the authority of each row.
    """
    ordered = sorted(groups, key=lambda g: (g.name in UNNAMED, -g.children, g.authority, g.name))
    total, below = sum(g.children for g in ordered), sum(g.of for g in ordered)
    shown = [group for group in ordered if group.children or group.name not in UNNAMED][:MOST_BARS]
    left_out = (
        f" The {len(shown)} with most are drawn; the table has all {len(ordered)}." if len(shown) < len(ordered) else ""
    )
    alt = f"Bar chart of {called} by {what.lower()}: {words.count(total)} in all."
    if total:
        most = max(ordered, key=lambda group: group.children)
        alt += f" {most.name} has most, {words.count(most.children)}."
    chart = Chart(
        f"{caption[0].upper()}{caption[1:]}",
        alt + left_out + " The table holds the numbers.",
        charts.bars(list(zip(_bar_names(shown), [g.children for g in shown], strict=True)), title="Children"),
    )
    authority = (Heading("Authority"),) if several else ()
    headings = (
        Heading(what),
        *authority,
        Heading("Children", "count", indicator),
        Heading(of, "count"),
        Heading("Share", "percent"),
    )
    rows: list[tuple[Cell, ...]] = [
        (g.name, *((g.authority,) if several else ()), g.children, g.of, g.share) for g in ordered
    ]
    rows.append(("All", *(("",) if several else ()), total, below, 100 * total / below if below else None))
    return chart, Table(caption, headings, tuple(rows), total=True)


def place_maps(
    schools: Sequence[tuple[str, str, float, float]], groups: Sequence[Group], *, called: str
) -> list[Chart]:
    """
    Draw a map of each authority that has two districts or more: one that has one is its own map.

    Parameters
    ----------
    schools : (authority, district, latitude, longitude)
        Open schools, a dot each; the middle of a district's schools is where its circle stands. [degrees]
    groups : Group
        Districts; the circle is as large as ``children``.
    """
    maps = []
    for authority in dict.fromkeys(group.authority for group in groups):
        here = [(district, lat, lon) for of, district, lat, lon in schools if of == authority]
        circles = _circles(here, [group for group in groups if group.authority == authority])
        if len(circles) > 1:
            listed = ", ".join(f"{name} {n:,}" for name, _, _, n in sorted(circles, key=lambda circle: -circle[3]))
            title = f"{called[0].upper()}{called[1:]}: map of {authority}"
            alt = f"Map of {authority}: {called} by district, at the middle of each district's schools: {listed}."
            maps.append(Chart(title, alt, charts.district_map([(lat, lon) for _, lat, lon in here], circles)))
    return maps


def _circles(
    schools: Sequence[tuple[str, float, float]], groups: Sequence[Group]
) -> list[tuple[str, float, float, int]]:
    """Put each district's count in the middle of its schools."""
    places: dict[str, list[tuple[float, float]]] = {}
    for district, latitude, longitude in schools:
        places.setdefault(district, []).append((latitude, longitude))
    circles = []
    for group in groups:
        if found := places.get(group.name):
            latitude, longitude = (sum(coordinate) / len(found) for coordinate in zip(*found, strict=True))
            circles.append((group.name, latitude, longitude, group.children))
    return circles


def attendance(days: pl.DataFrame) -> tuple[Chart, Table]:
    """
    Vulnerable children in school, day by day and week by week.

    Parameters
    ----------
    days : DataFrame
        ``on``, ``line`` (name of the group), ``eligible``, ``attending``: children each day.
    """
    days = days.sort("on", "line", descending=[False, True])
    share = [
        (on.isoformat(), line, 100 * attending / eligible if eligible else None)
        for on, line, eligible, attending in days.select("on", "line", "eligible", "attending").iter_rows()
    ]
    names = list(dict.fromkeys(line for _, line, _ in share))
    weeks = (
        days.group_by(pl.col("on").dt.truncate("1w").alias("week_from"), "line")
        .agg(
            pl.col("attending").mean().round(0).cast(pl.Int64),
            value=100 * pl.col("attending").sum() / pl.col("eligible").sum(),
        )
        .sort("week_from")
    )
    cells = {(week, line): (attending, value) for week, line, attending, value in weeks.iter_rows()}
    mondays = sorted({week for week, _ in cells})
    rows: list[tuple[Cell, ...]] = []
    for monday in mondays:
        row: list[Cell] = [_day(monday)]
        for name in names:
            row += cells.get((monday, name), (None, None))
        rows.append(tuple(row))
    headings = [Heading("Week from")]
    for name in names:
        headings += [Heading(f"{name}: children a day", "count"), Heading("Share", "percent")]
    newest = ", ".join(f"{name} {words.percent(v)}" for _, name, v in share[-len(names) :]) if share else "no marks"
    chart = Chart(
        "Vulnerable children in school",
        f"Line chart of the share of vulnerable children in school each day. Newest day: {newest}. "
        "The table has the weeks.",
        charts.lines(share, title="In school", percent=True),
    )
    empty = "No register marks of these weeks have been loaded."
    return chart, Table(
        "Vulnerable children in school, average of each week's days", tuple(headings), tuple(rows), empty=empty
    )


def contacts(weeks: pl.DataFrame) -> tuple[Chart, Table]:
    """Contacts by week beside the year before; ``weeks`` as ``contacts.weekly`` gives them."""
    found = list(weeks.select("week_from", "contacts", "contacts_before").iter_rows())
    series: list[tuple[str, str, float | None]] = []
    for name, place in (("This year", 1), ("The year before", 2)):
        series += [(row[0].isoformat(), name, row[place]) for row in found]
    rows = tuple(
        (_day(week), now, before, None if now is None or before is None else change_percent(now, before))
        for week, now, before in found
    )
    now, before = (sum(row[place] or 0 for row in found) for place in (1, 2))
    chart = Chart(
        "Contacts at the front door by week",
        f"Line chart of contacts in each of the last {len(found)} full weeks, {words.count(now)} in all, beside "
        f"the same weeks a year before, {words.count(before)}. The table holds the numbers.",
        charts.lines(series, title="Contacts a week"),
    )
    headings = (
        Heading("Week from"),
        Heading("Contacts", "count", "I01"),
        Heading("The year before", "count"),
        Heading("Change", "change", "I04"),
    )
    return chart, Table("Contacts by week and the same week a year before", headings, rows)


def last_seen(buckets: Sequence[tuple[str, int]]) -> tuple[Chart, Table]:
    """How long ago anyone saw the open cases; buckets in order, each child in one."""
    total = sum(children for _, children in buckets)
    rows: list[tuple[Cell, ...]] = [
        (name, children, 100 * children / total if total else None) for name, children in buckets
    ]
    rows.append(("All open cases", total, 100.0 if total else None))
    chart = Chart(
        "Last seen by anyone",
        "Bar chart of open cases by how long ago any professional saw the child: "
        + ", ".join(f"{name.lower()} {children:,}" for name, children in buckets)
        + ".",
        charts.bars(list(buckets), title="Children"),
    )
    headings = (Heading("Last seen by anyone"), Heading("Children", "count"), Heading("Share", "percent"))
    return chart, Table("Open cases by when anyone last saw the child", headings, tuple(rows), total=True)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
