"""Taking a list away: the permission of the format, the event that says what was taken, and the file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.exports import LEAVING, PERMISSION_OF, SPREADSHEETS, List, check_may_take, taking
from keepsight.apps.accounts.permissions import requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.ui.exports import CLASSIFICATION, as_file, file_name, sheet_of

CHILDREN_AN_EVENT = 2_000


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
    keep_taken(
        request, fmt, at=at, authority_code=which.authority_code, source=which.source, shown=which.shown,
        rows=which.count, filters=dict(which.filters),
    )  # fmt: skip
    local = timezone.localtime(at)
    inside = "EXERCISE: " if getattr(request, "exercise", None) else ""  # the page to print says so by itself
    if fmt == "print":
        context = {"list": which, "by": str(request.user), "at": at, "classification": CLASSIFICATION}
        return render(request, "ui/printed.html", context)
    sheet = sheet_of(
        inside + which.title, which.columns, which.rows, taken_by=str(request.user), at=local, count=which.count,
        filters=which.filter_words, notes=which.notes,
    )  # fmt: skip
    return as_file(sheet, fmt=fmt, name=file_name(inside + which.name, local, fmt))


def keep_taken(request: HttpRequest, fmt: str, *, at: datetime, **said: Any) -> None:
    """
    Write the event of a download or a print, unless this person has taken away as much as is allowed.

    More children than one event holds go into further events with their ``part``: whoever asks who saw
    a child finds the file, and no event grows with it. For the rate they are one file.

    Raises
    ------
    TooOften
        With when to try again.
    """
    check_rate(request.user, "export", at=at)
    kind = EventKind.PRINTED if fmt == "print" else EventKind.EXPORTED
    shown = iter(said.pop("shown", ()))
    first = list(islice(shown, CHILDREN_AN_EVENT))
    with transaction.atomic(), audit.at_the_end():
        audit.record(kind, at=at, by=request.user, format=fmt, shown=first, **said)
        part = 2
        while more := list(islice(shown, CHILDREN_AN_EVENT)):
            audit.record(kind, at=at, by=request.user, format=fmt, shown=more, part=part, **said)
            part += 1


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
