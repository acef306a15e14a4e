"""Teams: one row a worker in words, and what waits for the manager."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.exports import offers
from keepsight.apps.accounts.models import Team
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.desk import presenters, queries
from keepsight.apps.desk.notices import glass_notices
from keepsight.apps.desk.wording import override_words

UNRATED_SHOWN = 20
TEAM_TILES = (
    "to-see", "overdue", "nobody", "unrated", "review-expired", "red", "red-not-seen", "worker-left",
    "safe-contact-review",
)  # fmt: skip


@requires(Permission.TEAM_VIEW)
def teams(request: HttpRequest) -> HttpResponse:
    """The teams in one's reach; straight to the team when there is one."""
    on = timezone.localdate()
    plans = plans_visible_to(request.grants, Permission.TEAM_VIEW)
    listed = plans_visible_to(request.grants, Permission.CHILD_VIEW)  # what the lists behind the tiles show
    rows = queries.team_rows(plans, on)
    waiting = _waiting(request, None)
    if len(rows) == 1 and rows[0]["team_id"] is not None:
        return redirect("desk:team", rows[0]["team_id"])
    _keep_reading(request, "desk:teams")
    context = {
        "rows": [{**row, "sentence": presenters.sentence(row, on)} for row in rows],
        "tiles": presenters.tiles(listed.counts(TEAM_TILES, on)),
        "authorities": len({row["authority__name"] for row in rows}),
        "waiting": waiting,
        "glass": glass_notices(request.grants, request.user.pk),
    }
    return render(request, "desk/teams.html", context)


@requires(Permission.TEAM_VIEW)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: the counts, the workers, the unrated and what waits."""
    on = timezone.localdate()
    plans = plans_visible_to(request.grants, Permission.TEAM_VIEW).filter(team_id=pk)
    named = Team.objects.filter(pk=pk).values_list("name", "authority__name").first()
    scope = request.grants.scope(Permission.TEAM_VIEW)
    reachable = pk in scope.team_ids or Team.objects.filter(pk=pk, authority_id__in=scope.authority_ids).exists()
    if named is None or not reachable:
        raise Http404
    rows = queries.worker_rows(plans, on)
    unrated = list(queries.rows_of(plans.queue("unrated", on))[:UNRATED_SHOWN])
    hidden = queries.hidden_among(request.grants, Permission.TEAM_VIEW, unrated, child_at=0)
    numbers = queries.numbers_of(unrated)
    listed = presenters.present_rows(unrated, {}, on, hidden=hidden, numbers=numbers)
    waiting = _waiting(request, pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="desk:team", rows=len(rows), team=pk,
        shown=presenters.shown(listed, *waiting.values()),
    )  # fmt: skip
    context = {
        "name": named[0],
        "authority": named[1],
        "pk": pk,
        "several": bool(scope.authority_ids) or len(scope.team_ids) > 1,
        "tiles": presenters.tiles(plans.counts(TEAM_TILES, on), f"?team={pk}"),
        "rows": [
            {
                "pk": row["worker_id"],
                "name": row["worker__name"] or "No worker",
                "words": presenters.sentence(row, on),
            }
            for row in rows
        ],
        "unrated": listed,
        "waiting": waiting,
        "glass": glass_notices(request.grants, request.user.pk),
        "takes": offers(request.grants, "desk:team", pk),
    }
    return render(request, "desk/team.html", context)


@requires(Permission.RATING_APPROVE)
def approvals(request: HttpRequest) -> HttpResponse:
    """All levels and virtual reasons that wait for this manager."""
    waiting = _waiting(request, None)
    _keep_reading(request, "desk:approvals", waiting)
    return render(request, "desk/approvals.html", {"waiting": waiting})


def _keep_reading(request: HttpRequest, source: str, waiting: Mapping[str, Sequence[Any]] | None = None) -> None:
    """What waits for a manager names children, so opening it is an event; the page of teams only counts them."""
    named = list((waiting or {}).values())
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source=source,
        rows=sum(len(each) for each in named), shown=presenters.shown(*named),
    )  # fmt: skip


def _waiting(request: HttpRequest, team_id: int | None) -> dict[str, list[dict[str, Any]]]:
    levels = queries.approvals_waiting(request.grants, team_id)
    virtual = queries.virtual_unsigned(request.grants, timezone.localdate(), team_id)
    return {
        "levels": presenters.present_approvals(
            levels, user_id=request.user.pk, reasons=override_words(),
            hidden=queries.hidden_among(request.grants, Permission.RATING_APPROVE, levels),
            numbers=queries.numbers_of(levels, child_at=-5),
        ),
        "virtual": presenters.present_unsigned(
            virtual, hidden=queries.hidden_among(request.grants, Permission.VIRTUAL_SIGN, virtual),
            numbers=queries.numbers_of(virtual, child_at=-5),
        ),
    }  # fmt: skip
