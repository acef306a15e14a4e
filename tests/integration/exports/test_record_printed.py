"""A child's record on paper: only who may print, an event of its own, and never a confidential place."""

import re
import uuid

import pytest

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.audit.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(team, worker):
    child = make.child(team.authority, forename="Ines")
    make.plan(child, worker[1])
    make.address(child, lines="1 Pretend Row", postcode="ZZ1 1AA")
    make.enrolment(make.setting(team.authority, name="Pretend Primary"), child)
    return child


def test_the_manager_prints_and_it_is_an_event(sign_in, manager, child):
    client = sign_in(manager)
    assert f"/children/{child.ref}/print/" in client.get(f"/children/{child.ref}/").content.decode()
    page = client.get(f"/children/{child.ref}/print/").content.decode()
    assert "OFFICIAL-SENSITIVE" in page
    assert "Ines" in page
    assert "1 Pretend Row" in page
    event = Event.objects.get(kind="printed")
    assert (event.subject_type, event.subject_id, event.source) == ("child", str(child.pk), "desk:child_print")


def test_a_confidential_place_is_not_printed_even_by_who_works_with_the_child(sign_in, manager, child):
    make.alert(child, "address_confidential")
    page = sign_in(manager).get(f"/children/{child.ref}/print/").content.decode()
    assert not [word for word in ("Pretend Row", "ZZ1 1AA", "Pretend Primary") if word in page]


def test_a_practitioner_sees_and_does_not_print(sign_in, worker, child):
    client = sign_in(worker[0])
    assert client.get(f"/children/{child.ref}/").status_code == 200
    assert b"Print version" not in client.get(f"/children/{child.ref}/").content
    assert client.get(f"/children/{child.ref}/print/").status_code == 403


def test_restricted_and_unknown_are_refused_alike(sign_in, leader, child):
    child.record_class = "restricted"
    child.save()
    client = sign_in(leader)
    there, nowhere = client.get(f"/children/{child.ref}/print/"), client.get(f"/children/{uuid.uuid4()}/print/")
    assert there.status_code == nowhere.status_code == 403
    clean = [re.sub(r"nonce=\"[^\"]*\"|value=\"[^\"]{40,}\"", "", each.content.decode()) for each in (there, nowhere)]
    assert clean[0] == clean[1]


def test_printing_reaches_no_further_than_the_role_that_prints(sign_in, child, team):
    """Manager elsewhere, practitioner here: reads the record, prints it not."""
    who = make.user(Role.TEAM_MANAGER, team=make.team(team.authority))
    Membership.objects.create(
        user=who, authority=team.authority, team=team, role=Role.PRACTITIONER, starts_on=make.days(-9)
    )
    client = sign_in(who)
    assert client.get(f"/children/{child.ref}/").status_code == 200
    assert client.get(f"/children/{child.ref}/print/").status_code == 403
