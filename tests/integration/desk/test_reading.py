"""Every read of a child's record is an event, and no event holds a name."""

import uuid

import pytest

from keepsight.apps.audit.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(team):
    made = make.child(team.authority, forename="Ives", surname="Madeup")
    make.plan(made, make.worker(team))
    make.rating(made)
    return made


def test_each_page_of_a_child_is_an_event(sign_in, manager, child):
    waiting = make.confirmation(child, level="green", approval="waiting")
    virtual = make.visit(child, mode="video", recorded_at=make.NOW, virtual_reason="Shielding until July, all of them.")
    sent = make.visit(child, submission=uuid.uuid4()).submission
    client = sign_in(manager)
    paths = {
        f"/children/{child.ref}/": "desk:child",
        f"/children/{child.ref}/visit/": "desk:record_visit",
        f"/children/{child.ref}/visit/recorded/?sent={sent}": "desk:visit_recorded",
        f"/children/{child.ref}/rating/": "desk:confirm_rating",
        f"/children/{child.ref}/seen/": "desk:record_sighting",
        f"/ratings/{waiting.pk}/approval/": "desk:approve",
        f"/visits/{virtual.pk}/reason/": "desk:sign_virtual",
    }
    for path in paths:
        assert client.get(path).status_code == 200, path
    read = Event.objects.filter(kind="child_opened").order_by("pk")
    assert [(event.source, event.subject_id) for event in read] == [
        (source, str(child.pk)) for source in paths.values()
    ]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/lists/red/?service=cin", "desk:list red"), ("/teams/", "desk:team"), ("/approvals/", "desk:approvals"),
        ("/work/", "desk:my_work"), ("/lists/vulnerable-learners/", "desk:vulnerable_learners"),
    ],
)  # fmt: skip
def test_each_list_with_names_is_an_event(sign_in, manager, child, path, source):
    sign_in(manager).get(path, follow=True)
    event = Event.objects.filter(kind="list_opened").latest("pk")
    assert event.source == source
    assert "Madeup" not in str(event.detail)


def test_all_teams_with_what_waits_is_an_event(sign_in, leader, team, child):
    make.plan(make.child(team.authority), make.worker(make.team(team.authority)))
    sign_in(leader).get("/teams/")
    assert Event.objects.get(kind="list_opened").source == "desk:teams"


def test_a_name_in_an_address_does_not_reach_the_log(sign_in, leader, child):
    sign_in(leader).get("/lists/red/?who=Ives+Madeup&team=Madeup&authority=Madeup&service=Madeup&worker=Madeup")
    assert Event.objects.get(kind="list_opened").detail["filters"] == {}
