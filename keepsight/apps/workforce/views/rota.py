"""Rotas: make one, choose the people, have it filled, change a duty, publish; and the list that everybody sees."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_tasks import TaskResultStatus

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.events.scope import active_event
from keepsight.apps.workforce import actions, present_rota
from keepsight.apps.workforce.forms import PeopleForm, PublishForm, RotaForm, ShiftForm
from keepsight.apps.workforce.models import Rota, Shift
from keepsight.apps.workforce.permissions import rotas_visible_to, workers_for
from keepsight.apps.workforce.queries import away_days, made_authorities, teams_of
from keepsight.apps.workforce.tasks import fill_rota
from keepsight.core.errors import NotAllowedNow
from keepsight.ui.forms import submit


@require_GET
@requires(Permission.ROTA_VIEW)
def rotas(request: HttpRequest) -> HttpResponse:
    """All rotas in one's reach, newest first, and one's own duties."""
    found = rotas_visible_to(request.grants, exercise=_exercise(request)).exclude(state=Rota.State.REPLACED)
    own = Shift.objects.filter(
        rota__in=found.filter(state=Rota.State.PUBLISHED), worker__user=request.user, on__gte=timezone.localdate()
    ).select_related("rota")  # fmt: skip
    context = {
        "rotas": list(found.order_by("-first_on")[:50]),
        "own": [(each, present_rota.duty_name(each, each.rota)) for each in own.order_by("on")[:20]],
        "makes": request.grants.may(Permission.ROTA_MANAGE),
    }
    return render(request, "workforce/rotas.html", context)


@requires(Permission.ROTA_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a rota."""
    authorities = made_authorities(request.grants)
    form = RotaForm(request.POST or None, authorities=authorities, teams=teams_of(authorities))
    if request.method == "POST" and form.is_valid():
        said, made = form.cleaned_data, []
        authority = next(each for each in authorities if str(each.pk) == said["authority"])
        if submit(form, lambda **given: made.append(_made(request, authority, **given)), title=said["title"],
                  first_on=said["first_on"], last_on=said["last_on"]):  # fmt: skip
            request.session[f"rota:{made[0].pk}"] = said["teams"]
            return redirect("workforce:rota_people", made[0].ref)
    return _form(request, "workforce/rota_new.html", form)


def _made(request: HttpRequest, authority: Authority, **given: Any) -> Rota:
    event = active_event(authority, exercise=_exercise(request))
    return actions.make(authority, **given, by=request.user, at=timezone.now(), event=event)


@requires(Permission.ROTA_MANAGE)
def people(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Choose who may be put on the rota."""
    rota = _own(request, ref)
    chosen = {row.worker_id: row for row in rota.people.all()}
    teams = [int(each) for each in request.session.get(f"rota:{rota.pk}", [])]
    workers = workers_for(request.grants, rota.authority)
    if teams or chosen:
        workers = workers.filter(team_id__in=teams) | workers.filter(pk__in=chosen)
    listed = list(workers.distinct()[:300])
    away = away_days(listed, rota.first_on, rota.last_on, exercise=_exercise(request))
    form = PeopleForm(
        request.POST or None, workers=listed, first_on=rota.first_on, initial=_initial(listed, chosen, away)
    )
    if request.method == "POST" and form.is_valid():
        actions.set_people(rota, form.people(), by=request.user, at=timezone.now())
        messages.success(request, "The people are on the rota. Now have it filled.")
        return redirect("workforce:rota", rota.ref)
    rows = [
        {"worker": w, **{name: form[f"{name}_{w.pk}"] for name in ("on", "share", "manager", "away")}} for w in listed
    ]
    return _form(request, "workforce/rota_people.html", form, rota=rota, rows=rows)


def _initial(workers: list[Any], chosen: dict[int, Any], away: dict[int, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for worker in workers:
        row = chosen.get(worker.pk)
        said[f"on_{worker.pk}"] = row is not None or not chosen
        said[f"share_{worker.pk}"] = str(row.share if row else 1.0)
        said[f"manager_{worker.pk}"] = "manager" in row.can if row else False
        said[f"away_{worker.pk}"] = ", ".join(_plain(day) for day in row.away) if row else away.get(worker.pk, "")
    return said


def _plain(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


@require_GET
@requires(Permission.ROTA_VIEW)
def rota(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A rota week by week; its makers see besides what is open, what breaks a rule, and the shares."""
    found = _seen(request, ref)
    makes = found.authority_id in request.grants.scope(Permission.ROTA_MANAGE).authority_ids
    context = {
        "rota": found, "weeks": present_rota.weeks(found, own=request.user.pk), "makes": makes,
        "draft": found.state == Rota.State.DRAFT, "shares": present_rota.shares(found) if makes else [],
        "summary": present_rota.summary(found), "form": PublishForm(),
    }  # fmt: skip
    return render(request, "workforce/rota.html", context)


@require_POST
@requires(Permission.ROTA_MANAGE)
def fill(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask the solver; it works on the queue."""
    found = _own(request, ref)
    asked = fill_rota.enqueue(rota_id=found.pk, user_id=request.user.pk)
    if asked.status != TaskResultStatus.SUCCESSFUL:
        messages.success(request, "The rota is being filled. Look again in half a minute.")
    return redirect("workforce:rota", found.ref)


@requires(Permission.ROTA_MANAGE)
def shift(request: HttpRequest, ref: UUID, pk: int) -> HttpResponse:
    """Put somebody on one duty, or take them off."""
    found = _own(request, ref)
    one = found.shifts.filter(pk=pk).first()
    if one is None:
        raise Http404
    names = [
        (str(row.worker_id), row.worker.name) for row in found.people.select_related("worker").order_by("worker__name")
    ]
    first = {"worker": str(one.worker_id or ""), "revision": found.revision}
    form = ShiftForm(request.POST or None, people=names, initial=first)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["worker"]
        worker = next((r.worker for r in found.people.select_related("worker") if str(r.worker_id) == chosen), None)
        put: list[Shift] = []
        if submit(form, lambda **given: put.append(actions.put(one, worker, **given)), by=request.user,
                  at=timezone.now(), revision=form.cleaned_data["revision"]):  # fmt: skip
            said = " ".join(put[0].broken)
            messages.success(request, f"The duty is set by hand. {said}".strip())
            return redirect("workforce:rota", found.ref)
    return _form(request, "workforce/rota_shift.html", form, rota=found, duty=present_rota.duty_name(one, found))


@require_POST
@requires(Permission.ROTA_MANAGE)
def publish(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Publish, or say what keeps it from being published."""
    found = _own(request, ref)
    try:
        actions.publish(found, by=request.user, at=timezone.now(), although=request.POST.get("although", ""))
    except NotAllowedNow as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The rota is published. Everybody on it is told.")
    return redirect("workforce:rota", found.ref)


def _exercise(request: HttpRequest) -> Any:
    return getattr(request, "exercise", None)


def _seen(request: HttpRequest, ref: UUID) -> Rota:
    found = rotas_visible_to(request.grants, exercise=_exercise(request)).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest, ref: UUID) -> Rota:
    """A rota that one may change."""
    found = _seen(request, ref)
    if found.authority_id not in request.grants.scope(Permission.ROTA_MANAGE).authority_ids:
        raise Http404
    return found


def _form(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
