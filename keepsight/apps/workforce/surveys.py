"""Surveys as pages and actions need them: which are there, for whom, and what was said."""

import tomllib
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, QuerySet

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.events.models import Event
from keepsight.apps.workforce.models import Survey
from keepsight.core.assurance import Summary, summarise
from keepsight.core.assurance.answers import answers_of
from keepsight.core.briefing import charts
from keepsight.core.packs.kinds import Questions
from keepsight.core.packs.kinds.questions import QuestionRule
from keepsight.core.packs.schema import read

STAFF = "staff"
SCALE_WORDS = {
    "1": "Strongly disagree", "2": "Disagree", "3": "Neither", "4": "Agree", "5": "Strongly agree",
    "yes": "Yes", "no": "No",
}  # fmt: skip


@lru_cache(maxsize=200)
def _questions(text: str) -> Questions:
    return read(Questions, tomllib.loads(text), where="survey")


def questions_of(survey: Survey) -> Questions:
    """The questions as they were put."""
    return _questions(survey.definition)


def surveys_run_by(grants: Grants, *, exercise: Event | None = None) -> QuerySet[Survey]:
    """The surveys of the authorities for which a person runs them."""
    whole = grants.scope(Permission.SURVEY_RUN).authority_ids
    found = Survey.objects.filter(authority_id__in=whole, exercise=exercise.pk if exercise else None)
    return found.select_related("authority").annotate(number=Count("answers")).order_by("-opens_on", "-pk")


def surveys_answered_by(grants: Grants, on: date, *, exercise: Event | None = None) -> QuerySet[Survey]:
    """The surveys for staff that are open to a person and not answered by them."""
    if not grants.may(Permission.SURVEY_ANSWER):
        return Survey.objects.none()
    here = {authority for _, authority, _ in grants.memberships}
    open_ = Survey.objects.filter(
        authority_id__in=here, opens_on__lte=on, closes_on__gte=on, exercise=exercise.pk if exercise else None
    )
    theirs = [survey.pk for survey in open_ if questions_of(survey).audience == STAFF]
    return open_.filter(pk__in=theirs).exclude(answered__user_id=grants.user_id).order_by("closes_on")


def words_of(question: QuestionRule) -> dict[str, str]:
    """Answer id → words."""
    names = {each.id: each.name for each in question.choices}
    return {each: names.get(each, SCALE_WORDS.get(each, each)) for each in answers_of(question)}


def results(survey: Survey) -> list[dict[str, Any]]:
    """What was said, question by question; nothing of a question that too few answered."""
    sheets = list(survey.answers.values_list("values", flat=True))
    shown = []
    for place, found in enumerate(summarise(questions_of(survey), sheets)):
        words = words_of(found.question)
        rows = [(words[each], count, _percent(count, found)) for each, count in found.counts.items()]
        shown.append(
            {
                "text": found.question.text, "section": found.question.section, "hidden": found.hidden,
                "answered": found.answered, "mean": found.mean, "rows": rows, "texts": found.texts,
                "svg": _chart(found.question.text, rows, place),
            }
        )  # fmt: skip
    return shown


def _chart(text: str, rows: list[tuple[str, int, float]], place: int) -> str:
    if not rows:
        return ""
    spec = charts.bars([(word, share) for word, _, share in rows], title="of answers", unit="%")
    return charts.inline_svg(spec, alt=f"{text}: shares of answers", name=f"q{place}")


def _percent(count: int, found: Summary) -> float:
    return round(100 * count / found.answered, 1)
