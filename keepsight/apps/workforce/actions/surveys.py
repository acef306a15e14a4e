"""Putting a survey and answering it: no answer is kept with a name, a time or an order (WRK-09, PAR-11)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers.definitions import as_text
from keepsight.apps.workforce.models import Answered, Survey, SurveyAnswer
from keepsight.apps.workforce.permissions import check_may_in
from keepsight.apps.workforce.surveys import questions_of, surveys_answered_by
from keepsight.core.assurance.answers import answers_of
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import Questions

LONGEST = 4000  # letters of a free answer


class WrongAnswer(NotAllowedNow):
    """Some questions are not answered as they can be. ``troubles`` names them."""

    code = "wrong_answer"

    def __init__(self, troubles: Mapping[str, str]):
        super().__init__(" ".join(troubles.values()))
        self.troubles = dict(troubles)


def put(
    authority: Authority, key: str, book: Book, *, title: str, opens_on: date, closes_on: date, by: User, at: datetime,
    exercise: Event | None = None,
) -> Survey:  # fmt: skip
    """
    Put a survey: its questions stay as they are now, whatever the pack says later.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If it is not this person's to put, or it would close before it opens.
    """
    check_may_in(by, at, Permission.SURVEY_RUN, authority)
    if closes_on < opens_on:
        raise NotAllowedNow("The survey would close before it opens.", code="closes_on")
    book.read(f"questions/{key}", Questions)
    with transaction.atomic():
        survey = Survey.objects.create(
            authority=authority, key=key, title=title, definition=as_text(book.table(f"questions/{key}")),
            pack_hash=book.hash, opens_on=opens_on, closes_on=closes_on, made_by=by, made_at=at, exercise=exercise,
        )  # fmt: skip
        audit.record(
            EventKind.SURVEY_PUT, at=at, by=by, authority_code=authority.code, subject=("survey", str(survey.pk)),
            source="workforce:survey",
        )  # fmt: skip
    return survey


def answer(
    survey: Survey, sheet: Mapping[str, Any], *, by: User, at: datetime, on: date, for_others: bool = False
) -> None:
    """
    Keep one answer sheet.

    ``for_others``: somebody who runs surveys types in what children or families said; of staff each
    person answers once, and which sheet is theirs is not kept.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the survey is not for this person, is not open, was answered by them, or answers are wrong.
    """
    if not survey.opens_on <= on <= survey.closes_on:
        raise NotAllowedNow("This survey is not open today.", code="survey_closed")
    if for_others:
        check_may_in(by, at, Permission.SURVEY_RUN, survey.authority)
    elif not surveys_answered_by(grants_of(by, at), on, exercise=survey.exercise).filter(pk=survey.pk).exists():
        raise NotAllowedNow("This survey is not open to you.", code="survey_closed")
    values = checked(questions_of(survey), sheet)
    try:
        with transaction.atomic():
            if not for_others:
                Answered.objects.create(survey=survey, user=by)
            SurveyAnswer.objects.create(survey=survey, values=values)
    except IntegrityError:
        raise NotAllowedNow("You have answered this survey already. Thank you.", code="answered") from None


def checked(questions: Questions, sheet: Mapping[str, Any]) -> dict[str, str]:
    """Read a sheet against its questions."""
    values, troubles = {}, {}
    for question in questions.questions:
        given = str(sheet.get(question.id) or "").strip()
        if not given:
            if question.required and question.kind != "text":
                troubles[question.id] = f"Answer: {question.text}"
        elif question.kind == "text":
            values[question.id] = given[:LONGEST]
        elif given not in answers_of(question):
            troubles[question.id] = f"Choose one of the answers to: {question.text}"
        else:
            values[question.id] = given
    if troubles:
        raise WrongAnswer(troubles)
    return values
