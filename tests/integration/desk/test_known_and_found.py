"""A search shows whom one may know of, a question answers only known or not known, and neither can be milked."""

import re

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.people.models import Identifier
from tests import factories as make
from tests.integration.desk.test_confidential_places import opened

pytestmark = pytest.mark.django_db
BORN = {"born_day": "1", "born_month": "5", "born_year": "2012"}


@pytest.fixture
def elsewhere(team):
    """A child of another team, a restricted one, and one whom nobody works with."""
    other = make.team(team.authority, name="Harbour Team", duty_phone="01632 960001")
    row = make.worker(other, name="Robin Otherworker")
    open_case = make.child(team.authority, forename="Ives", surname="Madeup")
    make.plan(open_case, row, level="red")
    Identifier.objects.create(authority=team.authority, child=open_case, scheme="upn", value="A950000178301")
    hushed = make.child(team.authority, forename="Hushed", surname="Notforall", record_class="restricted")
    make.plan(hushed, row)
    Identifier.objects.create(authority=team.authority, child=hushed, scheme="la_child_id", value="C-99")
    closed = make.child(team.authority, forename="Clover", surname="Closed")
    make.plan(closed, row, is_open=False, service="none")
    return {"open": open_case, "hushed": hushed, "closed": closed}


def ask(client, **asked):
    page = client.post("/find/known/", {**BORN, **asked} if "number" not in asked else asked)
    return page, page.content.decode()


def found(page) -> set[str]:
    return set(re.findall(r'href="/children/[0-9a-f-]+/">([^<]+)</a>', page.content.decode()))


@pytest.mark.parametrize("asked", [{"forename": "ives", "surname": "MADEUP"}, {"number": "a9500 00178301"}])
def test_known_says_the_team_and_whom_to_call_and_nothing_else(sign_in, worker, elsewhere, asked):
    page, body = ask(sign_in(worker[0]), **asked)
    assert "Harbour Team" in body
    assert "01632 960001" in body
    main = body[body.index("<main") : body.index("<form")]
    for word in ("Red", "/children/", "Robin", "Child in need", "8 years", "Ives"):
        assert word not in main, word
    event = Event.objects.get(kind="known_checked")
    assert event.detail == {
        "rows": 1, "shown": [elsewhere["open"].pk], "searched_by": "identifier" if "number" in asked else "name and day"
    }  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"forename": "Iv", "surname": "Madeup"}, {"forename": "Iv%", "surname": "Madeup"},
        {"forename": "____", "surname": "Madeup"}, {"number": "A9500"}, {"number": "%"},
        {"forename": "Ives", "surname": "Madeup", "born_day": "2"},
        {"forename": "Hushed", "surname": "Notforall"}, {"number": "C-99"},
    ],
)  # fmt: skip
def test_what_is_not_exactly_so_or_restricted_is_not_known(sign_in, worker, elsewhere, asked):
    _, body = ask(sign_in(worker[0]), **asked)
    assert "Not known." in body
    assert "Harbour Team" not in body


def test_a_restricted_child_gets_the_answer_of_one_who_does_not_exist(sign_in, worker, elsewhere):
    client = sign_in(worker[0])

    def answer(**asked):
        body = ask(client, **asked)[1]
        return body[body.index("<main") : body.index("Ask again")]

    assert answer(forename="Hushed", surname="Notforall") == answer(forename="Nobody", surname="Atall")
    shown = [event.detail.get("shown") for event in Event.objects.filter(kind="known_checked")]
    assert shown == [None, None]


@pytest.mark.parametrize("role", [Role.DUTY_WORKER, Role.FRONT_DOOR])
def test_duty_and_front_door_learn_that_it_is_there(sign_in, team, elsewhere, role):
    _, body = ask(sign_in(make.user(role, of=team.authority)), forename="Hushed", surname="Notforall")
    assert "Harbour Team" in body


def test_ones_own_record_is_not_known(sign_in, worker, team, elsewhere):
    user = worker[0]
    opened(elsewhere["open"], user, kind="own_record")
    assert "Not known." in ask(sign_in(user), forename="Ives", surname="Madeup")[1]


def test_a_child_with_nothing_open_is_known_without_a_team(sign_in, worker, elsewhere):
    _, body = ask(sign_in(worker[0]), forename="Clover", surname="Closed")
    assert "No team of" in body
    assert "Harbour Team" not in body


def test_another_authority_is_not_asked(sign_in, elsewhere):
    stranger = make.user(Role.PRACTITIONER, team=make.team())
    assert "Not known." in ask(sign_in(stranger), forename="Ives", surname="Madeup")[1]


def test_part_of_an_answer_is_asked_for_again(sign_in, worker):
    page, body = ask(sign_in(worker[0]), forename="Ives", surname="")
    assert page.status_code == 422
    assert "Enter the surname in full, or a number above" in body
    assert not Event.objects.filter(kind="known_checked").exists()


def test_after_thirty_questions_an_hour_no_more(sign_in, worker, elsewhere):
    client = sign_in(worker[0])
    for _ in range(30):
        assert ask(client, number="A950000178301")[0].status_code == 200
    page, body = ask(client, number="A950000178301")
    assert page.status_code == 429
    assert "Harbour Team" not in body
    assert list(Event.objects.filter(kind="denied").values_list("reason", "source")) == [("too_often", "desk:known")]


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.ADMINISTRATOR, Role.QUALITY_ASSURANCE])
def test_who_has_no_need_cannot_ask(sign_in, team, role):
    assert sign_in(make.user(role, of=team.authority)).get("/find/known/").status_code == 403


# --- finding --------------------------------------------------------------------------------------------


def test_a_row_that_needs_a_reason_tells_name_age_and_team_only(sign_in, team, elsewhere):
    page = sign_in(make.user(Role.FRONT_DOOR, of=team.authority)).post("/find/", {"words": "madeup"})
    body = page.content.decode()
    assert found(page) == {"Ives Madeup"}
    for word in ("Needs a reason", "8 years", "Harbour Team"):
        assert word in body, word
    for word in ("Robin", "1 May 2012", "Child in need", "govuk-tag"):
        assert word not in body[body.index("<table") : body.index("</table")], word
    assert Event.objects.get(kind="searched").detail["shown"] == [elsewhere["open"].pk]


def test_once_opened_the_row_is_whole(sign_in, team, elsewhere):
    screener = make.user(Role.FRONT_DOOR, of=team.authority)
    opened(elsewhere["open"], screener)
    body = sign_in(screener).post("/find/", {"words": "madeup"}).content.decode()
    assert "Robin Otherworker" in body
    assert "Needs a reason" not in body


@pytest.mark.parametrize("role", [Role.LEADER, Role.QUALITY_ASSURANCE, Role.HEALTH, Role.PRACTITIONER])
@pytest.mark.parametrize("words", ["Hushed", "No", "notfor", "hush notfo", "C-99", "1 5 2012", "%", "__", "n%"])
def test_no_search_tells_of_a_restricted_name(sign_in, team, elsewhere, role, words):
    """Neither by a row, nor by a count, nor by “there are more”."""
    client = sign_in(make.user(role, of=team.authority))
    with_it = client.post("/find/", {"words": words}).content.decode()
    elsewhere["hushed"].identifiers.all().delete()
    elsewhere["hushed"].plan.delete()
    elsewhere["hushed"].delete()
    without = client.post("/find/", {"words": words}).content.decode()

    def results(body):
        return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", body[body.index("<main") :])

    assert "Notforall" not in with_it
    assert results(with_it) == results(without)


@pytest.mark.parametrize("words", ["m", "%", "_", "i m", "*", "' or"])
def test_one_letter_and_wildcards_find_nobody(sign_in, leader, elsewhere, words):
    page = sign_in(leader).post("/find/", {"words": words})
    assert found(page) == set()
    assert page.status_code == (200 if words == "' or" else 422)


def test_a_search_shows_so_many_and_no_more(sign_in, leader, team):
    for number in range(27):
        make.child(team.authority, forename=f"Many{number}", surname="Samename")
    body = sign_in(leader).post("/find/", {"words": "samename"}).content.decode()
    assert "25 children shown; there are more" in body
    assert Event.objects.get(kind="searched").detail["rows"] == 25
