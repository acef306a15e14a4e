"""Restricted records: counted everywhere, named to nobody but their own worker and that worker's manager."""

import re
import uuid

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.contact.queries import listed
from keepsight.apps.learning.models import EhcPlan
from tests import factories as make

pytestmark = pytest.mark.django_db
SECRET = ("Hushed", "Notforall", "9 Secret Row", "ZZ9 9ZZ", "C-SECRET")


@pytest.fixture
def hushed(team):
    """A restricted child of a worker of the team, in every queue, on a roll, with a level and a visit that wait."""
    worker = make.worker(team, name="Robin Ownworker")
    child = make.child(team.authority, forename="Hushed", surname="Notforall", record_class="restricted")
    make.plan(
        child, worker, level="unrated", due_on=make.days(-3), unseen_from=make.days(-1), level_review_on=make.days(-1)
    )
    make.address(child, lines="9 Secret Row", postcode="ZZ9 9ZZ")
    make.alert(child, "dog", note="Hushed is afraid of it")
    school = make.setting(team.authority, name="Pretend Primary")
    make.enrolment(school, child)
    make.rating(child)
    child.waiting = make.confirmation(child, level="green", approval="waiting", reason="Hushed is settled now, truly.")
    child.virtual = make.visit(
        child, mode="video", visit_on=make.days(-1), recorded_at=make.NOW, virtual_reason="Hushed has moved house."
    )
    child.school, child.worker = school, worker
    return child


def pages(child, team):
    lists = ("open", "to-see", "overdue", "nobody", "unrated")
    return [
        *(f"/lists/{queue}/" for queue in lists), "/teams/", f"/teams/{team.pk}/", "/approvals/", "/work/", "/picture/",
        "/lists/vulnerable-learners/", f"/lists/vulnerable-learners/?school={child.school.pk}",
    ]  # fmt: skip


def body_of(client, path):
    return client.get(path, follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.LEADER, Role.TEAM_MANAGER, Role.PRACTITIONER])
def test_nobody_else_in_the_authority_learns_who_it_is(sign_in, team, hushed, role):
    client = sign_in(make.user(role, of=team.authority))
    for path in pages(hushed, team):
        body = body_of(client, path)
        for word in (*SECRET, str(hushed.ref)):
            assert word not in body, (path, word)


def test_a_colleague_of_the_team_does_not_either(sign_in, team, worker, hushed):
    client = sign_in(worker[0])
    assert "Hushed" not in body_of(client, "/lists/open/")
    assert client.get(f"/children/{hushed.ref}/").status_code == 403


def test_lists_keep_their_length_and_say_restricted_record(sign_in, leader, team, hushed):
    client = sign_in(leader)
    for queue in ("open", "to-see", "overdue", "nobody", "unrated"):
        body = body_of(client, f"/lists/{queue}/")
        assert "<strong>1 child</strong>" in body
        assert body.count("Restricted record") == 1, queue
        assert "Robin Ownworker" in body, "whom to ask"
    tiles = re.findall(r'ks-tile__count">(\d+)<', body_of(client, f"/teams/{team.pk}/"))
    assert "1" in tiles
    school = body_of(client, f"/lists/vulnerable-learners/?school={hushed.school.pk}")
    assert school.count("Restricted record") == 1
    assert body_of(client, "/approvals/").count("Restricted record") == 2


def test_its_pages_answer_like_those_of_a_child_that_does_not_exist(sign_in, team, hushed):
    client = sign_in(make.user(Role.TEAM_MANAGER, of=team.authority))
    for end in ("", "visit/", "rating/", "seen/", f"visit/recorded/?sent={uuid.uuid4()}"):
        there = client.get(f"/children/{hushed.ref}/{end}")
        nowhere = client.get(f"/children/{uuid.uuid4()}/{end}")
        assert there.status_code == nowhere.status_code == 403, end
        clean = [
            re.sub(r"nonce=\"[^\"]*\"|value=\"[^\"]{40,}\"", "", each.content.decode()) for each in (there, nowhere)
        ]
        assert clean[0] == clean[1]
    for path in (f"/ratings/{hushed.waiting.pk}/approval/", f"/visits/{hushed.virtual.pk}/reason/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"answer": "approve"}).status_code == 404
    for end in ("visit/", "rating/", "seen/"):
        assert client.post(f"/children/{hushed.ref}/{end}", {"outcome": "cancelled"}).status_code == 403
    assert client.post(f"/children/{hushed.ref}/visit/draft/", {"note": "x"}).status_code == 404


@pytest.mark.parametrize("words", ["Hushed", "Notforall", "1 5 2012"])
def test_a_search_does_not_reveal_it(sign_in, leader, hushed, words):
    assert "Nobody found" in sign_in(leader).post("/find/", {"words": words}).content.decode()


def test_its_brothers_and_sisters_do_not_lead_to_it(sign_in, leader, team, hushed):
    sister = make.child(team.authority, forename="Open", surname="Sister")
    make.plan(sister, make.worker(team))
    make.family(sister, hushed)
    body = body_of(sign_in(leader), f"/children/{sister.ref}/")
    assert "Open Sister" in body
    assert "Hushed" not in body


def test_its_own_worker_and_that_workers_manager_see_all_of_it(sign_in, team, manager, hushed):
    user = make.user(Role.PRACTITIONER, team=team)
    hushed.worker.user = user
    hushed.worker.save()
    for person in (user, manager):
        client = sign_in(person)
        assert "9 Secret Row" in body_of(client, f"/children/{hushed.ref}/")
        assert "Hushed Notforall" in body_of(client, "/lists/open/")
        assert "Hushed Notforall" in client.post("/find/", {"words": "hushed"}).content.decode()
    assert "Hushed Notforall" in body_of(sign_in(user), "/work/")
    assert "Hushed Notforall" in body_of(sign_in(manager), "/approvals/")


def test_a_draft_of_a_child_no_longer_theirs_names_nobody(sign_in, worker, hushed):
    from keepsight.apps.contact.models import VisitDraft

    user, row = worker
    mine = make.child(row.authority, forename="Stillmine", surname="")
    make.plan(mine, row)
    for child in (hushed, mine):
        VisitDraft.objects.create(user=user, child=child, answers={}, changed_at=make.NOW)
    body = body_of(sign_in(user), "/work/")
    assert "Finish the visit of Stillmine" in body
    assert "Hushed" not in body


def test_the_command_line_lists_it_without_name_or_number(hushed):
    from keepsight.apps.people.models import Identifier

    Identifier.objects.create(authority=hushed.authority, child=hushed, scheme="la_child_id", value="C-SECRET")
    (row,) = listed(hushed.authority, "open", make.TODAY, names=True)
    assert (row["number"], row["ref"], row["name"]) == ("Restricted record", "", "")


# --- confidential addresses and schools -----------------------------------------------------------------


@pytest.fixture
def safe(team):
    """A child in a safe place: address and school are confidential."""
    worker = make.worker(team)
    child = make.child(team.authority, forename="Safechild", surname="Somewhere")
    make.plan(child, worker)
    make.alert(child, "address_confidential")
    make.address(child, lines="4 Refuge Lane", postcode="ZZ4 4ZZ")
    child.school = make.setting(team.authority, name="Telltale School")
    make.enrolment(child.school, child)
    return child


def test_the_school_of_a_confidential_address_is_not_told(sign_in, leader, manager, safe):
    client = sign_in(leader)
    assert "Telltale" not in body_of(client, "/lists/vulnerable-learners/")
    assert "Safechild" not in body_of(client, f"/lists/vulnerable-learners/?school={safe.school.pk}")
    apart = body_of(client, "/lists/vulnerable-learners/?school=hidden")
    assert "Safechild Somewhere" in apart, "but nobody is lost from the list"
    assert "Telltale" not in apart
    assert "Safechild" not in body_of(sign_in(manager), f"/lists/vulnerable-learners/?school={safe.school.pk}")
    assert "Telltale" in body_of(sign_in(manager), f"/children/{safe.ref}/safe-contact/")


def test_it_cannot_be_read_off_a_brothers_record(sign_in, leader, manager, team, safe):
    brother = make.child(
        team.authority, forename="Brother", surname="Somewhere", district=make.district(team.authority)
    )
    make.plan(brother, make.worker(team))
    make.address(brother, lines="4 Refuge Lane", postcode="ZZ4 4ZZ")
    make.enrolment(safe.school, brother)
    make.family(brother, safe)
    client = sign_in(leader)
    body = body_of(client, f"/children/{brother.ref}/")
    for word in ("Refuge", "ZZ4 4ZZ", "Telltale", brother.district.name):
        assert word not in body, word
    assert "Brother" not in body_of(client, f"/lists/vulnerable-learners/?school={safe.school.pk}")
    assert "4 Refuge Lane" in body_of(sign_in(manager), f"/children/{brother.ref}/safe-contact/")


def test_a_role_that_opens_no_child_opens_no_confidential_address(sign_in, team, safe):
    """Somebody who leads the authority and loads files for the team works with none of its children."""
    person = make.user(Role.LEADER, of=team.authority)
    person.memberships.create(authority=team.authority, team=team, role=Role.DATA_LOADER, starts_on=make.days(-9))
    assert "Refuge" not in body_of(sign_in(person), f"/children/{safe.ref}/")


def test_nobody_drops_off_the_learners_for_an_unknown_school_or_a_plan_that_ends_later(sign_in, leader, team):
    child = make.child(team.authority, forename="Planned", surname="")
    EhcPlan.objects.create(child=child, send_id="S1", plan_on=make.days(-90), ceased_on=make.days(20))
    enrolment = make.enrolment(make.setting(team.authority), child)
    enrolment.setting = None
    enrolment.save()
    client = sign_in(leader)
    assert "school=unknown" in body_of(client, "/lists/vulnerable-learners/")
    assert "Planned" in body_of(client, "/lists/vulnerable-learners/?school=unknown")
