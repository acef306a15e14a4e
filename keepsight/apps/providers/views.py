"""The market page."""

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.providers.market import KEYS, markets
from keepsight.apps.providers.market import market as market_of
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.permissions import registers_visible_to

RATINGS = (("red", "red"), ("amber", "amber"), ("green", "green"), ("", "not rated"))


@require_GET
@requires(Permission.MARKET_VIEW)
def market(request: HttpRequest) -> HttpResponse:
    """Every provider of an authority: rating, return, continuity plan, free places, and what is wrong."""
    seen = markets(request.grants)
    if not seen:
        raise Http404
    authority = next((each for each in seen if str(each.pk) == request.GET.get("authority")), seen[0])
    rows = market_of(request.grants, authority, on=timezone.localdate(), exercise=getattr(request, "exercise", None))
    audit.record(
        EventKind.REGISTER_VIEWED, at=timezone.now(), by=request.user, authority_code=authority.code,
        source="providers:market", rows=len(rows),
    )  # fmt: skip
    ratings = Counter(row.rag for row in rows)
    order = {key: place for place, key in enumerate(KEYS)}
    readable = registers_visible_to(request.grants)
    mine = [each for each in readable if each.key in KEYS and each.authority_id == authority.pk]
    registers = [{"key": each.key, "name": rule_of(each.current).plural} for each in mine if each.current]
    context = {
        "authority": authority, "others": seen, "rows": rows,
        "ratings": [(name, ratings[rag]) for rag, name in RATINGS],
        "free": sum(row.free or 0 for row in rows),
        "registers": sorted(registers, key=lambda each: order[each["key"]]),
    }  # fmt: skip
    return render(request, "providers/market.html", context)
