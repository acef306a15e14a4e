"""Reports as plain values for the pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from keepsight.apps.briefing.picture import present_chart
from keepsight.core.briefing.document import Document, Table
from keepsight.core.briefing.pdf import NUMBERS, SHORT
from keepsight.ui.templatetags.govuk import moment

TITLES = {"morning": "Morning report"}


def present_reports(reports: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, str]]:
    """One row a report."""
    return [
        {
            "title": TITLES.get(report["name"], report["name"]),
            "authorities": ", ".join(names[code] for code in report["authority_codes"].split(",")),
            "made": moment(report["made_at"]),
            "by": report["made_by__name"] or "The command line",
            "href": reverse("briefing:report", args=[report["pk"]]),
            "pdf": reverse("briefing:download", args=[report["pk"], "pdf"]),
            "xlsx": reverse("briefing:download", args=[report["pk"], "xlsx"]),
        }
        for report in reports
    ]


def present_report(pk: int, document: Document, *, downloads: bool = True) -> dict[str, Any]:
    """A report as its page shows it: each figure points to its definition."""
    notes = document.footnotes
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "on": document.on,
        "made_at": document.made_at,
        "notes": document.notes,
        "pdf": reverse("briefing:download", args=[pk, "pdf"]) if downloads else "",
        "xlsx": reverse("briefing:download", args=[pk, "xlsx"]) if downloads else "",
        "members": reverse("briefing:download", args=[pk, "members"]) if downloads else "",
        "sections": [
            {
                "id": section.id,
                "heading": section.heading,
                "sentences": section.sentences,
                "tiles": [
                    {"shown": t.shown, "label": t.label, "detail": t.detail, "note": notes.get(t.indicator)}
                    for t in section.tiles
                ],
                "charts": [
                    present_chart(chart, f"{section.id}-{place}") for place, chart in enumerate(section.charts)
                ],
                "tables": [_table(table, notes) for table in section.tables],
            }
            for section in document.sections
        ],
        "definitions": document.definitions,
        "origins": [
            {
                "name": o.name, "snapshot": o.snapshot, "taken_at": o.taken_at, "as_at": o.as_at,
                "digest": o.digest[:SHORT], "pack": f"{o.pack_id}, {o.pack_hash[:SHORT]}",
            }
            for o in document.origins
        ],
    }  # fmt: skip


def _table(table: Table, notes: Mapping[str, int]) -> dict[str, Any]:
    headings = [{"text": h.text, "number": h.kind in NUMBERS, "note": notes.get(h.indicator)} for h in table.headings]
    rows = [
        [{"text": cell["text"], "number": cell["kind"] in NUMBERS, "href": ""} for cell in row] for row in table.cells
    ]
    return {"caption": table.caption, "headings": headings, "rows": rows, "total": table.total, "empty": table.empty}
