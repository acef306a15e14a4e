"""One entry: adding it, reading it, changing it, moving it on and giving it to somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.events.scope import active_event
from keepsight.apps.registers import actions, editing
from keepsight.apps.registers.actions.entries import ChangedMeanwhile, WrongEntry
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.forms.entry import OWNER, SUBJECT, TEAM, TYPED, EntryForm, row_of
from keepsight.apps.registers.forms.working import AssignForm, CommentForm, LinkForm, MoveForm
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.present_entry import (
    Opened,
    fields_for,
    moves_for,
    number_of,
    present_entry,
    roles_in,
    title_of,
)
from keepsight.apps.registers.readers import cells_of, readers_of, version_of
from keepsight.apps.registers.references import Reach
from keepsight.apps.registers.timeline import changed_lines
from keepsight.apps.registers.views.reach import exercise_in, may_do, opened, reach_entry, reach_register
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import Register as Rule


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def add(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A new entry. What was chosen stands in the next form, if another is wanted."""
    register = reach_register(request, code, key, "add")
    rule, now = _rule(register), timezone.now()
    reach = Reach(request.grants, register.authority, timezone.localdate(), exercise_in(request))
    event = active_event(register.authority, exercise=reach.exercise)
    kept_as = f"another:{register.pk}"
    kept = request.session.pop(kept_as, {}) if request.method == "GET" and "another" in request.GET else {}
    form = EntryForm(
        _typed(request), rule=rule, reach=reach, fields=fields_for(request.grants, register, rule),
        values={name: value for name, value in kept.items() if "-" not in name}, subject=True,
        gives_out=may(request.grants, register, "assign"), cells=cells_of(event), initial=_chosen(rule, kept, reach),
    )  # fmt: skip
    gone = _gone(request, register, rule)
    if form.is_valid() and not gone:
        try:
            entry = actions.add(
                register, form.raw, by=request.user, at=now, about=form.about(), event=event, **form.given()
            )
        except WrongEntry as wrong:
            _beside(form, wrong.troubles)
        else:
            messages.success(request, f"{rule.name} {number_of(rule, entry)} is added.")
            if "another" in request.POST:
                request.session[kept_as] = form.kept_for_another()
                return redirect(f"{request.path}?another=1")
            return redirect("registers:entry", entry.ref)
    context = {"form": form, "rule": rule, "register": register, "gone": gone, "version": register.current_id}
    return render(request, "registers/entry_add.html", context, status=422 if form.errors or gone else 200)


@require_GET
@requires(Permission.REGISTERS)
def entry(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What the entry says, what may be done with it now, and what has happened to it."""
    held = reach_entry(request, ref)
    return record_page(request, opened(request, held, source="registers:entry"))


def record_page(request: HttpRequest, found: Opened, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Draw the page of an entry; a form that was refused stands where it was, with what was typed."""
    held, rule, now = found.entry, found.rule, timezone.now()
    can = may_do(request, held, "change", "move", "assign")
    context = {
        "entry": present_entry(found, at=now, me=request.user.pk), "can": can, "rule": rule,
        "register": held.register,
        "moves": moves_for(held, rule, roles=roles_in(request.grants, held.register), user_id=request.user.pk)
        if can["move"] else [],
        "busy": editing.others(held, request.user, now) if can["change"] else [],
        "comment_form": forms.get("comment_form") or CommentForm(people=readers_of(held, rule, now)),
        **forms,
    }  # fmt: skip
    if can["change"] and "link_form" not in forms:
        context["link_form"] = LinkForm(reach=found.reach)
    return render(request, "registers/entry.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def change(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Change answers. Whoever saves second sees both, and nothing that was typed is lost."""
    held = reach_entry(request, ref, "change")
    found = opened(request, held, source="registers:change")
    register, rule, now = held.register, found.rule, timezone.now()
    fields = fields_for(request.grants, register, rule)
    veiled = [each for each in fields if found.reader.veils(each, held.values.get(each.id))]
    make = {"rule": rule, "reach": found.reach, "fields": [each for each in fields if each not in veiled]}
    form = EntryForm(_typed(request), values=held.values, **make)
    context: dict[str, Any] = {
        "busy": editing.touch(held, request.user, now), "revision": held.revision, "version": register.current_id,
        "gone": _gone(request, register, rule), "number": number_of(rule, held), "title": title_of(found),
        "veiled": [each.label for each in veiled],
    }  # fmt: skip
    if request.method == "POST":
        context["revision"] = _revision(request, held)
    if form.is_valid() and not context["gone"]:
        try:
            actions.change(held, form.raw, by=request.user, at=now, revision=context["revision"])
        except ChangedMeanwhile as quicker:
            theirs, mine = quicker.entry, form.mine
            base = editing.values_at(theirs, context["revision"])
            both = editing.merged(base, mine, theirs.values, mine)
            context |= _both(found, base, mine, theirs)
            form = EntryForm(None, values={**theirs.values, **both}, **make)
        except WrongEntry as wrong:
            _beside(form, wrong.troubles)
        else:
            editing.let_go(held, request.user)
            messages.success(request, f"{number_of(rule, held)} is changed.")
            return redirect("registers:entry", ref)
    bad = form.errors or context["gone"] or "both" in context
    context |= {"form": form, "rule": rule, "ref": ref}
    return render(request, "registers/entry_change.html", context, status=422 if bad else 200)


def _both(found: Opened, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Entry) -> dict[str, Any]:
    """Theirs and mine side by side, where they differ; whose answer stands in the form now."""
    differ = [name for name in mine if mine.get(name) != theirs.values.get(name)]
    now = {name: theirs.values.get(name) for name in differ}
    lines = changed_lines(now, {name: mine.get(name) for name in differ}, found.reader, empty="Nothing")
    fields = found.reader.fields().values()
    labels = {each.label for each in fields if each.id in differ and mine[each.id] != base.get(each.id)}
    rows = [
        {"label": label, "theirs": their, "mine": my, "stands": "yours" if label in labels else "theirs"}
        for label, their, my in lines
    ]
    who = theirs.changed_by.name if theirs.changed_by else "Keepsight"
    return {"both": rows, "who": who, "when": theirs.changed_at, "revision": theirs.revision}


@require_POST
@requires(Permission.REGISTERS)
def touch(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The form is still open: says so, and who else has it open."""
    held = reach_entry(request, ref, "change")
    names = editing.touch(held, request.user, timezone.now())
    return render(request, "registers/entry_busy.html", {"busy": names})


@require_POST
@requires(Permission.REGISTERS)
def move(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Into another state. Asks for a reason and for fields where the state needs them."""
    held = reach_entry(request, ref, "move")
    found = opened(request, held, source="registers:move")
    rule, now = found.rule, timezone.now()
    to = request.POST.get("to", "")
    target = next((each for each in rule.states if each.id == to), None)
    missing = [
        each
        for each in fields_for(request.grants, held.register, rule)
        if target and each.id in target.needs and held.values.get(each.id) in (None, "", [])
    ]
    asks = bool(target and (target.reason or missing))
    sent = "sent" in request.POST
    form = MoveForm(
        _typed(request) if sent or not asks else None, rule=rule, reach=found.reach, fields=missing,
        values=held.values, reason=bool(target and target.reason), name=target.name if target else "",
    )  # fmt: skip
    revision = _revision(request, held)
    if form.is_valid():
        try:
            _change_and_move(held, form, to, request, now, revision)
        except WrongEntry as wrong:
            _beside(form, wrong.troubles)
        except NotAllowedNow as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"{number_of(rule, held)} is now: {target.name}.")  # type: ignore[union-attr]
            return redirect("registers:entry", ref)
    context = {
        "form": form, "rule": rule, "ref": ref, "to": to, "target": target, "revision": held.revision,
        "number": number_of(rule, held), "title": title_of(found),
    }  # fmt: skip
    return render(request, "registers/entry_move.html", context, status=422 if form.errors else 200)


def _change_and_move(held: Entry, form: MoveForm, to: str, request: HttpRequest, now: datetime, revision: int) -> None:
    """What was missing and the move are one: both or neither."""
    with transaction.atomic():
        if form.asked:
            held = actions.change(held, form.raw, by=request.user, at=now, revision=revision)  # type: ignore[arg-type]
            revision = held.revision
        actions.move(held, to, by=request.user, at=now, revision=revision, why=form.why())  # type: ignore[arg-type]


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def assign(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who is to do it."""
    held = reach_entry(request, ref, "assign")
    found = opened(request, held, source="registers:assign")
    now = timezone.now()
    form = AssignForm(
        request.POST or None, people=readers_of(held, found.rule, now, everyone=True), teams=found.reach.teams(),
        initial={"owner": held.owner_id, "team": held.team_id},
    )  # fmt: skip
    if form.is_valid():
        try:
            actions.assign(
                held,
                form.chosen_owner(),
                by=request.user,
                at=now,
                team=form.chosen_team(),
                revision=_revision(request, held),
            )
        except NotAllowedNow as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"{number_of(found.rule, held)} is given to {form.words()}.")
            return redirect("registers:entry", ref)
    context = {
        "form": form, "ref": ref, "rule": found.rule, "number": number_of(found.rule, held), "title": title_of(found),
        "revision": held.revision,
    }  # fmt: skip
    return render(request, "registers/entry_assign.html", context, status=422 if form.errors else 200)


# --- what these pages have in common --------------------------------------------------------------------
def _rule(register: Register) -> Rule:
    return rule_of(register.current)  # type: ignore[arg-type]


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _revision(request: HttpRequest, held: Entry) -> int:
    """The revision that the person had before them."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else held.revision


def _gone(request: HttpRequest, register: Register, rule: Rule) -> list[tuple[str, str]]:
    """Fields that were taken away while somebody typed, with what they typed there."""
    typed = request.POST.get("version", "")
    if request.method != "POST" or not typed.isdecimal() or len(typed) > 18 or int(typed) == register.current_id:
        return []
    words = {name: ", ".join(request.POST.getlist(name)) for name in request.POST}
    for name in request.POST:
        if name.endswith("_day"):
            stem = name.removesuffix("_day")
            words[stem] = " ".join(request.POST.get(f"{stem}_{part}", "") for part in ("day", "month", "year"))
    return editing.gone_since(version_of(register, int(typed)), rule, words)


def _beside(form: EntryForm, troubles: Mapping[str, str]) -> None:
    for name, sentence in troubles.items():
        field = SUBJECT if name == "subject" else name
        if field not in form.errors:
            form.add_error(field if field in form.fields else None, sentence)


def _chosen(rule: Rule, kept: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    """What was chosen in the form before: the subject, owner and team."""
    chosen = {name: kept[name] for name in (OWNER, TEAM) if name in kept}
    if SUBJECT in kept:
        chosen[SUBJECT] = row_of(rule.subject, kept[SUBJECT], reach) if rule.subject in TYPED else kept[SUBJECT]
    return chosen
