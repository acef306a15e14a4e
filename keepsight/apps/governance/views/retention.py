"""How long records are kept, and what is destroyed with whose approval."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.actions import disposal as actions
from keepsight.apps.governance.forms.retention import DecisionForm
from keepsight.apps.governance.models import Disposal
from keepsight.apps.governance.presenters import retention as present
from keepsight.apps.governance.queries import lists
from keepsight.apps.governance.queries import retention as queries
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import RetentionRule
from keepsight.ui.forms import submit

ROWS_A_PAGE = 50
HANDFULS_A_PAGE = 20  # of records, so that a page answers in seconds
P = Permission


@require_GET
@requires(P.RETENTION_VIEW)
def retention(request: HttpRequest) -> HttpResponse:
    """Each rule of the schedule: how many records are past their time, soon will be, are on hold or open."""
    on, tables = timezone.localdate(), []
    for authority in queries.authorities_for(request.grants, P.RETENTION_VIEW):
        found = queries.kept(authority, on)
        rules = queries.schedule_of(authority).shown
        tables.append({
            "name": authority.name, "rules": present.present_rules(authority, rules, present.counts_of(found)),
            "back": queries.came_back(authority), "registers": _registers(authority, on),
        })  # fmt: skip
    audit.record(EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="governance:retention")
    lists = [_present(each) for each in queries.disposals(_reached(request))[:ROWS_A_PAGE]]
    context = {"tables": tables, "phases": present.PHASE_WORDS.values(), "disposals": lists, "on": on}
    return render(request, "governance/retention.html", context)


def _registers(authority: Authority, on: date) -> list[dict[str, Any]]:
    counts = lists.counted_lists(authority, on)
    held = {rule for rule, _ in counts}
    rules = [rule for rule in queries.schedule_of(authority).rules if queries.REGISTERS + rule.id in held]
    return present.present_rules(authority, rules, counts, before=queries.REGISTERS)


@require_GET
@requires(P.RETENTION_VIEW)
def retention_list(request: HttpRequest, code: str, rule: str, phase: str) -> HttpResponse:
    """The records behind one count: references, numbers and days, no names."""
    authority, named = _rule(request, P.RETENTION_VIEW, code, rule)
    if phase not in queries.PHASES:
        raise Http404
    on = timezone.localdate()
    if lists.is_of_registers(rule):
        return _list_of_entries(request, authority, named, rule, phase, on)
    found = queries.kept(authority, on)
    found = found.filter((found["rule"] == ("" if rule == "none" else rule)) & (found["phase"] == phase))
    found = found.sort("kept_until", "child", nulls_last=True)
    page = Paginator(found.rows(named=True), ROWS_A_PAGE).get_page(request.GET.get("page"))
    shown = [row["child"] for row in page.object_list]
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=authority.code, shown=shown,
        source="governance:retention_list", filters={"rule": rule, "phase": phase}, rows=len(shown),
    )  # fmt: skip
    references, numbers = queries.references(authority, shown), queries.numbers_of(shown)
    context = {
        "authority": authority, "rule": named, "rule_id": rule, "phase": phase,
        "length": present.length(named) if named else "",
        "words": present.PHASE_WORDS[phase], "count": page.paginator.count, "page": page,
        "rows": present.present_rows(list(page.object_list), references, numbers),
        "may_preview": phase == "past" and named is not None and request.grants.may(P.DISPOSAL_PROPOSE),
    }  # fmt: skip
    return render(request, "governance/retention_list.html", context)


def _list_of_entries(
    request: HttpRequest, authority: Authority, named: RetentionRule, rule: str, phase: str, on: date
) -> HttpResponse:
    """The same page for entries of registers and for emergencies: by their numbers."""
    found = lists.kept_lists(authority, on, rule)
    found = found.filter(found["phase"] == phase).sort("kept_until", "name", nulls_last=True)
    page = Paginator(found.rows(named=True), ROWS_A_PAGE).get_page(request.GET.get("page"))
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=authority.code,
        source="governance:retention_list", filters={"rule": rule, "phase": phase}, rows=len(page.object_list),
    )  # fmt: skip
    context = {
        "authority": authority, "rule": named, "rule_id": rule, "length": present.length(named), "page": page,
        "words": present.PHASE_WORDS[phase], "count": page.paginator.count, "of_registers": True,
        "rows": present.present_entries(list(page.object_list)),
        "may_preview": phase == "past" and request.grants.may(P.DISPOSAL_PROPOSE),
    }  # fmt: skip
    return render(request, "governance/retention_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.DISPOSAL_PROPOSE)
def disposal_preview(request: HttpRequest, code: str, rule: str) -> HttpResponse:
    """Which rows of which tables would go; sent, it becomes a list for the owner to answer."""
    authority, named = _rule(request, P.DISPOSAL_PROPOSE, code, rule)
    if named is None:
        raise Http404
    on, refusal = timezone.localdate(), ""
    if request.method == "POST":
        try:
            made = actions.propose(authority=authority, rule_id=rule, by=request.user, at=timezone.now(), on=on)
        except NotAllowedNow as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "The list is proposed. The owner of the records answers it.")
            return redirect("governance:disposal", made.pk)
    of_registers = lists.is_of_registers(rule)
    counts = actions.preview(authority, named, on, of_registers=of_registers)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=authority.code,
        source="governance:disposal_preview", filters={"rule": rule},
    )  # fmt: skip
    found = lists.kept_lists(authority, on, rule) if of_registers else queries.kept(authority, on)
    found = found if of_registers else found.filter(found["rule"] == rule)
    phases = found["phase"].to_list()
    context = {
        "authority": authority, "rule": named, "length": present.length(named), "counts": sorted(counts.items()),
        "records": phases.count("past"), "held": phases.count("held"), "refusal": refusal,
        "of_registers": of_registers,
    }  # fmt: skip
    return render(request, "governance/disposal_preview.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "POST"])
@requires(P.SIGNED_IN)
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: what is on it, who proposed it, and the owner's answer."""
    held = _disposal(request, pk)
    may_decide = _may(request, P.DISPOSAL_APPROVE, held) and held.proposed_by_id != request.user.pk
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers = {"approved": form.cleaned_data["answer"] == "approve", "sentence": form.cleaned_data["sentence"]}
        if submit(form, actions.decide, beside="answer", disposal=held, by=request.user, at=timezone.now(), **answers):
            messages.success(request, "Your answer is kept.")
            return redirect("governance:disposal", pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=held.authority.code,
        subject=("disposal", str(pk)), source="governance:disposal",
    )  # fmt: skip
    page = Paginator(held.items.order_by("kept_until", "pseudonym"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "list": _present(held), "items": present.present_items(page.object_list), "form": form, "page": page,
        "may_decide": may_decide, "may_carry_out": _may(request, P.DISPOSAL_PROPOSE, held),
        "own": held.proposed_by_id == request.user.pk, "may_view": request.grants.may(P.RETENTION_VIEW),
    }  # fmt: skip
    return render(request, "governance/disposal.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.DISPOSAL_PROPOSE)
def disposal_carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Destroy what is on an approved list, after asking of every record again."""
    held = _disposal(request, pk)
    on, at = timezone.localdate(), timezone.now()
    held = actions.carry_out(held, by=request.user, at=at, on=on, handfuls=HANDFULS_A_PAGE)
    if held.state != Disposal.State.DESTROYED:
        left = held.items.filter(outcome="").count()
        messages.info(request, f"{left:,} records are left. Go on with the same button.")
        return redirect("governance:disposal", pk)
    messages.success(request, "The list is carried out. This is its certificate.")
    return redirect("governance:certificate", pk)


@require_GET
@requires(P.SIGNED_IN)
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """What was destroyed, on one page to print. No name stands on it."""
    held = _disposal(request, pk)
    if held.state != Disposal.State.DESTROYED:
        raise Http404
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=held.authority.code,
        subject=("disposal", str(pk)), source="governance:certificate",
    )  # fmt: skip
    return render(request, "governance/disposal_certificate.html", {"list": _present(held)})


@require_GET
@requires(P.DISPOSAL_APPROVE)
def disposals(request: HttpRequest) -> HttpResponse:
    """The lists that wait for the owner, and those that were answered."""
    reached = queries.authorities_for(request.grants, P.DISPOSAL_APPROVE)
    lists = [_present(each) for each in queries.disposals(reached)[:ROWS_A_PAGE]]
    return render(request, "governance/disposals.html", {"disposals": lists})


def _reached(request: HttpRequest) -> list:
    seen = queries.authorities_for(request.grants, P.RETENTION_VIEW)
    return list(seen) + [
        each for each in queries.authorities_for(request.grants, P.DISPOSAL_APPROVE) if each not in seen
    ]


def _rule(request: HttpRequest, permission: Permission, code: str, rule: str) -> tuple:
    authority = queries.authorities_for(request.grants, permission).filter(code=code).first()
    named = queries.schedule_of(authority).rule(rule) if authority else None
    if authority is None or (named is None and rule != "none"):
        raise Http404
    return authority, named


def _disposal(request: HttpRequest, pk: int) -> Disposal:
    held = queries.disposals(_reached(request)).filter(pk=pk).first()
    if held is None:
        raise Http404
    return held


def _may(request: HttpRequest, permission: Permission, held: Disposal) -> bool:
    return held.authority_id in request.grants.scope(permission).authority_ids


def _present(held: Disposal) -> dict:
    return present.present_disposal(held, queries.schedule_of(held.authority).rule(held.rule))
