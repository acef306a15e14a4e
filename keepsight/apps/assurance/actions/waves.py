"""A wave of a return: counted from a snapshot, looked at, locked; a locked one never changes (QAP-04)."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.assurance.models import Wave
from keepsight.apps.assurance.permissions import check_may_run
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.briefing import snapshots
from keepsight.apps.briefing.actions import take_snapshot
from keepsight.core.briefing.figures import figures
from keepsight.core.briefing.indicators import indicators_of
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import WaveRule


def count(authority: Authority, key: str, *, by: User, at: datetime, on: date) -> Wave:
    """
    Count a wave from a snapshot taken now. A draft of the same return is counted anew; a locked one stays.

    Raises
    ------
    NotPermitted, PackError
        If it is not this person's, or no pack in force has this return.
    """
    check_may_run(by, at, authority)
    book = in_force(authority).book
    rule = book.read(f"waves/{key}", WaveRule)
    snapshot = take_snapshot(authority, on=on, at=at, by=by)
    counted = figures(
        snapshots.frames_of([snapshot]), indicators_of(rule.lines), on=on,
        calendar=WorkingCalendar.from_table(book.table("calendar")),
    )  # fmt: skip
    rows = {row["indicator"]: row for row in counted.iter_rows(named=True) if row["breakdown"] == "all"}
    lines = [
        {
            "id": line.id, "name": line.name, "definition": line.definition, "unit": line.unit,
            **{part: rows.get(line.id, {}).get(part) for part in ("numerator", "denominator", "value")},
        }
        for line in rule.lines
    ]  # fmt: skip
    figures_kept = {
        "title": rule.title,
        "sent_to": rule.sent_to,
        "lines": lines,
        "pack": book.id,
        "pack_hash": book.hash,
    }
    with transaction.atomic():
        draft = Wave.objects.select_for_update().filter(authority=authority, key=key, state=Wave.State.DRAFT).first()
        if draft is None:
            last = Wave.objects.filter(authority=authority, key=key).aggregate(last=Max("number"))["last"] or 0
            draft = Wave(authority=authority, key=key, number=last + 1)
        draft.as_at, draft.snapshot, draft.figures = on, snapshot, figures_kept
        draft.made_at, draft.made_by = at, by
        draft.save()
    return draft


def lock(wave: Wave, *, by: User, at: datetime) -> Wave:
    """
    Lock a wave as sent: not by whoever counted it, and never changed after.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's, it is locked already, or they counted it themselves.
    """
    check_may_run(by, at, wave.authority)
    with transaction.atomic():
        wave = Wave.objects.select_for_update(of=("self",)).select_related("authority").get(pk=wave.pk)
        if wave.state == Wave.State.LOCKED:
            raise NotAllowedNow("This wave is locked already.", code="locked")
        if wave.made_by_id == by.pk:
            raise NotAllowedNow("You counted this wave, so a second person locks it.", code="own_wave")
        wave.state, wave.locked_at, wave.locked_by, wave.digest = Wave.State.LOCKED, at, by, digest_of(wave)
        wave.save(update_fields=["state", "locked_at", "locked_by", "digest"])
        audit.record(
            EventKind.WAVE_LOCKED, at=at, by=by, authority_code=wave.authority.code, subject=("wave", str(wave.pk)),
            source="assurance:wave", number=wave.number,
        )  # fmt: skip
    return wave


def digest_of(wave: Wave) -> str:
    """Name what a wave says: another figure, another name."""
    said = {"key": wave.key, "number": wave.number, "as_at": wave.as_at.isoformat(), "figures": wave.figures}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def compared(wave: Wave) -> list[dict[str, Any]]:
    """The lines of a wave beside those of the wave before, with the change."""
    before = Wave.objects.filter(
        authority=wave.authority, key=wave.key, number__lt=wave.number, state=Wave.State.LOCKED
    ).order_by("-number").first()  # fmt: skip
    old = {line["id"]: line["value"] for line in before.figures["lines"]} if before else {}
    rows = []
    for line in wave.figures["lines"]:
        was = old.get(line["id"])
        change = line["value"] - was if was is not None and line["value"] is not None else None
        rows.append({**line, "before": was, "change": change})
    return rows
