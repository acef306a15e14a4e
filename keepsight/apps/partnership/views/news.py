"""Newsletters: those one runs, their subscribers and issues; and the way out for who gets one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.partnership import actions, queries
from keepsight.apps.partnership.forms import NewsForm, SendForm, SubscribersForm
from keepsight.apps.partnership.models import MailingList
from keepsight.apps.partnership.permissions import lists_visible_to
from keepsight.ui.forms import submit


@requires(Permission.NEWS_RUN)
def news(request: HttpRequest) -> HttpResponse:
    """The newsletters one runs, and a form for a new one."""
    authorities = queries.running_authorities(request.grants)
    form = NewsForm(request.POST if request.method == "POST" else None, authorities=authorities)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        authority = next(each for each in authorities if str(each.pk) == said["authority"])
        if submit(form, lambda **given: actions.begin(authority, **given), title=said["title"], words=said["words"],
                  by=request.user, at=timezone.now()):  # fmt: skip
            messages.success(request, "The newsletter is begun. Add its subscribers.")
            return redirect("partnership:news")
    context = {"lists": list(lists_visible_to(request.grants)), "form": form}
    return render(request, "partnership/news.html", context, status=422 if form.errors else 200)


@requires(Permission.NEWS_RUN)
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One newsletter: send an issue, what was sent and what became of it, who gets it."""
    found = _seen(request, ref)
    ready = queries.issues_ready(request.grants, found.authority)
    form = SendForm(request.POST if request.method == "POST" else None, entries=ready)
    if request.method == "POST" and form.is_valid():
        entry = next(each for each in ready if str(each.ref) == form.cleaned_data["entry"])
        if submit(form, lambda **given: actions.send(found, entry, **given), by=request.user, at=timezone.now()):
            messages.success(request, "The issue is on its way. What cannot be delivered is tried again.")
            return redirect("partnership:one", found.ref)
    return _page(request, found, form=form, ready=ready)


@require_POST
@requires(Permission.NEWS_RUN)
def subscribers(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Add subscribers; lines that hold no address are handed back."""
    found = _seen(request, ref)
    form = SubscribersForm(request.POST)
    if form.is_valid():
        lines = form.cleaned_data["lines"].splitlines()
        added, troubles = actions.subscribe(found, lines, by=request.user, at=timezone.now(), on=timezone.localdate())
        messages.success(request, f"{added} added.")
        if not troubles:
            return redirect("partnership:one", found.ref)
        for sentence in troubles[:20]:
            form.add_error("lines", sentence)
    ready = queries.issues_ready(request.grants, found.authority)
    return _page(request, found, form=SendForm(entries=ready), ready=ready, adding=form)


def _page(request: HttpRequest, found: MailingList, *, form: Any, ready: Any, adding: Any = None) -> HttpResponse:
    adding = adding or SubscribersForm()
    context = {
        "news": found, "form": form, "ready": ready, "adding": adding, "issues": queries.issues_of(found),
        "subscribers": list(found.subscribers.filter(ended_on=None).order_by("organisation", "email")[:2000]),
        "shown_form": adding if adding.errors else form,
    }  # fmt: skip
    return render(request, "partnership/one.html", context, status=422 if form.errors or adding.errors else 200)


@require_GET
@requires(Permission.REGISTERS)
def archive(request: HttpRequest) -> HttpResponse:
    """Every issue that was sent, newest first, for everybody who works here."""
    return render(request, "partnership/archive.html", {"issues": queries.archive(request.grants)})


@login_not_required
@requires(Permission.ANYONE)
def leave(request: HttpRequest, token: UUID) -> HttpResponse:
    """End a subscription by a button, because mail scanners follow links. Says the same whatever the link."""
    done = request.method == "POST"
    if done:
        actions.unsubscribe(token, on=timezone.localdate())
    return render(request, "partnership/leave.html", {"done": done})


def _seen(request: HttpRequest, ref: UUID) -> MailingList:
    found = lists_visible_to(request.grants).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
