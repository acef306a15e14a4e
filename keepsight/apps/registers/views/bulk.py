"""Changing many entries: chosen in the list, shown first, then done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import bulk as journal
from keepsight.apps.registers.actions import bulk as actions
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.forms.bulk import BulkForm, SetForm
from keepsight.apps.registers.models import Bulk, BulkItem
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.present_entry import fields_for
from keepsight.apps.registers.readers import bulk_of, readable, readers_in
from keepsight.apps.registers.references import Named, Reach, hidden_of
from keepsight.apps.registers.tasks import change_many
from keepsight.apps.registers.views.reach import exercise_in, reach_register
from keepsight.core.errors import NotAllowedNow


@require_POST
@requires(Permission.REGISTERS)
def choose(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The list posts which entries were ticked; this page asks what to do with them."""
    register = reach_register(request, code, key)
    rule, now = rule_of(register.current), timezone.now()  # type: ignore[arg-type]
    kinds = [kind for kind, verb in journal.VERBS.items() if may(request.grants, register, verb)]
    exercise = exercise_in(request)
    refs = readable(request.grants, register, request.POST.getlist("entry"), exercise=exercise)
    if not refs:
        raise NotAllowedNow("Tick at least one entry in the list, then choose what to do.", code="no_entries")
    if not kinds:
        raise NotAllowedNow("Your role changes no entries of this register.", code="nothing_to_do")
    fields = fields_for(request.grants, register, rule)
    form = BulkForm(
        request.POST if "kind" in request.POST or "asked" in request.POST else None, rule=rule, kinds=kinds,
        people=readers_in(register, rule, now), fields=fields,
    )  # fmt: skip
    context: dict[str, Any] = {"rule": rule, "refs": refs, "form": form, "count": len(refs), "register": register}
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        what = form.what() if kind != Bulk.Kind.SET else None
        if what is None:
            reach = Reach(request.grants, register.authority, timezone.localdate(), exercise)
            asked = [each for each in fields if each.id == form.cleaned_data["field"]]
            typed = request.POST if "sent" in request.POST else None
            setting = SetForm(typed, rule=rule, reach=reach, fields=asked)
            if setting.is_valid():
                what = {"field": asked[0].id, "value": setting.mine[asked[0].id]}
            else:
                context |= {"form": setting, "chosen": form.cleaned_data}
        if what is not None:
            answers = {"by": request.user, "at": now, "exercise": exercise}
            made = actions.prepare(register, refs, kind, what, **answers)
            return redirect("registers:bulk_preview", made.ref)
    return render(request, "registers/bulk.html", context, status=422 if context["form"].errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def preview(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What will change and what cannot; then how far it has come."""
    bulk = bulk_of(request.user, ref, request.grants, exercise=exercise_in(request))
    if bulk is None:
        raise Http404
    if request.method == "POST":
        return _confirm(request, bulk)
    on, grants = timezone.localdate(), request.grants
    reach = Reach(grants, bulk.register.authority, on, bulk.exercise)
    children = list(bulk.items.exclude(entry__child=None).values_list("entry__child_id", flat=True))
    families = list(bulk.items.exclude(entry__family=None).values_list("entry__family_id", flat=True))
    named = Named(reach).look_up({"person": [bulk.what["owner"]] if bulk.what.get("owner") else []})
    reader = journal.reader_of(bulk, grants, named, hidden_of(reach, children, families))
    lines = journal.preview(bulk, grants, reader, by=request.user) if bulk.state == Bulk.State.SHOWN else []
    audit.record(
        EventKind.REGISTER_VIEWED, at=timezone.now(), by=request.user, authority_code=bulk.register.authority.code,
        subject=("register", str(bulk.register_id)), source="registers:bulk", shown=children,
        register=bulk.register.key, entries=len(lines),
    )  # fmt: skip
    refused = bulk.items.filter(outcome=BulkItem.Outcome.REFUSED).select_related("entry").order_by("entry__number")
    context = {
        "bulk": bulk, "rule": reader.rule, "counts": journal.counts(bulk),
        "can": [line for line in lines if not line.why], "cannot": [line for line in lines if line.why],
        "most": journal.SHOWN_AT_MOST,
        "refused": [
            (f"{reader.rule.prefix}-{item.entry.number}", item.why) for item in refused[: journal.SHOWN_AT_MOST]
        ],
    }  # fmt: skip
    return render(request, "registers/bulk_preview.html", context)


def _confirm(request: HttpRequest, bulk: Bulk) -> HttpResponse:
    """Do it now, or on the queue where it is much."""
    if bulk.state == Bulk.State.DONE:
        return redirect("registers:bulk_preview", bulk.ref)
    if journal.counts(bulk)["waiting"] > journal.BATCH:
        actions.begin(bulk, at=timezone.now())
        change_many.enqueue(bulk.pk, request.user.pk)
        messages.success(request, "The change is on its way. This page shows how far it has come.")
    else:
        done = journal.counts(actions.carry_on(bulk, by=request.user, at=timezone.now()))
        messages.success(request, f"{done['done']:,} changed, {done['refused']:,} not.")
    return redirect("registers:bulk_preview", bulk.ref)
