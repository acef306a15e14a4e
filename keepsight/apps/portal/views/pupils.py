"""A school's own pupils: vulnerable or not, whom to call, whether expected. Never a level."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.places.permissions import settings_worked_at
from keepsight.apps.portal import presenters, queries

ROWS_A_PAGE = 100


@require_GET
@requires(Permission.SCHOOL_PUPILS)
def pupils(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The roll of one school where this person works; several schools are offered by name."""
    on, grants = timezone.localdate(), request.grants
    mine = settings_worked_at(request.user.pk, grants, Permission.SCHOOL_PUPILS, on).select_related("authority")
    schools = list(mine)
    school = next((one for one in schools if one.pk == pk), None) if pk else schools[0] if len(schools) == 1 else None
    if pk and school is None:
        raise Http404
    context: dict[str, Any] = {"schools": schools, "school": school, "on": on}
    if school is not None:
        rows = queries.pupils_of(school, on)
        duty = presenters.duty_words(school.authority.name, school.authority.settings.get("duty_phone", ""))
        book = in_force(school.authority).book
        shown = presenters.present_pupils(rows, book=book, duty=duty, blocked=frozenset(grants.blocked))
        page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page"))
        audit.record(
            EventKind.PORTAL_OPENED, at=timezone.now(), by=request.user, authority_code=school.authority.code,
            subject=("setting", str(school.pk)), source="portal:pupils", rows=len(rows),
            shown=sorted({row["child_id"] for row in rows if row["child_id"] is not None}),
        )  # fmt: skip
        context |= {"page": page, "count": len(shown), "vulnerable": sum(pupil["first"] for pupil in shown)}
    return render(request, "portal/pupils.html", context)
