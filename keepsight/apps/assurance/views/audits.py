"""Audits: draw a sample, give it out, judge cases, see what was found, make actions of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.assurance.actions import audits as acts
from keepsight.apps.assurance.forms import ActionForm, AuditForm, AuditorsForm, CloseForm, JudgementForm
from keepsight.apps.assurance.models import AuditRound, SampleItem
from keepsight.apps.assurance.permissions import auditors_of, audits_visible_to, items_given_to
from keepsight.apps.assurance.queries import judged, numbers_of, running_authorities
from keepsight.apps.assurance.rounds import POPULATIONS, STRATA, findings, questions_of
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.core.packs.kinds import Questions


@require_GET
@requires(Permission.CASE_AUDIT)
def my_cases(request: HttpRequest) -> HttpResponse:
    """The cases given to oneself, those still to be judged first."""
    items = list(items_given_to(request.grants).order_by("audit__due_on", "order")[:300])
    done = judged(items, request.user.pk)
    numbers = numbers_of([item.child_id for item in items])
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, source="assurance:my_cases", rows=len(items),
        shown=[item.child_id for item in items],
    )  # fmt: skip
    rows = [{"item": item, "number": numbers.get(item.child_id, ""), "done": done.get(item.pk)} for item in items]
    rows.sort(key=lambda row: row["done"] is True)
    context = {"rows": rows, "views": request.grants.may(Permission.ASSURANCE_VIEW)}
    return render(request, "assurance/my_cases.html", context)


@require_GET
@requires(Permission.ASSURANCE_VIEW)
def audits(request: HttpRequest) -> HttpResponse:
    """All audits in one's reach."""
    found = list(audits_visible_to(request.grants).order_by("-made_at")[:100])
    context = {
        "audits": found, "runs": request.grants.may(Permission.ASSURANCE_RUN),
        "mine": request.grants.may(Permission.CASE_AUDIT),
    }  # fmt: skip
    return render(request, "assurance/audits.html", context)


@requires(Permission.ASSURANCE_RUN)
def audit_new(request: HttpRequest) -> HttpResponse:
    """Draw a sample."""
    authorities = running_authorities(request.grants)
    several = len(authorities) > 1
    form = AuditForm(request.POST or None, tools=[each for a in authorities for each in _tools(a, several)])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        pk, tool = said["tool"].split(":")
        authority = next(each for each in authorities if str(each.pk) == pk)
        try:
            made = acts.begin(
                authority, in_force(authority).book, title=said["title"], tool=tool, population=said["population"],
                strata=said["strata"], size=said["size"], second_share=said["second"] / 100, due_on=said["due_on"],
                seed=said["seed"], by=request.user, at=timezone.now(), on=timezone.localdate(),
            )  # fmt: skip
        except acts.WrongAudit as wrong:
            _beside(form, wrong)
        except BadInput as nothing:
            form.add_error("population", nothing.sentence)
        else:
            messages.success(request, "The sample is drawn. Now give the cases out.")
            return redirect("assurance:audit", made.ref)
    return render(request, "assurance/audit_new.html", {"form": form}, status=422 if form.errors else 200)


def _tools(authority: Authority, several: bool) -> list[tuple[str, str]]:
    book = in_force(authority).book
    end = f", {authority.name}" if several else ""
    found = [(key, book.read(f"questions/{key}", Questions)) for key in book.names("questions")]
    return [(f"{authority.pk}:{key}", f"{each.title}{end}") for key, each in found if each.kind == "audit"]


@requires(Permission.ASSURANCE_VIEW)
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One audit: how it was drawn, how far it is, what was found."""
    made = _seen(request, ref)
    runs = made.authority_id in request.grants.scope(Permission.ASSURANCE_RUN).authority_ids
    people = auditors_of(made.authority, timezone.now()) if runs else []
    form = AuditorsForm(request.POST or None, people=people)
    if request.method == "POST" and runs and form.is_valid():
        chosen = [user for user in people if str(user.pk) in form.cleaned_data["auditors"]]
        try:
            acts.give_out(made, chosen, by=request.user, at=timezone.now())
        except acts.WrongAudit as wrong:
            _beside(form, wrong)
        else:
            messages.success(request, "The cases are given out.")
            return redirect("assurance:audit", made.ref)
    context = {
        "audit": made, "runs": runs, "form": form, "found": findings(made), "tool": questions_of(made).title,
        "population": POPULATIONS.get(made.population.get("queue", ""), ""), "closing": CloseForm(),
        "strata": ", ".join(STRATA[each] for each in made.strata if each in STRATA) or "nothing",
        "acts": runs and request.grants.may(Permission.REGISTERS),
    }  # fmt: skip
    return render(request, "assurance/audit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.ASSURANCE_RUN)
def close(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Close an audit."""
    made = _seen(request, ref)
    try:
        acts.close(made, by=request.user, at=timezone.now(), although=bool(request.POST.get("although")))
    except NotAllowedNow as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The audit is closed.")
    return redirect("assurance:audit", made.ref)


@requires(Permission.ASSURANCE_RUN)
def act(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Make an action of a theme."""
    made = _seen(request, ref)
    theme = request.GET.get("theme") or request.POST.get("theme", "")
    if theme not in {row["theme"] for row in findings(made)["themes"]}:
        raise Http404
    people = auditors_of(made.authority, timezone.now())
    form = ActionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        owner = next((user for user in people if str(user.pk) == said["owner"]), None)
        entry = acts.act_on(
            made, theme, what=said["what"], due_on=said["due_on"], owner=owner, by=request.user, at=timezone.now()
        )
        messages.success(request, "The action stands in the register of actions.")
        return redirect("registers:entry", entry.ref)
    context = {"audit": made, "theme": theme, "form": form}
    return render(request, "assurance/act.html", context, status=422 if form.errors else 200)


@requires(Permission.CASE_AUDIT)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge one case. The level that was given is not shown before one has given one's own."""
    item = items_given_to(request.grants).filter(pk=pk).first()
    if item is None:
        raise Http404
    second = item.second_auditor_id == request.user.pk and item.auditor_id != request.user.pk
    held = item.judgements.filter(is_second=second).first()
    form = JudgementForm(
        request.POST if request.method == "POST" else None, questions=questions_of(item.audit),
        initial=held.values if held else {},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        done = "draft" not in request.POST
        try:
            acts.judge(item, form.cleaned_data, by=request.user, at=timezone.now(), done=done)
        except acts.WrongAudit as wrong:
            _beside(form, wrong)
        else:
            messages.success(request, "Your opinion is given." if done else "The draft is saved.")
            return redirect("assurance:my_cases")
    _opened(request, item)
    context = {
        "item": item, "audit": item.audit, "form": form, "second": second, "done": held.done if held else False,
        "number": numbers_of([item.child_id]).get(item.child_id, ""), "tool": questions_of(item.audit),
    }  # fmt: skip
    return render(request, "assurance/judge.html", context, status=422 if form.errors else 200)


def _opened(request: HttpRequest, item: SampleItem) -> None:
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, authority_code=item.audit.authority.code,
        subject=("child", str(item.child_id)), source="assurance:judge", shown=[item.child_id], rows=1,
    )  # fmt: skip


def _seen(request: HttpRequest, ref: UUID) -> AuditRound:
    found = audits_visible_to(request.grants).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _beside(form: Any, wrong: acts.WrongAudit) -> None:
    for name, sentence in wrong.troubles.items():
        form.add_error(name if name in form.fields else None, sentence)
