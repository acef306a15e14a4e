"""All registers, and the list of one: filters, search, order, columns, files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.exports import PERMISSION_OF, SPREADSHEETS, check_may_take, formats_for, taking
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.views.taking import take
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.registers import exports, present_list, queries
from keepsight.apps.registers.forms.filters import FilterForm, SearchForm, columns_at_first
from keepsight.apps.registers.listing import Asked, asked
from keepsight.apps.registers.models import Register, SavedView
from keepsight.apps.registers.permissions import may, used_in
from keepsight.apps.registers.present_list import list_href
from keepsight.apps.registers.references import staff_of
from keepsight.apps.registers.sections import sections_of
from keepsight.apps.registers.views.reach import exercise_in

PLACES = ("after", "before", "words", "view")  # of an address, beside what is asked


def seen_by(request: HttpRequest, code: str, key: str, at: datetime, *, words: str = "", grants: Any = None):  # noqa: ANN201
    """The register of an address as this person sees it now. [Http404]"""
    grants = grants or request.grants  # type: ignore[attr-defined]
    exercise = exercise_in(request)
    register = queries.register_seen(grants, code, key, exercise=exercise)
    on = timezone.localtime(at).date()
    return queries.Seen(grants, register, on=on, at=at, exercise=exercise, words=words)


def words_in(request: HttpRequest, code: str, key: str) -> str:
    """What is searched for, while the address says that it is: the words are kept in the session."""
    return request.session.get(_words_key(code, key), "") if request.GET.get("words") else ""


def _words_key(code: str, key: str) -> str:
    return f"register words {code} {key}"


@require_GET
@requires(Permission.REGISTERS)
def home(request: HttpRequest) -> HttpResponse:
    """Every register that the person may read, by area."""
    at = timezone.now()
    on = timezone.localtime(at).date()
    seen: Any = {"on": on, "at": at, "exercise": exercise_in(request)}
    context = {
        "areas": present_list.areas(queries.home_figures(request.grants, **seen)),
        "at_rest": present_list.at_rest(queries.at_rest(request.grants, **seen)),
        "may_define": request.grants.may(Permission.REGISTER_DEFINE),
        "sections": sections_of(request.grants),
    }
    return render(request, "registers/home.html", context)


@require_GET
@requires(Permission.REGISTERS)
def register(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The list of one register."""
    at = timezone.now()
    seen = seen_by(request, code, key, at, words=words_in(request, code, key))
    views = queries.saved_views(seen.register, request.user.pk)
    view = _view_of(request, views)
    chosen = asked(seen.sight, _params(request, view))
    page = seen.page(chosen, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    columns = chosen.columns or columns_at_first(seen.sight)
    rows = present_list.Rows(seen, columns, page.rows)
    tiles = present_list.tiles(seen, seen.tiles())
    keep_read(request, seen, chosen, at, source="registers:list", rows=len(page.rows), shown=rows.shown())
    context = {
        "page": present_list.page(seen, chosen, page, rows, more=_more(request, view)),
        "tiles": tiles,
        "tabs": present_list.tabs(seen, "list"),
        "views": present_list.views(seen, views, current=view, user_id=request.user.pk),
        "search": SearchForm(initial={"words": seen.words}),
        "takes": _offers(request, seen, chosen),
        "may_add": may(request.grants, seen.register, "add") and used_in(seen.register, seen.exercise),
        "at_rest": not used_in(seen.register, seen.exercise),
    }
    return render(request, "registers/list.html", context)


def _params(request: HttpRequest, view: SavedView | None) -> Mapping[str, list[str]]:
    if view is None:
        return {name: request.GET.getlist(name) for name in request.GET}
    params: dict[str, list[str]] = {}
    for name, value in view.query.get("pairs", ()):
        params.setdefault(name, []).append(value)
    return params


def _view_of(request: HttpRequest, views: list[SavedView]) -> SavedView | None:
    """The saved list that the address names; without any query, the one with which the person begins."""
    named = request.GET.get("view", "")
    if named:
        return next((each for each in views if str(each.pk) == named), None)
    if set(request.GET) - {"after", "before"}:
        return None
    return next((each for each in views if each.is_default and each.user_id == request.user.pk), None)


def _more(request: HttpRequest, view: SavedView | None) -> dict[str, str]:
    """What links to other pages of the list carry beside what is asked."""
    return {"words": "1" if request.GET.get("words") else "", "view": str(view.pk) if view else ""}


def _offers(request: HttpRequest, seen: queries.Seen, chosen: Asked) -> list[dict[str, str]]:
    more = {"words": "1"} if seen.words else {}
    query = chosen.query(**more)
    found = []
    for fmt, name in formats_for(request.grants):
        if may(taking(request.grants, PERMISSION_OF[fmt]), seen.register, "export", rule=seen.sight.rule):
            found.append({"text": f"Download as {name}", "href": list_href(seen, query, f"list_{fmt}")})
    return found


def keep_read(
    request: HttpRequest, seen: queries.Seen, chosen: Asked, at: datetime, *, source: str, rows: int, shown: Any
) -> None:
    """Write who read what of a register: filters by their ids, never a word that was searched for."""
    said = {name: value for name, value in chosen.told().items() if name not in ("col", "sort")}
    said |= {"searched": "yes"} if seen.words else {}
    audit.record(
        EventKind.REGISTER_VIEWED, at=at, by=request.user, authority_code=seen.register.authority.code,
        subject=("register", str(seen.register.pk)), source=source, rows=rows, filters=said, shown=shown,
    )  # fmt: skip


@require_POST
@requires(Permission.REGISTERS)
def search(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Keep what is looked for, and show the list with it. No words: the list as it was."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    form = SearchForm(request.POST)
    chosen = asked(seen.sight, parse_qs(request.POST.get("query", "")[:4000]))
    if not form.is_valid():
        request.session.pop(_words_key(code, key), None)
        return HttpResponseRedirect(list_href(seen, chosen.query()))
    check_rate(request.user, "search", at=at)
    words = form.cleaned_data["words"]
    request.session[_words_key(code, key)] = words
    by = "number" if queries.searching.number_in(words, seen.sight.rule) else "words"
    audit.record(
        EventKind.SEARCHED, at=at, by=request.user, authority_code=code, subject=("register", str(seen.register.pk)),
        source="registers:search", searched_by=by,
    )  # fmt: skip
    return HttpResponseRedirect(list_href(seen, chosen.query(words="1")))


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def narrow(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Choose filters, order and columns; the list follows by its own address."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    now = asked(seen.sight, {name: request.GET.getlist(name) for name in request.GET})
    people = [(str(pk), name) for pk, name in _people(seen.register, seen.on)]
    form = FilterForm(
        request.POST or None, sight=seen.sight, people=people, teams=queries.teams_of(seen.register), now=now
    )
    if form.is_valid():
        words = {"words": "1"} if request.GET.get("words") else {}
        return HttpResponseRedirect(list_href(seen, form.asked().query(**words)))
    context = {"form": form, "seen": seen, "tabs": present_list.tabs(seen, ""), "back": list_href(seen, now.query())}
    return render(request, "registers/narrow.html", context, status=422 if form.errors else 200)


def _people(register: Register, on: Any) -> Any:
    return staff_of(register.authority, on).values_list("pk", "name")


def _as_file(fmt: str) -> Any:
    @require_GET
    @requires(PERMISSION_OF[fmt])
    def taken(request: HttpRequest, code: str, key: str) -> Any:
        """The list as it is narrowed, by those roles alone that may take it away."""
        check_may_take(request.grants, fmt)
        at = timezone.now()
        grants = taking(request.grants, PERMISSION_OF[fmt])
        seen = seen_by(request, code, key, at, words=words_in(request, code, key), grants=grants)
        chosen = asked(seen.sight, {name: request.GET.getlist(name) for name in request.GET})
        return take(request, exports.list_of(seen, chosen), fmt)

    return taken


files = {fmt: _as_file(fmt) for fmt, _ in SPREADSHEETS}
