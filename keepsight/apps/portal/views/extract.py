"""Extract without names: pseudonymised rows for analysts, on screen the first ones, whole as a file."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.exports import List, offers, taking
from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, requires
from keepsight.apps.accounts.views.taking import keep_taken, take
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.portal import presenters
from keepsight.apps.portal.frames import Extract
from keepsight.apps.portal.frames import extract as rows_of
from keepsight.apps.portal.queries import authorities_of
from keepsight.core.errors import NotPermitted
from keepsight.ui.exports import CLASSIFICATION, file_name

ROWS_SHOWN = 50


@require_GET
@requires(Permission.EXTRACT_VIEW)
def extract(request: HttpRequest) -> HttpResponse:
    """The first rows of one authority's extract, what each column means, and how far rows stand alone."""
    on = timezone.localdate()
    seen = authorities_of(request.grants, Permission.EXTRACT_VIEW)
    chosen = _chosen(request, request.grants)
    found = rows_of(chosen, on=on, limit=ROWS_SHOWN, without=request.grants.blocked)
    audit.record(
        EventKind.PORTAL_OPENED, at=timezone.now(), by=request.user, authority_code=chosen.code,
        source="portal:extract", rows=found.frame.height,
    )  # fmt: skip
    context = {
        "authorities": [{"pk": one.pk, "name": one.name, "current": one == chosen} for one in seen],
        "chosen": chosen.name,
        "on": on,
        "count": found.count,
        "warning": presenters.uniqueness_words(found),
        "headings": found.frame.columns,
        "rows": found.frame.rows(),
        "columns": presenters.present_columns(found.frame.columns),
        "takes": offers(request.grants, "portal:extract", query=f"authority={chosen.pk}", formats=("csv", "parquet")),
    }
    return render(request, "portal/extract.html", context)


def _chosen(request: HttpRequest, grants: Grants) -> Authority:
    """
    The authority that is asked for, else the first.

    Raises
    ------
    NotPermitted
        In the same words whether it is not there or not within reach.
    """
    check_user_may(grants, Permission.EXTRACT_VIEW)
    reach = authorities_of(grants, Permission.EXTRACT_VIEW)
    asked = request.GET.get("authority", "")
    for one in reach:
        if asked in ("", str(one.pk)):
            return one
    raise NotPermitted("You can take extracts of your own authority only.")


@require_GET
@requires(Permission.EXTRACT_VIEW)
def extract_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole extract as CSV."""
    chosen, found = _whole(request)
    made = List(
        name=f"extract-{chosen.code}", title=f"Extract without names: {chosen.name}", columns=found.frame.columns,
        rows=found.frame.iter_rows(), count=found.frame.height, source="portal:extract",
        filters={"authority": chosen.code}, filter_words=chosen.name, notes=[presenters.uniqueness_words(found)],
        authority_code=chosen.code,
    )  # fmt: skip
    return take(request, made, "csv")


@require_GET
@requires(Permission.EXTRACT_VIEW)
def extract_parquet(request: HttpRequest) -> HttpResponse:
    """The whole extract as Parquet; what CSV says in its first lines stands in the file's metadata."""
    chosen, found = _whole(request)
    at = timezone.now()
    keep_taken(
        request, "parquet", at=at, authority_code=chosen.code, source="portal:extract", rows=found.frame.height,
        filters={"authority": chosen.code},
    )  # fmt: skip
    kept = BytesIO()
    said = {
        "classification": CLASSIFICATION, "taken_by": str(request.user), "taken_at": at.isoformat(),
        "authority": chosen.name, "rows": str(found.frame.height), "note": presenters.uniqueness_words(found),
    }  # fmt: skip
    found.frame.write_parquet(kept, metadata=said)
    name = file_name(f"extract-{chosen.code}", timezone.localtime(at), "parquet")
    return HttpResponse(
        kept.getvalue(), content_type="application/vnd.apache.parquet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _whole(request: HttpRequest) -> tuple[Authority, Extract]:
    """All rows of the authority that is asked for, within the roles that may take them away."""
    check_user_may(request.grants, Permission.EXPORT_CSV)
    chosen = _chosen(request, taking(request.grants, Permission.EXPORT_CSV))
    return chosen, rows_of(chosen, on=timezone.localdate(), without=request.grants.blocked)
