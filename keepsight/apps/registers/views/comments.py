"""What people say about an entry."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers.actions import comments
from keepsight.apps.registers.forms.working import CommentForm
from keepsight.apps.registers.readers import readers_of
from keepsight.apps.registers.views.entry import record_page
from keepsight.apps.registers.views.reach import opened, reach_entry
from keepsight.ui.forms import submit


@require_POST
@requires(Permission.REGISTERS)
def comment(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Say something; who is named is told."""
    held = reach_entry(request, ref)
    found = opened(request, held, source="registers:comment")
    now = timezone.now()
    form = CommentForm(request.POST, people=readers_of(held, found.rule, now))
    if form.is_valid():
        answers = {"text": form.cleaned_data["text"], "tell_also": form.told(), "by": request.user, "at": now}
        if submit(form, comments.comment, beside="text", entry=held, **answers):
            messages.success(request, "Your comment is kept.")
            return redirect("registers:entry", ref)
    return record_page(request, found, status=422, comment_form=form, wrong=form)


@require_POST
@requires(Permission.REGISTERS)
def take_back(request: HttpRequest, ref: UUID, pk: int) -> HttpResponse:
    """Take one's own comment back."""
    held = reach_entry(request, ref)
    said = held.comments.filter(pk=pk).select_related("entry__register__authority", "entry__register__current").first()
    if said is None:
        raise Http404
    comments.take_back(said, by=request.user, at=timezone.now())
    messages.success(request, "Your comment is taken back.")
    return redirect("registers:entry", ref)
