"""Surveys: answered once, kept without a name, shown once ten have answered (WRK-09, PAR-11)."""

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.workforce.actions import surveys as acts
from keepsight.apps.workforce.models import SurveyAnswer
from keepsight.apps.workforce.surveys import questions_of, words_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def put():
    authority = make.authority()
    lead = make.user(Role.WORKFORCE_LEAD, of=authority)

    def one(key="staff_survey"):
        week = {"opens_on": make.TODAY, "closes_on": make.days(7)}
        return acts.put(authority, key, in_force(authority).book, title="June", **week, by=lead, at=make.NOW)

    return authority, lead, one


def sheet(survey, **given):
    said = {each.id: next(iter(words_of(each)), "") for each in questions_of(survey).questions}
    return {**said, **given}


def answers(survey, people):
    for person in people:
        acts.answer(survey, sheet(survey), by=person, at=make.NOW, on=make.TODAY)


def test_an_answer_is_kept_once_and_without_who_or_when(put):
    authority, lead, one = put
    survey, worker = one(), make.user(Role.PRACTITIONER, of=authority)
    answers(survey, [worker])
    with pytest.raises(NotAllowedNow, match="not open to you"):
        answers(survey, [worker])
    assert {field.name for field in SurveyAnswer._meta.get_fields()} == {"ref", "survey", "team", "values"}
    assert SurveyAnswer.objects.get().team == ""


def test_an_answer_that_was_not_offered_is_refused_by_question(put):
    authority, lead, one = put
    survey = one()
    first = questions_of(survey).questions[0]
    with pytest.raises(acts.WrongAnswer) as wrong:
        acts.answer(survey, sheet(survey, **{first.id: "nonsense"}), by=lead, at=make.NOW, on=make.TODAY)
    assert wrong.value.troubles == {first.id: f"Choose one of the answers to: {first.text}"}


def test_a_closed_survey_takes_nothing(put):
    authority, lead, one = put
    survey = one()
    with pytest.raises(NotAllowedNow, match="not open today"):
        acts.answer(survey, sheet(survey), by=lead, at=make.NOW, on=make.days(8))


def test_nothing_is_shown_of_nine_answers_and_charts_of_ten(put, client):
    authority, lead, one = put
    survey = one()
    people = [make.user(Role.PRACTITIONER, of=authority) for _ in range(10)]
    text = questions_of(survey).questions[0].text
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        address = reverse("workforce:survey", args=[survey.ref])
        answers(survey, people[:9])
        page = client.get(address).content.decode()
        assert "Nothing is shown until 10" in page
        assert text not in page
        answers(survey, people[9:])
        page = client.get(address).content.decode()
    assert text in page
    assert "100.0%" in page
    assert "<svg" in page


def test_what_children_said_is_typed_in_by_who_runs_surveys(put):
    authority, lead, one = put
    survey = one("children_survey")
    for _ in range(2):
        acts.answer(survey, sheet(survey), by=lead, at=make.NOW, on=make.TODAY, for_others=True)
    assert survey.answers.count() == 2
    with pytest.raises(NotPermitted):
        acts.answer(
            survey,
            sheet(survey),
            by=make.user(Role.PRACTITIONER, of=authority),
            at=make.NOW,
            on=make.TODAY,
            for_others=True,
        )


def test_a_survey_is_put_and_answered_on_its_pages(put, client):
    authority, lead, one = put
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        days = {
            f"{name}_{part}": value
            for name, day in (("opens_on", make.TODAY), ("closes_on", make.days(3)))
            for part, value in (("day", day.day), ("month", day.month), ("year", day.year))
        }
        answer = client.post(reverse("workforce:survey_new"), {"questions": f"{authority.pk}:staff_survey", **days})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        worker = make.user(Role.PRACTITIONER, of=authority)
        client.force_login(worker)
        assert "How are you" in client.get(reverse("workforce:surveys")).content.decode()
        survey = authority.surveys.get()
        address = reverse("workforce:survey_answer", args=[survey.ref])
        assert client.get(address).status_code == 200
        assert client.post(address, {}).status_code == 422
        assert client.post(address, sheet(survey)).status_code == 302
        assert client.get(address).status_code == 404
        assert client.get(reverse("workforce:survey", args=[survey.ref])).status_code == 403
