"""Subject access: a request is logged with the day by which it is answered, a bundle is made, read and handed over."""

import hashlib
import io
import zipfile
from datetime import date, datetime, timedelta

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate
from keepsight.apps.governance.actions import bundles
from keepsight.apps.governance.actions.holds import NO_SUCH_NUMBER
from keepsight.apps.governance.models import SubjectAccess
from keepsight.apps.governance.permissions import check_not_own_record, check_user_may_in
from keepsight.apps.governance.presenters.bundle import files_of
from keepsight.apps.governance.queries.retention import child_by_number
from keepsight.apps.governance.queries.subject_access import gather
from keepsight.core.duties.timescales import Unit, after, limit_of
from keepsight.core.errors import NotAllowedNow

ANSWER = "T58-1"
KEPT = timedelta(days=30)


class CannotLog(NotAllowedNow):
    """The request cannot be logged as typed."""

    code = "cannot_log"

    def __init__(self, sentence: str, field: str):
        super().__init__(sentence)
        self.field = field


def answer_by(authority: Authority, asked_on: date) -> date:
    """The last day for an answer: a month after it was asked (T58), clamped to the month's end."""
    import polars as pl

    from keepsight.core.calendars import WorkingCalendar

    book = in_force(authority).book
    entry = next(row for row in book.table("timescales")["timescales"] if row["id"] == ANSWER)
    limit = limit_of(entry, where=ANSWER)
    assert limit.unit is Unit.MONTHS
    calendar = WorkingCalendar.from_table(book.table("calendar"))
    due: date = pl.select(after(pl.lit(asked_on), limit, calendar)).item()
    return due


@transaction.atomic
def log(
    *, authority: Authority, number: str, asked_on: date, asker: str, reference: str, by: User, at: datetime, on: date
) -> SubjectAccess:
    """
    Log a request about the child of this number.

    Raises
    ------
    NotPermitted, CannotLog
        If it is not this person's to do; if no record has the number, or the day lies ahead.
    """
    grants = check_user_may_in(by, at, Permission.SUBJECT_ACCESS, authority)
    child = child_by_number(authority, number)
    if child is None or child.pk in grants.blocked:
        raise CannotLog(NO_SUCH_NUMBER, "number")
    if asked_on > on:
        raise CannotLog("The day must be today or in the past", "asked_on")
    request = SubjectAccess.objects.create(
        child=child, asked_on=asked_on, due_on=answer_by(authority, asked_on), reference=reference, asker=asker,
        made_by=by,
    )  # fmt: skip
    record(
        EventKind.SUBJECT_ACCESS_MADE, at=at, by=by, authority_code=authority.code, subject=("child", str(child.pk)),
        reason=f"request {request.pk}", step="logged", asker=asker,
    )  # fmt: skip
    return request


def make_bundle(request: SubjectAccess, *, by: User, at: datetime, on: date) -> SubjectAccess:
    """
    Put the bundle together: a zip with one page to read, a table of each kind, and what was left out.

    Restricted records too: information governance answers for them without opening them on the desk.

    Raises
    ------
    NotPermitted
        If it is not this person's to do, or it is their own record or a relative's.
    """
    child = request.child
    grants = check_user_may_in(by, at, Permission.SUBJECT_ACCESS, child.authority)
    check_not_own_record(grants, child)
    told = gather(child, asker=request.asker, on=on)
    content = _zip(files_of(request, told, made_at=at))
    given = {section.title: len(section.rows) for section in told.sections if section.rows}
    with transaction.atomic():
        request = SubjectAccess.objects.select_for_update().select_related("child__authority").get(pk=request.pk)
        request.items = {"given": given, "left_out": told.left_out}
        request.sha256 = hashlib.sha256(content).hexdigest()
        request.made_by, request.made_at, request.kept_until = by, at, on + KEPT
        request.save(update_fields=["items", "sha256", "made_by", "made_at", "kept_until"])
        record(
            EventKind.SUBJECT_ACCESS_MADE, at=at, by=by, authority_code=child.authority.code,
            subject=("child", str(child.pk)), reason=f"request {request.pk}", step="bundle",
            rows=sum(given.values()), sha256=request.sha256,
        )  # fmt: skip
        bundles.write(request.pk, content)
    return request


def _zip(files: dict[str, bytes]) -> bytes:
    """The same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def hand_over(request: SubjectAccess, *, by: User, at: datetime) -> bytes:
    """
    Give the bundle to the person who sends it, and keep that they took it.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's to take; if no bundle is kept any more.
    """
    child = request.child
    grants = check_user_may_in(by, at, Permission.SUBJECT_ACCESS, child.authority)
    check_user_may(grants, Permission.EXPORT_BUNDLE)
    check_not_own_record(grants, child)
    check_rate(by, "export", at=at)
    content = bundles.read(request.pk)
    if content is None or hashlib.sha256(content).hexdigest() != request.sha256:
        raise NotAllowedNow("No bundle is kept. Put it together again.", code="no_bundle")
    record(
        EventKind.EXPORTED, at=at, by=by, authority_code=child.authority.code, subject=("child", str(child.pk)),
        reason=f"request {request.pk}", source="governance:subject_access", format="zip", sha256=request.sha256,
    )  # fmt: skip
    return content


def delete_old(*, on: date, at: datetime) -> int:
    """Delete the files of bundles whose thirty days are over, or whose record is gone; how many. The log stays."""
    old = list(SubjectAccess.objects.filter(kept_until__lt=on).select_related("child__authority"))
    for request in old:
        bundles.delete(request.pk)
        request.kept_until = None
        request.save(update_fields=["kept_until"])
        record(
            EventKind.DESTROYED, at=at, authority_code=request.child.authority.code,
            subject=("subject_access", str(request.pk)), source="command",
        )  # fmt: skip
    kept = SubjectAccess.objects.exclude(kept_until=None).values_list("pk", flat=True)
    return len(old) + bundles.clear_lost(set(kept), now=at.timestamp())
