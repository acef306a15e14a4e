"""Pages: the list of loads, one load with its counts and findings, and sending files."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tasks import TaskResult, TaskResultStatus

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.briefing.tasks import asked_for
from keepsight.apps.intake import presenters, queries, tasks, uploads
from keepsight.apps.intake.forms import FindingsForm, SendForm
from keepsight.apps.intake.permissions import authorities_to_load_for, authorities_whose_loads, may_see_values
from keepsight.core.errors import BadInput

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
        "may_load": request.grants.may(Permission.LOAD_RUN),
    }
    return render(request, "intake/loads.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.LOAD_RUN)
def send(request: HttpRequest) -> HttpResponse:
    """Send files from a browser. They are read and compared first; nothing changes until somebody says so."""
    authorities, on = authorities_to_load_for(request.grants), timezone.localdate()
    form = SendForm(request.POST or None, request.FILES or None, authorities=authorities, on=on)
    if getattr(request, "sent_too_much", False):
        form.add_error("files", "That was more than can be sent at once. Send fewer files, or load them by command.")
    elif form.is_valid():
        uploads.forget_old(timezone.now())
        try:
            place = uploads.keep(form.cleaned_data["files"])
        except BadInput as trouble:
            form.add_error("files", trouble.sentence)
        else:
            given = form.cleaned_data
            return _asked(
                tasks.read_delivery.enqueue(
                    place=place.name, code=given["authority"], as_at=given["as_at"].isoformat(),
                    user_id=request.user.pk,
                )
            )  # fmt: skip
    return render(request, "intake/send.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@requires(Permission.LOAD_RUN)
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what was looked at: all of it or nothing, on the queue."""
    found = queries.loads_of(list(authorities_to_load_for(request.grants))).filter(pk=pk).first()
    if found is None or uploads.delivery_of(found) is None:
        raise Http404
    return _asked(tasks.load_delivery.enqueue(load_id=found.pk, user_id=request.user.pk))


def _asked(result: TaskResult) -> HttpResponse:
    if result.status == TaskResultStatus.SUCCESSFUL:  # a queue that works at once
        return redirect("intake:load", result.return_value)
    return redirect("intake:waiting", result.id)


@require_GET
@requires(Permission.LOAD_RUN)
def waiting(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Wait for files that one has sent. The page looks again by itself; without scripts a button does."""
    found = asked_for(asked, request.user.pk)
    if found is None:
        raise Http404
    if found.status == TaskResultStatus.SUCCESSFUL:
        return redirect("intake:load", found.return_value)
    still = found.status in (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    return render(request, "intake/waiting.html", {"waiting": still})


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
        "may_commit": found.state == found.State.STAGED
        and request.grants.may(Permission.LOAD_RUN)
        and uploads.delivery_of(found) is not None,
    }
    return render(request, "intake/load.html", context)
