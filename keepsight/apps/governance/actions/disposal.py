"""
Destroying what is past its time: a list is proposed, the owner approves or refuses it, it is carried out.

Nothing of social care ever goes by the clock. Three people's acts are apart: who proposes is never who
approves, and carrying out asks of every record again whether it may go. A record goes whole or stays
whole: each handful is one transaction, and what was stopped in the middle is taken up where it stopped.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import Change, EventKind, Finding
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.governance import belongings
from keepsight.apps.governance.actions import anonymising, bundles, lists
from keepsight.apps.governance.models import Disposal, DisposalItem, LegalHold, SubjectAccess
from keepsight.apps.governance.permissions import NOT_HERE, check_user_may_in
from keepsight.apps.governance.queries.lists import is_of_registers
from keepsight.apps.governance.queries.retention import REGISTERS, kept, schedule_of
from keepsight.apps.learning.models import Enrolment
from keepsight.apps.people import destroyed
from keepsight.apps.people.models import Child, Family, Identifier
from keepsight.apps.registers.actions.destroying import destroy as destroy_entries
from keepsight.apps.registers.models import Entry
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs.kinds import RetentionRule
from keepsight.core.packs.kinds.access import PARTS, RECORDS

HANDFUL = 25  # records a transaction
SENTENCE = 10  # letters, at least
ANONYMISE, DESTROY = "anonymise", "destroy"
NOT_DONE = {  # why a record of the list was left out when the list was carried out
    "held": "held", "open": "re_opened", "past": "", "soon": "not_due", "later": "not_due", "undecided": "not_due",
}  # fmt: skip


def due(authority: Authority, rule_id: str, on: date) -> Any:
    """The records of one rule that are past their time and may go: frame as ``queries.retention.kept``."""
    found = kept(authority, on)
    return found.filter((found["rule"] == rule_id) & (found["phase"] == "past"))


def preview(authority: Authority, rule: RetentionRule, on: date, *, of_registers: bool = False) -> dict[str, int]:
    """Which rows of which tables would go, counted. Changes nothing."""
    if of_registers:
        return lists.preview(authority, REGISTERS + rule.id, on)
    children = due(authority, rule.id, on)["child"].to_list()
    if rule.applies in PARTS:
        return anonymising.count(children, rule, on)
    return belongings.count(children, authority)


@transaction.atomic
def propose(*, authority: Authority, rule_id: str, by: User, at: datetime, on: date) -> Disposal:
    """
    Put every record of one rule that is past its time on a list, for the owner to answer.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's to propose; if nothing is past its time, or a list of this rule waits.
    """
    check_user_may_in(by, at, Permission.DISPOSAL_PROPOSE, authority)
    rows.lock()
    schedule = schedule_of(authority)
    rule = schedule.rule(rule_id)
    if rule is None:
        raise NotAllowedNow("The schedule has no such rule.", code="no_such_rule")
    waiting = [Disposal.State.PROPOSED, Disposal.State.APPROVED]
    if Disposal.objects.filter(authority=authority, rule=rule_id, state__in=waiting).exists():
        raise NotAllowedNow("A list of this rule waits already. It is answered and carried out first.", code="waiting")
    of_parts = rule.applies in PARTS and not is_of_registers(rule_id)
    disposal = Disposal.objects.create(
        authority=authority, rule=rule_id, action=ANONYMISE if of_parts else DESTROY,
        pack_id=schedule.book.id, pack_hash=schedule.book.hash, as_at=on, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    items = lists.items(disposal, on) if is_of_registers(rule_id) else _children(disposal, on)
    if not items:
        raise NotAllowedNow("Nothing of this rule is past its time and free to go.", code="nothing_due")
    DisposalItem.objects.bulk_create(items)
    _record(EventKind.DISPOSAL_PROPOSED, disposal, by, at, records=len(items), rule=rule_id)
    return disposal


def _children(disposal: Disposal, on: date) -> list[DisposalItem]:
    authority = disposal.authority
    return [
        DisposalItem(
            disposal=disposal, child_id=row["child"], pseudonym=belongings.pseudonym(authority, row["child"]),
            counted_from=row["counted_from"], kept_until=row["kept_until"],
        )
        for row in due(authority, disposal.rule, on).iter_rows(named=True)
    ]  # fmt: skip


@transaction.atomic
def decide(disposal: Disposal, *, approved: bool, sentence: str, by: User, at: datetime) -> Disposal:
    """
    Answer a list: the owner of the records approves it or refuses it, and says why.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person is not an owner of these records, or proposed the list; if it does not wait.
    """
    disposal = _locked(disposal)
    grants = check_user_may_in(by, at, Permission.DISPOSAL_APPROVE, disposal.authority)
    rule = schedule_of(disposal.authority).rule(disposal.rule)
    owners = {role for role, authority, team in grants.memberships if authority == disposal.authority_id and not team}
    if rule is not None and rule.owner_role not in owners:
        raise NotPermitted(NOT_HERE, code="not_the_owner")
    if disposal.proposed_by_id == by.pk:
        raise NotPermitted("You proposed this list, so somebody else must answer it.", code="proposed_it")
    if disposal.state != Disposal.State.PROPOSED:
        raise NotAllowedNow("This list is answered already.", code="answered")
    if len(sentence.strip()) < SENTENCE:
        raise NotAllowedNow("Say in a sentence why.", code="no_sentence")
    disposal.state = Disposal.State.APPROVED if approved else Disposal.State.REFUSED
    disposal.decided_by, disposal.decided_at, disposal.decision = by, at, sentence.strip()
    disposal.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    kind = EventKind.DISPOSAL_APPROVED if approved else EventKind.DISPOSAL_REFUSED
    _record(kind, disposal, by, at, records=disposal.items.count())
    return disposal


def carry_out(disposal: Disposal, *, by: User, at: datetime, on: date, handfuls: int | None = None) -> Disposal:
    """
    Destroy, or make anonymous, what an approved list holds, and write its certificate.

    Each record is asked about again under a lock: one that is on hold, open again or no longer past
    its time is left out, and the certificate says how many and why. Stopped in the middle, call it
    again: what is done is done, and the rest goes on. ``handfuls`` stops after so many, for a page
    that must answer.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's to do; if the list is not approved, or was carried out.
    """
    check_user_may_in(by, at, Permission.DISPOSAL_PROPOSE, disposal.authority)
    done = 0
    while handfuls is None or done < handfuls:
        if not _handful(disposal, by=by, at=at, on=on):
            break
        done += 1
    with transaction.atomic():
        disposal = _locked(disposal)
        if disposal.state == Disposal.State.APPROVED and not disposal.items.filter(outcome="").exists():
            _finish(disposal, by=by, at=at)
    return disposal


def _handful(disposal: Disposal, *, by: User, at: datetime, on: date) -> bool:
    """Settle the next few records in one transaction; tells whether there were any."""
    with transaction.atomic():
        rows.lock()
        disposal = _locked(disposal)
        if disposal.state != Disposal.State.APPROVED:
            raise NotAllowedNow("This list is not approved, or was carried out already.", code="not_approved")
        items = list(disposal.items.filter(outcome="").order_by("pk")[:HANDFUL])
        if is_of_registers(disposal.rule):
            _entries(disposal, items, by=by, at=at, on=on)
            return bool(items)
        children = [item.child_id for item in items if item.child_id is not None]
        list(Child.objects.select_for_update().filter(pk__in=children).order_by("pk").values_list("pk"))
        phases = _phases(disposal, children, on)
        going = [child for child in children if phases.get(child) == "past"]
        counts = disposal.certificate.get("counts", {})
        belongings.add(counts, _settle(disposal, going, on=on) if going else {})
        for child in going:
            kind = EventKind.ANONYMISED if disposal.action == ANONYMISE else EventKind.DESTROYED
            record(
                kind, at=at, by=by, authority_code=disposal.authority.code, subject=("child", str(child)),
                reason=f"disposal {disposal.pk}",
            )  # fmt: skip
        done = "anonymised" if disposal.action == ANONYMISE else "destroyed"
        for item in items:
            item.outcome = done if item.child_id in going else NOT_DONE.get(phases.get(item.child_id, ""), "gone")
        DisposalItem.objects.bulk_update(items, ["outcome"])
        disposal.certificate = {**disposal.certificate, "counts": counts}
        disposal.save(update_fields=["certificate"])
    return bool(items)


def _entries(disposal: Disposal, items: Sequence[DisposalItem], *, by: User, at: datetime, on: date) -> None:
    """Settle the next few lines of a list of entries and emergencies."""
    phases = lists.phases(disposal, items, on)
    going = [item for item in items if phases[item.pk] == "past"]
    for item in going:
        kind, pk = ("entry", item.entry_id) if item.entry_id else ("event", item.emergency_id)
        record(
            EventKind.DESTROYED, at=at, by=by, authority_code=disposal.authority.code, subject=(kind, str(pk)),
            reason=f"disposal {disposal.pk}",
        )  # fmt: skip
    counts = disposal.certificate.get("counts", {})
    belongings.add(counts, lists.settle(going))
    for item in items:
        item.outcome = "destroyed" if item in going else NOT_DONE.get(phases[item.pk], "gone")
    DisposalItem.objects.bulk_update(items, ["outcome"])
    disposal.certificate = {**disposal.certificate, "counts": counts}
    disposal.save(update_fields=["certificate"])


def _phases(disposal: Disposal, children: Sequence[int], on: date) -> dict[int, str]:
    """Where each record stands now, by the schedule in force now and by the rule that the list was made of."""
    found = kept(disposal.authority, on, children)
    rule = schedule_of(disposal.authority).rule(disposal.rule)
    of_parts = rule is not None and rule.applies in PARTS
    now: dict[int, str] = {}
    for row in found.iter_rows(named=True):
        other = schedule_of(disposal.authority).rule(row["rule"])
        is_part = other is not None and other.applies in PARTS
        if row["rule"] == disposal.rule:
            now[row["child"]] = row["phase"]
        elif not of_parts and not is_part:  # another rule of records binds now: it is not what was approved
            now[row["child"]] = row["phase"] if row["phase"] in ("held", "open") else "later"
    return now


def _settle(disposal: Disposal, children: Sequence[int], *, on: date) -> dict[str, int]:
    rule = schedule_of(disposal.authority).rule(disposal.rule)
    if rule is not None and rule.applies in PARTS:
        counts: dict[str, int] = {}
        for child in children:
            belongings.add(counts, anonymising.remove(child, rule, on=on))
        return counts
    assert rule is None or rule.applies in RECORDS
    return _destroy(disposal.authority, children, on=on)


def _destroy(authority: Authority, children: Sequence[int], *, on: date) -> dict[str, int]:
    """Every row of these children, and what loads and findings still show of them."""
    held = belongings.rows_of(children)
    counts = {belongings.words(model): len(keys) for model, keys in held.items()}
    loads = belongings.loads_of(authority)
    blanked = sum(
        Finding.objects.filter(about).exclude(found="").update(found="")
        for about in list(belongings.findings_of(children, held, loads))
    )
    destroy_entries(held.get(Entry, []))
    changed = Change.objects.filter(belongings.changes_of(held, loads)).delete()[0]
    destroyed.remember(authority, Identifier.objects.filter(child__in=children).values_list("scheme", "value"), on)
    for request in SubjectAccess.objects.filter(child__in=children):
        bundles.delete_after_commit(request.pk)
    LegalHold.objects.filter(child__in=children).exclude(lifted_at=None).delete()
    ended = Enrolment.objects.filter(child__in=children).filter(belongings.ROLL_ENDED)
    ended.delete()
    unlinked = Enrolment.objects.filter(child__in=children).update(child=None)
    Child.objects.filter(pk__in=children).delete()
    Family.objects.filter(pk__in=held.get(Family, [])).delete()
    belongings.add(
        counts, {belongings.UNLINKED: unlinked, belongings.words(Change): changed, belongings.BLANKED: blanked}
    )
    return counts


def _finish(disposal: Disposal, *, by: User, at: datetime) -> None:
    items = list(disposal.items.order_by("pseudonym"))
    outcomes: dict[str, int] = {}
    for item in items:
        outcomes[item.outcome] = outcomes.get(item.outcome, 0) + 1
    taken = Snapshot.objects.filter(authority_code=disposal.authority.code, taken_at__lte=at).count()
    disposal.certificate = {
        "counts": dict(sorted(disposal.certificate.get("counts", {}).items())),
        "outcomes": outcomes,
        "records": len(items),
        "digest": list_digest(items),
        "snapshots": taken,
        "proposed_by": disposal.proposed_by.name,
        "decided_by": disposal.decided_by.name if disposal.decided_by else "",
        "done_by": by.name,
    }
    disposal.state, disposal.done_at, disposal.done_by = Disposal.State.DESTROYED, at, by
    disposal.save(update_fields=["certificate", "state", "done_at", "done_by"])
    _record(EventKind.DESTROYED, disposal, by, at, **outcomes)


def list_digest(items: Sequence[DisposalItem]) -> str:
    """The digest of a list: its references, days and outcomes, one a line, by reference."""
    lines = (f"{each.pseudonym}|{each.counted_from}|{each.kept_until}|{each.outcome}" for each in items)
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _locked(disposal: Disposal) -> Disposal:
    return (
        Disposal.objects.select_for_update(of=("self",)).select_related("authority", "proposed_by").get(pk=disposal.pk)
    )


def _record(kind: EventKind, disposal: Disposal, by: User, at: datetime, **detail: Any) -> None:
    record(kind, at=at, by=by, authority_code=disposal.authority.code, subject=("disposal", str(disposal.pk)), **detail)
