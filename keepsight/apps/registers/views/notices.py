"""Pages: what somebody was told of, and what mail they want."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers import notices as told
from keepsight.apps.registers import sending
from keepsight.apps.registers.forms.notices import MailForm
from keepsight.apps.registers.permissions import registers_visible_to
from keepsight.apps.registers.views.messages import authorities_watched
from keepsight.apps.registers.views.reach import exercise_in

A_PAGE = 50


@require_GET
@requires(Permission.SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """What this person was told of, newest first."""
    mine = told.notices_of(request.user, exercise=exercise_in(request)).select_related("entry")  # type: ignore[arg-type]
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "unread": told.unread(request.user, exercise=exercise_in(request)),  # type: ignore[arg-type]
        "watches": bool(authorities_watched(request.grants)),  # type: ignore[attr-defined]
    }
    return render(request, "registers/notices.html", context)


@require_POST
@requires(Permission.SIGNED_IN)
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and open what it is about."""
    found = told.mark_read(request.user, at=timezone.now(), pk=pk, exercise=exercise_in(request))  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return redirect("registers:entry", found.entry.ref) if found.entry else redirect("registers:notices")


@require_POST
@requires(Permission.SIGNED_IN)
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all."""
    given = request.POST.get("notice", "")
    pk = int(given) if given.isdecimal() and len(given) < 18 else None
    told.mark_read(request.user, at=timezone.now(), pk=pk, exercise=exercise_in(request))  # type: ignore[arg-type]
    if pk is None:
        messages.success(request, "All your notices are marked as read.")
    return redirect("registers:notices")


@require_http_methods(["GET", "POST"])
@requires(Permission.SIGNED_IN)
def mail(request: HttpRequest) -> HttpResponse:
    """Choose what mail to get."""
    registers = registers_visible_to(request.grants, exercise=exercise_in(request))  # type: ignore[attr-defined]
    form = MailForm(request.POST or None, registers=registers, off=told.mail_off(request.user))  # type: ignore[arg-type]
    if form.is_valid():
        told.choose_mail(request.user, off=form.off(), about=[each.pk for each in registers])  # type: ignore[arg-type]
        messages.success(request, "Your choice of mail is kept.")
        return redirect("registers:notices")
    context = {"form": form, "is_open": sending.is_open(), "address": request.user.email}  # type: ignore[union-attr]
    return render(request, "registers/notices_mail.html", context, status=422 if form.errors else 200)
