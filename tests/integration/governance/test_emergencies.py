"""Breaking the glass: four hours to the microsecond, told at once, looked at by the next working day."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.models import Event
from keepsight.apps.contact import actions as contact
from keepsight.apps.people import actions
from keepsight.apps.people.models import AccessKind, GlassNotice, Identifier, RecordAccess
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.core.errors import NotPermitted, TooOften
from keepsight.core.terms import SightLine
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WHY = "The police ask where this child sleeps tonight."
SAID = {"because": "police_request", "reason": WHY}
TICK = timedelta(microseconds=1)
FOUR_HOURS = timedelta(hours=4)


@pytest.fixture
def owner(team):
    return make.user(Role.PRACTITIONER, team=team, name="Robin Ownworker")


@pytest.fixture
def child(team, owner):
    """A restricted child, whose worker signs in."""
    child = make.child(team.authority, forename="Hushed", surname="Notforall", record_class="restricted")
    make.plan(child, make.worker(team, name="Robin Ownworker", user=owner))
    Identifier.objects.create(authority=team.authority, child=child, scheme="la_child_id", value="C77", checked=True)
    return child


@pytest.fixture
def duty(team):
    return make.user(Role.PRACTITIONER, team=make.team(team.authority), name="Onny Duty")


@pytest.fixture
def watcher(team):
    return make.user(Role.INFORMATION_GOVERNANCE, of=team.authority, name="Gov Ernance")


def broken(child, by, at=NOW):
    return actions.break_glass(child, because="missing", reason=WHY, by=by, at=at)


# --- opening ---------------------------------------------------------------------------------------------
def test_from_a_refusal_to_the_record_without_the_number_in_an_address(sign_in, duty, child):
    client = sign_in(duty)
    refused = client.get(f"/children/{child.ref}/").content.decode()
    about = re.search(r'name="about" value="([^"]+)"', refused).group(1)
    asked = client.post("/access/emergency/", {"about": about, "start": "1"})
    assert asked.status_code == 200
    body = asked.content.decode()
    assert "the record that you were refused" in body
    assert "Hushed" not in body
    assert client.post("/access/emergency/", {"about": about, **SAID}).url == f"/children/{child.ref}/"
    record = client.get(f"/children/{child.ref}/").content.decode()
    assert "Hushed Notforall" in record
    assert "Opened in an emergency until" in record
    assert "1:30pm" in record


@pytest.mark.parametrize(
    "which",
    [
        {"number": "c77"},
        {"forename": "hushed", "surname": "NOTFORALL", "born_day": 1, "born_month": 5, "born_year": 2012},
    ],
)
def test_by_number_or_by_whole_name_and_birthday(sign_in, duty, child, which):
    assert sign_in(duty).post("/access/emergency/", {**which, **SAID}).url == f"/children/{child.ref}/"
    event = Event.objects.get(kind="break_glass")
    assert (event.subject_id, event.reason, event.detail["nth_in_a_day"]) == (str(child.pk), "police_request", 1)


def test_what_does_not_match_and_what_is_ones_own_are_answered_alike(sign_in, duty, child):
    client = sign_in(duty)
    own = make.child(child.authority, forename="My", surname="Own")
    Identifier.objects.create(authority=child.authority, child=own, scheme="la_child_id", value="C78", checked=True)
    RecordAccess.objects.create(
        user=duty, child=own, kind=AccessKind.OWN_RECORD, state="granted", reason="x", asked_at=NOW, starts_at=NOW
    )
    bodies = []
    for number in ("C78", "C99"):
        answer = client.post("/access/emergency/", {"number": number, **SAID})
        assert answer.status_code == 422
        bodies.append(re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.content.decode()))
    assert bodies[0] == bodies[1]
    assert "No record was opened" in bodies[0]
    assert Event.objects.filter(kind="denied", reason="no_such_record").count() == 2
    assert not RecordAccess.objects.filter(kind=AccessKind.BREAK_GLASS).exists()


@pytest.mark.parametrize("given", [{"because": ""}, {"reason": "quick"}, {"because": "nosy"}, {"number": ""}])
def test_without_an_emergency_and_a_reason_nothing_opens(sign_in, duty, child, given):
    assert sign_in(duty).post("/access/emergency/", {"number": "C77", **SAID, **given}).status_code == 422
    assert not RecordAccess.objects.exists()


def test_a_carried_number_is_of_no_use_to_another_person(sign_in, duty, child, team):
    body = sign_in(duty).get(f"/children/{child.ref}/").content.decode()
    about = re.search(r'name="about" value="([^"]+)"', body).group(1)
    other = sign_in(make.user(Role.PRACTITIONER, team=make.team(team.authority)))
    assert other.post("/access/emergency/", {"about": about, **SAID}).status_code == 422
    assert other.post("/access/emergency/", {"about": about[:-3] + "abc", **SAID}).status_code == 422


@pytest.mark.parametrize(
    "role", [Role.QUALITY_ASSURANCE, Role.HEALTH, Role.LEADER, Role.ANALYST, Role.INFORMATION_GOVERNANCE, Role.MEMBER]
)
def test_roles_that_are_not_on_duty_break_no_glass(sign_in, team, child, role):
    person = make.user(role, of=team.authority)
    assert sign_in(person).post("/access/emergency/", {"number": "C77", **SAID}).status_code == 403
    with pytest.raises(NotPermitted):
        broken(child, person)


def test_no_glass_is_broken_for_a_record_that_is_open_anyway(owner, child):
    assert broken(child, owner) is None
    assert not GlassNotice.objects.exists()


def test_another_councils_record_stays_closed(child):
    with pytest.raises(NotPermitted):
        broken(child, make.user(Role.DUTY_WORKER, of=make.authority()))


def test_eleven_in_a_day_are_too_many(duty, child):
    for nth in range(10):
        broken(child if nth == 0 else _another(child), duty, NOW + timedelta(minutes=nth))
    with pytest.raises(TooOften):
        broken(_another(child), duty, NOW + timedelta(minutes=11))


def _another(child):
    made = make.child(child.authority, record_class="restricted")
    make.plan(made, make.worker(make.team(child.authority)))
    return made


# --- how far, how long -----------------------------------------------------------------------------------
def test_it_opens_what_the_role_does_and_decides_nothing(duty, team, child):
    broken(child, duty)
    grants = grants_of(duty, NOW)
    opens = {p for p in Permission if children_visible_to(grants, p).filter(pk=child.pk).exists()}
    assert opens == {
        Permission.CHILD_VIEW, Permission.VISIT_RECORD, Permission.SIGHTING_RECORD, Permission.SAFE_CONTACT_VIEW,
        Permission.CODE_WORD_VIEW, Permission.HEALTH_VIEW,
    }  # fmt: skip
    screener = make.user(Role.FRONT_DOOR, of=team.authority)
    broken(child, screener)
    theirs = grants_of(screener, NOW)
    opens = {p for p in Permission if children_visible_to(theirs, p).filter(pk=child.pk).exists()}
    assert opens == {Permission.CHILD_VIEW, Permission.SIGHTING_RECORD}


@pytest.mark.parametrize(
    ("after", "opens"), [(FOUR_HOURS - TICK, True), (FOUR_HOURS, False), (FOUR_HOURS + TICK, False)]
)
def test_it_ends_after_four_hours_to_the_microsecond(duty, child, after, opens):
    broken(child, duty)
    assert children_visible_to(grants_of(duty, NOW + after)).filter(pk=child.pk).exists() is opens
    assert not children_visible_to(grants_of(duty, NOW - TICK)).filter(pk=child.pk).exists()


@pytest.mark.parametrize(("after", "status"), [(FOUR_HOURS - TICK, 302), (FOUR_HOURS, 403)])
def test_a_form_opened_in_time_and_sent_too_late_is_refused(sign_in, duty, child, after, status):
    broken(child, duty)
    client = sign_in(duty)
    sighting = {"line": "police", "when": "today", "face_to_face": "yes"}
    assert client.get(f"/children/{child.ref}/seen/").status_code == 200
    with time_machine.travel(NOW + after, tick=False):
        assert sign_in(duty).post(f"/children/{child.ref}/seen/", sighting).status_code == status
    assert child.sightings.count() == (status == 302)


def test_an_action_that_begins_too_late_is_refused_whatever_the_page_thought(duty, child):
    broken(child, duty)
    said = {"seen_on": make.TODAY, "line": SightLine.POLICE, "by": duty, "on": make.TODAY}
    with pytest.raises(NotPermitted):
        contact.record_sighting(child, at=NOW + FOUR_HOURS, **said)


def test_the_record_of_a_relative_stays_closed_although_the_glass_was_broken_before(duty, child):
    broken(child, duty)
    RecordAccess.objects.create(
        user=duty, child=child, kind=AccessKind.OWN_RECORD, state="granted", reason="x", asked_at=NOW, starts_at=NOW
    )
    assert not children_visible_to(grants_of(duty, NOW)).exists()


# --- who is told -----------------------------------------------------------------------------------------
def test_the_worker_and_their_manager_are_told_until_they_have_read_it(sign_in, duty, owner, manager, child):
    broken(child, duty)
    assert set(GlassNotice.objects.values_list("user_id", flat=True)) == {owner.pk, manager.pk}
    for person, page in ((owner, "/work/"), (manager, "/teams/")):
        client = sign_in(person)
        body = client.get(page, follow=True).content.decode()
        assert "Onny Duty opened" in body
        assert WHY in body
        pk = re.search(r"/access/notices/(\d+)/read/", body).group(1)
        client.post(f"/access/notices/{pk}/read/")
        assert "Onny Duty opened" not in client.get(page, follow=True).content.decode()
    assert GlassNotice.objects.filter(read_at=None).count() == 0


def test_nobody_marks_anothers_notice_as_read(sign_in, duty, owner, child):
    broken(child, duty)
    notice = GlassNotice.objects.get(user=owner)
    sign_in(duty).post(f"/access/notices/{notice.pk}/read/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_record_without_worker_and_manager_is_told_to_the_leader(duty, leader, team):
    alone = make.child(team.authority)
    broken(alone, duty)
    assert list(GlassNotice.objects.values_list("user_id", flat=True)) == [leader.pk]


def test_who_may_not_open_the_record_is_not_told(duty, owner, manager, child):
    RecordAccess.objects.create(
        user=owner, child=child, kind=AccessKind.OWN_RECORD, state="granted", reason="x", asked_at=NOW, starts_at=NOW
    )
    broken(child, duty)
    assert list(GlassNotice.objects.values_list("user_id", flat=True)) == [manager.pk]


def test_the_mail_carries_no_name_and_no_number(sign_in, duty, owner, manager, watcher, child, settings):
    settings.EMAIL_HOST = "mail.invalid"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sign_in(duty).post("/access/emergency/", {"number": "C77", **SAID})
    assert sorted(message.to[0] for message in mail.outbox) == sorted([owner.email, manager.email, watcher.email])
    for message in mail.outbox:
        text = message.subject + message.body
        assert not [word for word in ("Hushed", "Notforall", "C77", "Onny", str(child.ref), "police") if word in text]


def test_no_mail_is_tried_where_none_is_configured(sign_in, duty, owner, child):
    sign_in(duty).post("/access/emergency/", {"number": "C77", **SAID})
    assert mail.outbox == []


# --- afterwards ------------------------------------------------------------------------------------------
def test_information_governance_looks_by_the_next_working_day_and_reads_no_name(sign_in, duty, watcher, child):
    access = broken(child, duty)
    client = sign_in(watcher)
    body = client.get("/access/emergencies/").content.decode()
    for word in ("Onny Duty", WHY, "C77", "4 Jun 2020"):
        assert word in body
    assert "Hushed" not in body
    assert "overdue" not in body
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert "1 overdue" in sign_in(watcher).get("/access/emergencies/").content.decode()
    page = f"/access/emergencies/{access.pk}/"
    assert "Hushed" not in client.get(page).content.decode()
    assert client.post(page, {"review": "ok"}).status_code == 422
    assert client.post(page, {"review": "I rang the police station; they had asked."}).status_code == 302
    access.refresh_from_db()
    assert access.reviewed_by == "Gov Ernance"
    assert "Nothing waits" in client.get("/access/emergencies/").content.decode()
    assert Event.objects.filter(kind="break_glass_reviewed", subject_id=str(child.pk)).exists()


def test_on_a_friday_evening_it_is_due_on_monday():
    from keepsight.apps.governance.presenters.access import review_due

    assert review_due(NOW + timedelta(days=2)) == make.days(5)


def test_the_report_of_the_week_flags_the_second_in_a_day(sign_in, duty, watcher, child):
    broken(child, duty)
    broken(_another(child), duty, NOW + timedelta(hours=2))
    broken(_another(child), duty, NOW + timedelta(days=3))
    client = sign_in(watcher)
    body = client.get("/access/emergencies/week/").content.decode()
    assert "1 June 2020" in body
    assert "3 records were" in body
    assert body.count("2nd in 24 hours") == 1
    assert "0 records were" in client.get("/access/emergencies/week/?from=2020-05-25").content.decode()
    assert client.get("/access/emergencies/week/?from=nonsense").status_code == 200


def test_only_who_watches_this_council_looks(sign_in, duty, team, leader, child):
    access = broken(child, duty)
    elsewhere = make.user(Role.INFORMATION_GOVERNANCE, of=make.authority())
    client = sign_in(elsewhere)
    assert "Nothing waits" in client.get("/access/emergencies/").content.decode()
    assert client.get(f"/access/emergencies/{access.pk}/").status_code == 404
    with pytest.raises(NotPermitted):
        actions.review_glass(access, review=WHY, by=elsewhere, at=NOW)
    assert sign_in(leader).get("/access/emergencies/").status_code == 403


def test_nobody_looks_at_their_own(duty, watcher, team, child):
    duty.memberships.create(authority=team.authority, role=Role.INFORMATION_GOVERNANCE, starts_on=make.days(-1))
    access = broken(child, duty)
    with pytest.raises(NotPermitted):
        actions.review_glass(access, review=WHY, by=duty, at=NOW)
