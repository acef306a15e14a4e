"""Rapid response groups: from an issue to a decision in five working days (CMD-15). The clock is the register's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.command.actions import meetings
from keepsight.apps.command.actions.linking import link
from keepsight.apps.command.models import Attendance, Cell
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry
from keepsight.core.errors import NotAllowedNow

REGISTER, SOURCE = "rapid_response", "command:rapid_response"


@dataclass(frozen=True)
class FollowUp:
    """Something that must be done after the decision."""

    what: str
    due_on: date
    owner: User | None = None


def start(
    event: Event, raw: Mapping[str, Any], *, issue: Entry | None, lead: User | None, members: Sequence[User] = (),
    cell: Cell | None = None, meets_at: datetime | None = None, by: User, at: datetime,
) -> Entry:  # fmt: skip
    """
    Start a group from an issue: its entry, the link to the issue, its members and its first meeting.

    Raises
    ------
    NotPermitted, NotAllowedNow, WrongEntry
        If the person may not; if the event is over; if answers are missing.
    """
    check_user_may_run(by, at, event)
    today = timezone.localtime(at).date()
    if issue is not None and (issue.exercise_id or None) != (event.pk if event.is_exercise else None):
        raise NotAllowedNow("This issue does not belong to this event.", code="other_event")
    with transaction.atomic(), audit.at_the_end():
        register = register_of(event.authority, REGISTER)
        known = {each.id for each in definition_of(register.current).fields}  # type: ignore[arg-type]
        more = {"started_on": today, "issue": issue.pk if issue else None}
        answers = {name: value for name, value in {**more, **raw}.items() if name in known}
        group = registers.add(register, answers, by=by, at=at, owner=lead, event=event, source=SOURCE)
        if issue is not None:
            link(group, by=by, at=at, words="Started from", other=issue)
        if cell is not None and meets_at is not None:
            title = f"Rapid response: {group.title}"
            meeting = meetings.add_meeting(cell, title=title, starts_at=meets_at, agenda="rapid", by=by, at=at)
            invited = {each.pk: each for each in [*members, *([lead] if lead else [])]}.values()
            Attendance.objects.bulk_create(Attendance(meeting=meeting, user=each, name=each.name) for each in invited)
            link(group, by=by, at=at, words="Meets", meeting=meeting)
    return group


def decide(
    group: Entry, *, answer: str, words: str, decided_on: date, granted: Any = None, because: str = "",
    follow_ups: Sequence[FollowUp] = (), by: User, at: datetime,
) -> Entry:  # fmt: skip
    """
    Record what the leadership team decided: an entry in the register of decisions, and what follows.

    Returns
    -------
    Entry
        The decision.

    Raises
    ------
    NotPermitted, NotAllowedNow, WrongEntry
        If the person may not; if there is no options paper yet; if answers are missing.
    """
    event = group.event
    if event is None or group.register.key != REGISTER:
        raise NotAllowedNow("Decisions of a group belong to a rapid response group of an event.", code="no_group")
    check_user_may_run(by, at, event)
    with transaction.atomic(), audit.at_the_end():
        held = {"decided": answer, "decision_words": words, "decided_on": decided_on, "granted": granted}
        group = _change(group, held, by, at)
        decision = registers.add(
            register_of(event.authority, "decision"),
            {"what": f"{group.title}: {words}"[:200], "decided_on": decided_on, "decided_by": "leadership",
             "because": because or words, "options": group.values.get("options"), "cost": granted},
            by=by, at=at, owner=group.owner, event=event, source=SOURCE,
        )  # fmt: skip
        link(decision, by=by, at=at, words="Decided for", other=group)
        group = _change(group, {"decision_entry": decision.pk}, by, at)
        registers.move(group, "decided", by=by, at=at, source=SOURCE)
        for each in follow_ups:
            action = registers.add(
                register_of(event.authority, "action"),
                {"what": each.what, "due_on": each.due_on, "came_from": "other"},
                by=by, at=at, owner=each.owner, event=event, source=SOURCE,
            )  # fmt: skip
            link(action, by=by, at=at, words="Follows from", other=decision)
    return decision


def _change(group: Entry, values: Mapping[str, Any], by: User, at: datetime) -> Entry:
    known = {each.id for each in definition_of(group.register.current).fields}  # type: ignore[arg-type]
    raw = {name: value for name, value in values.items() if name in known}
    return registers.change(group, raw, by=by, at=at, revision=group.revision, source=SOURCE)
