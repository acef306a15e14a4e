"""The files of a subject-access bundle: a page to read, one JSON a table, and what was left out."""

import json
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from keepsight.apps.governance.models import SubjectAccess
from keepsight.apps.governance.queries.subject_access import REASONS, Told


def files_of(request: SubjectAccess, told: Told, *, made_at: datetime) -> dict[str, bytes]:
    """Names and contents. No file's name says whose it is."""
    head = {"asked_on": request.asked_on, "made_at": made_at, "authority": request.child.authority.name}
    pages = {
        "index.html": render_to_string("governance/bundle/index.html", {**head, "sections": _sections(told)}),
        "left-out.html": render_to_string("governance/bundle/left_out.html", {**head, "left_out": left_out(told)}),
    }
    files = {name: page.encode() for name, page in pages.items()}
    for section in told.sections:
        if section.rows:
            rows = json.dumps({"title": section.title, "rows": section.rows}, indent=1, ensure_ascii=False)
            files[f"tables/{section.table}.json"] = rows.encode()
    return files


def _sections(told: Told) -> list[dict[str, Any]]:
    return [{"title": s.title, "rows": [list(r.items()) for r in s.rows]} for s in told.sections if s.rows]


def left_out(told: Told) -> list[dict[str, Any]]:
    """For the person who asked: why, by which law, and how many. Never what, lest the count tell it."""
    return [
        {"why": words, "law": law, "count": sum(told.left_out[why].values())}
        for why, (words, law) in REASONS.items()
        if told.left_out.get(why)
    ]
