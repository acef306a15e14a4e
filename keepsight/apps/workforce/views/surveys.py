"""Surveys: those to answer, those one runs, and what was said once enough have answered."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.workforce.actions import surveys as acts
from keepsight.apps.workforce.forms import SurveyForm
from keepsight.apps.workforce.models import Survey
from keepsight.apps.workforce.queries import surveying_authorities
from keepsight.apps.workforce.surveys import (
    STAFF,
    questions_of,
    results,
    surveys_answered_by,
    surveys_run_by,
    words_of,
)
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.kinds import Questions


@require_GET
@requires(Permission.SURVEY_ANSWER)
def surveys(request: HttpRequest) -> HttpResponse:
    """The surveys that wait for one's answer, and for who runs them all of theirs."""
    exercise, on = getattr(request, "exercise", None), timezone.localdate()
    context = {
        "waiting": list(surveys_answered_by(request.grants, on, exercise=exercise)),
        "runs": request.grants.may(Permission.SURVEY_RUN),
        "all": [(each, questions_of(each)) for each in surveys_run_by(request.grants, exercise=exercise)[:100]],
        "on": on,
    }
    return render(request, "workforce/surveys.html", context)


@requires(Permission.SURVEY_RUN)
def survey_new(request: HttpRequest) -> HttpResponse:
    """Put a survey."""
    authorities = surveying_authorities(request.grants)
    choices = [(f"{a.pk}:{key}", name) for a in authorities for key, name in _to_put(a, several=len(authorities) > 1)]
    form = SurveyForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        authority_pk, key = said["questions"].split(":")
        authority = next(each for each in authorities if str(each.pk) == authority_pk)
        book = in_force(authority).book
        title = said["title"] or book.read(f"questions/{key}", Questions).title
        try:
            survey = acts.put(
                authority, key, book, title=title, opens_on=said["opens_on"], closes_on=said["closes_on"],
                by=request.user, at=timezone.now(), exercise=getattr(request, "exercise", None),
            )  # fmt: skip
        except NotAllowedNow as refused:
            form.add_error("closes_on", refused.sentence)
        else:
            messages.success(request, "The survey is put. It opens by itself on its first day.")
            return redirect("workforce:survey", survey.ref)
    return render(request, "workforce/survey_new.html", {"form": form}, status=422 if form.errors else 200)


def _to_put(authority: Authority, *, several: bool) -> list[tuple[str, str]]:
    book = in_force(authority).book
    found = [(key, book.read(f"questions/{key}", Questions)) for key in book.names("questions")]
    end = f", {authority.name}" if several else ""
    return [(key, f"{each.title} ({each.audience}){end}") for key, each in found if each.kind == "survey"]


@requires(Permission.SURVEY_ANSWER)
def survey_answer(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Answer a survey; who runs one for children or families types in what they said."""
    exercise, on = getattr(request, "exercise", None), timezone.localdate()
    survey = surveys_answered_by(request.grants, on, exercise=exercise).filter(ref=ref).first()
    for_others = False
    if survey is None:
        survey = surveys_run_by(request.grants, exercise=exercise).filter(ref=ref).first()
        for_others = survey is not None and questions_of(survey).audience != STAFF
        if not for_others:
            raise Http404
    assert survey is not None
    form = AnswerForm(request.POST if request.method == "POST" else None, questions=questions_of(survey))
    if request.method == "POST" and form.is_valid():
        try:
            acts.answer(survey, form.cleaned_data, by=request.user, at=timezone.now(), on=on, for_others=for_others)
        except acts.WrongAnswer as wrong:
            for name, sentence in wrong.troubles.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, "The answers are kept." if for_others else "Thank you. Your answers are kept.")
            return redirect("workforce:survey_answer", survey.ref) if for_others else redirect("workforce:surveys")
    context = {"survey": survey, "questions": questions_of(survey), "form": form, "for_others": for_others}
    return render(request, "workforce/survey_answer.html", context, status=422 if form.errors else 200)


class AnswerForm(forms.Form):
    """The questions of a survey as a form."""

    def __init__(self, *args: Any, questions: Questions, **more: Any):
        super().__init__(*args, **more)
        for each in questions.questions:
            given = {"label": each.text, "help_text": each.hint, "required": each.required and each.kind != "text"}
            if each.kind == "text":
                self.fields[each.id] = forms.CharField(widget=forms.Textarea, max_length=acts.LONGEST, **given)
            else:
                choices = list(words_of(each).items())
                self.fields[each.id] = forms.ChoiceField(widget=forms.RadioSelect, choices=choices, **given)


@require_GET
@requires(Permission.SURVEY_RUN)
def survey(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What was said, once enough have answered."""
    found: Survey | None = (
        surveys_run_by(request.grants, exercise=getattr(request, "exercise", None)).filter(ref=ref).first()
    )
    if found is None:
        raise Http404
    questions = questions_of(found)
    enough = found.number >= questions.least_answers  # type: ignore[attr-defined]
    audit.record(
        EventKind.SURVEY_READ, at=timezone.now(), by=request.user, authority_code=found.authority.code,
        subject=("survey", str(found.pk)), source="workforce:survey",
    )  # fmt: skip
    context = {
        "survey": found, "questions": questions, "enough": enough, "results": results(found) if enough else [],
        "for_others": questions.audience != STAFF, "open": found.opens_on <= timezone.localdate() <= found.closes_on,
    }  # fmt: skip
    return render(request, "workforce/survey.html", context)
