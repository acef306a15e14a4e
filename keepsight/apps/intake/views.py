"""Pages: the list of loads, and one load with its counts and findings."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.intake import presenters, queries
from keepsight.apps.intake.forms import FindingsForm
from keepsight.apps.intake.permissions import authorities_whose_loads, may_see_values

LOADS_A_PAGE = 25
FINDINGS_A_PAGE = 50


@requires(Permission.LOAD_VIEW)
def loads(request: HttpRequest) -> HttpResponse:
    """Loads of the authorities that the person reaches, newest first, and how to load."""
    names = authorities_whose_loads(request.grants)
    page = Paginator(queries.loads_of(list(names)), LOADS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [presenters.present_load(load, names) for load in page.object_list],
        "several": len(names) > 1,
        "code": next(iter(names), "CODE"),
        "query": "",
    }
    return render(request, "intake/loads.html", context)


@requires(Permission.LOAD_VIEW)
def load(request: HttpRequest, pk: int) -> HttpResponse:
    """One load: what it changed or would change, file by file, and everything that was found."""
    names = authorities_whose_loads(request.grants)
    found = queries.loads_of(list(names)).filter(pk=pk).first()
    if found is None:
        raise Http404
    form = FindingsForm(request.GET, groups=queries.finding_groups(found), files=queries.files_of(found))
    page = Paginator(queries.findings_of(found, **form.chosen()), FINDINGS_A_PAGE).get_page(request.GET.get("page"))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=found.authority_code,
        subject=("load", str(found.pk)), source="intake:load", rows=len(page.object_list), filters=form.chosen(),
    )  # fmt: skip
    context = {
        "load": presenters.present_load(found, names),
        "kinds": list(presenters.KINDS.values()),
        "counts": presenters.present_counts(found.counts),
        "files": presenters.present_files(found.files.order_by("name", "sheet")),
        "groups": presenters.present_groups(form.groups),
        "form": form,
        "page": page,
        "findings": presenters.present_findings(
            page.object_list, values=may_see_values(request.grants, found.authority_code)
        ),
        "query": form.query(),
    }
    return render(request, "intake/load.html", context)
