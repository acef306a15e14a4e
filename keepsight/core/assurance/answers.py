"""What many said: counts and means of a survey or an audit tool, and nothing of too few (WRK-09, PAR-11, QAP-01)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keepsight.core.packs.kinds import Questions
from keepsight.core.packs.kinds.questions import QuestionRule

SCALE = ("1", "2", "3", "4", "5")
YES_NO = ("yes", "no")


@dataclass(frozen=True)
class Summary:
    """
    Answers to one question.

    ``counts`` by answer id in the question's order, empty where too few answered (``hidden``); ``mean``
    of a scale from 1 to 5; ``texts`` of free text, in an order that tells nothing of who wrote when.
    """

    question: QuestionRule
    answered: int
    hidden: bool
    counts: dict[str, int]
    mean: float | None = None
    texts: tuple[str, ...] = ()


def answers_of(question: QuestionRule) -> tuple[str, ...]:
    """Give the ids of the answers that a question allows; none for free text."""
    if question.kind == "scale":
        return SCALE
    if question.kind == "yes_no":
        return YES_NO
    return tuple(each.id for each in question.choices)


def summarise(questions: Questions, sheets: Sequence[Mapping[str, Any]], *, least: int | None = None) -> list[Summary]:
    """
    Count the answers.

    Parameters
    ----------
    questions : Questions
        As they were put.
    sheets : sequence of mapping
        One a person: question id → answer.
    least : int, optional
        Answers below which nothing of a question is shown; by default the questions' own. [answers]

    Returns
    -------
    list of Summary
        One a question, in order. A question that fewer than ``least`` answered is hidden, its number too
        coarse to tell who: ``answered`` is then 0.
    """
    least = questions.least_answers if least is None else least
    found = []
    for question in questions.questions:
        given = [sheet[question.id] for sheet in sheets if sheet.get(question.id) not in (None, "")]
        if len(given) < least or not given:
            found.append(Summary(question, 0, hidden=True, counts={}))
            continue
        if question.kind == "text":
            found.append(Summary(question, len(given), False, {}, texts=tuple(sorted(str(each) for each in given))))
            continue
        counts = {answer: sum(str(each) == answer for each in given) for answer in answers_of(question)}
        mean = sum(int(each) for each in given) / len(given) if question.kind == "scale" else None
        found.append(Summary(question, len(given), False, counts, mean))
    return found
