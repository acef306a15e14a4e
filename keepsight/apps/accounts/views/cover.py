"""Cover during absence: for oneself, and by managers for the people of their teams."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts import present_people, staff
from keepsight.apps.accounts.actions import cover as actions
from keepsight.apps.accounts.forms import CoverForm
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit

NOT_YOURS = "You arrange cover for yourself and for the people of your own teams."


def _clock() -> dict[str, Any]:
    return {"at": timezone.now(), "on": timezone.localdate()}


@require_GET
@requires(Permission.SIGNED_IN)
def covers(request: HttpRequest) -> HttpResponse:
    """One's own cover, and that of the people for whom one arranges it."""
    on, grants = timezone.localdate(), request.grants
    people = list(staff.people_arranged_for(grants, on))
    arranged = {each.pk for each in people}
    mine = request.user.pk
    rows = staff.covers_of([*people, request.user], on)
    context = {
        "rows": present_people.present_covers(
            rows, on, lambda each: mine in (each.absent_id, each.stand_in_id) or each.absent_id in arranged
        ),
        "people": [{"pk": each.pk, "name": each.name} for each in people if each.pk != mine],
        "may_stand_aside": staff.may_stand_aside(grants),
        "mine": mine,
    }
    return render(request, "accounts/cover.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SIGNED_IN)
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrange who stands in for oneself or for somebody of one's teams."""
    on = timezone.localdate()
    mine = pk == request.user.pk
    absent = request.user if mine else staff.people_arranged_for(request.grants, on).filter(pk=pk).first()
    if absent is None:
        raise NotPermitted(NOT_YOURS, code="not_yours_to_cover")
    colleagues = {each.pk: each for each in staff.colleagues_of(absent, on)}
    form = CoverForm(
        request.POST or None, stand_ins=[(each.pk, each.name) for each in colleagues.values()], on=on
    )  # fmt: skip
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on", "reason")}
        stand_in = colleagues[int(form.cleaned_data["stand_in"])]
        if submit(
            form, actions.arrange, absent=absent, stand_in=stand_in, by=request.user, **_clock(), **answers
        ):  # fmt: skip
            messages.success(request, f"{stand_in.name} stands in for {absent.name}. It ends by itself on its day.")
            return redirect("accounts:cover")
    context = {"form": form, "name": absent.name, "own": mine, "nobody": not colleagues}
    return render(request, "accounts/cover_arrange.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.SIGNED_IN)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End cover early."""
    on = timezone.localdate()
    people = [*staff.people_arranged_for(request.grants, on), request.user]
    chosen = staff.covers_of(people, on).filter(pk=pk).first()
    if chosen is None:
        raise NotPermitted(NOT_YOURS, code="not_yours_to_cover")
    actions.end(chosen, by=request.user, **_clock())
    messages.success(request, "The cover has ended.")
    return redirect("accounts:cover")
