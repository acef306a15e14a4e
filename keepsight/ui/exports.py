"""
A list as a file: CSV or a workbook, streamed, with its first lines saying what it is and who took it.

Who may take it, and the event that says so, are in ``keepsight.apps.accounts.views.taking``: call
``export`` there.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from keepsight.core.spreadsheets import Cell, Sheet, csv_parts, write_workbook

CLASSIFICATION = "OFFICIAL-SENSITIVE"
CSV, XLSX = "csv", "xlsx"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 2_000_000  # bytes of a workbook that are held before it goes to a file


def sheet_of(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    taken_by: str,
    at: datetime,
    count: int,
    filters: str = "",
    notes: Sequence[str] = (),
) -> Sheet:
    """A list with the lines that stand above it wherever it goes. ``at`` in local time."""
    above: list[tuple[str, Cell]] = [
        ("Classification", CLASSIFICATION),
        ("Taken by", taken_by),
        ("Taken at", at),
        ("Filter", filters or "None"),
        ("Rows", count),
        *(("Note", note) for note in notes),
    ]
    return Sheet(title, headings, rows, above)


def file_name(name: str, at: datetime, ending: str) -> str:
    """``keepsight-<name>-<day>.<ending>``, where the name is that of a kind of list and never of a person."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "list"
    return f"keepsight-{plain[:60]}-{at:%Y-%m-%d}.{ending}"


def as_file(sheet: Sheet, *, fmt: str, name: str) -> HttpResponseBase:
    """The answer that carries the file. Rows are drawn as they are sent; memory stays flat."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    if fmt == CSV:
        return StreamingHttpResponse(csv_parts(sheet), content_type="text/csv; charset=utf-8", headers=headers)
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 – the answer closes it
    write_workbook(kept, sheet)
    kept.seek(0)
    return FileResponse(kept, content_type=SHEET_TYPE, headers=headers)
