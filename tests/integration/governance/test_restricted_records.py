"""Restricting a record, the ninety-day review, and what each reader of the list learns."""

from datetime import timedelta

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.people import actions
from keepsight.apps.people.models import Child, Identifier, Restriction
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db
WHY = "A parent works in this building."
SAID = {"category": "staff", "reason": WHY}


@pytest.fixture
def child(team):
    child = make.child(team.authority, forename="Known", surname="Sofar")
    make.plan(child, make.worker(team))
    Identifier.objects.create(authority=team.authority, child=child, scheme="la_child_id", value="C5", checked=True)
    return child


@pytest.fixture
def watcher(team):
    return make.user(Role.INFORMATION_GOVERNANCE, of=team.authority)


def restricted(child, by):
    return actions.restrict(child, **SAID, by=by, at=NOW, on=TODAY)


def sees(person, child):
    return children_visible_to(grants_of(person, NOW)).filter(pk=child.pk).exists()


@pytest.mark.parametrize("who", ["manager", "leader"])
def test_a_manager_or_leader_restricts_and_opens_again(request, sign_in, who, team, child):
    person, colleague = request.getfixturevalue(who), make.user(Role.PRACTITIONER, team=team)
    client, page = sign_in(person), f"/access/restricted/{child.ref}/"
    assert sees(colleague, child)
    assert client.post(page, SAID).status_code == 302
    assert not sees(colleague, child)
    placed = Restriction.objects.get()
    assert (placed.category, placed.reason, placed.placed_by, placed.review_on) == (
        "staff", WHY, person.name, days(90)
    )  # fmt: skip
    assert client.post(f"{page}end/", {"reason": "The parent has left the council."}).status_code == 302
    assert sees(colleague, child)
    kinds = Event.objects.filter(subject_id=str(child.pk), kind__startswith="restrict").values_list("kind", "reason")
    assert list(kinds) == [("restricted", "staff"), ("restriction_ended", "staff")]
    assert client.post(page, SAID).status_code == 302, "and again"


def test_one_restriction_at_a_time(manager, child):
    restricted(child, manager)
    with pytest.raises(NotAllowedNow):
        restricted(child, manager)


@pytest.mark.parametrize("given", [{"category": ""}, {"category": "gossip"}, {"reason": "because"}])
def test_a_category_and_a_reason_are_needed(sign_in, manager, child, given):
    assert sign_in(manager).post(f"/access/restricted/{child.ref}/", SAID | given).status_code == 422
    assert not Restriction.objects.exists()


def test_nobody_else_restricts_or_opens(sign_in, team, manager, watcher, child):
    for person in (
        make.user(Role.PRACTITIONER, team=team), make.user(Role.TEAM_MANAGER, team=make.team(team.authority)),
        make.user(Role.LEADER, of=make.authority()), make.user(Role.DUTY_WORKER, of=team.authority), watcher,
    ):  # fmt: skip
        client = sign_in(person)
        assert client.post(f"/access/restricted/{child.ref}/", SAID).status_code == 403
        with pytest.raises(NotPermitted):
            restricted(child, person)
    restricted(child, manager)
    with pytest.raises(NotPermitted):
        actions.end_restriction(child, reason=WHY, by=watcher, at=NOW)
    assert sign_in(watcher).post(f"/access/restricted/{child.ref}/end/", {"reason": WHY}).status_code == 403


def test_after_ninety_days_it_is_due_and_the_count_is_the_list(sign_in, manager, watcher, team, child):
    restricted(child, manager)
    make.child(team.authority, forename="Listed", surname="Byafile", record_class="restricted")
    client = sign_in(watcher)
    body = client.get("/access/restricted/watched/").content.decode()
    assert "1 record is due" in body, "the one that a list brought"
    assert "Never reviewed" in body
    with time_machine.travel(NOW + timedelta(days=89), tick=False):
        assert "1 record is due" in sign_in(watcher).get("/access/restricted/watched/").content.decode()
    with time_machine.travel(NOW + timedelta(days=93), tick=False):
        client = sign_in(watcher)
        body = client.get("/access/restricted/watched/").content.decode()
        assert "2 records are due" in body
        assert "3 days overdue" in body
        assert client.get("/access/restricted/watched/?show=due").content.decode().count("/access/restricted/") >= 2
        client.post(f"/access/restricted/{child.ref}/", {})
        assert "1 record is due" in client.get("/access/restricted/watched/").content.decode()
    placed = Restriction.objects.get()
    assert placed.review_on == days(183)
    assert placed.reviewed_by == watcher.name


def test_information_governance_reads_category_team_day_and_number_and_no_name(sign_in, manager, watcher, team, child):
    restricted(child, manager)
    client = sign_in(watcher)
    for page in ("/access/restricted/watched/", f"/access/restricted/{child.ref}/"):
        body = client.get(page).content.decode()
        for word in ("C5", team.name, "member of staff", "Restricted record"):
            assert word in body, (page, word)
        for word in ("Known", "Sofar"):
            assert word not in body, (page, word)
    named = sign_in(manager).get("/access/restricted/").content.decode()
    assert "Known Sofar" in named


def test_a_record_that_a_list_brought_needs_a_category_before_it_is_kept(sign_in, leader, team):
    child = make.child(team.authority, record_class="restricted")
    client, page = sign_in(leader), f"/access/restricted/{child.ref}/"
    assert "Nobody has looked at it yet" in client.get(page).content.decode()
    assert client.post(page, {"sent": "1"}).status_code == 422
    assert client.post(page, {"category": "adoption", "reason": "Order made in the spring."}).status_code == 302
    assert Restriction.objects.get().review_on == days(90)
    assert "None is due" in client.get("/access/restricted/").content.decode()


def test_a_record_after_adoption_stays_one_when_its_restriction_ends(leader, team):
    child = make.child(team.authority, record_class="post_adoption")
    restricted(child, leader)
    actions.end_restriction(child, reason="High profile no longer.", by=leader, at=NOW)
    assert Child.objects.get(pk=child.pk).record_class == "post_adoption"


def test_a_class_that_an_undone_load_loosened_is_put_right(leader, child):
    restricted(child, leader)
    Child.objects.filter(pk=child.pk).update(record_class="standard")
    assert actions.keep_classes(child.authority) == 1
    assert Child.objects.get(pk=child.pk).record_class == "restricted"


def test_another_councils_records_are_on_nobodys_list(sign_in, watcher, leader):
    make.child(record_class="restricted", surname="Faraway")
    for person, page in ((watcher, "/access/restricted/watched/"), (leader, "/access/restricted/")):
        assert "No record is on this list" in sign_in(person).get(page).content.decode()
