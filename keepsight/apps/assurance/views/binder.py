"""The evidence binder, and the same as a bundle for inspectors (QAP-06)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.views.taking import keep_taken
from keepsight.apps.assurance.binder import binder as binder_of
from keepsight.apps.assurance.binder import bundle
from keepsight.apps.assurance.queries import viewing_authorities


@require_GET
@requires(Permission.ASSURANCE_VIEW)
def binder(request: HttpRequest) -> HttpResponse:
    """Claim by claim: the evidence, and what is broken."""
    authority, others = _authority(request)
    claims = binder_of(request.grants, authority.pk, on=timezone.localdate())
    context = {
        "authority": authority, "others": others, "claims": claims,
        "proved": sum(claim.is_proved for claim in claims), "broken": sum(bool(claim.troubles) for claim in claims),
        "takes": request.grants.may(Permission.EXPORT_DOCX),
    }  # fmt: skip
    return render(request, "assurance/binder.html", context)


@require_POST
@requires(Permission.EXPORT_DOCX)
def binder_bundle(request: HttpRequest) -> HttpResponse:
    """The binder as a zip with every document; taking it away is an event."""
    if not request.grants.may(Permission.ASSURANCE_VIEW):
        raise Http404
    authority, _ = _authority(request)
    at = timezone.now()
    claims = binder_of(request.grants, authority.pk, on=timezone.localdate())
    made = f"{authority.name}, {timezone.localtime(at):%d/%m/%Y %H:%M}"
    content = bundle(claims, title="Evidence binder", made=made)
    keep_taken(
        request,
        "zip",
        at=at,
        authority_code=authority.code,
        source="assurance:binder",
        rows=len(claims),
        size=len(content),
    )
    name = f"keepsight-evidence-{timezone.localtime(at):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _authority(request: HttpRequest) -> tuple[Authority, list[Authority]]:
    seen = viewing_authorities(request.grants)
    if not seen:
        raise Http404
    wanted = request.GET.get("authority") or request.POST.get("authority")
    return next((each for each in seen if str(each.pk) == wanted), seen[0]), seen
