"""My work: who to see today, and counts that open exactly their lists."""

import re

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


def names_on(page) -> list[str]:
    """The children in the page's main table, in order."""
    body = page.content.decode()
    return re.findall(r'<a class="govuk-link" href="/children/[0-9a-f-]+/">([^<]+)</a>', body)


def child_of(worker, forename, **plan):
    child = make.child(worker.authority, forename=forename, surname="")
    make.plan(child, worker, **plan)
    return child


def test_the_gravest_come_first_then_the_longest_overdue(sign_in, worker):
    user, row = worker
    child_of(row, "Green-late", worked_level="green", level="green", due_on=make.days(-9))
    child_of(row, "Red-today", due_on=make.TODAY)
    child_of(row, "Red-late", due_on=make.days(-2))
    child_of(row, "Unrated-later", level="unrated", worked_level="red", due_on=make.days(-1))
    child_of(row, "Not-due", due_on=make.days(1))
    page = sign_in(user).get("/work/")
    assert names_on(page) == ["Red-late", "Unrated-later", "Red-today", "Green-late"]


def test_a_colleagues_child_is_not_my_work(sign_in, worker, team):
    user, row = worker
    child_of(make.worker(team), "Colleagues")
    child_of(row, "Mine")
    assert names_on(sign_in(user).get("/work/")) == ["Mine"]


def test_each_tile_opens_exactly_its_list(sign_in, worker, team):
    user, row = worker
    for number in range(3):
        child_of(row, f"Late{number}", due_on=make.days(-number))
    child_of(row, "Unseen", due_on=make.days(9), due_soon_on=make.days(8), unseen_from=make.days(-1))
    child_of(row, "Soon", due_on=make.days(2), due_soon_on=make.days(0))
    child_of(row, "Unrated", level="unrated", due_on=make.days(5), due_soon_on=make.days(4))
    child_of(row, "Expired", due_on=make.days(5), due_soon_on=make.days(4), level_review_on=make.days(-1))
    child_of(row, "Closed", is_open=False, due_on=make.days(-3))
    child_of(make.worker(team), "Colleagues", due_on=make.days(-3))
    client = sign_in(user)
    body = client.get("/work/").content.decode()
    tiles = re.findall(r'ks-tile__count">(\d+)</span><a class="govuk-link" href="([^"]+)"', body)
    assert {href: int(count) for count, href in tiles} == {
        "/lists/to-see/?who=mine": 3,
        "/lists/overdue/?who=mine": 2,
        "/lists/due-soon/?who=mine": 1,
        "/lists/nobody/?who=mine": 1,
        "/lists/unrated/?who=mine": 1,
        "/lists/review-expired/?who=mine": 1,
    }
    for count, href in tiles:
        assert len(names_on(client.get(href))) == int(count), href


def test_warnings_stand_beside_the_child(sign_in, worker):
    user, row = worker
    child = child_of(row, "Warned")
    make.alert(child, "dog", ended_on=make.TODAY)
    make.alert(child, "visit_in_pairs")
    body = sign_in(user).get("/work/").content.decode()
    assert "Visit in pairs" in body
    assert ">Dog<" not in body, "the dog is gone since today"


@pytest.mark.parametrize("caseload", [2, 40])
def test_queries_do_not_grow_with_the_caseload(sign_in, worker, caseload, django_assert_max_num_queries):
    user, row = worker
    for number in range(caseload):
        make.alert(child_of(row, f"Child{number}"), "dog")
    client = sign_in(user)
    client.get("/work/")  # the half-minute banner is asked once
    with django_assert_max_num_queries(10):
        page = client.get("/work/")
    assert len(names_on(page)) == caseload


def test_a_title_and_an_address_carry_no_name(sign_in, worker):
    user, row = worker
    child_of(row, "Namedchild")
    body = sign_in(user).get("/work/").content.decode()
    assert "Namedchild" in body
    assert "Namedchild" not in re.search(r"<title>(.*?)</title>", body)[1]
    assert "Namedchild" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', body))


def test_a_leader_has_no_work_list(sign_in, leader):
    assert sign_in(leader).get("/work/").status_code == 403


def test_nobody_in_particular_is_sent_to_sign_in(client, db):
    assert client.get("/work/").headers["location"].startswith("/account/login/")
