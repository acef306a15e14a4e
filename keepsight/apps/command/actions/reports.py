"""Pictures: put together, written into, signed off by the holder of the position, and never changed after (CMD-05)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.assembling import body as assembled
from keepsight.apps.command.models import CommandReport
from keepsight.apps.command.permissions import check_running, check_user_may_run, holds
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.core.command.picture import digest, with_text
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs.kinds.events import ReportRule

S = CommandReport.State


class ReportChanged(NotAllowedNow):
    """The draft is not what the person saw. ``report`` is as it stands now."""

    code = "report_changed"

    def __init__(self, report: CommandReport):
        super().__init__("Somebody changed this draft after you opened it. Read it again, then go on.")
        self.report = report


def report_rule(event: Event, key: str) -> ReportRule:
    """
    The rule of a report.

    Raises
    ------
    NotAllowedNow
        Where the event's pack has no such report.
    """
    rule = next((each for each in rule_of(event).reports if each.id == key), None)
    if rule is None:
        raise NotAllowedNow("This event has no such report.", code="no_such_report")
    return rule


def assemble(event: Event, key: str, *, by: User, at: datetime) -> CommandReport:
    """
    Put a picture together from returns, registers and figures as they stand.

    While there is a draft it is put together anew, with the same number and the words that people
    wrote into it; else a new number begins.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the event is over or has no such report.
    """
    grants, rule = check_user_may_run(by, at, event), report_rule(event, key)
    with transaction.atomic(), audit.at_the_end():
        Event.objects.select_for_update().get(pk=event.pk)  # one number at a time
        held = CommandReport.objects.filter(event=event, key=key)
        draft = held.filter(state=S.DRAFT).order_by("-number").first()
        last = held.exclude(state=S.DRAFT).order_by("-number").first()
        body = assembled(event, rule, grants=grants, at=at, last=last)
        if draft is None:
            number = (held.aggregate(most=Max("number"))["most"] or 0) + 1
            draft = CommandReport(event=event, key=key, title=rule.title, number=number)
        else:
            for block in draft.body["blocks"]:
                body = with_text(body, block["id"], block["text"])
        draft.body, draft.digest, draft.made_at, draft.made_by = body, digest(body), at, by
        draft.save()
        _event(EventKind.COMMAND_REPORT_MADE, draft, by, at)
    return draft


def write(report: CommandReport, block: str, text: str, *, by: User, at: datetime, seen: str) -> CommandReport:
    """
    Write the words of a text block of a draft. ``seen`` is the fingerprint of what the person had open.

    Raises
    ------
    NotPermitted, NotAllowedNow, ReportChanged
        If the person may not; if it is signed; if the draft changed meanwhile.
    """
    check_user_may_run(by, at, report.event)
    with transaction.atomic():
        report = _locked(report, seen)
        report.body = with_text(report.body, block, text.strip())
        report.digest = digest(report.body)
        report.save(update_fields=["body", "digest"])
        _event(EventKind.COMMAND_REPORT_MADE, report, by, at, what="words")
    return report


def sign(report: CommandReport, *, by: User, at: datetime, seen: str) -> CommandReport:
    """
    Sign a picture off, as the holder of the position that the pack names; not as who put it together.

    What is signed is what the person saw: its fingerprint must be ``seen``. The one before is replaced.

    Raises
    ------
    NotPermitted
        If the person does not hold the position today, or put the picture together.
    NotAllowedNow, ReportChanged
        If it is signed already, or not what was seen.
    """
    check_user_may_run(by, at, report.event)
    rule = report_rule(report.event, report.key)
    if not holds(by, report.event, rule.signed_by, timezone.localtime(at).date()):
        raise NotPermitted(f"Only {signatory(report)} signs this off. The structure page says who that is.")
    if report.made_by_id == by.pk:
        raise NotPermitted("A second person signs: not who put it together. Ask somebody else to put it together anew.")
    with transaction.atomic():
        report = _locked(report, seen)
        if digest(report.body) != report.digest:
            raise NotAllowedNow("This draft is not what was put together. Put it together anew.", code="broken")
        older = CommandReport.objects.filter(event=report.event, key=report.key, state=S.SIGNED)
        older.exclude(pk=report.pk).update(state=S.REPLACED)
        report.state, report.signed_at, report.signed_by = S.SIGNED, at, by
        report.save(update_fields=["state", "signed_at", "signed_by"])
        _event(EventKind.COMMAND_REPORT_SIGNED, report, by, at)
    return report


def signatory(report: CommandReport) -> str:
    """The words for the position that signs."""
    rule = report_rule(report.event, report.key)
    name = next((each.name for each in rule_of(report.event).positions if each.id == rule.signed_by), rule.signed_by)
    return f"the {name[:1].lower()}{name[1:]}"


def is_whole(report: CommandReport) -> bool:
    """Whether the body still is what the fingerprint says."""
    return digest(report.body) == report.digest


def _locked(report: CommandReport, seen: str) -> CommandReport:
    held = CommandReport.objects.select_for_update(of=("self",)).select_related("event__authority")
    now = held.get(pk=report.pk)
    check_running(now.event)
    if now.state != S.DRAFT:
        raise NotAllowedNow("This picture is signed off, and stays as it is.", code="signed")
    if now.digest != seen:
        raise ReportChanged(now)
    return now


def _event(kind: EventKind, report: CommandReport, by: User, at: datetime, **detail: str) -> None:
    audit.record(
        kind, at=at, by=by, authority_code=report.event.authority.code, subject=("command_report", str(report.pk)),
        source="command:reports", report=report.key, number=report.number, digest=report.digest[:16], **detail,
    )  # fmt: skip
