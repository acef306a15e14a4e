"""Registers, their definitions, and entries as a list."""

from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Schema
from pydantic import Field

from keepsight.apps.api.places import Caller, caller_of
from keepsight.apps.api.present import Rows, definition_out, register_out
from keepsight.apps.api.queries import ROWS_AT_MOST, entries_by_number, narrowed, words_asked
from keepsight.apps.api.schemas import Code, DefinitionOut, PageOut, RegisterOut, Text
from keepsight.apps.api.views.interface import TROUBLES, api
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.listing import sight_of
from keepsight.apps.registers.queries import Seen
from keepsight.apps.registers.searching import number_in

INSIDE: Any = Query(None, description="The exercise in which the call is made, by its reference.")
WORDS: Any = Header(
    "", alias="Search-Words", description="Words of which each begins a word of the entry, or a number like ACT-12: in "
    "UTF-8, percent-encoded. A header, because an address is kept by servers on the way. Ask with it for each page."
)  # fmt: skip
FILTERS = {
    "parameters": [
        {
            "in": "query", "name": "fields", "style": "form", "explode": True, "required": False,
            "description": "Fields that may be filtered by: f_<field>=value, f_<field>_from and f_<field>_to.",
            "schema": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 60},
                       "propertyNames": {"pattern": "^f_[a-z][a-z0-9_]{0,40}$"}},
        }
    ]
}  # fmt: skip


class Place(Schema):
    """Which register: the code of its authority, and its key."""

    code: Code
    key: Code


class Narrow(Schema):
    """Filters, order and place, as in the address of the list's page. One that is not known is refused."""

    state: list[Annotated[Text, Field(max_length=60)]] = []
    owner: Annotated[Text, Field(max_length=20)] = Field("", description="me, nobody, or a number.")
    team: Annotated[Text, Field(max_length=20)] = ""
    rag: Annotated[Text, Field(max_length=10)] = ""
    due: Annotated[Text, Field(max_length=10)] = Field("", description="overdue, due_soon or none.")
    show: Annotated[Text, Field(max_length=10)] = Field("", description="all: ended ones too.")
    sort: Annotated[Text, Field(max_length=60)] = Field("", description="One of the register's `sorts`, or - and it.")
    after: Annotated[Text, Field(max_length=3000)] = Field("", description="`after` of the page before.")
    before: Annotated[Text, Field(max_length=3000)] = ""
    rows: Annotated[int, Field(ge=1, le=ROWS_AT_MOST)] = 50


@api.get("/registers", response={200: list[RegisterOut], **TROUBLES}, url_name="registers", tags=["Registers"])
def registers(request: HttpRequest, exercise: UUID | None = INSIDE) -> Any:
    """Give the registers that the token's person may read."""
    caller = caller_of(request.user, request.grants, timezone.now(), exercise)  # type: ignore[attr-defined]
    found = [register_out(caller, each, rule_of(each.current)) for each in caller.registers()]  # type: ignore[arg-type]
    _keep(caller, "registers", rows=len(found))
    return found


@api.get("/registers/{code}/{key}", response={200: DefinitionOut, **TROUBLES}, url_name="register", tags=["Registers"])
def register(request: HttpRequest, place: Path[Place], exercise: UUID | None = INSIDE) -> Any:
    """Give one register: its fields, states and clocks."""
    caller = caller_of(request.user, request.grants, timezone.now(), exercise)  # type: ignore[attr-defined]
    found = caller.register(place.code, place.key)
    _keep(caller, "register", about=found)
    return definition_out(caller, sight_of(caller.grants, found))


@api.get(
    "/registers/{code}/{key}/entries", response={200: PageOut, **TROUBLES}, url_name="entries", tags=["Entries"],
    openapi_extra=FILTERS,
)  # fmt: skip
def entries(
    request: HttpRequest, place: Path[Place], asks: Query[Narrow], words: str = WORDS, exercise: UUID | None = INSIDE
) -> Any:
    """Give one page of a register's entries. Without a state or `show=all`, those that have not ended."""
    caller = caller_of(request.user, request.grants, timezone.now(), exercise)  # type: ignore[attr-defined]
    found = caller.register(place.code, place.key)
    typed = words_asked(unquote(words))
    seen = Seen(caller.grants, found, on=caller.on, at=caller.at, exercise=caller.exercise, words=typed)
    chosen = narrowed(seen.sight, {name: request.GET.getlist(name) for name in request.GET})
    if typed:
        _keep_search(caller, seen)
    page = seen.page(chosen, after=asks.after, before=asks.before, rows=asks.rows)
    rows = Rows(caller, seen.sight, entries_by_number(seen, page))
    filters = {name: value for name, value in chosen.told().items() if name != "sort"}
    filters |= {"searched": "yes"} if typed else {}
    _keep(caller, "entries", about=found, rows=len(page.rows), shown=rows.shown(), filters=filters)
    return {"entries": rows.out(), "after": page.after, "before": page.before}


def _keep_search(caller: Caller, seen: Seen) -> None:
    """Write that they searched, as on the page: never for what."""
    check_rate(caller.user, "search", at=caller.at)
    by = "number" if number_in(seen.words, seen.sight.rule) else "words"
    audit.record(
        EventKind.SEARCHED, at=caller.at, by=caller.user, authority_code=seen.register.authority.code,
        subject=("register", str(seen.register.pk)), source="api:search", searched_by=by,
    )  # fmt: skip


def _keep(caller: Caller, name: str, *, about: Any = None, shown: Any = (), **detail: Any) -> None:
    subject = ("register", str(about.pk)) if about else ("", "")
    audit.record(
        EventKind.REGISTER_VIEWED, at=caller.at, by=caller.user, authority_code=about.authority.code if about else "",
        subject=subject, source=f"api:{name}", shown=shown, **detail,
    )  # fmt: skip
