"""The report as a tagged PDF (PDF/UA-1). The maker refuses to write one that is not accessible."""

import json
from pathlib import Path
from typing import Any

from keepsight.core.briefing import charts
from keepsight.core.briefing.document import Document

HERE = Path(__file__).parent
SHORT = 16  # figures of a fingerprint that people compare by eye
NUMBERS = ("count", "percent", "change", "figure")


def content(document: Document) -> dict[str, Any]:
    """Give everything that the PDF says, as plain data: numbers as read, charts drawn, footnotes numbered."""
    notes = document.footnotes
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "on": document.on,
        "made_at": document.made_at,
        "notes": list(document.notes),
        "audience": document.audience,
        "sections": [
            {
                "heading": section.heading,
                "sentences": list(section.sentences),
                "tiles": [
                    {"label": t.label, "shown": t.shown, "detail": t.detail, "note": notes.get(t.indicator, 0)}
                    for t in section.tiles
                ],
                "charts": [
                    {"title": c.title, "alt": c.alt, "svg": charts.svg(c.spec), "tall": "projection" in c.spec}
                    for c in section.charts
                ],
                "tables": [
                    {
                        "caption": table.caption,
                        "headings": [
                            {"text": h.text, "number": h.kind in NUMBERS, "note": notes.get(h.indicator, 0)}
                            for h in table.headings
                        ],
                        "rows": [[cell["text"] for cell in row] for row in table.cells],
                        "total": table.total,
                        "empty": table.empty,
                    }
                    for table in section.tables
                ],
            }
            for section in document.sections
        ],
        "definitions": [
            {
                "number": d.number,
                "name": d.name,
                "definition": d.definition,
                "lists": d.lists,
                "source": d.source,
                "confidence": d.confidence,
            }
            for d in document.definitions
        ],
        "origins": [
            {
                "name": o.name,
                "snapshot": o.snapshot,
                "taken_at": o.taken_at,
                "as_at": o.as_at,
                "digest": o.digest[:SHORT],
                "pack_id": o.pack_id,
                "pack_hash": o.pack_hash[:SHORT],
            }
            for o in document.origins
        ],
    }


def pdf(document: Document) -> bytes:
    """Write the report as PDF/UA-1: title, language, headings, table headers and texts for pictures."""
    import typst

    written: bytes = typst.compile(
        HERE / "report.typ",
        root=HERE,
        font_paths=[HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(content(document))},
        pdf_standards=["ua-1"],
    )
    return written
