"""Saved lists of a register: keep one, begin with one, take one away."""

from urllib.parse import parse_qs

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers import present_list, queries
from keepsight.apps.registers.actions import saved as keeping
from keepsight.apps.registers.forms.filters import SaveForm
from keepsight.apps.registers.listing import asked
from keepsight.apps.registers.views.lists import seen_by
from keepsight.ui.forms import submit


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTERS)
def saved(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The lists that a person keeps, and a form to keep the one they came from."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    form = SaveForm(request.POST or None, initial={"query": request.GET.urlencode()})
    chosen = asked(seen.sight, parse_qs(request.POST.get("query") or request.GET.urlencode()))
    if form.is_valid():
        answers = form.cleaned_data
        if submit(
            form, lambda **given: keeping.save_view(seen.register, chosen, by=request.user, at=at, **given),
            beside="name", name=answers["name"], shared=answers["shared"], is_default=answers["is_default"],
        ):  # fmt: skip
            messages.success(request, f"The list “{answers['name']}” is saved.")
            return HttpResponseRedirect(present_list.list_href(seen, chosen.query() or "show=open"))
    views = queries.saved_views(seen.register, request.user.pk)
    context = {
        "page": present_list.about(seen), "form": form,
        "views": present_list.views(seen, views, current=None, user_id=request.user.pk),
        "filters": present_list.narrowed_by(seen.sight, chosen, owners={}, teams={}),
        "back": present_list.list_href(seen, chosen.query()),
    }  # fmt: skip
    return render(request, "registers/saved.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.REGISTERS)
def take_away(request: HttpRequest, code: str, key: str, pk: int) -> HttpResponse:
    """Take one away."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    keeping.take_view_away(seen.register, pk, by=request.user, at=at)
    messages.success(request, "The saved list is gone. The entries in it are not.")
    return HttpResponseRedirect(present_list.list_href(seen, name="saved"))


@require_POST
@requires(Permission.REGISTERS)
def begin(request: HttpRequest, code: str, key: str, pk: int) -> HttpResponse:
    """Begin with one; with 0, as the register begins."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    keeping.begin_with(seen.register, pk or None, by=request.user, at=at)
    messages.success(request, "This register now begins as you chose.")
    return HttpResponseRedirect(present_list.list_href(seen, name="saved"))
