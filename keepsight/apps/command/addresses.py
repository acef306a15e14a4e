"""Where a figure, a row or a source leads: the list or entry that it came from."""

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse

from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry


def entry_href(ref: Any) -> str:
    """The page of an entry; empty where this deployment serves none."""
    return _found("registers:entry", str(ref))


def list_href(code: str, register: str, query: str = "") -> str:
    """The list of an authority's register, narrowed by a query."""
    href = _found("registers:list", code, register)
    return f"{href}?{query}" if href and query else href


def source_href(opens: Mapping[str, Any], code: str) -> str:
    """What a source of an authority's picture opens."""
    if "register" in opens:
        return list_href(code, opens["register"], opens.get("query", ""))
    if "block" in opens:
        return f"#block-{opens['block']}"  # the rows that the figure counts
    if "entry" in opens:
        return entry_href(opens["entry"])
    if "round" in opens:
        return reverse("command:round", args=[opens["round"]])
    if "report" in opens:
        return reverse("briefing:report", args=[opens["report"]])
    return reverse("command:checklists") if "checklist" in opens else ""


def number_of(entry: Entry) -> str:
    """ACT-12."""
    return f"{rule_of(entry.version).prefix}-{entry.number}"


def _found(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
