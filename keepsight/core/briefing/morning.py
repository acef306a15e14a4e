"""The morning report: from the tables of snapshots to one document, every figure with its definition."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from keepsight.core.briefing import contacts, parts, words
from keepsight.core.briefing.document import Cell, Chart, Definition, Document, Heading, Origin, Section, Table
from keepsight.core.briefing.figures import figures
from keepsight.core.briefing.found import Found
from keepsight.core.briefing.indicators import Indicator
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.terms import LABELS, Service

HEADLINES = ("NOBODY", "TO_SEE", "OVERDUE", "UNRATED", "REVIEW_PAST", "I21", "I22", "SEEN10", "I26", "I16", "I34",
             "I28", "I25", "I51", "I56", "I01", "I03", "I04")  # fmt: skip
SEEN_BUCKETS = (
    ("In 5 working days", 0, 5),
    ("In 6 to 10", 6, 10),
    ("In 11 to 20", 11, 20),
    ("More than 20", 21, None),
)
NEVER_SEEN = "No record of being seen"
WEEKS = 13


def morning(
    frames: Mapping[str, pl.DataFrame],
    *,
    indicators: Sequence[Indicator],
    on: date,
    made_at: str,
    calendar: WorkingCalendar,
    names: Mapping[str, str],
    origins: Sequence[Origin],
) -> tuple[Document, pl.DataFrame]:
    """
    Make the morning report.

    Parameters
    ----------
    frames : name → frame
        Tables of the snapshots, each with a column ``authority``.
    indicators : Indicator
        From the pack in force.
    on : date
        The day that the snapshots describe. [date]
    made_at : str
        Instant of making, as it is to be read.
    calendar : WorkingCalendar
        Days that count.
    names : authority code → name
        In the order in which authorities are shown.
    origins : Origin
        The snapshots, one an authority.

    Returns
    -------
    Document, DataFrame
        The report, and every figure as ``FIGURES``, from which the report can be checked.
    """
    frame = figures(frames, indicators, on=on, calendar=calendar)
    found = Found(frame, {indicator.id: indicator for indicator in indicators}, names)
    sections = (
        _today(found),
        _coverage(found),
        _red(found),
        _nobody(found, frames, on, calendar),
        _overdue(found),
        _attending(found, frames, on),
        _front_door(found, frames, on),
        *_registers(found, frames),
    )
    shown = _shown_indicators(sections)
    document = Document(
        title="Morning report",
        subtitle=" and ".join(names.values()),
        on=f"{on:%A} {on.day} {on:%B %Y}",
        made_at=made_at,
        sections=sections,
        definitions=tuple(
            Definition(number, rule.id, rule.name, rule.definition, ", ".join(rule.lists), rule.source, rule.confidence)
            for number, rule in enumerate((found.indicators[code] for code in shown), start=1)
        ),
        origins=tuple(origins),
        notes=(
            "For use inside the service. Counts are not suppressed: do not publish them or send them outside.",
            "A level supports professional judgement and never replaces it.",
        ),
    )
    return document, frame


def _shown_indicators(sections: Sequence[Section]) -> list[str]:
    """Indicators in the order in which a reader meets them."""
    met: dict[str, None] = {}
    for section in sections:
        for tile in section.tiles:
            met.setdefault(tile.indicator)
        for table in section.tables:
            for code in [heading.indicator for heading in table.headings]:
                met.setdefault(code)
    return [code for code in met if code]


def _today(found: Found) -> Section:
    open_cases = found.one("NOBODY")[1] or 0
    nobody = found.one("NOBODY")[0]
    tiles = tuple(found.tile(code) for code in ("NOBODY", "TO_SEE", "OVERDUE", "I21", "I22", "I51"))
    sentences = (
        f"{words.count(open_cases)} open cases of social care and early help. Nobody has seen "
        f"{words.count(nobody)} of these children in time.",
    )
    return Section("today", "This morning", sentences, tiles, tables=_side_by_side(found))


def _side_by_side(found: Found) -> tuple[Table, ...]:
    """Every headline figure for each authority and for both together (CMD-22)."""
    rows: list[tuple[Cell, ...]] = []
    for code in HEADLINES:
        if code not in found.indicators:
            continue
        places = [*found.names, ""] if len(found.names) > 1 else list(found.names)
        texts = [words.shown(tile.value, tile.kind) for tile in (found.tile(code, place) for place in places)]
        rows.append((found.indicators[code].name, *texts))
    together = (Heading("Together", "figure"),) if len(found.names) > 1 else ()
    headings = (Heading("Figure"), *(Heading(name, "figure") for name in found.names.values()), *together)
    return (Table("Headline figures by authority", headings, tuple(rows)),)


def _by_service(found: Found, code: str, *, above: str, below: str, caption: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (LABELS[Service(service)], numerator, denominator, value)
        for service, numerator, denominator, value in found.by_service(code)
        if denominator
    ]
    numerator, denominator, value = found.one(code)
    rows.append(("All", numerator, denominator, value))
    headings = (Heading("Service"), Heading(above, "count"), Heading(below, "count"), Heading("Share", "percent", code))
    return Table(caption, headings, tuple(rows), total=True)


def _levels(found: Found) -> tuple[Chart, Table]:
    codes = {"red": "I23_RED", "amber": "I23_AMBER", "green": "I23_GREEN", "unrated": "I23_UNRATED"}
    return parts.levels(
        [(service, level, above) for level, code in codes.items() for service, above, _, _ in found.by_service(code)]
    )


def _coverage(found: Found) -> Section:
    above, below, value = found.one("I21")
    unrated = found.one("UNRATED")[0]
    chart, table = _levels(found)
    sentence = (
        f"{words.percent(value)} of open cases have a level that a named worker has confirmed "
        f"({words.count(above)} of {words.count(below)}). {words.count(unrated)} are unrated and worked as Red; "
        f"{words.count(found.one('REVIEW_PAST')[0])} ratings are past their review."
    )
    tiles = tuple(found.tile(code) for code in ("I21", "UNRATED", "REVIEW_PAST"))
    by_service = _by_service(found, "I21", above="Rated", below="Open cases", caption="Coverage of ratings by service")
    return Section("coverage", "Coverage of ratings", (sentence,), tiles, (chart,), (table, by_service))


def _red(found: Found) -> Section:
    above, below, value = found.one("I22")
    sentence = (
        f"{words.count(above)} of {words.count(below)} Red children were seen face to face by their own service within "
        f"their interval ({words.percent(value)}). {words.count((below or 0) - above)} were not."
    )
    groups = [
        parts.Group(group.authority, group.name, group.of - group.children, group.of)
        for group in found.groups("I22", "team")
        if group.of
    ]
    several = len(found.names) > 1
    chart, by_team = parts.by_group(
        groups, what="Team", called="Red children not seen face to face in their interval",
        caption="Red children not seen face to face, by team", of="Red children", several=several,
    )  # fmt: skip
    by_service = _by_service(
        found, "I22", above="Seen face to face", below="Red children", caption="Red seen face to face by service"
    )
    charts = (chart,) if any(group.children for group in groups) else ()
    tiles = tuple(found.tile(code) for code in ("I22", "I16", "I34"))
    return Section("red", "Red seen face to face", (sentence,), tiles, charts, (by_service, by_team))


def last_seen_buckets(plans: pl.DataFrame, on: date, calendar: WorkingCalendar) -> list[tuple[str, int]]:
    """Open cases by how long ago anyone saw them, in working days; each child in one bucket."""
    seen = plans.filter("is_open")["last_seen_on"].clip(upper_bound=on)
    ago = calendar.working_days_between(seen, on, at_most=SEEN_BUCKETS[-1][1])
    buckets = [
        (name, int(((ago >= low) & (ago <= (high if high is not None else low))).sum()))
        for name, low, high in SEEN_BUCKETS
    ]
    return [*buckets, (NEVER_SEEN, ago.null_count())]


def _nobody(found: Found, frames: Mapping[str, pl.DataFrame], on: date, calendar: WorkingCalendar) -> Section:
    groups = found.groups("NOBODY", "district")
    several = len(found.names) > 1
    called = "children whom nobody has seen"
    chart, table = parts.by_group(
        groups, what="District", called=called, caption="Children whom nobody has seen, by district",
        indicator="NOBODY", several=several,
    )  # fmt: skip
    seen_chart, seen_table = parts.last_seen(last_seen_buckets(frames["plans"], on, calendar))
    settings = frames["settings"].filter(pl.col("closed_on").is_null(), pl.col("district") != "")
    places = settings.select("authority", "district", "latitude", "longitude").drop_nulls().iter_rows()
    schools = [(found.names[code], district, latitude, longitude) for code, district, latitude, longitude in places]
    maps = parts.place_maps(schools, groups, called=called)
    above, below, _ = found.one("NOBODY")
    share = 100 * above / below if below else None
    sentence = (
        f"Nobody has seen {words.count(above)} of {words.count(below)} children in time ({words.percent(share)}). "
        "A school's register mark, a visit, a clinic or a youth worker each count as seeing a child."
    )
    tiles = tuple(found.tile(code) for code in ("NOBODY", "SEEN05", "SEEN10", "SEEN20", "I26"))
    charts = (chart, *maps, seen_chart)
    return Section("nobody", "Children whom nobody has seen", (sentence,), tiles, charts, (table, seen_table))


def _overdue(found: Found) -> Section:
    chart, table = parts.by_group(
        found.groups("OVERDUE", "team"), what="Team", called="open cases with contact overdue",
        caption="Children with contact overdue, by team", indicator="OVERDUE", several=len(found.names) > 1,
    )  # fmt: skip
    above, below, _ = found.one("OVERDUE")
    sentence = f"Contact is overdue for {words.count(above)} of {words.count(below)} open cases."
    tiles = tuple(found.tile(code) for code in ("OVERDUE", "TO_SEE", "I28", "I25"))
    return Section("overdue", "Contact overdue, by team", (sentence,), tiles, (chart,), (table,))


def attending_days(attendance: pl.DataFrame, on: date, weeks: int = 6) -> pl.DataFrame:
    """Each day's vulnerable children with a mark, and those in school: ``on, line, eligible, attending``."""
    since = on - pl.duration(weeks=weeks)
    days = attendance.filter(pl.col("on").is_between(since, pl.lit(on), closed="right"))
    parts_ = [
        days.filter(pl.col(column))
        .group_by("on")
        .agg(eligible=pl.len().cast(pl.Int64), attending=(pl.col("present") > 0).sum().cast(pl.Int64))
        .select("on", pl.lit(name).alias("line"), "eligible", "attending")
        for column, name in (("social_worker", "Social worker"), ("ehcp", "EHCP"))
    ]
    return pl.concat(parts_).sort("on", "line", descending=[False, True])


def _attending(found: Found, frames: Mapping[str, pl.DataFrame], on: date) -> Section:
    days = attending_days(frames["attendance"], on)
    chart, table = parts.attendance(days)
    newest = days["on"].max()
    when = f"On {newest:%A} {newest.day} {newest:%B}" if isinstance(newest, date) else "No marks:"
    above, below, value = found.one("I51")
    sentence = (
        f"{when}, {words.count(above)} of {words.count(below)} vulnerable children with a register mark were in school "
        f"({words.percent(value)})."
        if isinstance(newest, date)
        else "No register marks of the last six weeks have been loaded."
    )
    rows: list[tuple[Cell, ...]] = [
        (group.name, group.authority, group.children, group.of, group.share)
        for group in sorted(found.groups("I51", "district"), key=lambda group: (group.authority, group.name))
    ]
    headings = (
        Heading("District of home"), Heading("Authority"), Heading("In school", "count"),
        Heading("With a mark", "count"), Heading("Share", "percent", "I51"),
    )  # fmt: skip
    by_district = Table("Vulnerable children in school on the newest day, by district", headings, tuple(rows))
    tiles = tuple(found.tile(code) for code in ("I51", "I51_SOCIAL", "I51_EHCP", "I56"))
    charts = (chart,) if isinstance(newest, date) else ()
    return Section("attendance", "Vulnerable children in school", (sentence,), tiles, charts, (table, by_district))


def _front_door(found: Found, frames: Mapping[str, pl.DataFrame], on: date) -> Section:
    days = frames["contact_days"]
    chart, table = parts.contacts(contacts.weekly(days, on=on, weeks=WEEKS))
    months = contacts.monthly(days).filter(pl.col("month_from") < pl.lit(on).dt.month_start()).tail(WEEKS)
    rows: list[tuple[Cell, ...]] = [
        (f"{month:%B %Y}", *numbers)
        for month, *numbers in months.select(
            "month_from", "contacts", "contacts_before", "change", "referrals", "conversion"
        ).iter_rows()
    ]
    headings = (
        Heading("Month"), Heading("Contacts", "count"), Heading("The year before", "count"),
        Heading("Change", "change"), Heading("Referrals", "count"), Heading("Conversion", "percent", "I03"),
    )  # fmt: skip
    by_month = Table("Contacts, referrals and conversion by month", headings, tuple(rows))
    above, below, value = found.one("I04")
    sentence = (
        f"{words.count(above)} contacts in the last four full weeks against {words.count(below)} a year before "
        f"({words.change(value)})."
        if value is not None
        else "No contacts of a year ago have been loaded, so there is nothing to compare with."
    )
    tiles = tuple(found.tile(code) for code in ("I01", "I04", "I03"))
    return Section("contacts", "Contacts against last year", (sentence,), tiles, (chart,), (table, by_month))


REGISTERS = ("ACTIONS_OVERDUE", "RISKS_RED")


def _registers(found: Found, frames: Mapping[str, pl.DataFrame]) -> tuple[Section, ...]:
    """Overdue actions and red risks. Snapshots of before registers were in them have no such section."""
    codes = [code for code in REGISTERS if code in found.indicators]
    if len(codes) < len(REGISTERS) or "entries" not in frames or frames["entries"].is_empty():
        return ()
    late, red = (words.count(found.one(code)[0]) for code in REGISTERS)
    sentence = f"{late} actions are overdue, and {red} risks are Red."
    rows: list[tuple[Cell, ...]] = [
        (group.name, group.authority, group.children)
        for group in sorted(found.groups("ACTIONS_OVERDUE", "team"), key=lambda group: (group.authority, group.name))
        if group.children
    ]
    headings = (Heading("Team"), Heading("Authority"), Heading("Actions overdue", "count", "ACTIONS_OVERDUE"))
    tiles = tuple(found.tile(code) for code in codes)
    table = Table("Actions overdue, by team", headings, tuple(rows), empty="No action is overdue.")
    return (Section("registers", "Actions and risks", (sentence,), tiles, (), (table,)),)
