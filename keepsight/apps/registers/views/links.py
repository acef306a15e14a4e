"""What an entry goes with."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers.actions import links
from keepsight.apps.registers.forms.working import LinkForm
from keepsight.apps.registers.views.entry import record_page
from keepsight.apps.registers.views.reach import opened, reach_entry
from keepsight.ui.forms import submit


@require_POST
@requires(Permission.REGISTERS)
def link(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Link the entry to one other thing within the person's reach."""
    held = reach_entry(request, ref, "change")
    found = opened(request, held, source="registers:link")
    form = LinkForm(request.POST, reach=found.reach)
    if form.is_valid():
        answers = {**form.target(), "words": form.cleaned_data["how"], "by": request.user, "at": timezone.now()}
        if submit(form, links.link, beside=form.cleaned_data["kind"], entry=held, **answers):
            messages.success(request, "The link is kept.")
            return redirect("registers:entry", ref)
    return record_page(request, found, status=422, link_form=form, wrong=form)


@require_POST
@requires(Permission.REGISTERS)
def unlink(request: HttpRequest, ref: UUID, pk: int) -> HttpResponse:
    """Take a link away."""
    held = reach_entry(request, ref, "change")
    gone = held.links.filter(pk=pk).select_related("entry__register__authority", "entry__register__current").first()
    if gone is None:
        raise Http404
    links.unlink(gone, by=request.user, at=timezone.now())
    messages.success(request, "The link is taken away.")
    return redirect("registers:entry", ref)
