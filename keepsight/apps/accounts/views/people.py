"""People who use Keepsight: who they are, what they may do, since when and until when. No child anywhere."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from keepsight.apps.accounts import exports, policies, present_people, staff
from keepsight.apps.accounts.forms import FilterForm, SearchForm
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, requires
from keepsight.apps.accounts.views.taking import export
from keepsight.apps.accounts.wording import REPORTS, STATES
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind

ROWS_A_PAGE = 50
FOUND_AT_MOST = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_VIEW)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, or could, within the person's authorities; searched by POST."""
    on, grants = timezone.localdate(), request.grants
    visible = staff.people_visible_to(grants)
    search = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    words = search.cleaned_data["words"] if search.is_bound and search.is_valid() else ""
    filters = _filters(request, grants)
    found = staff.matching(visible, words) if words else _chosen(grants, visible, filters, on)
    page = Paginator(staff.with_columns(found), FOUND_AT_MOST if words else ROWS_A_PAGE).get_page(
        None if words else request.GET.get("page")
    )
    _keep(request, rows=len(page), searched=bool(words), filters=filters.chosen() | _report_of(request))
    seen = staff.places_seen(grants)
    context = {
        "rows": present_people.present_rows(page, staff.roles_of(list(page), seen), on),
        "count": page.paginator.count,
        "page": page,
        "query": "".join(f"{name}={value}&" for name, value in (filters.chosen() | _report_of(request)).items()),
        "search": search,
        "searched": bool(words),
        "filters": filters,
        "report": present_people.report_words(_report_of(request)["report"]) if _report_of(request) else None,
        "may_manage": bool(policies.administered(grants)),
        "may_export": grants.may(Permission.EXPORT_CSV) and not words,
    }
    return render(request, "accounts/people.html", context, status=422 if search.errors else 200)


def _filters(request: HttpRequest, grants: Grants) -> FilterForm:
    teams = [(team.pk, team.name) for team in staff.teams_in(staff.places_seen(grants))]
    return FilterForm(request.GET, teams=teams, states=STATES)


def _report_of(request: HttpRequest) -> dict[str, str]:
    name = request.GET.get("report", "")
    return {"report": name} if name in REPORTS else {}


def _chosen(grants: Grants, visible: Any, filters: FilterForm, on: Any) -> Any:
    seen = staff.places_seen(grants)
    if report := filters.data.get("report", ""):
        conditions = staff.reports(seen, on)
        visible = visible.filter(conditions[report]) if report in conditions else visible
    return staff.narrowed(visible, seen, on, **filters.chosen())


def _keep(request: HttpRequest, *, rows: int, searched: bool, filters: dict[str, str]) -> None:
    audit.record(
        EventKind.SEARCHED if searched else EventKind.LIST_OPENED, at=timezone.now(), by=request.user,
        source="accounts:people", rows=rows, filters=filters,
    )  # fmt: skip


@require_GET
@requires(Permission.EXPORT_CSV)
def people_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, as far as the role reaches that may take lists away."""
    on = timezone.localdate()
    check_user_may(request.grants, Permission.PEOPLE_VIEW)
    grants = exports.taking(request.grants, Permission.EXPORT_CSV)
    filters = _filters(request, grants)
    found = list(staff.with_columns(_chosen(grants, staff.people_visible_to(grants), filters, on)))
    chosen = filters.chosen() | _report_of(request)
    return export(
        request,
        present_people.export_rows(found, staff.roles_of(found, staff.places_seen(grants)), on),
        present_people.EXPORT_COLUMNS,
        name="people",
        fmt="csv",
        title="People and roles",
        source="accounts:people_csv",
        filters=chosen,
        filter_words=", ".join(f"{name}: {value}" for name, value in chosen.items()),
    )


@require_GET
@requires(Permission.PEOPLE_VIEW)
def people_reports(request: HttpRequest) -> HttpResponse:
    """What an access review looks at. Each count opens its list."""
    counts = staff.report_counts(staff.places_seen(request.grants), timezone.localdate())
    return render(request, "accounts/people_reports.html", {"reports": present_people.present_reports(counts)})


@require_GET
@requires(Permission.PEOPLE_VIEW)
def roles(request: HttpRequest) -> HttpResponse:
    """Every role in plain words, and how many hold it."""
    counts = staff.holder_counts(staff.places_seen(request.grants), timezone.localdate())
    rows = [
        {**present_people.present_role(role), "count": counts.get(role, 0)} for role in present_people.rules()
    ]  # fmt: skip
    return render(request, "accounts/roles.html", {"rows": rows})


@require_GET
@requires(Permission.PEOPLE_VIEW)
def role(request: HttpRequest, role: str) -> HttpResponse:
    """One role: what it may do, sentence by sentence, and who holds it."""
    if role not in present_people.rules():
        return redirect("accounts:roles")
    on = timezone.localdate()
    held = staff.holders(role, staff.places_seen(request.grants), on)
    holders = [
        {"pk": each.user_id, "name": each.user.name, "words": present_people.role_words(each, on)} for each in held
    ]
    context = {"role": present_people.present_role(role), "holders": holders}
    return render(request, "accounts/role.html", context)
