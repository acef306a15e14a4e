"""Levels, signatures and other pairs of eyes: recorded by the worker, answered by the manager."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.contact.models import ContactPlan, Sighting, Visit
from keepsight.apps.risk.models import Confirmation
from tests import factories as make

pytestmark = pytest.mark.django_db
REASON = {"reason_code": "plan_is_working", "reason": "Grandmother lives in and the plan holds."}


@pytest.fixture
def child(worker):
    _, row = worker
    child = make.child(row.authority, forename="Ives", surname="Madeup")
    make.involvement(child, row)
    make.plan(child, row, level="unrated", worked_level="red", computed_level="amber")
    make.rating(child, level="amber")
    return child


def confirm(client, child, level, **more):
    return client.post(f"/children/{child.ref}/rating/", {"level": level, **more})


def test_the_computed_level_is_confirmed_without_a_reason(sign_in, worker, child):
    user, _ = worker
    assert confirm(sign_in(user), child, "amber").status_code == 302
    made = Confirmation.objects.get(child=child)
    assert (made.level, made.rated_by, made.approval) == ("amber", user.name, "not_needed")
    assert ContactPlan.objects.get(child=child).level == "amber"


def test_another_level_needs_a_reason(sign_in, worker, child):
    user, _ = worker
    page = confirm(sign_in(user), child, "red", reason="too short")
    assert page.status_code == 422
    assert "at least 20 characters" in page.content.decode()
    assert not Confirmation.objects.exists()
    assert "too short</textarea>" in page.content.decode(), "what was typed stays"


def test_going_down_from_red_waits_for_a_manager_of_the_team(sign_in, worker, child, manager):
    user, _ = worker
    client = sign_in(user)
    confirm(client, child, "red", **REASON)
    confirm(client, child, "green", **REASON)
    assert ContactPlan.objects.get(child=child).level == "red", "until a manager has answered"
    waiting = Confirmation.objects.get(approval="waiting")
    assert client.get("/approvals/").status_code == 403
    client = sign_in(manager)
    assert "Ives Madeup" in client.get("/approvals/").content.decode()
    answer = client.post(f"/ratings/{waiting.pk}/approval/", {"answer": "approve"})
    assert answer.status_code == 302
    waiting.refresh_from_db()
    assert (waiting.approval, waiting.approved_by) == ("approved", manager.name)
    assert ContactPlan.objects.get(child=child).level == "green"


def test_a_refused_level_leaves_the_one_before(sign_in, worker, child, manager):
    client = sign_in(worker[0])
    confirm(client, child, "red", **REASON)
    confirm(client, child, "green", **REASON)
    waiting = Confirmation.objects.get(approval="waiting")
    sign_in(manager).post(f"/ratings/{waiting.pk}/approval/", {"answer": "refuse"})
    assert ContactPlan.objects.get(child=child).level == "red"


def test_nobody_approves_their_own(sign_in, team, child):
    both = make.user(Role.TEAM_MANAGER, team=team)
    client = sign_in(both)
    confirm(client, child, "red", **REASON)
    confirm(client, child, "green", **REASON)
    waiting = Confirmation.objects.get(approval="waiting")
    assert client.get(f"/ratings/{waiting.pk}/approval/").status_code == 403
    assert f"/ratings/{waiting.pk}/" not in client.get("/approvals/").content.decode()


def test_another_teams_manager_finds_nothing_to_approve(sign_in, worker, child, team):
    client = sign_in(worker[0])
    confirm(client, child, "red", **REASON)
    confirm(client, child, "green", **REASON)
    waiting = Confirmation.objects.get(approval="waiting")
    stranger = make.user(Role.TEAM_MANAGER, team=make.team(team.authority))
    client = sign_in(stranger)
    assert client.post(f"/ratings/{waiting.pk}/approval/", {"answer": "approve"}).status_code == 404
    assert "Nothing waits for you" in client.get("/approvals/").content.decode()


def test_a_manager_signs_why_a_visit_was_virtual(sign_in, child, manager):
    visit = make.visit(
        child, mode="video", virtual_reason="Someone at home is shielding.", recorded_at=make.NOW, visit_on=make.TODAY
    )
    client = sign_in(manager)
    assert "Someone at home is shielding." in client.get("/approvals/").content.decode()
    assert client.post(f"/visits/{visit.pk}/reason/").status_code == 302
    visit.refresh_from_db()
    assert visit.virtual_signed_by == manager.name
    assert client.post(f"/visits/{visit.pk}/reason/").status_code == 409, "signed once"


def test_a_practitioner_does_not_sign(sign_in, worker, child):
    visit = make.visit(child, mode="video", virtual_reason="Shielding.", recorded_at=make.NOW)
    assert sign_in(worker[0]).post(f"/visits/{visit.pk}/reason/").status_code == 403
    assert Visit.objects.get().virtual_signed_at is None


def test_someone_else_saw_the_child(sign_in, worker, child):
    client = sign_in(worker[0])
    path = f"/children/{child.ref}/seen/"
    page = client.post(path, {"when": "today"})
    assert page.status_code == 422
    assert "Choose who it was" in page.content.decode()
    answers = {"line": "health", "when": "yesterday", "face_to_face": "yes", "who": "Nurse Invented"}
    assert client.post(path, answers).status_code == 302
    sighting = Sighting.objects.get()
    assert (sighting.line, sighting.seen_on, sighting.who) == ("health", make.days(-1), "Nurse Invented")
    plan = ContactPlan.objects.get(child=child)
    assert (plan.last_seen_on, plan.last_seen_by) == (make.days(-1), "health")


@pytest.mark.parametrize("page", ["rating", "seen", "visit"])
def test_another_teams_child_is_refused(sign_in, worker, team, page):
    elsewhere = make.child(team.authority)
    make.plan(elsewhere, make.worker(make.team(team.authority)))
    client = sign_in(worker[0])
    assert client.get(f"/children/{elsewhere.ref}/{page}/").status_code == 403
    assert client.post(f"/children/{elsewhere.ref}/{page}/", {"level": "green"}).status_code == 403
