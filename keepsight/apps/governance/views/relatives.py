"""Own records: what a worker declares, and what information governance makes of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.governance.forms.access import EndForm, RelativeForm, Which
from keepsight.apps.governance.presenters import access as presenters
from keepsight.apps.people import actions, queries
from keepsight.ui.forms import submit


@requires(Permission.SIGNED_IN)
def relatives(request: HttpRequest) -> HttpResponse:
    """Declare yourself, your household and your relatives. You are not told whether there is a record."""
    now = timezone.now()
    form = RelativeForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        said = {name: given[name] for name in ("forename", "surname", "number", "relation")}
        actions.declare_relative(**said, date_of_birth=given["born"], by=request.user, at=now)
        messages.success(request, "It is kept. If there is a record, it is closed to you.")
        return redirect("governance:relatives")
    last = queries.last_declared(request.user.pk)
    context = {
        "form": form, "rows": queries.declared_by(request.user.pk), "last": last,
        "remind": queries.declaration_is_due(last, now),
    }  # fmt: skip
    return render(request, "governance/relatives.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.SIGNED_IN)
def nothing_to_add(request: HttpRequest) -> HttpResponse:
    """The yearly reminder is answered: nothing is to be added."""
    actions.declare_nobody(by=request.user, at=timezone.now())
    messages.success(request, "Thank you. You are asked again in a year.")
    return redirect("governance:relatives")


@require_POST
@requires(Permission.SIGNED_IN)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own declaration back."""
    declared = queries.own_declaration(request.user.pk, pk)
    if declared is None:
        raise Http404
    actions.end_declaration(declared, by=request.user, at=timezone.now())
    messages.success(request, "It is taken back. A record that it closed stays closed until it was looked at.")
    return redirect("governance:relatives")


@requires(Permission.OWN_RECORD_MANAGE)
def declarations(request: HttpRequest) -> HttpResponse:
    """What workers declared, those not looked at yet in front."""
    rows = queries.declarations(request.grants, request.user.pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:declarations", rows=len(rows)
    )
    return render(request, "governance/relatives_declared.html", {"rows": rows})


@requires(Permission.OWN_RECORD_MANAGE)
def declaration(request: HttpRequest, pk: int) -> HttpResponse:
    """One declaration: the records that it closed, and a search for the one that did not match exactly."""
    declared = queries.declaration(request.grants, request.user.pk, pk)
    if declared is None:
        raise Http404
    now = timezone.now()
    searching = request.POST.get("search") == "1"
    form = Which(request.POST if searching else None)
    found = None
    if searching and form.is_valid():
        found = _found(request, form)
        if found is not None and actions.block_by_hand(declared, found, by=request.user, at=now):
            messages.success(request, "One record matches exactly, and is closed to this person.")
            return redirect("governance:declaration", pk)
        form.add_error(None, "No other record matches exactly.")
    elif request.method == "POST" and not searching:
        actions.check_declaration(declared, by=request.user, at=now)
        messages.success(request, "It is kept that you have looked.")
        return redirect("governance:declarations")
    blocks = queries.blocks_of(request.grants, declared)
    audit.record(
        EventKind.LIST_OPENED, at=now, by=request.user, source="governance:declaration", rows=len(blocks),
        subject=("declaration", str(declared.pk)), shown=[row["child_id"] for row in blocks],
    )  # fmt: skip
    context = {"declared": declared, "form": form, "blocks": [presenters.present_block(row) for row in blocks]}
    return render(request, "governance/relatives_declaration.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, form: Which) -> object | None:
    now = timezone.now()
    check_rate(request.user, "search", at=now)
    places = request.grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids
    found = queries.exactly(places, **form.wanted())
    audit.record(
        EventKind.SEARCHED, at=now, by=request.user, source="governance:declaration", rows=int(found is not None),
        shown=[found.pk] if found else [],
    )  # fmt: skip
    return found


@requires(Permission.OWN_RECORD_MANAGE)
def free(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a record again that was closed as somebody's own, because it is not."""
    access = queries.block_to_free(request.grants, pk)
    if access is None:
        raise Http404
    form = EndForm(request.POST or None)
    said = {"access": access, "by": request.user, "at": timezone.now()}
    if form.is_valid() and submit(
        form, actions.free_block, beside="reason", reason=form.cleaned_data["reason"], **said
    ):
        messages.success(request, "The record is open to this person again, as far as their roles go.")
        return redirect("governance:declarations")
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:free_block",
        subject=("child", str(access.child_id)), authority_code=access.child.authority.code,
    )  # fmt: skip
    context = {"form": form, "whom": access.user.name, "number": queries.number_of(access.child)}
    return render(request, "governance/relatives_free.html", context, status=422 if form.errors else 200)
