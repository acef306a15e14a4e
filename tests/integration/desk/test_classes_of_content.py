"""Health, early help, what others said, and police intelligence: each read only by whom RULES 5 names."""

import re
import uuid

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.contact.models import Sighting, Visit
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.models import Identifier
from keepsight.apps.people.permissions import children_counted_for, grants_of
from keepsight.core.packs import book
from tests import factories as make
from tests.integration.desk.test_confidential_places import body_of, opened

pytestmark = pytest.mark.django_db
CARE_TEAM = "A reason that only the care team sees"


@pytest.fixture
def child(worker):
    """A child of the worker, in a shielding household, whose parent is unwell."""
    row = worker[1]
    child = make.child(row.authority, forename="Ives", surname="Madeup")
    make.plan(child, row, due_on=make.days(-1))
    make.involvement(child, row)
    make.alert(child, "shielding", note="Kidney illness")
    make.alert(child, "dog")
    make.rating(
        child, points=25,
        reasons=[["L2", 10, "Child in need."], ["F5", 10, "A parent's mental health is poor."],
                 ["F17", 5, "Somebody in the household is shielding."]],
    )  # fmt: skip
    return child


# --- health ---------------------------------------------------------------------------------------------

HEALTH_RULES = {"F5", "F6a", "F17"}  # of RULES 4.2: a parent's and the child's mental health, shielding


def test_the_policy_says_which_reasons_are_health():
    table = book().table("rating")
    assert {row["id"] for row in table["points"] + table["floors"] if row.get("health")} == HEALTH_RULES


# role, how the record came to be open to them, sees health
SPEC = [
    (Role.PRACTITIONER, "team", True),
    (Role.TEAM_MANAGER, "team", True),
    (Role.LEADER, "authority", False),
    (Role.DUTY_WORKER, "reason", True),
    (Role.HEALTH, "reason", True),
    (Role.FRONT_DOOR, "reason", False),
    (Role.QUALITY_ASSURANCE, "reason", False),
    (Role.PRACTITIONER, "authority", False),
]


def somebody(role, how, team, child):
    user = make.user(role, team=team) if how == "team" else make.user(role, of=team.authority)
    if how == "reason":
        opened(child, user)
    return user


@pytest.mark.parametrize(("role", "how", "sees"), SPEC)
def test_health_is_for_the_care_team(sign_in, team, child, role, how, sees):
    body = body_of(sign_in(somebody(role, how, team, child)), f"/children/{child.ref}/")
    assert "with 25 points" in body
    assert "Child in need." in body
    assert "Dog" in body
    for word in ("Kidney", "shielding", "mental health"):
        assert (word in body) is sees, word
    assert body.count(CARE_TEAM) == (0 if sees else 1), "one line, however many reasons it stands for"


def test_the_warning_stands_on_the_lists_of_those_who_visit_only(sign_in, worker, leader, child):
    client = sign_in(worker[0])
    assert "Shielding" in body_of(client, "/work/")
    assert "Shielding" in body_of(client, "/lists/open/")
    body = body_of(sign_in(leader), "/lists/open/")
    assert "Dog" in body
    assert "Shielding" not in body


# --- early help -----------------------------------------------------------------------------------------


@pytest.fixture
def stepped_up(team):
    """Stepped up from early help to child in need, in a team that does both."""
    social, helper = make.worker(team, name="Sol Socialworker"), make.worker(team, name="Hedy Helper")
    child = make.child(team.authority, forename="Stepped", surname="Up")
    make.plan(child, social)
    make.involvement(child, helper, kind="early_help", started_on=make.days(-200), ended_on=make.days(-60))
    make.involvement(child, social, kind="cin")
    make.visit(child, service="early_help", visit_on=make.days(-90), note="A talk about meals.")
    make.visit(child, service="cin", note="A bruise was looked at.")
    make.rating(child, reasons=[["F2", 12, "Neglect."]])
    return child


def test_social_care_sees_what_early_help_did(sign_in, team, stepped_up):
    body = body_of(sign_in(make.user(Role.PRACTITIONER, team=team)), f"/children/{stepped_up.ref}/")
    for words in ("Hedy Helper", "A talk about meals.", "A bruise was looked at.", "Neglect."):
        assert words in body, words


def test_early_help_sees_its_own_part_of_a_case_stepped_up(sign_in, team, stepped_up):
    body = body_of(sign_in(make.user(Role.EARLY_HELP_PRACTITIONER, team=team)), f"/children/{stepped_up.ref}/")
    assert "A talk about meals." in body
    assert "You see the part of early help" in body
    for words in ("A bruise was looked at.", "Neglect.", "Child in need</strong>"):
        assert words not in body, words


def test_early_help_in_a_team_of_its_own_keeps_its_part_while_it_goes_on(sign_in, team, stepped_up):
    hub = make.team(team.authority)
    helper = make.worker(hub)
    plan = stepped_up.plan
    plan.early_help, plan.early_help_team, plan.early_help_worker = True, hub, helper
    plan.save()
    for role in (Role.EARLY_HELP_PRACTITIONER, Role.TEAM_MANAGER):
        client = sign_in(make.user(role, team=hub))
        body = body_of(client, f"/children/{stepped_up.ref}/")
        assert "A talk about meals." in body, role
        assert "You see the part of early help" in body, role
        for words in ("A bruise was looked at.", "Neglect.", "Child in need</strong>", "/rating/"):
            assert words not in body, (role, words)
        assert "Stepped" in body_of(client, "/lists/open/")
    assert client.get(f"/children/{stepped_up.ref}/rating/").status_code == 403


def test_lists_and_counts_agree_for_a_role_that_early_help_is_kept_from(sign_in, team):
    user = make.user(Role.PRACTITIONER, of=team.authority)
    row = make.worker(team)
    for number, (service, is_open) in enumerate((("cin", True), ("early_help", True), ("early_help", False))):
        child = make.child(team.authority, forename=f"Numbered-{number}", surname="")
        make.plan(child, row, service=service, is_open=is_open)
    grants = grants_of(user, make.NOW)
    listed = set(plans_visible_to(grants, Permission.CHILD_VIEW).values_list("child_id", flat=True))
    counted = set(children_counted_for(grants, Permission.CHILD_VIEW).values_list("pk", flat=True))
    assert listed == counted
    assert len(listed) == 2
    body = body_of(sign_in(user), "/lists/open/")
    assert [number for number in range(3) if f"Numbered-{number}" in body] == [0]


# --- what somebody else said, and police intelligence ------------------------------------------------------


def send_visit(client, child, **answers):
    told = {"outcome": "seen", "how": "f2f_home", "alone": "yes", "when": "today", "note": "A name was given."}
    return client.post(f"/children/{child.ref}/visit/", {"submission": str(uuid.uuid4()), **told, **answers})


@pytest.mark.parametrize(("asked", "kept"), [("", ""), ("third_party", "third_party"), ("police", "police")])
def test_a_note_is_tagged_when_it_is_written(sign_in, worker, child, asked, kept):
    client = sign_in(worker[0])
    assert send_visit(client, child, provenance=asked).status_code == 302
    assert Visit.objects.get(child=child).provenance == kept
    told = {"line": "police", "when": "today", "face_to_face": "yes", "note": "Told by a neighbour."}
    assert client.post(f"/children/{child.ref}/seen/", {**told, "provenance": asked}).status_code == 302
    assert Sighting.objects.get(child=child).provenance == kept


def test_a_tag_that_nobody_offered_is_refused(sign_in, worker, child):
    assert send_visit(sign_in(worker[0]), child, provenance="secret").status_code == 422
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("role", "how", "reads"),
    [
        (Role.PRACTITIONER, "team", True), (Role.TEAM_MANAGER, "team", True), (Role.LEADER, "authority", True),
        (Role.DUTY_WORKER, "reason", False), (Role.FRONT_DOOR, "reason", False), (Role.HEALTH, "reason", False),
        (Role.QUALITY_ASSURANCE, "reason", False),
    ],
)  # fmt: skip
def test_police_intelligence_is_held_back_from_who_opened_with_a_reason(sign_in, team, child, role, how, reads):
    make.visit(child, note="Seen near the harbour.", provenance="police")
    make.visit(child, number="V2", note="The aunt is worried.", provenance="third_party")
    make.alert(child, "exploitation", note="A known address", provenance="police")
    body = body_of(sign_in(somebody(role, how, team, child)), f"/children/{child.ref}/")
    assert ("Seen near the harbour." in body) is reads
    assert ("A known address" in body) is reads
    assert ("Police intelligence: held back" in body) is not reads
    assert "The aunt is worried." in body
    assert "What somebody else said" in body


# --- names, and what waits -----------------------------------------------------------------------------------


def test_a_child_without_a_name_is_told_by_the_number(sign_in, worker, manager, team):
    user, row = worker
    nameless = make.child(team.authority, forename="", surname="")
    make.plan(nameless, row, level="unrated", due_on=make.days(-1))
    school = make.setting(team.authority)
    make.enrolment(school, nameless)
    make.visit(nameless, mode="video", visit_on=make.days(-1), recorded_at=make.NOW, virtual_reason="Away.")
    brother = make.child(team.authority, forename="Bryn", surname="")
    make.plan(brother, row)
    make.family(nameless, brother)
    Identifier.objects.create(authority=team.authority, child=nameless, scheme="la_child_id", value="1234")
    client = sign_in(user)
    for path in (
        "/work/", "/lists/open/", f"/children/{nameless.ref}/", f"/children/{brother.ref}/",
        f"/lists/vulnerable-learners/?school={school.pk}",
    ):  # fmt: skip
        assert "Case 1234" in body_of(client, path), path
    client = sign_in(manager)
    for path in (f"/teams/{team.pk}/", "/approvals/"):
        assert "Case 1234" in body_of(client, path), path
    assert "Case 1234" in client.post("/find/", {"words": "1234"}).content.decode()


def test_an_unsigned_virtual_visit_waits_until_it_is_signed(sign_in, manager, team, worker):
    child = make.child(team.authority)
    make.plan(child, worker[1])
    old = make.visit(child, mode="video", visit_on=make.days(-400), recorded_at=make.NOW, virtual_reason="Long ago.")
    client = sign_in(manager)
    assert "Long ago." in body_of(client, "/approvals/")
    assert "Long ago." in body_of(client, f"/teams/{team.pk}/")
    client.post(f"/visits/{old.pk}/reason/")
    assert "Long ago." not in body_of(client, "/approvals/")


def test_the_leaders_count_of_what_waits_is_its_list(sign_in, leader, team, worker):
    for number in range(3):
        child = make.child(team.authority)
        make.plan(child, worker[1])
        make.visit(child, mode="phone", visit_on=make.days(-100 * number), recorded_at=make.NOW, virtual_reason="x")
    make.plan(make.child(team.authority), make.worker(make.team(team.authority)))
    client = sign_in(leader)
    count = re.search(r"and (\d+) virtual visits to sign", body_of(client, "/teams/"))[1]
    assert int(count) == body_of(client, "/approvals/").count('/reason/"') == 3
