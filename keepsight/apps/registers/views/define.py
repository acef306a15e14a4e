"""Editing a register in the browser: its definition in words, a draft of it, a look at the draft, and publishing."""

import tomllib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import packing
from keepsight.apps.registers.actions import defining as actions
from keepsight.apps.registers.definitions import as_text, drafts_of, published, read_keys, rule_of
from keepsight.apps.registers.forms import define as asked
from keepsight.apps.registers.forms.entry import EntryForm
from keepsight.apps.registers.models import Register, Version
from keepsight.apps.registers.permissions import authorities_defined_by, registers_definable_by
from keepsight.apps.registers.presenters import define as present
from keepsight.apps.registers.references import Reach
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs import PackError
from keepsight.core.registers.described import VERB_WORDS
from keepsight.ui.forms import submit

P = Permission
PART_WORDS = {
    "fields": ("field", "label"), "states": ("state", "name"), "clocks": ("clock", "title"),
    "tiles": ("tile", "title"), "alerts": ("alert", "when"),
}  # fmt: skip
WHOLE_WORDS = {"list": "What the register is, and its list", "access": "Who may what"}
ADDED = {"fields": "The field is in the draft.", "states": "The state is in the draft. Let another state move to it."}


# --- looking --------------------------------------------------------------------------------------------
@require_GET
@requires(P.REGISTERS)
def definitions(request: HttpRequest) -> HttpResponse:
    """The registers that this person may edit."""
    registers = registers_definable_by(request.grants)
    drafts = drafts_of(registers)
    rows = [present.present_row(each, each.pk in drafts) for each in registers]
    rows.sort(key=lambda row: (row["authority"], row["name"]))
    may_begin = bool(authorities_defined_by(request.grants))
    if not rows and not may_begin:
        raise Http404
    return render(request, "registers/define_list.html", {"rows": rows, "may_begin": may_begin})


@require_GET
@requires(P.REGISTERS)
def definition(request: HttpRequest, pk: int) -> HttpResponse:
    """What a register is, in words, and how it came to be."""
    register = _reach(request, pk)
    if register.current is None:
        return redirect("registers:draft", pk)
    context = {
        "row": present.present_row(register, actions.draft_of(register) is not None),
        "said": present.present_definition(rule_of(register.current)),
        "versions": present.present_versions(published(register)),
    }
    return render(request, "registers/define_one.html", context)


@require_GET
@requires(P.REGISTERS)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft: what it says, what it changes, and what stands against it."""
    register = _reach(request, pk)
    return _draft_page(request, register, asked.PublishForm())


def _draft_page(request: HttpRequest, register: Register, form: Any) -> HttpResponse:
    made = actions.draft_of(register)
    if made is None:
        return redirect("registers:definition", register.pk)
    troubles = actions.troubles(register, made.definition)
    shown = present.present_draft(register, made, troubles, request.user.pk)
    form.fields["seen"].initial = shown["seen"]
    rule = read_keys(made.definition, where=register.key)
    context = {
        "pk": register.pk, "draft": shown, "said": present.present_definition(rule), "form": form,
        "touched": actions.touched(register, rule),
    }  # fmt: skip
    return render(request, "registers/define_draft.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.REGISTERS)
def draft_look(request: HttpRequest, pk: int) -> HttpResponse:
    """The form and the list as they will look. Nobody's entry is shown, and nothing can be sent."""
    register = _reach(request, pk)
    made = _draft(register)
    rule = read_keys(made.definition, where=register.key)
    on = timezone.localdate()
    reach = Reach(request.grants, register.authority, on)
    form = EntryForm(rule=rule, reach=reach, fields=rule.fields, subject=True)
    context = {
        "pk": pk,
        "said": present.present_definition(rule),
        "form": form,
        "list": present.present_sample(rule, on),
    }
    return render(request, "registers/define_look.html", context)


# --- changing -------------------------------------------------------------------------------------------
@require_POST
@requires(P.REGISTERS)
def draft_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft, or go on with the one there is."""
    actions.start(_reach(request, pk), by=request.user, at=timezone.now())
    return redirect("registers:draft", pk)


@require_http_methods(["GET", "POST"])
@requires(P.REGISTERS)
def draft_part(request: HttpRequest, pk: int, part: str, key: str = "") -> HttpResponse:
    """Add or change one field, state, clock, tile or alert of the draft."""
    register = _reach(request, pk)
    table, made = _table(register)
    if part not in asked.PARTS:
        raise Http404
    rows = list(table.get(part, []))
    held = next((row for row in rows if row["id"] == key), None)
    if key and held is None:
        raise Http404
    kind = asked.PARTS[part]
    form = _part_form(request, kind, register, made, kind.initial_of(held) if held else {})
    if form.is_valid():
        taken = [row["id"] for row in rows]
        row = form.row(held or {"id": actions.id_from(form.cleaned_data[kind.named_by], taken)})
        row = {"id": row["id"], **row}
        table[part] = [row if each["id"] == key else each for each in rows] if held else _added(part, rows, row)
        if _save(request, form, register, table):
            messages.success(request, ADDED.get(part, "It is in the draft.") if not held else "The draft is changed.")
            return redirect("registers:draft", pk)
    noun, named = PART_WORDS[part]
    context = {
        "pk": pk, "form": form, "noun": noun, "named": (held or {}).get(named, ""), "part": part, "key": key,
        "takes_out": bool(held) and part != "fields",
    }  # fmt: skip
    return render(request, "registers/define_part.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.REGISTERS)
def draft_whole(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Change what the register is and its list, or who may what."""
    register = _reach(request, pk)
    table, made = _table(register)
    if part not in asked.WHOLE:
        raise Http404
    kind = asked.WHOLE[part]
    held = table if part == "list" else table["access"]
    form = _part_form(request, kind, register, made, kind.initial_of(held))
    if form.is_valid():
        table = form.row(table) if part == "list" else {**table, "access": {"read": [], **form.row(held)}}
        if _save(request, form, register, table):
            messages.success(request, "The draft is changed.")
            return redirect("registers:draft", pk)
    context = {"pk": pk, "form": form, "heading": WHOLE_WORDS[part], "verbs": list(VERB_WORDS)}
    return render(request, "registers/define_whole.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.REGISTERS)
def draft_move(request: HttpRequest, pk: int, part: str, key: str) -> HttpResponse:
    """Move a row up or down, retire a field or ask for it again, take another row out."""
    register = _reach(request, pk)
    table, _ = _table(register)
    rows = list(table.get(part, [])) if part in asked.PARTS else []
    place = next((place for place, row in enumerate(rows) if row["id"] == key), None)
    if place is None:
        raise Http404
    todo = request.POST.get("do", "")
    if todo in ("up", "down"):
        other = place + (1 if todo == "down" else -1)
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
    elif todo == "retire" and part == "fields":
        rows[place] = {**{k: v for k, v in rows[place].items() if k != "required"}, "retired": True}
    elif todo == "restore" and part == "fields":
        rows[place] = {k: v for k, v in rows[place].items() if k != "retired"}
    elif todo == "take_out" and part != "fields":
        table = _without_state(table, key) if part == "states" else table
        rows = [row for row in rows if row["id"] != key]
        if part == "states":
            rows = [{**row, "moves": [to for to in row.get("moves", []) if to != key]} for row in rows]
    _try(request, lambda: _store(request, register, {**table, part: rows}), "The draft is changed.")
    return redirect("registers:draft", pk)


@require_http_methods(["GET", "POST"])
@requires(P.REGISTERS)
def draft_text(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole definition as text, for analysts."""
    register = _reach(request, pk)
    made = _draft(register)
    initial = {"text": made.definition, "seen": actions.digest(made.definition)}
    form = asked.TextForm(request.POST or None, initial=initial)
    if form.is_valid():
        answers = {"seen": form.cleaned_data["seen"], "by": request.user, "at": timezone.now()}
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        if _said(form, "text", lambda: actions.save(register, text, **answers)):
            messages.success(request, "The draft is changed.")
            return redirect("registers:draft", pk)
    upload = asked.UploadForm(initial={"seen": initial["seen"]})
    context = {"pk": pk, "form": form, "upload": upload, "name": register.key}
    return render(request, "registers/define_text.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.REGISTERS)
def draft_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A file becomes the draft, of a register that is there."""
    register = _reach(request, pk)
    made = _draft(register)
    form = asked.UploadForm(request.POST, request.FILES)
    if form.is_valid() and _said(form, "file", lambda: _take(request, register, form)):
        messages.success(request, "The file is the draft now. Look at what it changes.")
        return redirect("registers:draft", pk)
    text = asked.TextForm(initial={"text": made.definition, "seen": actions.digest(made.definition)})
    context = {"pk": pk, "form": text, "upload": form, "name": register.key}
    return render(request, "registers/define_text.html", context, status=422)


@require_POST
@requires(P.REGISTERS)
def draft_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the draft that was seen."""
    register = _reach(request, pk)
    form = asked.PublishForm(request.POST)
    if form.is_valid():
        answers = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        if _said(form, "note", lambda: actions.publish(register, **answers)):
            messages.success(request, "Published. The register works by it from now on.")
            return redirect("registers:definition", pk)
    if actions.draft_of(register) is None:
        for sentences in form.errors.values():
            for sentence in sentences:
                messages.warning(request, str(sentence))
    return _draft_page(request, register, form)


@require_POST
@requires(P.REGISTERS)
def draft_throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    register = _reach(request, pk)
    answers = {"seen": request.POST.get("seen", ""), "by": request.user, "at": timezone.now()}
    _try(request, lambda: actions.throw_away(register, **answers), "The draft is thrown away.")
    return redirect("registers:definition", pk) if register.current else redirect("registers:definitions")


@require_POST
@requires(P.REGISTERS)
def definition_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the register on or off."""
    register, on = _reach(request, pk), request.POST.get("on") == "yes"
    words = "The register is on." if on else "The register is off. Its entries stay."
    _try(request, lambda: actions.switch(register, on=on, by=request.user, at=timezone.now()), words)
    return redirect("registers:definition", pk)


# --- beginning and taking away --------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@requires(P.REGISTERS)
def definition_new(request: HttpRequest) -> HttpResponse:
    """Begin a register: from nothing, or as a copy of another."""
    form, authorities = _new_form(request)
    if form.is_valid():
        said = form.cleaned_data
        authority = authorities[int(said["authority"])]
        made: list[Version] = []
        begun = _said(form, "plural", lambda: made.append(_begin(request, authority, said)))
        if begun:
            return redirect("registers:draft", made[0].register_id)
    context = {"form": form, "upload": asked.UploadForm(), "many": len(authorities) > 1}
    return render(request, "registers/define_new.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.REGISTERS)
def definition_upload(request: HttpRequest) -> HttpResponse:
    """Begin the registers that a file holds, each as a draft; for those that are there, the draft is changed."""
    upload = asked.UploadForm(request.POST, request.FILES)
    authorities = authorities_defined_by(request.grants)
    if not authorities:
        raise Http404
    drafts: list[Version] = []
    if upload.is_valid() and _said(upload, "file", lambda: drafts.extend(_take_all(request, authorities[0], upload))):
        messages.success(
            request, f"{len(drafts)} {'draft' if len(drafts) == 1 else 'drafts'} made. Look at each, then publish."
        )
        return (
            redirect("registers:draft", drafts[0].register_id)
            if len(drafts) == 1
            else redirect("registers:definitions")
        )
    form, _ = _new_form(request, empty=True)
    context = {"form": form, "upload": upload, "many": len(authorities) > 1}
    return render(request, "registers/define_new.html", context, status=422)


@require_GET
@requires(P.REGISTERS)
def definition_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The register as a pack that another authority can read. No entry is in it."""
    register = _reach(request, pk)
    if register.current is None:
        raise Http404
    at = timezone.now()
    data = packing.as_pack(
        register.key, register.current.definition, authority=register.authority.name, on=timezone.localdate()
    )
    audit.record(
        EventKind.EXPORTED, at=at, by=request.user, authority_code=register.authority.code,
        subject=("register", str(register.pk)), source="registers:definition_export", format="zip", rows=1,
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{register.key}_register.zip"'}
    return HttpResponse(data, content_type="application/zip", headers={**headers, "X-Content-Type-Options": "nosniff"})


# --- what the views share -------------------------------------------------------------------------------
def _reach(request: HttpRequest, pk: int) -> Register:
    found = next((each for each in registers_definable_by(request.grants) if each.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _draft(register: Register) -> Version:
    made = actions.draft_of(register)
    if made is None:
        raise NotAllowedNow("There is no draft of this register any more: it was published or thrown away.")
    return made


def _table(register: Register) -> tuple[dict[str, Any], Version]:
    made = _draft(register)
    return tomllib.loads(made.definition), made


def _part_form(
    request: HttpRequest, kind: type[asked.Part], register: Register, made: Version, initial: Any
) -> asked.Part:
    others = {key: key.replace("_", " ").capitalize() for key in actions.keys_of(register.authority)}
    return kind(
        request.POST or None, initial={**initial, "seen": actions.digest(made.definition)},
        rule=read_keys(made.definition, where=register.key), roles=present.role_names(), registers=others,
        retention=present.retention_names(),
    )  # fmt: skip


def _added(part: str, rows: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    """A new state stands before those that end; anything else at the end."""
    if part != "states":
        return [*rows, row]
    place = next((n for n, each in enumerate(rows) if each.get("ends") and n > 0), len(rows))
    return [*rows[:place], row, *rows[place:]]


def _without_state(table: dict[str, Any], key: str) -> dict[str, Any]:
    """Take a state out of what names it, so that the rest still holds."""
    clocks = [{**row, "while": [each for each in row["while"] if each != key]} for row in table.get("clocks", [])]
    tiles = [
        {**row, "states": [each for each in row.get("states", []) if each != key]} for row in table.get("tiles", [])
    ]
    return {**table, "clocks": clocks, "tiles": tiles}


def _store(request: HttpRequest, register: Register, table: dict[str, Any], seen: str | None = None) -> Version:
    said = request.POST.get("seen", "") if seen is None else seen
    return actions.save(register, as_text(table), seen=said, by=request.user, at=timezone.now())


def _save(request: HttpRequest, form: asked.Part, register: Register, table: dict[str, Any]) -> bool:
    return _said(form, None, lambda: _store(request, register, table, form.cleaned_data["seen"]))


def _said(form: Any, field: str | None, do: Callable[[], Any]) -> bool:
    """Do it; what stands against it stands beside the field, and nothing typed is lost."""
    try:
        return submit(form, do, beside=field)
    except PackError as wrong:
        form.add_error(field, wrong.sentence)
        return False


def _try(request: HttpRequest, do: Callable[[], Any], words: str) -> None:
    try:
        do()
        messages.success(request, words)
    except (NotAllowedNow, PackError) as refused:
        messages.warning(request, refused.sentence)


def _new_form(request: HttpRequest, *, empty: bool = False) -> tuple[asked.NewForm, dict[int, Authority]]:
    authorities = {each.pk: each for each in authorities_defined_by(request.grants)}
    if not authorities:
        raise Http404
    like = {each.pk: rule_of(each.current).plural for each in registers_definable_by(request.grants) if each.current}
    names = {pk: each.name for pk, each in authorities.items()}
    data = None if empty else request.POST or None
    return asked.NewForm(data, authorities=names, like=like), authorities


def _begin(request: HttpRequest, authority: Authority, said: dict[str, Any]) -> Version:
    table = present.new_text(authority, said, timezone.localdate())
    if said["like"]:
        source = _reach(request, int(said["like"]))
        assert source.current is not None, "Only published registers can be copied."
        mine = {key: said[key] for key in ("name", "plural", "purpose", "prefix")}
        table = {**tomllib.loads(source.current.definition), **mine, "capabilities": []}
    key = actions.id_from(said["name"])
    return actions.begin(authority, key, as_text(table), by=request.user, at=timezone.now())


def _take(request: HttpRequest, register: Register, form: Any) -> Version:
    found = packing.from_file(form.cleaned_data["file"].read())
    text = found.get("") or found.get(register.key)
    if text is None:
        raise PackError(f"The pack holds {', '.join(found)}, and not {register.key}.")
    at, seen = timezone.now(), form.cleaned_data["seen"]
    return actions.save(register, text, seen=seen, by=request.user, at=at)


def _take_all(request: HttpRequest, authority: Authority, form: Any) -> list[Version]:
    found = packing.from_file(form.cleaned_data["file"].read())
    return actions.begin_all(authority, found, by=request.user, at=timezone.now())
