"""What schools and providers fill in about themselves, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers.actions import partner as actions
from keepsight.apps.registers.actions.entries import WrongEntry
from keepsight.apps.registers.forms.partner import PartnerEntryForm
from keepsight.apps.registers.partners import Asked, entries_sent_visible_to, forms_for
from keepsight.apps.registers.present_entry import state_of
from keepsight.apps.registers.references import Named, Reach, references_in
from keepsight.apps.registers.timeline import Hidden, Reader

SHOWN = 50


@require_GET
@requires(Permission.PARTNER_FORM)
def forms(request: HttpRequest) -> HttpResponse:
    """The forms that are open to this setting, and what it sent."""
    asked = forms_for(request.grants, timezone.localdate())
    parts = [{"asked": each, "sent": [_line(each, one) for one in _sent(request, each)[:SHOWN]]} for each in asked]
    _keep(request, "registers:partner_forms", timezone.now())
    return render(request, "registers/partner_forms.html", {"parts": parts})


@require_http_methods(["GET", "POST"])
@requires(Permission.PARTNER_FORM)
def fill(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Fill a form in for one's own setting."""
    asked, now = _asked(request, code, key), timezone.now()
    reach = Reach(request.grants, asked.register.authority, timezone.localdate())
    form = PartnerEntryForm(request.POST if request.method == "POST" else None, asked=asked, reach=reach)
    if form.is_valid():
        try:
            made = actions.send(asked.register, form.setting(), form.raw, by=request.user, at=now)
        except WrongEntry as wrong:
            for name, sentence in wrong.troubles.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, f"{asked.rule.name} {asked.rule.prefix}-{made.number} is sent.")
            return redirect("registers:partner_forms")
    _keep(request, "registers:partner_form", now)
    return render(
        request, "registers/partner_form.html", {"form": form, "asked": asked}, status=422 if form.errors else 200
    )


@require_GET
@requires(Permission.PARTNER_FORM)
def sent(request: HttpRequest, code: str, key: str, ref: UUID) -> HttpResponse:
    """What was sent, as it stands now: the form's own answers and the state."""
    asked = _asked(request, code, key)
    entry = _sent(request, asked).filter(ref=ref).first()
    if entry is None:
        raise Http404
    reach = Reach(request.grants, asked.register.authority, timezone.localdate())
    named = Named(reach).look_up(references_in(asked.fields(), entry.values))
    reader = Reader(asked.rule, frozenset(request.grants.roles), named, Hidden())
    rows = [(each.label, reader.words(each, entry.values.get(each.id))) for each in asked.fields()]
    _keep(request, "registers:partner_sent", timezone.now(), entry=entry.pk)
    return render(request, "registers/partner_sent.html", {"asked": asked, "line": _line(asked, entry), "rows": rows})


def _asked(request: HttpRequest, code: str, key: str) -> Asked:
    """A form that is open to this person; one that is not and one that is not there look the same."""
    for each in forms_for(request.grants, timezone.localdate()):  # type: ignore[attr-defined]
        if each.register.authority.code == code and each.register.key == key:
            return each
    raise Http404


def _sent(request: HttpRequest, asked: Asked) -> Any:
    return entries_sent_visible_to(request.grants, asked)  # type: ignore[attr-defined]


def _line(asked: Asked, entry: Any) -> dict[str, Any]:
    state = state_of(asked.rule, entry.state)
    return {
        "ref": entry.ref, "number": f"{asked.rule.prefix}-{entry.number}", "setting": entry.setting.name,
        "at": entry.added_at, "who": entry.added_by.name if entry.added_by else "",
        "state": state.name if state else entry.state, "colour": state.colour if state else "grey",
    }  # fmt: skip


def _keep(request: HttpRequest, source: str, at: datetime, **detail: int) -> None:
    audit.record(EventKind.PORTAL_OPENED, at=at, by=request.user, source=source, **detail)
