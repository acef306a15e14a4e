"""Reports as plain values for the pages."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from django.urls import reverse

from keepsight.apps.briefing.picture import present_chart
from keepsight.core.briefing.document import Document, Table
from keepsight.core.briefing.pdf import NUMBERS, SHORT
from keepsight.ui.templatetags.govuk import moment

TITLES = {"morning": "Morning report"}


KINDS = {"pdf": "PDF", "xlsx": "Excel", "html": "Web page"}


def present_reports(
    reports: Sequence[Mapping[str, Any]], names: Mapping[str, str], downloads: Set[str]
) -> list[dict[str, Any]]:
    """One row a report, with the files of it that one may take."""
    return [
        {
            "title": TITLES.get(report["name"], report["name"]),
            "authorities": ", ".join(names[code] for code in report["authority_codes"].split(",")),
            "made": moment(report["made_at"]),
            "by": report["made_by__name"] or "The command line",
            "href": reverse("briefing:report", args=[report["pk"]]),
            "files": [
                {"text": text, "href": reverse("briefing:download", args=[report["pk"], kind])}
                for kind, text in KINDS.items()
                if kind in downloads
            ],
        }
        for report in reports
    ]


def present_report(pk: int, document: Document, *, downloads: Set[str] = frozenset()) -> dict[str, Any]:
    """A report as its page shows it: each figure points to its definition."""
    files = {kind: f"Download as {text}" for kind, text in KINDS.items()}
    files |= {"members": "Figures for members (PDF, small numbers hidden)"}
    notes = document.footnotes
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "on": document.on,
        "made_at": document.made_at,
        "notes": document.notes,
        "files": [
            {"text": text, "href": reverse("briefing:download", args=[pk, kind])}
            for kind, text in files.items() if kind in downloads
        ],
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
