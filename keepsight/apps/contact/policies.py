"""Whether a visit may be recorded as told. Pure: everything is handed in; refusals say what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from keepsight.core.duties.timescales import Unit
from keepsight.core.errors import NotAllowedNow
from keepsight.core.terms import VIRTUAL, VisitMode, VisitOutcome

FAILED = frozenset({VisitOutcome.NOT_SEEN, VisitOutcome.NO_ACCESS})


class AnswerMissing(NotAllowedNow):
    """The outcome asks for an answer that was not given. ``field`` names it."""

    code = "answer_missing"

    def __init__(self, sentence: str, *, field: str):
        super().__init__(sentence)
        self.field = field


class NotYet(NotAllowedNow):
    """The day has not come."""

    code = "in_the_future"


class SentBefore(NotAllowedNow):
    """The form has been sent already, and what it says now is something else."""

    code = "sent_before"


class NothingToSign(NotAllowedNow):
    """The visit has no virtual reason that waits for a manager."""

    code = "nothing_to_sign"


@dataclass(frozen=True)
class Answers:
    """What was said of a visit. What the outcome does not ask for is empty."""

    outcome: VisitOutcome
    visit_on: date
    mode: VisitMode | None = None
    seen_alone: bool | None = None
    not_alone_reason: str = ""
    place: str = ""
    purpose: str = ""
    virtual_reason: str = ""
    note: str = ""
    apart: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # child id → what differs


def check_day(day: date, on: date, what: str) -> None:
    """Refuse a day that is still to come."""
    if day > on:
        raise NotYet(f"The {what} cannot be after today. Give today's date or an earlier one.")


def check_visit(answers: Answers, *, on: date, reason_at_least: int) -> None:
    """
    Refuse what the outcome leaves open.

    Seen: the mode, whether alone, why not alone. Not seen, or no access: what was tried and what
    comes next. Not face to face: why, long enough for a manager to judge it.

    Raises
    ------
    NotAllowedNow
        ``AnswerMissing`` with the name of the field, or ``NotYet``.
    """
    check_day(answers.visit_on, on, "visit")
    if answers.outcome == VisitOutcome.SEEN:
        _check_seen(answers, reason_at_least)
    elif answers.outcome in FAILED and not answers.note.strip():
        raise AnswerMissing("Say what you tried and what happens next.", field="note")


def _check_seen(answers: Answers, reason_at_least: int) -> None:
    if answers.mode is None or answers.mode == VisitMode.NO_ACCESS:
        raise AnswerMissing("Say how you saw or spoke with the child.", field="mode")
    if answers.seen_alone is None:
        raise AnswerMissing("Say whether the child was alone with you.", field="seen_alone")
    if not answers.seen_alone and not answers.not_alone_reason.strip():
        raise AnswerMissing("Say why the child was not seen alone.", field="not_alone_reason")
    if answers.mode in VIRTUAL and len(answers.virtual_reason.strip()) < reason_at_least:
        raise AnswerMissing(
            f"Say why this was not face to face, in {reason_at_least} characters or more. A manager signs it.",
            field="virtual_reason",
        )


def check_can_sign(visit_mode: str, *, seen: bool | None, signed: bool) -> None:
    """Refuse to sign a visit that was face to face, or whose reason is signed already."""
    if visit_mode not in VIRTUAL or not seen:
        raise NothingToSign("This visit was not virtual, so there is no reason to sign.")
    if signed:
        raise NothingToSign("A manager has already signed this reason.")


def check_interval(every: int, unit: str, reason: str) -> None:
    """Refuse an interval of the child's own plan that says nothing."""
    if every < 1 or unit not in (Unit.DAYS, Unit.WORKING_DAYS):
        raise AnswerMissing("Give the interval as 1 or more days or working days.", field="every")
    if not reason.strip():
        raise AnswerMissing("Say why this child has an interval of their own.", field="reason")
