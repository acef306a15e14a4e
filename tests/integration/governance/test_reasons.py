"""A reason opens one record for a day; who may not know of a record is answered as if it were not there."""

import re
import uuid
from datetime import timedelta

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.people import actions
from keepsight.apps.people.models import AccessKind, RecordAccess
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.factories import NOW
from tests.tables import ids, table

pytestmark = pytest.mark.django_db
WHY = "The school has rung about bruises."

# What each role meets at the address of a child with whom it does not work: the record itself, the
# question why, the page that says that it is restricted, or a refusal as for no record at all.
MEETS = table("""
    role                   | for       || standard | early_help | restricted | elsewhere
    practitioner           | team      || refused  | refused    | refused    | refused
    practitioner           | authority || open     | why        | refused    | refused
    early_help_practitioner| authority || refused  | open       | refused    | refused
    team_manager           | team      || refused  | refused    | refused    | refused
    leader                 | authority || open     | open       | refused    | refused
    duty_worker            | authority || why      | why        | closed     | refused
    front_door             | authority || why      | why        | closed     | refused
    quality_assurance      | authority || why      | why        | refused    | refused
    health                 | authority || why      | why        | refused    | refused
    analyst                | authority || refused  | refused    | refused    | refused
    data_loader            | authority || refused  | refused    | refused    | refused
    information_governance | authority || refused  | refused    | refused    | refused
    administrator          | authority || refused  | refused    | refused    | refused
    member                 | authority || refused  | refused    | refused    | refused
""")


@pytest.fixture
def world(team):
    made = {
        "standard": make.child(team.authority, forename="Ordinary", surname="Found"),
        "early_help": make.child(team.authority, forename="Agreed", surname="Found"),
        "restricted": make.child(team.authority, forename="Hushed", surname="Found", record_class="restricted"),
        "elsewhere": make.child(forename="Faraway", surname="Found"),
    }
    for name, child in made.items():
        worker = make.worker(make.team(child.authority))
        make.plan(child, worker, **({"service": "early_help"} if name == "early_help" else {}))
    return made


def met(client, child) -> str:
    answer = client.get(f"/children/{child.ref}/", follow=True)
    body = answer.content.decode()
    if answer.status_code == 403:
        assert child.forename not in body
        return "refused"
    if "Why do you need this record?" in body:
        return "why"
    return "closed" if "This record is restricted" in body else "open"


@pytest.mark.parametrize("row", MEETS, ids=ids(MEETS))
def test_what_each_role_meets(sign_in, team, world, row):
    person = make.user(row["role"], **({"team": team} if row["for"] == "team" else {"of": team.authority}))
    client = sign_in(person)
    assert {name: met(client, child) for name, child in world.items()} == {name: row[name] for name in world}


@pytest.mark.parametrize("role", [Role.DUTY_WORKER, Role.FRONT_DOOR, Role.QUALITY_ASSURANCE, Role.HEALTH])
def test_a_reason_opens_the_record_for_a_day(sign_in, team, world, role):
    person, child = make.user(role, of=team.authority), world["standard"]
    client = sign_in(person)
    page = client.get(f"/children/{child.ref}/").url
    assert page == f"/access/reason/{child.ref}/"
    assert client.post(page, {"because": "safeguarding", "reason": WHY}).url == f"/children/{child.ref}/"
    body = client.get(f"/children/{child.ref}/").content.decode()
    assert "Ordinary Found" in body
    assert "Open to you, with the reason that you gave, until" in body
    access = RecordAccess.objects.get()
    assert (access.kind, access.reason, access.ends_at) == ("reason", WHY, NOW + timedelta(hours=24))
    for at, seen in ((access.ends_at - timedelta(microseconds=1), True), (access.ends_at, False)):
        assert children_visible_to(grants_of(person, at)).filter(pk=child.pk).exists() is seen
    event = Event.objects.get(kind="reason_given")
    assert (event.subject_id, event.reason) == (str(child.pk), "safeguarding")
    assert WHY not in str(event.detail)


@pytest.mark.parametrize("given", [{}, {"because": "curiosity"}, {"reason": "short"}, {"because": ""}])
def test_a_reason_that_says_nothing_opens_nothing(sign_in, team, world, given):
    client = sign_in(make.user(Role.DUTY_WORKER, of=team.authority))
    said = {"because": "safeguarding", "reason": WHY} | given if given else {}
    assert client.post(f"/access/reason/{world['standard'].ref}/", said).status_code in (
        (422,) if given else (200, 422)
    )
    assert not RecordAccess.objects.exists()


def test_early_help_opens_to_others_for_safeguarding_only(sign_in, team, world):
    person, child = make.user(Role.PRACTITIONER, of=team.authority), world["early_help"]
    with pytest.raises(NotAllowedNow):
        actions.give_reason(child, because="audit", reason=WHY, by=person, at=NOW)
    client = sign_in(person)
    assert "A planned audit" not in client.get(f"/access/reason/{child.ref}/").content.decode()
    client.post(f"/access/reason/{child.ref}/", {"because": "safeguarding", "reason": WHY})
    assert "Agreed Found" in client.get(f"/children/{child.ref}/").content.decode()


def test_no_reason_opens_a_restricted_record_even_one_restricted_since(team, world, manager):
    person = make.user(Role.DUTY_WORKER, of=team.authority)
    with pytest.raises(NotPermitted):
        actions.give_reason(world["restricted"], because="safeguarding", reason=WHY, by=person, at=NOW)
    child = world["standard"]
    actions.give_reason(child, because="safeguarding", reason=WHY, by=person, at=NOW)
    child.record_class = "restricted"
    child.save()
    assert not children_visible_to(grants_of(person, NOW)).filter(pk=child.pk).exists()


def test_a_page_of_no_record_and_of_one_unknown_to_the_role_are_the_same(sign_in, team, world):
    for role in (Role.QUALITY_ASSURANCE, Role.PRACTITIONER, Role.TEAM_MANAGER):
        client = sign_in(make.user(role, team=make.team(team.authority)))
        for path in ("/children/{}/", "/access/reason/{}/", "/access/restricted/{}/"):
            pages = [client.get(path.format(ref)) for ref in (world["restricted"].ref, uuid.uuid4())]
            assert [page.status_code for page in pages] == [403, 403]
            bodies = [re.sub(r"nonce=\"[^\"]*\"|value=\"[^\"]{40,}\"", "", page.content.decode()) for page in pages]
            assert bodies[0] == bodies[1]


def test_restricting_a_record_closes_what_a_reason_had_opened(team, world):
    person, child = make.user(Role.DUTY_WORKER, of=team.authority), world["standard"]
    actions.give_reason(child, because="safeguarding", reason=WHY, by=person, at=NOW)
    leader = make.user(Role.LEADER, of=team.authority)
    later = NOW + timedelta(hours=1)
    actions.restrict(child, category="staff", reason="A parent works here now.", by=leader, at=later, on=make.TODAY)
    assert RecordAccess.objects.get(kind=AccessKind.REASON).state == "ended"
