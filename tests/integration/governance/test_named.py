"""Named access: asked for without learning anything, answered by who answers for the record, ended to the moment."""

from datetime import datetime, timedelta

import pytest

from keepsight.apps.accounts.models import Cover, Role
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.models import Event
from keepsight.apps.people import actions
from keepsight.apps.people.models import AccessKind, Identifier, RecordAccess
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WHY = "I take the conference over next week."
TOLD = "if there is such a record"


@pytest.fixture
def hushed(team):
    """A restricted child of a worker of the team, with a number."""
    child = make.child(team.authority, forename="Hushed", surname="Notforall", record_class="restricted")
    make.plan(child, make.worker(team, name="Robin Ownworker"))
    Identifier.objects.create(authority=team.authority, child=child, scheme="la_child_id", value="C77", checked=True)
    return child


@pytest.fixture
def asker(team):
    return make.user(Role.PRACTITIONER, team=make.team(team.authority))


def asking(**given):
    return {"because": "task", "reason": WHY, **given}


def born(child):
    return {"born_day": str(child.date_of_birth.day), "born_month": str(child.date_of_birth.month), "born_year": "2012"}


def named(person, child, at, **given):
    return RecordAccess.objects.create(
        user=person, child=child, kind=AccessKind.NAMED, state="granted", reason=WHY, asked_by="x", asked_at=at,
        **{"because": "task", "starts_at": at, "ends_at": at + timedelta(days=14),
           "last_day": (at + timedelta(days=14)).date(), **given},
    )  # fmt: skip


def sees(person, child, at: datetime) -> bool:
    return children_visible_to(grants_of(person, at)).filter(pk=child.pk).exists()


# --- asking ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["number", "name"])
def test_the_answer_is_the_same_whether_there_is_such_a_record(sign_in, asker, hushed, how):
    client = sign_in(asker)
    there = {"number": "c 77"} if how == "number" else {"forename": "HUSHED", "surname": "notforall", **born(hushed)}
    nowhere = {"number": "C78"} if how == "number" else {"forename": "Hushed", "surname": "Nobody", **born(hushed)}
    pages = []
    for given in (nowhere, there):
        answer = client.post("/access/requests/new/", asking(**given), follow=True)
        assert TOLD in answer.content.decode()
        pages.append(answer.content.decode().count("Not given so far"))
    assert pages == [1, 2], "both stand in the list of what was asked, and look the same there"
    (waits,) = RecordAccess.objects.all()
    assert (waits.child, waits.user, waits.state, waits.reason) == (hushed, asker, "asked", WHY)
    assert Event.objects.filter(kind="access_asked").count() == 2
    assert not [event for event in Event.objects.all() if WHY in str((event.reason, event.detail))]


def test_names_that_two_children_share_find_nobody(sign_in, asker, hushed):
    make.child(hushed.authority, forename="Hushed", surname="Notforall")
    sign_in(asker).post("/access/requests/new/", asking(forename="Hushed", surname="Notforall", **born(hushed)))
    assert not RecordAccess.objects.exists()


def test_another_councils_record_is_not_found(sign_in, asker, hushed):
    other = make.child(forename="Far", surname="Away")
    sign_in(asker).post("/access/requests/new/", asking(forename="Far", surname="Away", **born(other)))
    assert not RecordAccess.objects.exists()


@pytest.mark.parametrize(
    "given", [{"reason": "need it"}, {"reason": ". . . . . . . . . . ."}, {"because": "forever"}, {}]
)
def test_what_is_missing_is_said(sign_in, asker, hushed, given):
    number = {} if not given else {"number": "C77"}
    assert sign_in(asker).post("/access/requests/new/", asking(**number) | given).status_code == 422
    assert not RecordAccess.objects.exists()


def test_one_waits_once(sign_in, asker, hushed):
    client = sign_in(asker)
    for _ in range(2):
        client.post("/access/requests/new/", asking(number="C77"))
    assert RecordAccess.objects.count() == 1


# --- answering -------------------------------------------------------------------------------------------
@pytest.fixture
def request_of(asker, hushed):
    return actions.ask(hushed, because="task", reason=WHY, by=asker, at=NOW)


def test_the_manager_reads_the_name_and_grants(sign_in, manager, asker, hushed, request_of):
    client = sign_in(manager)
    assert "Hushed Notforall" in client.get("/access/requests/").content.decode()
    assert WHY in client.get(f"/access/requests/{request_of.pk}/").content.decode()
    assert not sees(asker, hushed, NOW)
    assert client.post(f"/access/requests/{request_of.pk}/", {"answer": "task"}).status_code == 302
    request_of.refresh_from_db()
    assert request_of.ends_at == NOW + timedelta(days=14)
    mine = sign_in(asker)
    assert "Hushed Notforall" in mine.get(f"/children/{hushed.ref}/").content.decode()
    assert "Open to you until" in mine.get("/access/requests/").content.decode()


def test_the_leader_answers_without_reading_the_name(sign_in, leader, hushed, request_of):
    client = sign_in(leader)
    for page in ("/access/requests/", f"/access/requests/{request_of.pk}/"):
        body = client.get(page).content.decode()
        assert "Restricted record" in body
        assert "C77" in body
        assert "Hushed" not in body
    client.post(f"/access/requests/{request_of.pk}/", {"answer": "refuse", "reason": "The case is closed to you."})
    request_of.refresh_from_db()
    assert (request_of.state, request_of.decision) == ("refused", "The case is closed to you.")


def test_a_refusal_looks_like_no_record(sign_in, asker, manager, hushed, request_of):
    actions.refuse(request_of, reason="Not needed for this task.", by=manager, at=NOW)
    actions.ask(None, because="task", reason=WHY, by=asker, at=NOW)
    body = sign_in(asker).get("/access/requests/").content.decode()
    assert body.count("Not given so far") == 2
    assert "Not needed" not in body


def test_six_months_for_an_involved_worker(manager, asker, hushed, request_of):
    assert actions.grant(request_of, because="involved", by=manager, at=NOW).ends_at == NOW.replace(month=12)


def others(team):
    away = make.user(Role.TEAM_MANAGER, team=team)
    stand_in = make.user(Role.TEAM_MANAGER, team=make.team(team.authority))
    Cover.objects.create(
        absent=away, stand_in=stand_in, starts_on=make.days(-1), ends_on=make.days(5), reason="x", arranged_by="x",
        arranged_at=NOW,
    )  # fmt: skip
    return {
        "a manager of another team": make.user(Role.TEAM_MANAGER, team=make.team(team.authority)),
        "who stands in for the manager": stand_in,
        "a leader of another council": make.user(Role.LEADER, of=make.authority()),
        "information governance": make.user(Role.INFORMATION_GOVERNANCE, of=team.authority),
        "a colleague": make.user(Role.PRACTITIONER, team=team),
    }


def test_nobody_else_answers(sign_in, team, request_of):
    for who, person in others(team).items():
        client = sign_in(person)
        assert client.get(f"/access/requests/{request_of.pk}/").status_code in (403, 404), who
        with pytest.raises(NotPermitted):
            actions.grant(request_of, because="task", by=person, at=NOW)


def test_nobody_answers_their_own_request(sign_in, leader, hushed):
    own = actions.ask(hushed, because="task", reason=WHY, by=leader, at=NOW)
    body = sign_in(leader).get(f"/access/requests/{own.pk}/").content.decode()
    assert "somebody else must answer" in body
    assert "Who asks" not in sign_in(leader).get("/access/requests/").content.decode()
    with pytest.raises(NotPermitted):
        actions.grant(own, because="task", by=leader, at=NOW)


def test_nobody_answers_for_a_record_that_is_their_own(manager, hushed, request_of):
    block(manager, hushed)
    with pytest.raises(NotPermitted):
        actions.grant(request_of, because="task", by=manager, at=NOW)


def block(person, child):
    return RecordAccess.objects.create(
        user=person, child=child, kind=AccessKind.OWN_RECORD, state="granted", reason="x", asked_at=NOW, starts_at=NOW
    )


def test_what_was_answered_stays_answered(manager, request_of):
    actions.refuse(request_of, reason="Not needed for this task.", by=manager, at=NOW)
    with pytest.raises(NotAllowedNow):
        actions.grant(request_of, because="task", by=manager, at=NOW)


def test_a_person_without_a_role_for_children_is_not_named(manager, hushed, request_of):
    request_of.user.memberships.update(role=Role.ANALYST)
    with pytest.raises(NotAllowedNow):
        actions.grant(request_of, because="task", by=manager, at=NOW)


# --- how long it lasts -------------------------------------------------------------------------------------
TICK = timedelta(microseconds=1)


def test_it_opens_and_closes_to_the_microsecond(asker, hushed):
    access = named(asker, hushed, NOW)
    moments = [NOW - TICK, NOW, access.ends_at - TICK, access.ends_at, access.ends_at + TICK]
    assert [sees(asker, hushed, at) for at in moments] == [False, True, True, False, False]


def test_the_name_stands_in_lists_while_it_lasts(sign_in, leader, hushed):
    access = named(leader, hushed, NOW)
    client = sign_in(leader)
    assert "Hushed Notforall" in client.get("/lists/open/").content.decode()
    assert "Hushed Notforall" in client.post("/find/", {"words": "hushed"}).content.decode()
    RecordAccess.objects.filter(pk=access.pk).update(ends_at=NOW)
    assert "Hushed" not in client.get("/lists/open/").content.decode()
    assert "Nobody found" in client.post("/find/", {"words": "hushed"}).content.decode()


def test_the_manager_sees_who_is_named_and_ends_it_at_once(sign_in, manager, asker, hushed):
    soon = named(asker, hushed, NOW - timedelta(days=8))
    client = sign_in(manager)
    body = client.get("/access/named/").content.decode()
    assert asker.name in body
    assert "1 ends within seven days" in body
    client.post(f"/access/named/{soon.pk}/end/")
    assert not sees(asker, hushed, NOW)
    assert asker.name not in client.get("/access/named/").content.decode()
    assert list(Event.objects.filter(kind="access_ended").values_list("subject_id", flat=True)) == [str(hushed.pk)]


def test_who_is_named_may_decide_as_their_role_does_and_who_broke_glass_may_not(asker, hushed):
    access = named(asker, hushed, NOW)
    rates = children_visible_to(grants_of(asker, NOW), Permission.RATING_CONFIRM)
    assert list(rates) == [hushed]
    RecordAccess.objects.filter(pk=access.pk).update(kind=AccessKind.BREAK_GLASS)
    grants = grants_of(asker, NOW)
    assert list(children_visible_to(grants, Permission.VISIT_RECORD)) == [hushed]
    assert not children_visible_to(grants, Permission.RATING_CONFIRM).exists()


def test_lists_ask_as_many_queries_for_one_as_for_many(sign_in, manager, team, hushed, django_assert_max_num_queries):
    for _ in range(12):
        child = make.child(team.authority, record_class="restricted")
        make.plan(child, make.worker(team))
        actions.ask(child, because="task", reason=WHY, by=make.user(Role.PRACTITIONER, of=team.authority), at=NOW)
        named(make.user(Role.PRACTITIONER, of=team.authority), child, NOW)
    client = sign_in(manager)
    for page in ("/access/requests/", "/access/named/", "/access/restricted/"):
        with django_assert_max_num_queries(12):
            client.get(page)
