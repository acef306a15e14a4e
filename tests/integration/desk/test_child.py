"""A child's page: within scope, logged, warnings first, and few queries."""

import pytest

from keepsight.apps.audit.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKS = "/ / / / I I / / N N . . . ."


def full_record(worker, events: int = 3):
    """A child with a little of everything."""
    child = make.child(worker.authority, forename="Ives", surname="Madeup")
    sibling = make.child(worker.authority, forename="Bryn", surname="Madeup")
    make.family(child, sibling)
    make.plan(child, worker, level="red", computed_level="amber")
    make.plan(sibling, worker)
    make.rating(child)
    make.confirmation(child, computed_level="amber", reason="Seen with a new bruise on Monday.")
    make.address(child)
    make.alert(child, "visit_in_pairs", note="Two workers")
    school = make.setting(worker.authority, name="Pretend Primary")
    make.enrolment(school, child, weeks={make.days(-2 - 7 * week): MARKS for week in range(events)})
    for number in range(events):
        make.visit(child, visit_on=make.days(-7 - number), number=f"V{number}")
        make.involvement(child, worker, started_on=make.days(-60 - number))
    return child


def test_the_page_says_who_why_and_when(sign_in, worker):
    user, row = worker
    child = full_record(row)
    page = sign_in(user).get(f"/children/{child.ref}/")
    body = page.content.decode()
    assert page.status_code == 200
    for words in (
        "Ives Madeup", "8 years", "1 May 2012", "Visit in pairs", "1 Pretend Row, Nowhere, ZZ1 1AA", "Bryn Madeup",
        "Child in need.", "with 31 points", "80% of what the policy asks is known", "Pretend Primary",
        "Seen in 18 of 30 sessions", "Seen with a new bruise on Monday.", "Face to face, by the child", "7 days ago",
        "Visit: Seen, face to face at home",
    ):  # fmt: skip
        assert words in body, words


def test_warnings_come_before_the_address(sign_in, worker):
    user, row = worker
    child = full_record(row)
    body = sign_in(user).get(f"/children/{child.ref}/").content.decode()
    assert body.index("Visit in pairs") < body.index("1 Pretend Row")


def test_opening_is_an_event_without_a_name(sign_in, worker):
    user, row = worker
    child = full_record(row)
    sign_in(user).get(f"/children/{child.ref}/")
    event = Event.objects.get(kind="child_opened")
    assert (event.subject_type, event.subject_id, event.actor_id) == ("child", str(child.pk), str(user.pk))
    assert "Madeup" not in str(event.detail)


def test_another_teams_child_is_refused_like_one_that_does_not_exist(sign_in, worker, team):
    user, _ = worker
    elsewhere = full_record(make.worker(make.team(team.authority)))
    client = sign_in(user)
    refused = client.get(f"/children/{elsewhere.ref}/")
    unknown = client.get("/children/00000000-0000-4000-8000-000000000000/")
    assert refused.status_code == unknown.status_code == 403
    assert "Madeup" not in refused.content.decode()
    assert list(Event.objects.values_list("kind", "reason").distinct()) == [("denied", "child_not_yours")]


def test_a_confidential_address_is_for_the_worker_and_team_only(sign_in, worker, leader):
    user, row = worker
    child = full_record(row)
    make.alert(child, "address_confidential")
    body = sign_in(leader).get(f"/children/{child.ref}/").content.decode()
    assert "Pretend Row" not in body
    assert "ZZ1 1AA" not in body
    assert "Pretend Primary" not in body
    client = sign_in(user)
    body = client.get(f"/children/{child.ref}/").content.decode()
    assert "Pretend Row" not in body, "not even for the worker: a view of it must be meant"
    assert f"/children/{child.ref}/safe-contact/" in body
    body = client.get(f"/children/{child.ref}/safe-contact/").content.decode()
    assert "1 Pretend Row, Nowhere, ZZ1 1AA" in body
    assert "Pretend Primary" in body


def test_a_family_of_another_team_is_not_named(sign_in, worker, team):
    user, row = worker
    child = make.child(team.authority)
    make.plan(child, row)
    other = make.child(team.authority, forename="Hidden", surname="Elsewhere")
    make.plan(other, make.worker(make.team(team.authority)))
    make.family(child, other)
    assert "Elsewhere" not in sign_in(user).get(f"/children/{child.ref}/").content.decode()


@pytest.mark.parametrize("events", [1, 6])
def test_queries_do_not_grow_with_the_record(sign_in, worker, events, django_assert_max_num_queries):
    user, row = worker
    child = full_record(row, events)
    client = sign_in(user)
    client.get("/account/logout/")  # the half-minute banner is asked once
    with django_assert_max_num_queries(12):
        client.get(f"/children/{child.ref}/")


def test_an_unborn_child_without_anything_has_a_page(sign_in, leader, team):
    child = make.child(team.authority, forename="", surname="", date_of_birth=None, expected_on=make.days(40))
    page = sign_in(leader).get(f"/children/{child.ref}/")
    assert page.status_code == 200
    assert "Name not known" in page.content.decode()
    assert "Unborn" in page.content.decode()
