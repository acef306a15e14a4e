"""
Making parts of a record anonymous before the record itself goes.

Health markers (symptoms, tests, shielding) go a year after their end, whether or not the case is open.
What other professionals who saw the child wrote, and their names, goes a year after closure: the day,
the kind of professional and whether it was face to face stay, because sight lines are counted from
them. Notes of the child's own service stay: they are the case record, and go with it.
"""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import Change, EventKind, Finding
from keepsight.apps.contact.models import Sighting
from keepsight.apps.governance import belongings
from keepsight.apps.governance.permissions import check_not_own_record, check_user_may_in
from keepsight.apps.governance.queries.retention import kept, schedule_of
from keepsight.apps.people.models import Alert, Child
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import RetentionRule
from keepsight.core.packs.kinds.access import PARTS
from keepsight.core.retention import anniversary
from keepsight.core.terms import HEALTH_ALERTS

WORDED = "Sightings whose names and notes are removed"
MARKERS = "Health markers"


class ReOpened(NotAllowedNow):
    """The case is open again, so what was to be made anonymous is needed."""

    code = "re_opened"


class NotDue(NotAllowedNow):
    """Its time is not over, or it is on hold."""

    code = "not_due"


@transaction.atomic
def anonymise(child: Child, rule_id: str, *, by: User, at: datetime, on: date) -> dict[str, int]:
    """
    Make one part of one record anonymous, or nothing at all.

    The record is locked and read again first, so that a case that has re-opened since it was put on
    a list is left as it is.

    Returns
    -------
    dict
        How many rows of which kind were changed.

    Raises
    ------
    NotPermitted, ReOpened, NotDue
        If it is not this person's to do; if the case has re-opened; if its time is not over.
    """
    authority = child.authority
    grants = check_user_may_in(by, at, Permission.DISPOSAL_PROPOSE, authority)
    check_not_own_record(grants, child)
    rows.lock()
    list(Child.objects.select_for_update().filter(pk=child.pk))
    rule = schedule_of(authority).rule(rule_id)
    if rule is None or rule.applies not in PARTS:
        raise NotDue("The schedule has no such part of a record.")
    found = kept(authority, on, [child.pk]).filter(rule=rule_id)["phase"].to_list()
    if found == ["open"]:
        raise ReOpened("The case has re-opened, so nothing was made anonymous.")
    if found != ["past"]:
        raise NotDue("The time of this part of the record is not over, or it is on hold. Nothing was made anonymous.")
    counts = remove(child.pk, rule, on=on)
    record(
        EventKind.ANONYMISED, at=at, by=by, authority_code=authority.code, subject=("child", str(child.pk)),
        reason=rule_id, rows=sum(counts.values()),
    )  # fmt: skip
    return counts


def remove(child: int, rule: RetentionRule, *, on: date) -> dict[str, int]:
    """Change the rows. Only inside a transaction that has locked the child and asked whether it is due."""
    if rule.applies == "extras":
        return {WORDED: Sighting.objects.filter(child=child).exclude(who="", note="").update(who="", note="")}
    held = {Alert: past_markers(rule, on, [child])}
    loads = belongings.loads_of(Child.objects.select_related("authority").get(pk=child).authority)
    counts = {MARKERS: len(held[Alert])}
    changed = Change.objects.filter(belongings.changes_of(held, loads)).delete()[0]
    blanked = sum(
        Finding.objects.filter(about).exclude(found="").update(found="") for about in belongings.by_place(held)
    )
    belongings.add(counts, {belongings.words(Change): changed, belongings.BLANKED: blanked})
    Alert.objects.filter(pk__in=held[Alert]).delete()
    return counts


def count(children: list[int], rule: RetentionRule, on: date) -> dict[str, int]:
    """How many rows ``remove`` would change for these children."""
    if rule.applies == "extras":
        return {WORDED: Sighting.objects.filter(child__in=children).exclude(who="", note="").count()}
    return {MARKERS: len(past_markers(rule, on, children))}


def past_markers(rule: RetentionRule, on: date, children: Sequence[int]) -> list[int]:
    """Health markers of these children that ended long enough ago. One that the file dropped ended then."""
    marked = Alert.objects.filter(kind__in=sorted(HEALTH_ALERTS), child__in=children)
    ended = rows.read(marked, ["id", "ended_on", "not_in_file_since"])
    until = anniversary(pl.coalesce("ended_on", "not_in_file_since"), 12 * rule.years + rule.months)
    return ended.filter(until < on)["id"].to_list()
