"""The picture as it is put before people: tiles, charts with their tables, and where each count leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.urls import reverse

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.briefing import queries
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.permissions import reach
from keepsight.core.briefing import charts, contacts, parts, words
from keepsight.core.briefing.document import Chart, Table
from keepsight.core.briefing.morning import WEEKS, attending_days
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.terms import LABELS

LEVELS = ("red", "amber", "green", "unrated")  # queues, in the order of the table's columns


@dataclass(frozen=True)
class Links:
    """Addresses of the lists behind the counts; none for people who may see figures only."""

    allowed: bool
    authority_id: int | None

    def to(self, queue: str, **filters: object) -> str:
        """The list of one queue, with the picture's own filter and these."""
        if not self.allowed:
            return ""
        chosen = {"authority": self.authority_id, **filters}
        query = urlencode({name: value for name, value in chosen.items() if value is not None})
        return reverse("desk:list", args=[queue]) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Panel:
    """One question: a chart, and its table with links."""

    id: str
    heading: str
    sentence: str
    charts: list[dict[str, str]]
    table: dict[str, Any]
    more: list[tuple[str, str]] = field(default_factory=list)


def links_for(grants: Grants, authority_id: int | None) -> Links:
    """Links only where the list would show the very children that were counted."""
    same = reach(grants, Permission.CHILD_VIEW) == reach(grants, Permission.PICTURE_VIEW)
    return Links(grants.may(Permission.PICTURE_LISTS) and same, authority_id)


def picture(grants: Grants, shown: Sequence[Authority], chosen: Authority | None, on: date) -> dict[str, Any]:
    """Give everything on the page. ``shown`` are the authorities in view, ``chosen`` the one picked."""
    plans = plans_visible_to(grants, Permission.PICTURE_VIEW)
    if chosen is not None:
        plans = plans.filter(authority_id=chosen.pk)
    links = links_for(grants, chosen.pk if chosen else None)
    book = in_force(shown[0]).book
    calendar = WorkingCalendar.from_table(book.table("calendar"))
    ids = [authority.pk for authority in shown]
    counts = plans.counts(queries.COUNTED, on)
    districts, teams = queries.places(plans, on)
    days = attending_days(queries.attendance(plans, ids, on, book), on)
    weeks = contacts.weekly(queries.contact_days(ids, on), on=on, weeks=WEEKS)
    whole = {authority.pk for authority in shown} <= reach(grants, Permission.PICTURE_VIEW).authority_ids
    earlier = queries.earlier_snapshots([authority.code for authority in shown], on) if whole else []
    several = len(shown) > 1
    return {
        "open_cases": counts["open"],
        "tiles": _tiles(counts, links),
        "changes": changes(counts, earlier),
        "since": earlier[0].as_at if earlier else None,
        "panels": [
            _nobody(districts, queries.schools(ids), links, several),
            _seen(queries.last_seen(plans, on, calendar)),
            _levels(queries.levels(plans), links),
            _overdue(teams, links, several),
            _attendance(days, links),
            _contacts(weeks),
        ],
    }


def _tiles(counts: dict[str, int], links: Links) -> list[dict[str, Any]]:
    """The counts that a leader asks for first."""
    open_cases, red, missed = counts["open"], counts["red"], counts["red-not-seen"]
    rated, seen = open_cases - counts["unrated"], red - missed
    share = words.percent(100 * seen / red if red else None)
    coverage = words.percent(100 * rated / open_cases if open_cases else None)
    of = f"of {words.count(open_cases)} open cases"
    asked = [
        ("nobody", "seen by nobody in time", of, True),
        ("to-see", "to see today", of, False),
        ("overdue", "overdue", of, True),
        ("red-not-seen", "Red not seen face to face in time", f"{share} of {words.count(red)} Red were seen", True),
        ("unrated", "unrated, worked as Red", f"{coverage} of open cases are rated", True),
        ("review-expired", "ratings past their review", f"of {words.count(rated)} rated", False),
    ]
    return [
        {
            "count": words.count(counts[queue]),
            "text": text,
            "detail": detail,
            "tone": "good" if not counts[queue] else "bad" if bad else "warn",
            "href": links.to(queue) if counts[queue] else "",
        }
        for queue, text, detail, bad in asked
    ]


def present_chart(chart: Chart, name: str) -> dict[str, str]:
    """A chart drawn for the page; the sentence for screen readers is inside."""
    return {"title": chart.title, "svg": charts.inline_svg(chart.spec, alt=chart.alt, name=name)}


def present_table(table: Table, hrefs: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
    """A table as texts; ``hrefs`` gives the links of its cells, row by row."""
    rows = []
    for place, cells in enumerate(table.cells):
        row_links = hrefs[place] if place < len(hrefs) else []
        rows.append(
            [
                {**cell, "number": cell["kind"] != "text", "href": row_links[x] if x < len(row_links) else ""}
                for x, cell in enumerate(cells)
            ]
        )
    headings = [{"text": heading.text, "number": heading.kind != "text"} for heading in table.headings]
    return {"caption": table.caption, "headings": headings, "rows": rows, "total": table.total, "empty": table.empty}


def _groups(found: Sequence[queries.Place]) -> list[parts.Group]:
    return [parts.Group(place.authority, place.name, place.children, place.of) for place in found]


def _group_links(
    table: Table, found: Sequence[queries.Place], links: Links, queue: str, kind: str, several: bool
) -> list[list[str]]:
    """A link on each count of children that is not nought, and on the sum."""
    ids = {(place.name, place.authority): place for place in found}
    column = 2 if several else 1
    out = []
    for row in table.rows[:-1]:
        name, authority = str(row[0]), str(row[1]) if several else found[0].authority
        place = ids[name, authority]
        linked = links.to(queue, **{kind: place.id}) if place.id is not None and place.children else ""
        out.append([""] * column + [linked])
    out.append([""] * column + [links.to(queue)])
    return out


def _nobody(
    found: list[queries.Place], schools: list[tuple[str, str, float, float]], links: Links, several: bool
) -> Panel:
    called = "children whom nobody has seen"
    groups = _groups(found)
    chart, table = parts.by_group(
        groups, what="District", called=called, caption="Children whom nobody has seen, by district", several=several
    )
    maps = parts.place_maps(schools, groups, called=called)
    total, of = sum(group.children for group in groups), sum(group.of for group in groups)
    drawn = [present_chart(map_, f"map-{place}") for place, map_ in enumerate(maps)]
    drawn.append(present_chart(chart, "nobody"))
    sentence = (
        f"Nobody has seen {words.count(total)} of {words.count(of)} children in time. A school's register mark, a "
        "visit, a clinic or a youth worker each count."
        + (" Each dot on the map is a school; a circle stands in the middle of a district's schools." if maps else "")
    )
    hrefs = _group_links(table, found, links, "nobody", "district", several)
    return Panel("nobody", "Who nobody has seen", sentence, drawn, present_table(table, hrefs))


def _seen(buckets: list[tuple[str, int]]) -> Panel:
    chart, table = parts.last_seen(buckets)
    total = sum(children for _, children in buckets)
    within = buckets[0][1] + buckets[1][1]
    share = words.percent(100 * within / total if total else None)
    sentence = f"Someone saw {share} of open cases in the last 10 working days."
    return Panel(
        "seen", "When anyone last saw the child", sentence, [present_chart(chart, "seen")], present_table(table)
    )


def _levels(found: list[tuple[str, str, int]], links: Links) -> Panel:
    chart, table = parts.levels(found)
    services = {LABELS[service]: service for service, _, _ in found}
    hrefs = []
    for row in table.rows[:-1]:
        service = services[str(row[0])]
        hrefs.append(["", *(links.to(q, service=service) if n else "" for q, n in zip(LEVELS, row[1:], strict=False))])
    hrefs.append(["", *(links.to(queue) for queue in LEVELS)])
    sentence = "The level in force is the one that a named worker confirmed. Unrated cases are worked as Red."
    return Panel("levels", "Levels by service", sentence, [present_chart(chart, "levels")], present_table(table, hrefs))


def _overdue(found: list[queries.Place], links: Links, several: bool) -> Panel:
    groups = _groups(found)
    chart, table = parts.by_group(
        groups,
        what="Team",
        called="open cases with contact overdue",
        caption="Children with contact overdue, by team",
        several=several,
    )
    total = sum(group.children for group in groups)
    sentence = f"Contact is overdue for {words.count(total)} children."
    hrefs = _group_links(table, found, links, "overdue", "team", several)
    return Panel("overdue", "Overdue by team", sentence, [present_chart(chart, "overdue")], present_table(table, hrefs))


def _attendance(days: pl.DataFrame, links: Links) -> Panel:
    chart, table = parts.attendance(days)
    newest = days["on"].max()
    if not isinstance(newest, date):
        return Panel("attendance", "Vulnerable children in school", table.empty, [], present_table(table))
    sentence = (
        "Children with a social worker or an EHCP who were in school, of those with a register mark that day, "
        f"up to {newest:%A} {newest.day} {newest:%B}."
    )
    more = [("Vulnerable learners by school", reverse("desk:vulnerable_learners"))] if links.allowed else []
    return Panel(
        "attendance", "Vulnerable children in school", sentence, [present_chart(chart, "attendance")],
        present_table(table), more,
    )  # fmt: skip


def _contacts(weeks: pl.DataFrame) -> Panel:
    chart, table = parts.contacts(weeks)
    last = weeks.tail(4)
    now, before = (int(last[name].sum() or 0) for name in ("contacts", "contacts_before"))
    change = words.change(contacts.change_percent(now, before))
    sentence = (
        f"{words.count(now)} contacts in the last four full weeks against {words.count(before)} "
        f"a year before ({change})."
    )
    drawn = [present_chart(chart, "contacts")]
    return Panel("contacts", "Contacts against last year", sentence, drawn, present_table(table))


CHANGED = (
    ("open", "Open cases"), ("nobody", "Seen by nobody in time"), ("to-see", "To see today"), ("overdue", "Overdue"),
    ("red", "Red"), ("red-not-seen", "Red not seen face to face in time"), ("unrated", "Unrated"),
    ("review-expired", "Ratings past their review"),
)  # fmt: skip


def changes(counts: dict[str, int], earlier: Sequence[Snapshot]) -> list[dict[str, str]]:
    """Each count beside what it was when the earlier snapshots were taken."""
    rows = []
    for queue, text in CHANGED if earlier else ():
        before = sum(snapshot.counts["queues"][queue] for snapshot in earlier)
        gone = counts[queue] - before
        rows.append(
            {
                "text": text,
                "before": words.count(before),
                "now": words.count(counts[queue]),
                "change": f"{'+' if gone > 0 else '−'}{abs(gone):,}" if gone else "no change",
            }
        )
    return rows
