"""Pages: sending a file of entries, looking at what it would add, and adding it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.views.taking import keep_taken
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.scope import active_event
from keepsight.apps.registers import incoming, tasks
from keepsight.apps.registers.actions import importing
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.forms.imports import ColumnsForm, FileForm
from keepsight.apps.registers.models import Import
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.present_import import Preview, template_rows
from keepsight.apps.registers.references import Named, Reach
from keepsight.apps.registers.views.reach import exercise_in, reach_register
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.core.spreadsheets import Sheet
from keepsight.ui.exports import CSV, XLSX, as_file, file_name

AT_ONCE = 256 << 10  # bytes: a larger file is read by a worker, and its page waits
ROWS_AT_ONCE = 1_000
GOOD_SHOWN, BAD_A_PAGE = 20, 50


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def send(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Send a file of entries. It is read and shown first; nothing is added until somebody says so."""
    register = reach_register(request, code, key, "add")
    form = FileForm(request.POST or None, request.FILES or None)
    if getattr(request, "sent_too_much", False):
        form.add_error("file", "That was more than can be sent at once. Send it in parts.")
    elif form.is_valid():
        sent, at = form.cleaned_data["file"], timezone.now()
        event = active_event(register.authority, exercise=exercise_in(request))
        try:
            load = importing.keep(register, sent, by=request.user, at=at, event=event)  # type: ignore[arg-type]
        except BadInput as trouble:
            form.add_error("file", trouble.sentence)
        else:
            return _read(request, load, large=sent.size > AT_ONCE)
    context = {"form": form, "register": register, "rule": rule_of(register.current)}  # type: ignore[arg-type]
    return render(request, "registers/import_send.html", context, status=422 if form.errors else 200)


def _read(request: HttpRequest, load: Import, *, large: bool, columns: list[str] | None = None) -> HttpResponse:
    if large:
        tasks.read_import.enqueue(import_id=load.pk, user_id=request.user.pk, columns=columns)
    else:
        importing.read(load, by=request.user, at=timezone.now(), columns=columns)  # type: ignore[arg-type]
    return redirect("registers:import", load.ref)


@require_GET
@requires(Permission.REGISTERS)
def template(request: HttpRequest, code: str, key: str, fmt: str) -> HttpResponseBase:
    """An empty list with the headings that an import reads, and what each may hold."""
    register = reach_register(request, code, key, "add")
    if fmt not in (CSV, XLSX):
        raise Http404
    rule = rule_of(register.current)  # type: ignore[arg-type]
    draft = Import(register=register, event=active_event(register.authority, exercise=exercise_in(request)))
    headings, notes = template_rows(importing.asked_of(draft, request.grants))  # type: ignore[attr-defined]
    above = [] if fmt == CSV else [("How to fill it in", "One row an entry, below the headings."), *notes]
    sheet = Sheet(f"{rule.plural}: rows to import", headings, [], above)
    return as_file(sheet, fmt=fmt, name=file_name(f"{key} template", timezone.localtime(), fmt))


def _reach(request: HttpRequest, ref: UUID) -> Import:
    """An import of one's own, of a register to which one may still add, live or in one's exercise."""
    load = importing.import_of(request.user.pk, ref)
    exercise = exercise_in(request)
    if load is None or not may(request.grants, load.register, "add"):  # type: ignore[attr-defined]
        raise Http404
    inside = load.event if load.event and load.event.is_exercise else None
    if (inside.pk if inside else None) != (exercise.pk if exercise else None):
        raise Http404
    return load


@require_GET
@requires(Permission.REGISTERS)
def load(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One file: what it would add, or added, and the rows that cannot be added with what would be right."""
    found = _reach(request, ref)
    asked = importing.asked_of(found, request.grants)  # type: ignore[attr-defined]
    preview = Preview(found, asked)
    page = Paginator(importing.bad_rows(found), BAD_A_PAGE).get_page(request.GET.get("page"))
    good = importing.good_rows(found)[:GOOD_SHOWN] if found.state == Import.State.STAGED else []
    reach = Reach(request.grants, found.register.authority, timezone.localdate(), exercise_in(request))  # type: ignore[attr-defined]
    named = Named(reach).look_up(preview.wanted(good))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=found.register.authority.code,
        subject=("import", str(found.pk)), source="registers:import", rows=len(page.object_list) + len(good),
        shown=named.shown,
    )  # fmt: skip
    context = {
        "load": found, "register": found.register, "rule": asked.rule, "page": page,
        "good": preview.good(good, named), "bad": [preview.bad(row) for row in page.object_list],
        "columns": preview.columns(), "unclear": preview.unclear(), "before": importing.added_before(found),
    }  # fmt: skip
    return render(request, "registers/import.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def columns(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Say what each column is; the file is then read again."""
    found = _reach(request, ref)
    if found.state != Import.State.STAGED:
        return redirect("registers:import", found.ref)
    asked = importing.asked_of(found, request.grants)  # type: ignore[attr-defined]
    form = ColumnsForm(
        request.POST or None, headings=found.headings, columns=found.columns, targets=incoming.targets(asked)
    )
    if form.is_valid():
        return _read(request, found, large=found.rows_in > ROWS_AT_ONCE, columns=form.columns())
    context = {"form": form, "load": found, "register": found.register, "rule": asked.rule}
    return render(request, "registers/import_columns.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.REGISTERS)
def add(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Add the good rows: all of them or none; or put the file away."""
    found = _reach(request, ref)
    if "drop" in request.POST:
        importing.drop(found, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, "The file was put away. Nothing was added.")
        return redirect("registers:import_send", found.register.authority.code, found.register.key)
    if found.rows_good > ROWS_AT_ONCE:
        tasks.add_import.enqueue(import_id=found.pk, user_id=request.user.pk)
        return redirect("registers:import", found.ref)
    try:
        importing.add_rows(found, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except NotAllowedNow as refused:
        importing.hold(found, refused.sentence)
    return redirect("registers:import", found.ref)


@require_GET
@requires(Permission.REGISTERS)
def handed_back(request: HttpRequest, ref: UUID, fmt: str) -> HttpResponseBase:
    """The rows that were not added, as they were sent, with what is wrong beside them. Only for who sent them."""
    found = _reach(request, ref)
    if fmt not in (CSV, XLSX) or not found.rows_bad:
        raise Http404
    at = timezone.now()
    keep_taken(
        request, fmt, at=at, authority_code=found.register.authority.code, source="registers:import_back",
        rows=found.rows_bad, register=found.register.key,
    )  # fmt: skip
    preview = Preview(found, importing.asked_of(found, request.grants))  # type: ignore[attr-defined]
    sheet = Sheet("Rows to mend", [*found.headings, "What is wrong"], map(preview.back, importing.bad_rows(found)))
    return as_file(sheet, fmt=fmt, name=file_name(f"{found.register.key} rows to mend", timezone.localtime(at), fmt))
