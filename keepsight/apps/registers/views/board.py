"""A register as a board: a column for each state, and a small form to move an entry on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers import actions, present_list, queries
from keepsight.apps.registers.forms.board import MoveOnBoard
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.references import entry_visible_to
from keepsight.apps.registers.views.lists import keep_read, seen_by
from keepsight.apps.registers.views.reach import exercise_in
from keepsight.core.errors import NotAllowedNow

CARDS = 20


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def board(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """What stands in which state. A move that cannot be made is said above, and nothing is lost."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    trouble: dict[str, str] = {}
    if request.method == "POST":
        trouble = _move(request, seen, at)
        if not trouble:
            return HttpResponseRedirect(present_list.list_href(seen, name="board"))
    columns, shown, count = _columns(seen)
    keep_read(request, seen, Asked(), at, source="registers:board", rows=count, shown=shown)
    context = {
        "page": present_list.about(seen), "columns": columns, "tabs": present_list.tabs(seen, "board"),
        "may_move": may(request.grants, seen.register, "move"), "trouble": trouble,
        "may_add": may(request.grants, seen.register, "add"),
    }  # fmt: skip
    return render(request, "registers/board.html", context, status=422 if trouble else 200)


def _columns(seen: queries.Seen) -> tuple[list[dict[str, Any]], list[int], int]:
    """A column for each state: one query a state, one for all counts, one for each kind of name."""
    states = seen.sight.rule.states
    asked = [Asked(states=(state.id,), sort="-changed" if state.ends else "due") for state in states]
    pages = [seen.page(each, rows=CARDS) for each in asked]
    counts = queries.counted([seen.entries(each) for each in asked])
    rows = present_list.Rows(seen, ("subject",), [row for page in pages for row in page.rows])
    cards = iter(present_list.cards(rows))
    columns = []
    for state, each, page, count in zip(states, asked, pages, counts, strict=True):
        columns.append(
            {
                "id": state.id, "name": state.name, "colour": state.colour, "count": present_list.how_many(count),
                "cards": [next(cards) for _ in page.rows], "more": bool(page.after),
                "href": present_list.list_href(seen, each.query()),
            }
        )  # fmt: skip
    return columns, rows.shown(), len(rows.rows)


def _move(request: HttpRequest, seen: queries.Seen, at: Any) -> dict[str, str]:
    """Move one entry; what is wrong, if it cannot be."""
    form = MoveOnBoard(request.POST)
    if not form.is_valid():
        return {"sentence": "Choose where the entry moves to.", "ref": request.POST.get("ref", "")}
    answers = form.cleaned_data
    entry = entry_visible_to(request.grants, answers["ref"], exercise=exercise_in(request))
    if entry is None or entry.register_id != seen.register.pk:
        raise Http404
    try:
        moved = actions.move(
            entry, answers["to"], by=request.user, at=at, revision=answers["revision"], why=answers["why"],
            source="registers:board",
        )  # fmt: skip
    except NotAllowedNow as refused:
        rule = seen.sight.rule
        return {"sentence": f"{rule.prefix}-{entry.number}: {refused.sentence}", "ref": str(entry.ref)}
    names = {state.id: state.name for state in seen.sight.rule.states}
    messages.success(request, f"{seen.sight.rule.prefix}-{moved.number} is now: {names[moved.state]}.")
    return {}
