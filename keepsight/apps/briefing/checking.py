"""Do the figures agree? Lists against indicators, snapshots against their hashes, reports against snapshots."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.briefing import actions, frames, snapshots
from keepsight.apps.briefing.models import Report, Snapshot
from keepsight.apps.contact.models import QUEUES, ContactPlan
from keepsight.apps.contact.queries import open_and_not_planned
from keepsight.core.briefing.figures import figures
from keepsight.core.briefing.indicators import read_indicators
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds import Indicators

# Which indicator counts the same children as which queue: two readings of one rule, held together here.
SAME = {
    "nobody": "NOBODY",
    "to-see": "TO_SEE",
    "overdue": "OVERDUE",
    "unrated": "UNRATED",
    "review-expired": "REVIEW_PAST",
    "red": "I23_RED",
    "amber": "I23_AMBER",
    "green": "I23_GREEN",
}


@dataclass
class Checked:
    """What was counted, and every sentence about what does not agree."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)  # authority code, or "together" → queue → children
    wrong: list[str] = field(default_factory=list)
    snapshots: int = 0
    report: int | None = None
    notes: list[str] = field(default_factory=list)


def check(authorities: list[Authority], *, on: date) -> Checked:
    """Count what the pages show and compare every figure that is kept with what it was made from."""
    found = Checked()
    with transaction.atomic():
        for authority in authorities:
            plans = ContactPlan.objects.filter(authority=authority)
            found.counts[authority.code] = counts = plans.counts(QUEUES, on)
            for queue, number in counts.items():
                if len(plans.queue(queue, on)) != number:
                    found.wrong.append(f"{authority.name}: the list {queue} is not as long as its count, {number:,}.")
            found.wrong += _against_indicators(authority, counts, on)
            _look_for_lost_children(found, authority, on)
        if len(authorities) > 1:
            plans = ContactPlan.objects.filter(authority__in=authorities)
            found.counts["together"] = together = plans.counts(QUEUES, on)
            for queue, number in together.items():
                if number != sum(found.counts[authority.code][queue] for authority in authorities):
                    found.wrong.append(f"{queue}: the authorities do not add up to {number:,}.")
    _check_snapshots(found, [authority.code for authority in authorities])
    _check_report(found, authorities)
    return found


def _look_for_lost_children(found: Checked, authority: Authority, on: date) -> None:
    """Every child with open work must stand in a list; where the register says died, somebody must look."""
    lost, died = open_and_not_planned(authority, on)
    if lost:
        found.wrong.append(
            f"{authority.name}: {len(lost):,} children have open work and stand in no list. Run: keepsight rate."
        )
    if died:
        found.notes.append(
            f"{authority.name}: {len(died):,} children are recorded as died and still have open work. "
            "They stand in no list, so check those days of death in the case system."
        )


def _against_indicators(authority: Authority, counts: dict[str, int], on: date) -> list[str]:
    """The pages' conditions and the indicators' must count the same children."""
    book = in_force(authority).book
    plans = frames.plans_now(authority, on)
    rules = [rule for rule in read_indicators(book.read("indicators", Indicators)) if rule.id in SAME.values()]
    table = figures({"plans": plans}, rules, on=on, calendar=WorkingCalendar.from_table(book.table("calendar")))
    above = dict(table.filter(breakdown="all").select("indicator", "numerator").iter_rows())
    return [
        f"{authority.name}: the list {queue} has {counts[queue]:,} children and the indicator {code} counts "
        f"{above.get(code, 0):,}."
        for queue, code in SAME.items()
        if above.get(code, 0) != counts[queue]
    ]


def _check_snapshots(found: Checked, codes: list[str]) -> None:
    for snapshot in Snapshot.objects.filter(authority_code__in=codes).order_by("pk"):
        found.snapshots += 1
        found.wrong += snapshots.verify(snapshot)


def _check_report(found: Checked, authorities: list[Authority]) -> None:
    """Make the newest report's figures again from its snapshots and compare every one."""
    codes = {authority.code for authority in authorities}
    newest = Report.objects.order_by("-made_at", "-pk").prefetch_related("snapshots")
    report = next((each for each in newest[:50] if set(each.authority_codes.split(",")) <= codes), None)
    if report is None:
        found.notes.append("No report has been made yet.")
        return
    found.report = report.pk
    taken = sorted(report.snapshots.all(), key=lambda snapshot: report.authority_codes.index(snapshot.authority_code))
    about = {authority.code: authority for authority in authorities}
    ordered = [about[snapshot.authority_code] for snapshot in taken]
    if any(snapshot.pack_hash != in_force(about[snapshot.authority_code]).book.hash for snapshot in taken):
        found.notes.append(f"Report {report.pk} was made by other rules than are in force now, so it is not compared.")
        return
    try:
        document, table = actions.written(ordered, taken, on=taken[0].as_at, at=report.made_at)
    except snapshots.SnapshotDamaged as trouble:
        found.wrong.append(f"Report {report.pk} cannot be made again: {trouble.sentence}")
        return
    kept: dict[str, Any] = report.figures
    if [list(row) for row in table.rows()] != kept["figures"]:
        found.wrong.append(f"Report {report.pk}: its figures are not those of its snapshots.")
    if _plain(document.as_json()) != kept["document"]:
        found.wrong.append(f"Report {report.pk}: its tables are not those of its snapshots.")


def _plain(said: Any) -> Any:
    """As the database gives it back: lists for tuples."""
    import json

    return json.loads(json.dumps(said))
