"""The charts of a register's summary page, each with one sentence and a table."""

from typing import Any

from keepsight.apps.registers import queries
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.queries import Seen
from keepsight.core.briefing import charts as drawing
from keepsight.core.packs.kinds.registers import ChartRule
from keepsight.ui.templatetags.govuk import short_day

MOST_BARS = 15
_COLUMNS = {"state": "state", "rag": "rag", "team": "team__name", "owner": "owner__name"}
NOT_SAID = {"team": "No team", "owner": "Nobody yet"}


def charts(seen: Seen) -> list[dict[str, Any]]:
    """Each chart that this person may see: one query a chart."""
    drawn = [_over(seen, each) if each.over else _by(seen, each) for each in seen.sight.rule.charts]
    return [each for each in drawn if each is not None]


def _over(seen: Seen, chart: ChartRule) -> dict[str, Any]:
    steps = queries.added_over(seen.entries(Asked(show="all")), chart, seen.on)
    plural = seen.sight.rule.plural
    spec = drawing.lines([(step.isoformat(), plural, count) for step, count in steps], title="Added")
    rows = [(f"Week of {short_day(step)}" if chart.over == "week" else f"{step:%B %Y}", n) for step, n in steps]
    total = sum(count for _, count in steps)
    sentence = f"{total:,} added in the last {len(steps)} {chart.over}s."
    return _chart(chart, spec, sentence, chart.over.capitalize(), list(reversed(rows)))


def _by(seen: Seen, chart: ChartRule) -> dict[str, Any] | None:
    field = seen.sight.fields.get(chart.by)
    if chart.by == "rag" and not seen.sight.sees_rag:
        return None
    column = _COLUMNS.get(chart.by) or ("rag" if field and field.kind == "rag" else seen.sight.slots.get(chart.by, ""))
    if not column:
        return None
    asked = Asked(show="all") if chart.by == "state" else Asked()
    rows = _named(seen, chart, field, dict(queries.by_value(seen.entries(asked), column)))
    shown, rest = rows[:MOST_BARS], rows[MOST_BARS:]
    if rest:
        shown.append(("All others", sum(n for _, n in rest)))
    whole = sum(n for _, n in rows)
    words = "in all" if chart.by == "state" else "open"
    spec = drawing.bars(shown, title=seen.sight.rule.plural)
    return _chart(chart, spec, f"{whole:,} {words}.", "Value", shown)


def _named(seen: Seen, chart: ChartRule, field: Any, counts: dict[Any, int]) -> list[tuple[str, int]]:
    """Values in words: states and choices in their own order, the others by how many there are."""
    known = {"state": seen.sight.rule.states}.get(chart.by) or (field.choices if field else ())
    names = {each.id: each.name for each in known}
    if field and field.kind == "yes_no":
        names = {"yes": "Yes", "no": "No"}
    if chart.by == "rag" or (field and field.kind == "rag"):
        names = {"red": "Red", "amber": "Amber", "green": "Green"}
    rows = [(name, counts.pop(id_, 0)) for id_, name in names.items()]
    blank = counts.pop("", 0) + counts.pop(None, 0)
    rows += [(str(value), n) for value, n in counts.items()]
    return rows + ([(NOT_SAID.get(chart.by, "Not said"), blank)] if blank else [])


def _chart(chart: ChartRule, spec: Any, sentence: str, first: str, rows: list[tuple[str, int]]) -> dict[str, Any]:
    alt = f"{chart.title}: " + ", ".join(f"{name} {n}" for name, n in rows[:8])
    return {
        "id": chart.id, "title": chart.title, "sentence": sentence, "first": first, "rows": rows,
        "svg": drawing.inline_svg(spec, alt=alt, name=f"chart-{chart.id}") if any(n for _, n in rows) else "",
    }  # fmt: skip
