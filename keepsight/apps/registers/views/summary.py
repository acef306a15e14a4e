"""A register in figures: its tiles and charts, each with its table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.registers import present_list, present_summary
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.views.lists import keep_read, seen_by


@require_GET
@requires(Permission.REGISTERS)
def summary(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """How the register stands, and how it grew."""
    at = timezone.now()
    seen = seen_by(request, code, key, at)
    keep_read(request, seen, Asked(), at, source="registers:summary", rows=0, shown=())
    context = {
        "page": present_list.about(seen), "tabs": present_list.tabs(seen, "summary"),
        "tiles": present_list.tiles(seen, seen.tiles()), "charts": present_summary.charts(seen), "on": seen.on,
    }  # fmt: skip
    return render(request, "registers/summary.html", context)
