"""The first page of each person, and a practitioner's own children."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.desk import presenters, queries
from keepsight.apps.desk.notices import glass_notices, remind_of_declaration
from keepsight.core.errors import NotPermitted

FIRST_PAGES = (
    (Permission.WORK_LIST, "desk:my_work"),
    (Permission.PICTURE_VIEW, "briefing:picture"),
    (Permission.LOAD_VIEW, "intake:loads"),
    (Permission.PEOPLE_MANAGE, "accounts:people"),
    (Permission.SCHOOL_PUPILS, "portal:pupils"),
    (Permission.PROVIDER_PLACEMENTS, "portal:placements"),
    (Permission.MEMBER_FIGURES, "portal:figures"),
    (Permission.CHILD_FIND, "desk:find"),
    (Permission.AUDIT_VIEW, "governance:home"),
    (Permission.MARKET_VIEW, "providers:market"),
    (Permission.STAFFING_MANAGE, "workforce:staffing"),
    (Permission.NEWS_RUN, "partnership:news"),
    (Permission.REGISTERS, "registers:home"),
)


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Managers begin with their teams, practitioners with their children, leaders with the picture."""
    grants = request.grants
    remind_of_declaration(request)
    if grants.may(Permission.TEAM_VIEW) and grants.may(Permission.WORK_LIST) and not grants.workers:
        return redirect("desk:teams")
    for permission, page in FIRST_PAGES:
        if grants.may(permission):
            return redirect(page)
    raise NotPermitted("You have no role here yet. Your data team can give you one.")


@requires(Permission.WORK_LIST)
def my_work(request: HttpRequest) -> HttpResponse:
    """Who to see today, how and why. Every count opens exactly its list."""
    on, grants = timezone.localdate(), request.grants
    workers = queries.own_workers(grants)
    counts = queries.my_counts(workers, on)
    rows = queries.my_rows(workers=workers, on=on)
    care = queries.in_care_of(grants, rows)
    warnings = queries.warnings_of([row[0] for row in rows], on, care=care) if rows else {}
    hidden = queries.hidden_among(grants, Permission.WORK_LIST, rows, child_at=0)
    to_see = presenters.present_rows(rows, warnings, on, hidden=hidden, numbers=queries.numbers_of(rows))
    drafts = queries.drafts_of(grants, request.user.pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="desk:my_work", rows=len(rows),
        shown=presenters.shown(to_see),
    )  # fmt: skip
    open_cases = counts.pop("open")
    context = {
        "on": on,
        "open_cases": open_cases,
        "tiles": presenters.tiles(counts, "?who=mine"),
        "rows": to_see,
        "drafts": presenters.present_drafts(drafts, queries.numbers_of(drafts, child_at=4, forename_at=1)),
        "manages": grants.may(Permission.TEAM_VIEW),
        "standing_in_for": grants.standing_in_for,
        "glass": glass_notices(grants, request.user.pk),
    }
    return render(request, "desk/my_work.html", context)
