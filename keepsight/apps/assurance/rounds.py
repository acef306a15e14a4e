"""An audit as pages and actions need it: its questions, its cases, and what was found."""

import tomllib
from collections import Counter
from functools import lru_cache
from typing import Any

from keepsight.apps.assurance.models import AuditRound, Judgement
from keepsight.core.assurance import agreement, summarise
from keepsight.core.assurance.answers import answers_of
from keepsight.core.packs import book
from keepsight.core.packs.kinds import AssuranceRules, Questions
from keepsight.core.packs.kinds.questions import QuestionRule
from keepsight.core.packs.schema import read
from keepsight.core.terms import LABELS

POPULATIONS = {  # queues of the desk
    "open": "All open cases",
    "red": "Red",
    "amber": "Amber",
    "green": "Green",
    "unrated": "Unrated",
    "red-not-seen": "Red and not seen face to face in time",
    "nobody": "Seen by nobody in time",
    "overdue": "Contact overdue",
    "review-expired": "Level past its review day",
}
STRATA = {"level": "Level", "service": "Service", "team": "Team", "ethnicity": "Ethnicity", "disabled": "Disability"}
LEVEL_QUESTION = "level"  # of a tool: the level that the auditor would give; compared with the one given
POOR = ("red", "orange")  # colours of answers that count towards a theme; of yes and no, it is no


def rules() -> AssuranceRules:
    """How samples are drawn and agreement is called."""
    return book().read("assurance", AssuranceRules)


@lru_cache(maxsize=200)
def _questions(text: str) -> Questions:
    return read(Questions, tomllib.loads(text), where="audit")


def questions_of(made: AuditRound) -> Questions:
    """The tool as it was."""
    return _questions(made.definition)


def words_of(question: QuestionRule) -> dict[str, str]:
    """Answer id → words."""
    names = {"yes": "Yes", "no": "No", **{each.id: each.name for each in question.choices}}
    return {each: names.get(each, each) for each in answers_of(question)}


def poor_answers(question: QuestionRule) -> set[str]:
    """The answers to a question that count towards its theme."""
    if question.kind == "yes_no":
        return {"no"}
    return {each.id for each in question.choices if each.colour in POOR}


def findings(made: AuditRound) -> dict[str, Any]:
    """
    What was found: counts by question, agreement of first and second opinions, themes.

    Nobody's answers are hidden here: it is practice that is audited, by people who may see it, and
    no child is named.
    """
    done = list(Judgement.objects.filter(item__audit=made, done=True).select_related("item"))
    first = {each.item_id: each for each in done if not each.is_second}
    second = {each.item_id: each for each in done if each.is_second}
    questions = questions_of(made)
    return {
        "audited": len(first), "twice": len(second.keys() & first.keys()),
        "questions": [
            {
                "text": found.question.text, "section": found.question.section, "answered": found.answered,
                "rows": [(words_of(found.question)[each], count) for each, count in found.counts.items()],
                "texts": found.texts,
            }
            for found in summarise(questions, [each.values for each in first.values()], least=1)
            if not found.hidden
        ],
        "agreement": _agreements(questions, first, second),
        "levels": _levels(questions, first),
        "themes": _themes(questions, first),
    }  # fmt: skip


def _agreements(
    questions: Questions, first: dict[int, Judgement], second: dict[int, Judgement]
) -> list[dict[str, Any]]:
    rows = []
    for question in questions.questions:
        if not question.agreed_on:
            continue
        pairs = [
            (first[item].values[question.id], second[item].values[question.id])
            for item in sorted(first.keys() & second.keys())
            if question.id in first[item].values and question.id in second[item].values
        ]
        if found := _agreement(pairs):
            rows.append({"text": question.text, **_told(found)})
    return rows


def _levels(questions: Questions, first: dict[int, Judgement]) -> dict[str, Any] | None:
    """How the auditors' levels agree with the levels given (RAG-11)."""
    if LEVEL_QUESTION not in {question.id for question in questions.questions}:
        return None
    pairs = [
        (each.item.level, each.values[LEVEL_QUESTION])
        for each in first.values()
        if each.item.level and LEVEL_QUESTION in each.values
    ]
    found = _agreement(pairs)
    if found is None:
        return None
    order = ("red", "amber", "green")
    rank = {level: place for place, level in enumerate(order)}
    known = [(given, thought) for given, thought in pairs if given in rank and thought in rank]
    return {
        **_told(found),
        "too_high": sum(rank[given] < rank[thought] for given, thought in known),
        "too_low": sum(rank[given] > rank[thought] for given, thought in known),
        "table": [
            (LABELS.get(given, given), [sum(pair == (given, thought) for pair in pairs) for thought in order])
            for given in dict.fromkeys([*order, *(given for given, _ in pairs)])
        ],
    }  # fmt: skip


def _agreement(pairs: list[tuple[str, str]]) -> Any:
    held = rules()
    return agreement(pairs, words=held.words, level=held.confidence_level, least=held.second_least)


def _told(found: Any) -> dict[str, Any]:
    def percent(share: float) -> str:
        return f"{100 * share:.0f}%"

    kappa = found.why_no_kappa
    if found.kappa is not None:
        kappa = f"{found.kappa:.2f} ({found.kappa_low:.2f} to {found.kappa_high:.2f}): {found.called}"
    return {
        "n": found.n, "percent": percent(found.percent),
        "interval": f"{percent(found.percent_low)} to {percent(found.percent_high)}", "kappa": kappa,
    }  # fmt: skip


def _themes(questions: Questions, first: dict[int, Judgement]) -> list[dict[str, Any]]:
    """Themes, worst first: how many cases gave a poor answer to any of a theme's questions."""
    asked: dict[str, list[QuestionRule]] = {}
    for question in questions.questions:
        if question.theme:
            asked.setdefault(question.theme, []).append(question)
    poor: Counter[str] = Counter()
    for each in first.values():
        for theme, ids in asked.items():
            poor[theme] += any(each.values.get(question.id) in poor_answers(question) for question in ids)
    number = len(first)
    rows = [{"theme": theme, "cases": poor[theme], "of": number} for theme in asked if poor[theme]]
    return sorted(rows, key=lambda row: (-row["cases"], row["theme"]))
