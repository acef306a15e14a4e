"""Files with an entry: in, out, and away."""

from uuid import UUID

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers.actions import attachments as actions
from keepsight.apps.registers.attachments import FileRefused
from keepsight.apps.registers.forms.working import AttachForm, TakeAwayForm
from keepsight.apps.registers.models import Attachment, Entry
from keepsight.apps.registers.present_entry import number_of, title_of
from keepsight.apps.registers.views.reach import opened, reach_entry
from keepsight.ui.forms import submit


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def attach(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Attach a file."""
    held = reach_entry(request, ref, "change")
    found = opened(request, held, source="registers:attach")
    form = AttachForm(request.POST, request.FILES) if request.method == "POST" else AttachForm()
    if getattr(request, "sent_too_much", False):
        form.add_error("file", "That is more than may be sent at once.")
    elif form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            made = actions.attach(held, sent, sent.name or "", by=request.user, at=timezone.now())
        except FileRefused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, f"{made.name} is attached.")
            return redirect("registers:entry", ref)
    context = {"form": form, "ref": ref, "number": number_of(found.rule, held), "title": title_of(found)}
    return render(request, "registers/entry_attach.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.REGISTERS)
@csp_replace({"default-src": ["'none'"], "sandbox": [True], "script-src": None, "style-src": None})
def attachment(request: HttpRequest, ref: UUID, file: UUID) -> HttpResponseBase:
    """The file itself: to be saved, never to be shown or run in the browser as a page of ours."""
    held = _attachment(reach_entry(request, ref), file)
    stream = actions.opened(held, by=request.user, at=timezone.now())
    response = FileResponse(stream, as_attachment=True, filename=held.name, content_type=held.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Length"] = held.size
    return response


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def take_away(request: HttpRequest, ref: UUID, file: UUID) -> HttpResponse:
    """Delete a file, with the reason."""
    entry = reach_entry(request, ref, "change")
    held = _attachment(entry, file)
    found = opened(request, entry, source="registers:take_away")
    form = TakeAwayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answers = {"why": form.cleaned_data["why"], "by": request.user, "at": timezone.now()}
        if submit(form, actions.take_away, beside="why", held=held, **answers):
            messages.success(request, f"{held.name} is taken away.")
            return redirect("registers:entry", ref)
    context = {"form": form, "ref": ref, "number": number_of(found.rule, entry), "name": held.name}
    return render(request, "registers/entry_take_away.html", context, status=422 if form.errors else 200)


def _attachment(entry: Entry, file: UUID) -> Attachment:
    """The file of this entry and no other's."""
    held = entry.attachments.filter(ref=file).first()
    if held is None:
        raise Http404
    held.entry = entry
    return held
