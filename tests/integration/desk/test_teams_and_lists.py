"""Teams in words, lists with filters, vulnerable learners, and finding a child."""

import re

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.learning.models import EhcPlan
from keepsight.apps.people.models import Identifier, SafeContact
from tests import factories as make

pytestmark = pytest.mark.django_db


def names_on(page) -> set[str]:
    return set(re.findall(r'href="/children/[0-9a-f-]+/">([^<]+)</a>', page.content.decode()))


@pytest.fixture
def caseload(team):
    """Asha's three children and Bram's one in the team, and one child elsewhere."""
    asha = make.worker(team, name="Asha Quillbrook")
    bram = make.worker(team, name="Bram Inkwell")
    district = make.district(team.authority, name="Dalemoor")
    for number, due in enumerate((-6, -2, 4)):
        level = "red" if number < 2 else "green"
        child = make.child(team.authority, forename=f"Asha{number}", surname="", district=district)
        make.plan(child, asha, due_on=make.days(due), level=level, unseen_from=make.days(-1 if number == 0 else 9))
    make.plan(make.child(team.authority, forename="Bram0", surname=""), bram, level="unrated", service="cp")
    elsewhere = make.worker(make.team(team.authority, name="Elsewhere"))
    make.plan(make.child(team.authority, forename="Far", surname=""), elsewhere, due_on=make.days(-9))
    return asha


def test_a_team_is_one_row_a_worker_in_words(sign_in, manager, caseload, team):
    page = sign_in(manager).get("/teams/", follow=True)
    assert page.redirect_chain[-1][0] == f"/teams/{team.pk}/", "one team: straight there"
    body = page.content.decode()
    assert "3 children, 2 Red; 2 overdue, the longest by 6 days; 1 nobody has seen." in body
    assert "1 child, none Red, 1 unrated; none overdue." in body
    assert "Far" not in names_on(page)


def test_a_manager_begins_with_the_team_and_a_practitioner_with_the_children(sign_in, manager, worker):
    assert sign_in(manager).get("/").headers["location"] == "/teams/"
    assert sign_in(worker[0]).get("/").headers["location"] == "/work/"


def test_a_leader_sees_every_team(sign_in, leader, caseload):
    body = sign_in(leader).get("/teams/").content.decode()
    assert "Elsewhere" in body
    assert "4 children, 2 Red, 1 unrated" in body


def test_another_team_is_not_found(sign_in, manager, caseload, team):
    other = make.team(team.authority)
    assert sign_in(manager).get(f"/teams/{other.pk}/").status_code == 404


def test_each_tile_of_a_team_opens_exactly_its_list(sign_in, manager, leader, caseload, team):
    for who, path in ((manager, f"/teams/{team.pk}/"), (leader, "/teams/"), (leader, f"/teams/{team.pk}/")):
        client = sign_in(who)
        body = client.get(path).content.decode()
        tiles = re.findall(r'ks-tile__count">(\d+)</span><a class="govuk-link" href="([^"]+)"', body)
        assert len(tiles) == 9
        for count, href in tiles:
            assert len(names_on(client.get(href))) == int(count), (path, href)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {"Asha0", "Asha1", "Bram0", "Far"}),
        ("?service=cp", {"Bram0"}),
        ("?service=nonsense", {"Asha0", "Asha1", "Bram0", "Far"}),
        ("?team=1&team=999999", {"Asha0", "Asha1", "Bram0", "Far"}),
        ("?page=99", {"Asha0", "Asha1", "Bram0", "Far"}),
    ],
)
def test_filters_narrow_a_list_and_nonsense_does_not_break_it(sign_in, leader, caseload, query, wanted):
    page = sign_in(leader).get(f"/lists/to-see/{query}")
    assert page.status_code == 200
    assert names_on(page) == wanted


def test_safe_contact_that_is_to_be_looked_at_again_stands_in_a_list_as_long_as_its_tile(
    sign_in, manager, worker, team
):
    for name, review_on, open_case in (("Due", 0, True), ("Late", -9, False), ("Later", 1, True)):
        child = make.child(team.authority, forename=name, surname="")
        make.plan(child, make.worker(team), is_open=open_case)
        SafeContact.objects.create(
            child=child, how="Ring twice.", set_by="x", set_at=make.NOW, review_on=make.days(review_on)
        )
    client = sign_in(manager)
    tile = re.search(
        r'ks-tile__count">(\d+)</span><a class="govuk-link" href="(/lists/safe-contact-review/[^"]*)"',
        client.get(f"/teams/{team.pk}/").content.decode(),
    )
    page = client.get(tile[2])
    assert (tile[1], names_on(page)) == ("2", {"Due", "Late"})
    assert "Ring twice." not in page.content.decode()


def test_filters_by_place(sign_in, leader, caseload, team):
    client = sign_in(leader)
    assert names_on(client.get(f"/lists/to-see/?team={team.pk}")) == {"Asha0", "Asha1", "Bram0"}
    assert names_on(client.get(f"/lists/open/?worker={caseload.pk}")) == {"Asha0", "Asha1", "Asha2"}


def test_a_filter_never_widens_the_scope(sign_in, manager, caseload, team):
    elsewhere = make.team(team.authority)
    make.plan(make.child(team.authority, forename="Outside", surname=""), make.worker(elsewhere))
    assert "Outside" not in names_on(sign_in(manager).get(f"/lists/to-see/?team={elsewhere.pk}"))


def test_a_long_list_is_paged(sign_in, leader, team):
    row = make.worker(team)
    for number in range(53):
        make.plan(make.child(team.authority, forename=f"Child{number}", surname=""), row)
    client = sign_in(leader)
    first, second = client.get("/lists/red/"), client.get("/lists/red/?page=2")
    assert (len(names_on(first)), len(names_on(second))) == (50, 3)
    assert not names_on(first) & names_on(second)


def test_an_unknown_list_is_not_found(sign_in, leader):
    assert sign_in(leader).get("/lists/everything/").status_code == 404


def test_an_analyst_sees_no_list(sign_in, team, caseload):
    analyst = make.user(Role.ANALYST, of=team.authority)
    assert sign_in(analyst).get("/lists/red/").status_code == 403


def test_vulnerable_learners_by_school(sign_in, leader, team):
    row = make.worker(team)
    school = make.setting(team.authority, name="Pretend Primary", phase="sixteen_plus")
    in_need = make.child(team.authority, forename="Inneed", surname="")
    make.plan(in_need, row)
    make.enrolment(school, in_need, weeks={make.days(-2): "/ \\ / I I I N N N N . . . ."})
    with_plan = make.child(team.authority, forename="Withplan", surname="")
    EhcPlan.objects.create(child=with_plan, send_id="S1", plan_on=make.days(-400))
    make.enrolment(school, with_plan)
    make.enrolment(school, None, forename="Unknown", surname="Pupil")
    make.enrolment(school, make.child(team.authority, forename="Closed", surname=""))
    left = make.child(team.authority, forename="Left", surname="")
    make.plan(left, row)
    make.enrolment(school, left, left_on=make.days(-30))
    client = sign_in(leader)
    body = client.get("/lists/vulnerable-learners/").content.decode()
    assert "Post-16" in body
    figures = re.findall(r'data-label="([^"]+)">(\d+)<', body)
    assert figures == [
        ("Children", "2"), ("With a social worker", "1"), ("With an EHCP", "1"), ("Early help", "0"), ("Red", "1")
    ]  # fmt: skip
    page = client.get(f"/lists/vulnerable-learners/?school={school.pk}")
    assert names_on(page) == {"Inneed", "Withplan"}
    assert "3 of 10 sessions" in page.content.decode()


@pytest.mark.parametrize(
    "words", ["madeup", "Ives Made", "made ives", "1 5 2012", "01/05/2012", "a950000178301", "C-77"]
)
def test_a_child_is_found_by_name_number_or_birthday(sign_in, worker, words):
    user, row = worker
    child = make.child(row.authority, forename="Ives", surname="Madeup")
    make.plan(child, row)
    for scheme, value in (("upn", "A950000178301"), ("la_child_id", "C-77")):
        Identifier.objects.create(authority=row.authority, child=child, scheme=scheme, value=value)
    assert names_on(sign_in(user).post("/find/", {"words": words})) == {"Ives Madeup"}


def test_finding_stays_in_scope_and_is_an_event_without_the_words(sign_in, worker, team):
    user, _ = worker
    elsewhere = make.child(team.authority, forename="Ives", surname="Madeup")
    make.plan(elsewhere, make.worker(make.team(team.authority)))
    client = sign_in(user)
    assert names_on(client.post("/find/", {"words": "Madeup"})) == set()
    event = Event.objects.get(kind="searched")
    assert event.detail == {"rows": 0, "searched_by": "name"}
    assert client.get("/find/?words=Madeup").content.decode().count("Madeup") == 0, "an address carries no name"


def test_an_empty_search_says_what_to_type(sign_in, worker):
    page = sign_in(worker[0]).post("/find/", {"words": ""})
    assert page.status_code == 422
    assert "Enter a name, a number or a date of birth" in page.content.decode()


def test_children_without_a_team_have_a_list_of_their_own(sign_in, leader, team, caseload):
    row = make.worker(team)
    child = make.child(team.authority, forename="Teamless", surname="")
    make.plan(child, row, team=None)
    client = sign_in(leader)
    href = re.search(r'href="([^"]+)">No team<', client.get("/teams/").content.decode())[1].replace("&amp;", "&")
    assert names_on(client.get(href)) == {"Teamless"}


def test_children_without_a_worker_have_a_list_of_their_own(sign_in, manager, team, caseload):
    make.plan(make.child(team.authority, forename="Unallocated", surname=""), worker=None, team=team)
    client = sign_in(manager)
    href = re.search(r'href="([^"]+)">No worker<', client.get(f"/teams/{team.pk}/").content.decode())[1]
    assert names_on(client.get(href.replace("&amp;", "&"))) == {"Unallocated"}


@pytest.mark.parametrize("query", ["worker=99999999999999999999999", "worker=-1", "authority=99999999999999999999999"])
def test_an_odd_number_in_an_address_is_no_fault_of_ours(sign_in, leader, caseload, query):
    assert sign_in(leader).get(f"/lists/to-see/?{query}").status_code == 200


@pytest.mark.parametrize("words", ["\u00b2 \u00b2 \u00b2", "99999999999 1 1", "0 0 0", "1 1 99999999999"])
def test_an_odd_day_is_searched_for_and_not_found(sign_in, leader, words):
    assert sign_in(leader).post("/find/", {"words": words}).status_code == 200


def test_no_page_stays_on_a_shared_screen(sign_in, leader):
    """Going back after somebody signed out must not show the child whom they looked at."""
    assert "no-store" in sign_in(leader).get("/lists/red/").headers["Cache-Control"]
