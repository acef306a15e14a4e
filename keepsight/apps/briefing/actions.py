"""Taking snapshots and making reports from them."""

import shutil
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.anchors import anchor_if_due
from keepsight.apps.audit.models import EventKind
from keepsight.apps.briefing import frames, snapshots
from keepsight.apps.briefing.models import Report, Snapshot
from keepsight.apps.contact.models import QUEUES, ContactPlan
from keepsight.core.briefing.document import Document, Origin, from_json
from keepsight.core.briefing.figures import FIGURES
from keepsight.core.briefing.found import Found
from keepsight.core.briefing.indicators import read_indicators
from keepsight.core.briefing.members import members
from keepsight.core.briefing.morning import morning
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import Indicators
from keepsight.ui.templatetags.govuk import moment

MORNING = "morning"


def take_snapshot(authority: Authority, *, on: date, at: datetime, by: Any = None) -> Snapshot:
    """
    Take a snapshot of the register of one authority.

    When nothing has changed since the newest one (the same day, rules and rows), that one is
    given back: it already says what a new one would.
    """
    book = in_force(authority).book
    with transaction.atomic():  # one view of the register for all tables
        tables = frames.snapshot_frames(authority, on=on, book=book)
        queues = ContactPlan.objects.filter(authority=authority).counts(QUEUES, on)
    folder = snapshots.write(tables, authority, on=on, at=at, book=book)
    manifest = snapshots.manifest_of(folder)
    newest = Snapshot.objects.filter(authority_code=authority.code).order_by("-taken_at", "-pk").first()
    if newest is not None and newest.digest == manifest["digest"] and not snapshots.verify(newest):
        shutil.rmtree(folder)
        return newest
    with transaction.atomic():
        snapshot = Snapshot.objects.create(
            authority_code=authority.code,
            taken_at=at,
            as_at=on,
            folder=str(folder.relative_to(settings.SNAPSHOTS)),
            digest=manifest["digest"],
            pack_id=book.id,
            pack_hash=book.hash,
            counts={"tables": {name: table.height for name, table in tables.items()}, "queues": queues},
        )
        audit.record(
            EventKind.SNAPSHOT_TAKEN, at=at, by=by, authority_code=authority.code,
            subject=("snapshot", str(snapshot.pk)), digest=snapshot.digest[:12],
        )  # fmt: skip
    anchor_if_due(at=at)
    return snapshot


def check_can_report(authorities: Sequence[Authority]) -> None:
    """Refuse while nothing is open anywhere: there is nothing to report."""
    if not ContactPlan.objects.filter(authority__in=authorities).open_cases().exists():
        raise NotAllowedNow(
            "There is nothing to report yet. Load the lists, then rate and plan.", code="nothing_loaded"
        )


def make_report(
    authorities: Sequence[Authority], *, on: date, at: datetime, by: Any = None, name: str = MORNING
) -> Report:
    """
    Make the morning report of one or more authorities, each from a snapshot taken now.

    Raises
    ------
    NotAllowedNow
        Where an authority has no open case yet: there is nothing to report.
    """
    check_can_report(authorities)
    taken = [take_snapshot(authority, on=on, at=at, by=by) for authority in authorities]
    document, figures = written(authorities, taken, on=on, at=at)
    kept = {"document": document.as_json(), "figures": figures.rows()}
    with transaction.atomic():
        codes = ",".join(authority.code for authority in authorities)
        report = Report.objects.create(name=name, authority_codes=codes, made_at=at, made_by=by, figures=kept)
        report.snapshots.set(taken)
        audit.record(
            EventKind.REPORT_MADE, at=at, by=by, authority_code=authorities[0].code if len(authorities) == 1 else "",
            subject=("report", str(report.pk)), authorities=codes,
        )  # fmt: skip
    return report


def document_of(report: Report) -> Document:
    """The report as it was made."""
    return from_json(report.figures["document"])


def members_of(report: Report) -> Document:
    """The edition of a report that may leave the service: small numbers hidden."""
    document = document_of(report)
    names = {origin.authority: origin.name for origin in document.origins}
    authority = Authority.objects.get(code=document.origins[0].authority)
    rules = read_indicators(in_force(authority).book.read("indicators", Indicators))
    frame = pl.DataFrame(report.figures["figures"], schema=FIGURES.schema, orient="row")
    return members(document, Found(frame, {rule.id: rule for rule in rules}, names))


def written(
    authorities: Sequence[Authority], taken: Sequence[Snapshot], *, on: date, at: datetime
) -> tuple[Document, pl.DataFrame]:
    """Write the morning report from snapshots: the document and its figures. The same every time."""
    book = in_force(authorities[0]).book
    names = {authority.code: authority.name for authority in authorities}
    origins = [
        Origin(
            authority=snapshot.authority_code,
            name=names[snapshot.authority_code],
            snapshot=snapshot.pk,
            as_at=f"{snapshot.as_at.day} {snapshot.as_at:%B %Y}",
            taken_at=moment(snapshot.taken_at),
            digest=snapshot.digest,
            pack_id=snapshot.pack_id,
            pack_hash=snapshot.pack_hash,
        )
        for snapshot in taken
    ]
    return morning(
        snapshots.frames_of(taken),
        indicators=read_indicators(book.read("indicators", Indicators)),
        on=on,
        made_at=moment(at),
        calendar=WorkingCalendar.from_table(book.table("calendar")),
        names=names,
        origins=origins,
    )
