"""What is live and what an exercise holds never mix: on no page, in no file, count, search, notice or figure."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from keepsight.apps.accounts.models import Role, Team
from keepsight.apps.command.assembling import body
from keepsight.apps.command.rules import rule_of
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers import queries
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.models import Message
from keepsight.apps.workforce.actions import surveys
from keepsight.apps.workforce.models import Rota, Survey
from keepsight.apps.workforce.permissions import rotas_visible_to
from keepsight.apps.workforce.surveys import surveys_answered_by, surveys_run_by
from keepsight.config import exercises
from keepsight.core.packs import book
from tests import factories as make

pytestmark = pytest.mark.django_db
INSIDE, LIVE = "Exercised flood of Inventbeck", "Real school without heating"


@pytest.fixture
def exercise(begin):
    return begin(exercise=True)


@pytest.fixture
def entries(council, lead, exercise):
    """One entry inside and one live, with the same owner and the same day."""
    register = register_of(council, "action")
    row = {"due_on": make.days(-1).isoformat()}
    given = {"by": lead, "owner": lead, "at": make.NOW}
    inside = registers.add(register, {"what": INSIDE, **row}, event=exercise, **given)
    return inside, registers.add(register, {"what": LIVE, **row}, **given)


def signed_in(user):
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_what_an_exercise_holds_is_in_no_live_list_file_search_count_or_notice(desk, council, lead, entries, exercise):
    here = [council.code, "action"]
    for name in ("list", "board", "summary", "list_csv"):
        answer = desk.get(reverse(f"registers:{name}", args=here), {"show": "all"})
        said = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        assert answer.status_code == 200, name
        assert INSIDE not in said, name
        assert LIVE in said or name == "summary", name
    found = desk.post(reverse("registers:search", args=here), {"words": "Inventbeck"}, follow=True).content.decode()
    assert INSIDE not in found
    assert desk.get(reverse("registers:entry", args=[entries[0].ref])).status_code == 404
    notices = desk.get(reverse("registers:notices")).content.decode()
    assert f"ACT-{entries[0].number}" not in notices
    grants, when = grants_of(lead, make.NOW), {"on": make.TODAY, "at": make.NOW}
    counts = {r.key: n for r, _, n, _ in queries.home_figures(grants, **when, exercise=None)}
    assert counts["action"] == 1
    assert not Message.objects.exists(), "nothing is mailed from an exercise"


def test_a_live_picture_cites_nothing_of_an_exercise_and_the_exercise_nothing_live(council, lead, entries, begin):
    live = begin("pandemic_2020")
    rule = next(each for each in rule_of(live).reports if each.id == "cop")
    said = str(body(live, rule, grants=grants_of(lead, make.NOW), at=make.NOW, last=None))
    assert INSIDE not in said
    inside = entries[0].exercise
    for each in rule_of(inside).reports:
        words = str(body(inside, each, grants=grants_of(lead, make.NOW), at=make.NOW, last=None))
        assert LIVE not in words, each.id


def test_inside_lists_hold_only_what_is_of_the_exercise(desk, council, entries, exercise):
    desk.post(reverse("events:enter", args=[exercise.ref]))
    page = desk.get(reverse("registers:list", args=[council.code, "action"]), {"show": "all"}).content.decode()
    assert INSIDE in page
    assert LIVE not in page
    assert desk.get(reverse("registers:entry", args=[entries[1].ref])).status_code == 404


def test_rotas_and_surveys_of_an_exercise_stay_in_it(frozen, council, exercise):
    runs = make.user(Role.WORKFORCE_LEAD, of=council, name="Willow Exampleby")
    browser = signed_in(runs)
    session = browser.session
    session[exercises.SESSION_KEY] = str(exercise.ref)
    session.save()
    day = {f"{name}_{part}": getattr(on, part) for name, on in (("first_on", make.days(3)), ("last_on", make.days(9)))
           for part in ("day", "month", "year")}  # fmt: skip
    team = Team.objects.create(authority=council, name="Inventham Team")
    make.worker(team)
    made = browser.post(
        reverse("workforce:rota_new"), {"authority": council.pk, "title": "Exercise rota", "teams": [team.pk], **day}
    )
    assert made.status_code == 302, made.context["form"].errors
    rota = Rota.objects.get()
    assert rota.exercise == exercise
    grants = grants_of(runs, make.NOW)
    assert list(rotas_visible_to(grants)) == []
    assert list(rotas_visible_to(grants, exercise=exercise)) == [rota]
    key = next(each for each in book().names("questions") if book().table(f"questions/{each}").get("kind") == "survey")
    days = {f"{name}_{part}": getattr(on, part) for name, on in (("opens_on", make.TODAY), ("closes_on", make.days(7)))
            for part in ("day", "month", "year")}  # fmt: skip
    put = browser.post(
        reverse("workforce:survey_new"), {"questions": f"{council.pk}:{key}", "title": "How are you", **days}
    )
    assert put.status_code == 302, put.context["form"].errors
    survey = Survey.objects.get()
    assert survey.exercise == exercise
    assert list(surveys_run_by(grants)) == []
    assert survey not in list(surveys_answered_by(grants, make.TODAY))
    outside = surveys.put(
        council, key, book(), title="Live", opens_on=make.TODAY, closes_on=make.days(7), by=runs, at=make.NOW
    )
    assert browser.get(reverse("workforce:survey", args=[outside.ref])).status_code == 404
    assert browser.post(reverse("workforce:survey_answer", args=[outside.ref]), {}).status_code == 404


def test_assurance_news_and_all_that_knows_no_exercise_say_that_they_show_what_is_live(frozen, council, exercise):
    leader = make.user(Role.LEADER, of=council, name="Linnet Exampleby")
    browser = signed_in(leader)
    browser.post(reverse("events:enter", args=[exercise.ref]))
    for name in ("assurance:audits", "assurance:binder", "briefing:picture"):
        page = browser.get(reverse(name))
        assert page.status_code == 200, name
        assert "This page shows live records" in page.content.decode(), name
    assert "Nothing here is live" in browser.get(reverse("registers:home")).content.decode()
    for name in ("assurance:audit_new", "assurance:wave_count"):
        refused = browser.post(reverse(name), {})
        assert refused.status_code == 409, name
        assert "You are in an exercise" in refused.content.decode(), name


def test_every_room_says_whether_it_keeps_exercises_apart():
    """A new room with addresses is refused inside an exercise until somebody decides otherwise here."""
    rooms = {each.namespace for each in get_resolver().url_patterns if getattr(each, "namespace", None)}
    assert {"events", "registers", "command", "workforce"} == exercises.APART
    assert rooms >= exercises.APART


def test_the_search_of_words_never_leaves_its_side(council, lead, entries):
    grants, register = grants_of(lead, make.NOW), register_of(council, "action")
    for exercise, wanted in ((None, {LIVE}), (entries[0].exercise, {INSIDE})):
        for words in ("Inventbeck", "heating"):
            seen = queries.Seen(
                grants, register, on=make.TODAY, at=make.NOW, exercise=exercise, words=words
            )  # fmt: skip
            assert set(seen.entries(Asked(show="all")).values_list("title", flat=True)) <= wanted, words
