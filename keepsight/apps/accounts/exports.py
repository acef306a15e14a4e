"""
Taking a list away: who may, and in which format. The taking itself is in ``accounts.views.taking``.

A permission to take away reaches as far as the role that holds it: ask for the rows with
``taking(grants, …)`` so that a role without it adds none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.http import Http404
from django.urls import reverse

from keepsight.apps.accounts.permissions import (
    Grants,
    Permission,
    check_user_may,
    permissions_with_reason,
)
from keepsight.ui.exports import CSV, XLSX

PERMISSION_OF = {
    CSV: Permission.EXPORT_CSV,
    "parquet": Permission.EXPORT_CSV,
    XLSX: Permission.EXPORT_XLSX,
    "html": Permission.EXPORT_HTML,
    "pdf": Permission.EXPORT_PDF,
    "print": Permission.PRINT,
}
SPREADSHEETS = ((CSV, "CSV"), (XLSX, "Excel"))
LEAVING = (CSV, XLSX, "print")  # the formats of a list


def check_may_take(grants: Grants, fmt: str) -> Permission:
    """
    Refuse unless a role holds the permission of this format.

    Raises
    ------
    Http404
        If there is no such format.
    NotPermitted
        If no role holds it.
    """
    if fmt not in PERMISSION_OF:
        raise Http404
    check_user_may(grants, PERMISSION_OF[fmt])
    return PERMISSION_OF[fmt]


def taking(grants: Grants, permission: Permission) -> Grants:
    """What a person holds by those roles alone that may take away in this format."""
    held = {each.name: getattr(grants, each.name) for each in fields(Grants)}  # a request's grants are read when asked
    for name in ("memberships", "lent"):
        held[name] = tuple(row for row in held[name] if permission in permissions_with_reason(row[0]))
    return Grants(**held)


def formats_for(grants: Grants) -> tuple[tuple[str, str], ...]:
    """The formats of spreadsheets that a person may take: id and name."""
    return tuple((fmt, name) for fmt, name in SPREADSHEETS if grants.may(PERMISSION_OF[fmt]))


def offers(
    grants: Grants, page: str, *args: Any, query: str = "", formats: Sequence[str] = LEAVING
) -> list[dict[str, str]]:
    """Links to take a list away, for ``ui/take_away.html``: only the formats that the person may take."""
    names = {CSV: "Download as CSV", XLSX: "Download as Excel", "print": "Print version"}
    names |= {"parquet": "Download as Parquet"}
    tail = f"?{query.rstrip('&')}" if query else ""
    return [
        {"text": names[fmt], "href": reverse(f"{page}_{fmt}", args=args) + tail}
        for fmt in formats
        if grants.may(PERMISSION_OF[fmt])
    ]


@dataclass(frozen=True)
class List:
    """A list on its way out: ``shown`` are ids of the children named in it, ``filter_words`` the filters in words."""

    name: str  # of the kind of list, for the file's name; never of a person
    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]
    count: int
    source: str
    shown: Iterable[int] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    filter_words: str = ""
    notes: Sequence[str] = ()
    authority_code: str = ""
