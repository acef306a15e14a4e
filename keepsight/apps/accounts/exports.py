"""
Taking a list away: who may, in which format, and the event that says what was taken.

A permission to take away reaches as far as the role that holds it: ask for the rows with
``taking(grants, …)`` so that a role without it adds none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import (
    Grants,
    Permission,
    check_user_may,
    permissions_with_reason,
    requires,
)
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.ui.exports import CLASSIFICATION, CSV, XLSX, as_file, file_name, sheet_of

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


def in_formats(of: Callable[..., List]) -> dict[str, Callable[..., HttpResponseBase]]:
    """
    Views that give a list as CSV, as a workbook and as a page to print, each with its own permission.

    ``of`` makes the list from the grants of the roles that may take it, the query and the day.
    """

    def view(fmt: str) -> Callable[..., HttpResponseBase]:
        @require_GET
        @requires(PERMISSION_OF[fmt])
        def taken(request: HttpRequest, **which: Any) -> Any:
            grants = taking(request.grants, PERMISSION_OF[fmt])  # type: ignore[attr-defined]
            return take(request, of(grants, request.GET, timezone.localdate(), **which), fmt)

        return taken

    return {fmt: view(fmt) for fmt in LEAVING}


def take(request: HttpRequest, which: List, fmt: str) -> HttpResponseBase:
    """Give a list in a format, once the permission is held and the event is written."""
    check_may_take(request.grants, fmt)  # type: ignore[attr-defined]
    at = timezone.now()
    audit.record(
        EventKind.PRINTED if fmt == "print" else EventKind.EXPORTED,
        at=at, by=request.user, authority_code=which.authority_code, source=which.source, shown=which.shown,
        format=fmt, rows=which.count, filters=dict(which.filters),
    )  # fmt: skip
    local = timezone.localtime(at)
    if fmt == "print":
        context = {"list": which, "by": str(request.user), "at": at, "classification": CLASSIFICATION}
        return render(request, "ui/printed.html", context)
    sheet = sheet_of(
        which.title, which.columns, which.rows, taken_by=str(request.user), at=local, count=which.count,
        filters=which.filter_words, notes=which.notes,
    )  # fmt: skip
    return as_file(sheet, fmt=fmt, name=file_name(which.name, local, fmt))


def export(
    request: HttpRequest,
    rows: Iterable[Sequence[Any]],
    columns: Sequence[str],
    *,
    name: str,
    fmt: str,
    title: str,
    source: str,
    count: int | None = None,
    shown: Iterable[int] = (),
    filters: Mapping[str, Any] | None = None,
    filter_words: str = "",
    notes: Sequence[str] = (),
    authority_code: str = "",
) -> HttpResponseBase:
    """
    Give rows as CSV or a workbook, once the permission is held and the event is written.

    Parameters
    ----------
    rows : rows of cells
        Drawn as they are sent; give ``count`` when they have no length.
    name : str
        Of the kind of list, for the file's name; never of a person.
    shown : ids of children
        Whom the file holds; ``filters`` and they go into the event.
    filter_words : str
        The filter as a person reads it, for the file's first lines.
    """
    if fmt not in dict(SPREADSHEETS):
        raise Http404
    held = count if count is not None else len(rows)  # type: ignore[arg-type]
    made = List(
        name, title, columns, rows, held, source, shown, filters or {}, filter_words, notes, authority_code
    )  # fmt: skip
    return take(request, made, fmt)
