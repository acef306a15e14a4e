"""Recording a visit: the outcome decides what is needed, nothing typed is lost, sent twice is recorded once."""

import re
import uuid

import pytest

from keepsight.apps.contact.models import ContactPlan, Visit, VisitDraft
from tests import factories as make

pytestmark = pytest.mark.django_db
SEEN = {"outcome": "seen", "how": "f2f_home", "alone": "yes", "when": "today", "note": "Calm, well, spoke freely."}


@pytest.fixture
def child(worker):
    """A child in need of this worker, overdue."""
    _, row = worker
    child = make.child(row.authority, forename="Ives", surname="Madeup")
    make.involvement(child, row)
    make.plan(child, row, due_on=make.days(-3))
    return child


def send(client, child, answers, **more):
    return client.post(f"/children/{child.ref}/visit/", {"submission": str(uuid.uuid4()), **answers, **more})


def errors_on(page) -> list[str]:
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', page.content.decode(), re.S)
    return re.findall(r">([^<>]+)</a>", summary[1]) if summary else []


def test_a_visit_is_recorded_and_the_next_day_is_shown(sign_in, worker, child):
    user, _ = worker
    client = sign_in(user)
    answer = send(client, child, SEEN)
    assert answer.status_code == 302
    visit = Visit.objects.get(child=child)
    assert (visit.outcome, visit.mode, visit.seen, visit.seen_alone, visit.visit_on) == (
        "seen", "f2f_home", True, True, make.TODAY
    )  # fmt: skip
    page = client.get(answer.headers["location"]).content.decode()
    plan = ContactPlan.objects.get(child=child)
    assert plan.due_on > make.TODAY
    assert f"{plan.due_on.day} {plan.due_on:%B %Y}" in page


def test_the_count_on_my_work_falls(sign_in, worker, child):
    user, _ = worker
    client = sign_in(user)
    before = client.get("/work/").content.decode()
    send(client, child, SEEN)
    after = client.get("/work/").content.decode()
    assert 'ks-tile__count">1</span><a class="govuk-link" href="/lists/overdue/' in before
    assert 'ks-tile__count">0</span><a class="govuk-link" href="/lists/overdue/' in after


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"when": "today"}, ["Choose what came of the visit"]),
        ({"outcome": "seen", "when": "today"},
         ["Choose how you saw or spoke with the child", "Say whether the child was alone with you"]),
        ({**SEEN, "alone": "no"}, ["Say why the child was not seen alone"]),
        ({**SEEN, "how": "virtual"}, ["Choose video, telephone or message", "Say why it was not face to face"]),
        ({**SEEN, "when": "other"}, ["Enter the day"]),
        ({**SEEN, "when": "other", "other_day_day": "31", "other_day_month": "2", "other_day_year": "2020"},
         ["Enter a real date, like 27 3 2020"]),
        ({**SEEN, "when": "other", "other_day_day": "4", "other_day_month": "6", "other_day_year": "2020"},
         ["The day must be today or in the past"]),
        ({"outcome": "no_access", "when": "today"}, ["Say what you tried and what happens next."]),
        ({**SEEN, "how": "virtual", "virtual_mode": "video", "virtual_reason": "covid"},
         ["Say why this was not face to face, in 20 characters or more. A manager signs it."]),
    ],
)  # fmt: skip
def test_what_the_outcome_needs_is_asked_for(sign_in, worker, child, answers, wanted):
    user, _ = worker
    page = send(sign_in(user), child, answers)
    assert page.status_code == 422
    assert errors_on(page) == wanted
    assert not Visit.objects.exists()
    assert VisitDraft.objects.get(user=user, child=child).answers["when"] == answers["when"], "the draft is kept"


def test_answers_that_the_outcome_does_not_ask_for_are_left_out(sign_in, worker, child):
    """Without JavaScript every field is open, so some may be filled for nothing."""
    user, _ = worker
    send(sign_in(user), child, {
        "outcome": "not_seen", "when": "yesterday", "how": "f2f_walk", "alone": "no", "not_alone_reason": "x",
        "note": "Grandmother answered and will ring.",
    })  # fmt: skip
    visit = Visit.objects.get()
    assert (visit.seen, visit.seen_alone, visit.not_alone_reason, visit.mode) == (False, None, "", "")
    assert visit.visit_on == make.days(-1)


def test_sending_twice_records_once(sign_in, worker, child):
    user, _ = worker
    client, token = sign_in(user), str(uuid.uuid4())
    first, second = (send(client, child, SEEN, submission=token) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert Visit.objects.count() == 1


def test_brothers_and_sisters_in_one_go(sign_in, worker, child):
    user, row = worker
    sibling = make.child(row.authority, forename="Bryn")
    make.involvement(sibling, row)
    make.plan(sibling, row)
    make.family(child, sibling)
    client = sign_in(user)
    assert "Bryn" in client.get(f"/children/{child.ref}/visit/").content.decode()
    send(client, child, {**SEEN, "siblings": [str(sibling.pk)]})
    assert set(Visit.objects.values_list("child", flat=True)) == {child.pk, sibling.pk}
    assert Visit.objects.values("group").distinct().count() == 1


def test_a_child_who_is_no_sibling_cannot_be_slipped_in(sign_in, worker, child, team):
    user, row = worker
    other = make.child(row.authority)
    make.plan(other, row)
    page = send(sign_in(user), child, {**SEEN, "siblings": [str(other.pk)]})
    assert not Visit.objects.filter(child=other).exists()
    assert page.status_code in (302, 422)


def test_a_draft_comes_back_and_is_gone_once_sent(sign_in, worker, child):
    user, _ = worker
    client = sign_in(user)
    typed = {"outcome": "seen", "how": "virtual", "note": "Half a thou", "when": "other", "other_day_day": "2"}
    assert client.post(f"/children/{child.ref}/visit/draft/", typed).status_code == 204
    assert "Finish the visit of Ives Madeup" in client.get("/work/").content.decode()
    page = client.get(f"/children/{child.ref}/visit/").content.decode()
    assert "Half a thou</textarea>" in page
    assert re.search(r'value="seen"\s+checked', page)
    assert re.search(r'name="other_day_day"[^>]*value="2"', page)
    send(client, child, SEEN)
    assert not VisitDraft.objects.exists()


def test_save_and_finish_later_checks_nothing(sign_in, worker, child):
    user, _ = worker
    answer = send(sign_in(user), child, {"note": "Later"}, later="1")
    assert answer.headers["location"] == "/work/"
    assert VisitDraft.objects.get().answers["note"] == "Later"


def test_what_was_typed_comes_back_after_the_session_ran_out(sign_in, client, worker, child):
    user, _ = worker
    signed = sign_in(user)
    path = f"/children/{child.ref}/visit/"
    reader = re.search(r'name="reader" value="([^"]+)"', signed.get(path).content.decode())[1]
    del signed.cookies["sessionid"]
    sent = send(signed, child, {**SEEN, "note": "Typed for twenty minutes"}, reader=reader)
    assert sent.headers["location"].startswith("/account/login/")
    assert not Visit.objects.exists()
    signed.post(f"/account/login/?next={path}", {"login": user.email, "password": make.PASSWORD})
    assert "Typed for twenty minutes</textarea>" in signed.get(path).content.decode()


def test_what_another_person_typed_does_not_come_back(sign_in, worker, child, manager):
    user, _ = worker
    signed = sign_in(user)
    path = f"/children/{child.ref}/visit/"
    reader = re.search(r'name="reader" value="([^"]+)"', signed.get(path).content.decode())[1]
    del signed.cookies["sessionid"]
    send(signed, child, {**SEEN, "note": "Not for others"}, reader=reader)
    signed.post(f"/account/login/?next={path}", {"login": manager.email, "password": make.PASSWORD})
    assert "Not for others" not in signed.get(path).content.decode()


def test_a_visit_to_another_teams_child_is_refused(sign_in, worker, team):
    user, _ = worker
    elsewhere = make.child(team.authority)
    make.plan(elsewhere, make.worker(make.team(team.authority)))
    client = sign_in(user)
    assert client.get(f"/children/{elsewhere.ref}/visit/").status_code == 403
    assert send(client, elsewhere, SEEN).status_code == 403
    assert client.post(f"/children/{elsewhere.ref}/visit/draft/", SEEN).status_code == 404
    assert not Visit.objects.exists()


# --- one form, one visit; another visit, another record -------------------------------------------------


def test_a_form_sent_again_with_other_answers_is_not_dropped_in_silence(sign_in, worker, child):
    """Back in the browser, another outcome, sent again: it must never look recorded when it is not."""
    user, _ = worker
    client, token = sign_in(user), str(uuid.uuid4())
    assert send(client, child, {"outcome": "cancelled", "when": "today"}, submission=token).status_code == 302
    again = send(client, child, SEEN, submission=token)
    assert again.status_code == 422
    assert "has recorded a visit already" in again.content.decode()
    fresh = re.search(r'name="submission" value="([^"]+)"', again.content.decode())[1]
    assert fresh != token
    assert send(client, child, SEEN, submission=fresh).status_code == 302
    assert sorted(Visit.objects.values_list("outcome", flat=True)) == ["cancelled", "seen"]


def test_a_form_sent_again_with_a_sister_more_is_not_dropped_in_silence(sign_in, worker, child):
    user, row = worker
    sister = make.child(row.authority)
    make.plan(sister, row)
    make.family(child, sister)
    client, token = sign_in(user), str(uuid.uuid4())
    assert send(client, child, SEEN, submission=token).status_code == 302
    assert send(client, child, SEEN, submission=token, siblings=[str(sister.pk)]).status_code == 422
    assert not Visit.objects.filter(child=sister).exists()


def test_a_form_of_somebody_else_records_nothing_and_shows_nothing(sign_in, worker, child):
    user, row = worker
    colleague, _ = make.practitioner(row.team)
    token = str(uuid.uuid4())
    assert send(sign_in(colleague), child, SEEN, submission=token).status_code == 302
    assert send(sign_in(user), child, SEEN, submission=token).status_code == 422


def test_a_draft_that_arrives_after_its_form_does_not_come_back(sign_in, worker, child):
    user, _ = worker
    client, token = sign_in(user), str(uuid.uuid4())
    send(client, child, SEEN, submission=token)
    late = client.post(f"/children/{child.ref}/visit/draft/", {**SEEN, "submission": token})
    assert late.status_code == 204
    assert not VisitDraft.objects.exists()


def test_a_draft_with_a_used_token_records_another_visit(sign_in, worker, child):
    """Whatever left the draft behind, next week's visit must be a visit of its own."""
    user, _ = worker
    client, token = sign_in(user), str(uuid.uuid4())
    send(client, child, SEEN, submission=token)
    VisitDraft.objects.create(user=user, child=child, answers={**SEEN, "submission": token}, changed_at=make.NOW)
    body = client.get(f"/children/{child.ref}/visit/").content.decode()
    fresh = re.search(r'name="submission" value="([^"]+)"', body)[1]
    assert fresh != token
    VisitDraft.objects.update(answers={"submission": "no token at all"})
    assert client.get(f"/children/{child.ref}/visit/").status_code == 200
