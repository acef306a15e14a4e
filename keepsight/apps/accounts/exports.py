"""
Taking a list away: who may, in which format, and the event that says what was taken.

A permission to take away reaches as far as the role that holds it: ask for the rows with
``taking(grants, …)`` so that a role without it adds none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, permissions_with_reason
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.ui.exports import CSV, XLSX, as_file, file_name, sheet_of

PERMISSION_OF = {
    CSV: Permission.EXPORT_CSV,
    "parquet": Permission.EXPORT_CSV,
    XLSX: Permission.EXPORT_XLSX,
    "html": Permission.EXPORT_HTML,
    "pdf": Permission.EXPORT_PDF,
    "print": Permission.PRINT,
}
SPREADSHEETS = ((CSV, "CSV"), (XLSX, "Excel"))


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
    return replace(
        grants,
        memberships=tuple(held for held in grants.memberships if permission in permissions_with_reason(held[0])),
        lent=tuple(held for held in grants.lent if permission in permissions_with_reason(held[0])),
    )


def formats_for(grants: Grants) -> tuple[tuple[str, str], ...]:
    """The formats of spreadsheets that a person may take: id and name."""
    return tuple((fmt, name) for fmt, name in SPREADSHEETS if grants.may(PERMISSION_OF[fmt]))


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
    check_may_take(request.grants, fmt)  # type: ignore[attr-defined]
    held = count if count is not None else len(rows)  # type: ignore[arg-type]
    at = timezone.now()
    audit.record(
        EventKind.EXPORTED, at=at, by=request.user, authority_code=authority_code, source=source, shown=shown,
        format=fmt, rows=held, filters=dict(filters or {}),
    )  # fmt: skip
    local = timezone.localtime(at)
    sheet = sheet_of(
        title, columns, rows, taken_by=str(request.user), at=local, count=held, filters=filter_words,
        notes=notes,
    )  # fmt: skip
    return as_file(sheet, fmt=fmt, name=file_name(name, local, fmt))
