"""Who looked. Reading the log is an event in the log."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit import tasks
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.actions.looked import review_look
from keepsight.apps.governance.forms.looked import (
    PERIODS,
    FindChildForm,
    FindPersonForm,
    MonthForm,
    PeriodForm,
    ReviewForm,
)
from keepsight.apps.governance.presenters import looked as presenters
from keepsight.apps.governance.queries import looked as queries
from keepsight.ui.forms import submit

FOREVER = 100 * 366
MONTHS_OFFERED = 12


@require_http_methods(["GET", "POST"])
@requires(Permission.AUDIT_VIEW)
def looked(request: HttpRequest) -> HttpResponse:
    """Begin with a child or with a person. Names travel in the body, never in the address."""
    for_child = request.POST.get("ask") == "child"
    child_form = FindChildForm(request.POST if for_child else None)
    person_form = FindPersonForm(request.POST if request.POST.get("ask") == "person" else None, prefix="person")
    context: dict[str, Any] = {"child_form": child_form, "person_form": person_form}
    if child_form.is_valid():
        found = queries.find_children(request.grants, **child_form.cleaned_data)
        _keep(request, "governance:looked", shown=[child.pk for child in found])
        if len(found) == 1:
            return redirect("governance:looked_child", found[0].ref)
        context |= {"children": _numbered(found), "asked": "child"}
    if person_form.is_valid():
        people = queries.find_people(request.grants, person_form.cleaned_data["words"])
        _keep(request, "governance:looked", people=len(people))
        if len(people) == 1:
            return redirect("governance:looked_person", people[0].pk)
        context |= {"people": people, "asked": "person"}
    wrong = child_form.errors or person_form.errors
    context["wrong"] = child_form if child_form.errors else person_form
    return render(request, "governance/looked.html", context, status=422 if wrong else 200)


def _numbered(children: list[Any]) -> list[dict[str, Any]]:
    numbers = queries.numbers_of(child.pk for child in children)
    restricted = queries.restricted_among(child.pk for child in children)
    return [
        {"ref": child.ref, "number": "A restricted record" if child.pk in restricted else
         numbers.get(child.pk, "A child without a number")}
        for child in children
    ]  # fmt: skip


def _keep(request: HttpRequest, source: str, **more: Any) -> None:
    audit.record(EventKind.AUDIT_VIEWED, at=timezone.now(), by=request.user, source=source, **more)


@require_GET
@requires(Permission.AUDIT_VIEW)
def looked_child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who opened this record, was shown it, took it away, changed it or was refused."""
    child = queries.children_of_the_log(request.grants).filter(ref=ref).select_related("authority").first()
    if child is None:
        raise Http404
    form, asked = _period(request)
    looks, more = queries.looks_at(child, **asked)
    _keep(
        request, "governance:looked_child", subject=("child", str(child.pk)), authority_code=child.authority.code,
        rows=len(looks), group=asked["group"],
    )  # fmt: skip
    context = {
        "number": _numbered([child])[0]["number"],
        "authority": child.authority.name,
        "rows": presenters.present_looks(looks),
        "form": form,
        "older": _older(form, looks[-1].pk) if more else "",
    }
    return render(request, "governance/looked_child.html", context)


@require_GET
@requires(Permission.AUDIT_VIEW)
def looked_person(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person opened and did in the authorities whose log one reads."""
    places = queries.places_of(request.grants)
    person = queries.people_of_the_log(places).filter(pk=pk).first()
    if person is None:
        raise Http404
    form, asked = _period(request)
    looks, more, last = queries.looks_by(person, list(places.values()), **asked)
    children = queries.children_in(looks)
    _keep(request, "governance:looked_person", subject=("user", str(pk)), rows=len(looks), group=asked["group"])
    context = {
        "name": person.name,
        "rows": presenters.present_looks(
            looks, numbers=queries.numbers_of(children), restricted=queries.restricted_among(children)
        ),
        "form": form,
        "older": _older(form, last) if more and last else "",
    }
    return render(request, "governance/looked_person.html", context)


def _period(request: HttpRequest) -> tuple[PeriodForm, dict[str, Any]]:
    """The form of the period, and what it asks for; what it does not know it leaves out."""
    given = PeriodForm({"days": PERIODS[0][0], **request.GET.dict()})
    given.full_clean()
    days = given.cleaned_data.get("days") or PERIODS[0][0]
    group, today = given.cleaned_data.get("group") or "", timezone.localdate()
    asked = {
        "since": queries.start_of(today - timedelta(days=int(days) if days.isdecimal() else FOREVER)),
        "until": queries.start_of(today + timedelta(days=1)),
        "group": group, "before": given.cleaned_data.get("before"),
    }  # fmt: skip
    return PeriodForm({"group": group, "days": days}), asked


def _older(form: PeriodForm, last: int) -> str:
    return urlencode({**form.data, "before": last})


@dataclass(frozen=True)
class _Month:
    """One month's sample of one authority, as somebody chose it."""

    authority: Authority
    month: date
    looks: list[queries.Look]
    opened: int
    form: MonthForm

    @property
    def query(self) -> str:
        return urlencode({"month": f"{self.month:%Y-%m}", "authority": self.authority.code})

    def rows(self) -> list[dict[str, Any]]:
        children = queries.children_in(self.looks)
        return presenters.present_sample(
            self.looks, queries.reviews_of(self.looks), grounds=queries.grounds_of(self.looks),
            numbers=queries.numbers_of(children), restricted=queries.restricted_among(children),
        )  # fmt: skip


def _month(request: HttpRequest) -> _Month:
    places, months = list(queries.places_of(request.grants).values()), _months(timezone.localdate())
    if not places:
        raise Http404
    asked = {"month": f"{months[0]:%Y-%m}", "authority": places[0].code, **request.GET.dict()}
    form = MonthForm(asked, authorities=[(place.code, place.name) for place in places], months=months)
    form.full_clean()
    month = next((m for m in months if f"{m:%Y-%m}" == form.cleaned_data.get("month")), months[0])
    authority = next((p for p in places if p.code == form.cleaned_data.get("authority")), places[0])
    looks, opened = queries.sample_of(authority, month)
    return _Month(authority, month, looks, opened, form)


@require_GET
@requires(Permission.AUDIT_VIEW)
def looked_sample(request: HttpRequest) -> HttpResponse:
    """Looks from outside the child's team, drawn by lot for one month."""
    chosen = _month(request)
    rows = chosen.rows()
    _keep(
        request, "governance:looked_sample", authority_code=chosen.authority.code, month=f"{chosen.month:%Y-%m}",
        shown=sorted(queries.children_in(chosen.looks)),
    )  # fmt: skip
    left = sum(1 for row in rows if not row["review"])
    context = {"chosen": chosen, "rows": rows, "left": left, "size": queries.sample_size()}
    return render(request, "governance/looked_sample.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.AUDIT_VIEW)
def looked_review(request: HttpRequest, seq: int) -> HttpResponse:
    """Say what came of looking at one of them."""
    chosen = _month(request)
    row = next((row for row in chosen.rows() if row["seq"] == seq), None)
    if row is None:
        raise Http404
    back = f"{reverse('governance:looked_sample')}?{chosen.query}"
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        of = {"seq": seq, "authority": chosen.authority, "month": chosen.month}
        answers = {**form.cleaned_data, **of, "by": request.user, "at": timezone.now()}
        if submit(form, review_look, beside="outcome", **answers):
            messages.success(request, "What you found is kept.")
            return redirect(back)
    context = {"row": row, "form": form, "back": back}
    return render(request, "governance/looked_review.html", context, status=422 if form.errors else 200)


def _months(today: date) -> list[date]:
    """The months that are over, the newest first: a month is drawn once nothing can be added to it."""
    months, month = [], today.replace(day=1)
    for _ in range(MONTHS_OFFERED):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


@require_GET
@requires(Permission.AUDIT_VIEW)
def looked_log(request: HttpRequest) -> HttpResponse:
    """Whether the log still says what it said: the newest check and the newest anchor."""
    _keep(request, "governance:looked_log")
    anchor = queries.newest_anchor()
    context = {
        "check": presenters.present_check(queries.last_check()),
        "anchor": anchor,
        "events": queries.events_in_the_log(),
    }
    return render(request, "governance/looked_log.html", context)


@require_POST
@requires(Permission.AUDIT_VIEW)
def looked_check(request: HttpRequest) -> HttpResponse:
    """Ask for a check; it is made on the queue."""
    tasks.check_log.enqueue(user_id=request.user.pk, name=request.user.name)
    messages.success(request, "The log is being checked. The outcome stands here once it is done.")
    return redirect("governance:looked_log")
