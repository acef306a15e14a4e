"""Returns to the Department: count a wave, compare it with the one before, lock it (QAP-04)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.assurance.actions import waves as acts
from keepsight.apps.assurance.models import Wave
from keepsight.apps.assurance.queries import running_authorities, viewing_authorities
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import WaveRule


@require_GET
@requires(Permission.ASSURANCE_VIEW)
def waves(request: HttpRequest) -> HttpResponse:
    """Every wave in one's reach, and the returns that can be counted."""
    seen = viewing_authorities(request.grants)
    runs = running_authorities(request.grants)
    found = Wave.objects.filter(authority__in=seen).select_related("authority").order_by("-as_at", "-pk")
    context = {
        "waves": list(found[:100]),
        "returns": [
            (f"{each.pk}:{key}", in_force(each).book.read(f"waves/{key}", WaveRule), each)
            for each in runs
            for key in in_force(each).book.names("waves")
        ],
    }
    return render(request, "assurance/waves.html", context)


@require_POST
@requires(Permission.ASSURANCE_RUN)
def wave_count(request: HttpRequest) -> HttpResponse:
    """Count a wave from a snapshot taken now."""
    pk, _, key = request.POST.get("return", "").partition(":")
    authority = next((each for each in running_authorities(request.grants) if str(each.pk) == pk), None)
    if authority is None or key not in in_force(authority).book.names("waves"):
        raise Http404
    wave = acts.count(authority, key, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, "The wave is counted. A second person locks it when it is sent.")
    return redirect("assurance:wave", wave.ref)


@require_GET
@requires(Permission.ASSURANCE_VIEW)
def wave(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One wave, line by line, beside the one before."""
    found = _seen(request, ref)
    context = {
        "wave": found, "lines": acts.compared(found),
        "whole": not found.digest or found.digest == acts.digest_of(found),
        "locks": found.state == Wave.State.DRAFT and request.grants.may(Permission.ASSURANCE_RUN)
        and found.made_by_id != request.user.pk,
    }  # fmt: skip
    return render(request, "assurance/wave.html", context)


@require_POST
@requires(Permission.ASSURANCE_RUN)
def wave_lock(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Lock a wave."""
    found = _seen(request, ref)
    try:
        acts.lock(found, by=request.user, at=timezone.now())
    except NotAllowedNow as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The wave is locked. Nothing in it changes any more.")
    return redirect("assurance:wave", found.ref)


def _seen(request: HttpRequest, ref: UUID) -> Wave:
    seen = viewing_authorities(request.grants)
    found = (
        Wave.objects.filter(ref=ref, authority__in=seen)
        .select_related("authority", "snapshot", "made_by", "locked_by")
        .first()
    )
    if found is None:
        raise Http404
    return found
