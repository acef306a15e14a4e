"""Lists behind the counts, the vulnerable learners of each school, and finding a child."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from keepsight.apps.accounts.exports import offers
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.desk import learners, presenters, queries, searching
from keepsight.apps.desk.forms import FilterForm, FindForm, KnownForm
from keepsight.apps.desk.present_child import present_learners, seen_codes
from keepsight.apps.desk.wording import QUEUE_WORDS

ROWS_A_PAGE = 50


@requires(Permission.CHILD_VIEW)
def queue(request: HttpRequest, queue: str) -> HttpResponse:
    """One queue, within the person's scope and their filters."""
    if queue not in QUEUE_WORDS:
        raise Http404
    on = timezone.localdate()
    visible = plans_visible_to(request.grants, Permission.CHILD_VIEW)
    form = FilterForm(request.GET, places=queries.places_of(visible, on))
    plans = form.narrow(visible, request.grants, on).queue(queue, on)
    page = Paginator(queries.rows_of(plans), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    hidden = queries.hidden_among(request.grants, Permission.CHILD_VIEW, rows, child_at=0)
    care = queries.in_care_of(request.grants, rows)
    warnings = queries.warnings_of([row[0] for row in rows], on, care=care)
    listed = presenters.present_rows(rows, warnings, on, hidden=hidden, numbers=queries.numbers_of(rows))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source=f"desk:list {queue}", rows=len(rows),
        filters=form.chosen(), shown=presenters.shown(listed),
    )  # fmt: skip
    context = {
        "words": QUEUE_WORDS[queue],
        "queue": queue,
        "count": page.paginator.count,
        "rows": listed,
        "form": form,
        "mine": request.GET.get("who") == "mine",
        "page": page,
        "query": form.query(),
        "review": queue == "review-expired",
        "takes": offers(request.grants, "desk:list", queue, query=form.query()),
    }
    return render(request, "desk/list.html", context)


@requires(Permission.CHILD_VIEW)
def vulnerable_learners(request: HttpRequest) -> HttpResponse:
    """Every child with a social worker, early help or a plan, under the school that has them on roll (SEE-11)."""
    on = timezone.localdate()
    chosen = request.GET.get("school", "")
    context: dict[str, Any] = {"on": on, "school": ""}
    if chosen in learners.NO_SCHOOL_SHOWN or chosen.isdecimal():
        name = learners.NO_SCHOOL_SHOWN.get(chosen) or learners.school_name(request.grants, int(chosen))
        if not name:
            raise Http404
        rows, marks, week = learners.learners_at(request.grants, chosen, on)
        hidden = queries.hidden_among(request.grants, Permission.CHILD_VIEW, rows)
        numbers = queries.numbers_of(rows, child_at=-5)
        shown = present_learners(rows, marks, seen_codes(), hidden=hidden, numbers=numbers)
        context |= {"school": name, "rows": shown, "week": week}
    else:
        context |= {"schools": learners.schools(request.grants, on)}
    asked = f"school={chosen}" if chosen else ""
    context["takes"] = offers(request.grants, "desk:vulnerable_learners", query=asked)
    count = len(context.get("rows", context.get("schools", ())))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="desk:vulnerable_learners", rows=count,
        filters={"school": chosen} if chosen else {}, shown=presenters.shown(context.get("rows", ())),
    )  # fmt: skip
    return render(request, "desk/vulnerable_learners.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KNOWN_CHECK)
def known(request: HttpRequest) -> HttpResponse:
    """Whether a child is known, to which team, and whom to call: for those who do not work with the child."""
    form = KnownForm(request.POST or None)
    context = {"form": form, "asked": False}
    if form.is_valid():
        now = timezone.now()
        check_rate(request.user, "known_check", at=now)
        rows = searching.known(request.grants, **form.cleaned_data)
        audit.record(
            EventKind.KNOWN_CHECKED, at=now, by=request.user, source="desk:known", rows=len(rows),
            shown=[row[0] for row in rows], searched_by="identifier" if form.cleaned_data["number"] else "name and day",
        )  # fmt: skip
        context |= {"asked": True, "rows": presenters.present_known(rows)}
    return render(request, "desk/known.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHILD_FIND)
def find(request: HttpRequest) -> HttpResponse:
    """Find a child within one's scope. Names travel in the body, never in the address; each search is an event."""
    form = FindForm(request.POST or None)
    context = {"form": form, "searched": False, "may_ask": request.grants.may(Permission.KNOWN_CHECK)}
    if form.is_valid():
        on, now = timezone.localdate(), timezone.now()
        check_rate(request.user, "search", at=now)
        found, more, with_reason = searching.find(request.grants, form.cleaned_data["words"])
        rows = presenters.present_found(found, on, with_reason=with_reason, numbers=queries.numbers_of(found))
        audit.record(
            EventKind.SEARCHED, at=now, by=request.user, source="desk:find", rows=len(found),
            searched_by=searching.kind_of(form.cleaned_data["words"]), shown=presenters.shown(rows),
        )  # fmt: skip
        context |= {"searched": True, "rows": rows, "more": more}
    return render(request, "desk/find.html", context, status=422 if form.errors else 200)
