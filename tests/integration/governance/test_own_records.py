"""Nobody opens their own record or a relative's, whatever else they hold."""

from datetime import date

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.people import actions
from keepsight.apps.people.models import AccessKind, DeclaredRelative, Identifier, RecordAccess
from keepsight.apps.people.permissions import children_counted_for, children_findable_by, children_visible_to, grants_of
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BORN = date(2012, 5, 1)
SAID = {
    "relation": "A relative", "forename": "Ines", "surname": "kinsfolk", "born_day": 1, "born_month": 5,
    "born_year": 2012,
}  # fmt: skip


@pytest.fixture
def niece(team, worker):
    """A niece of the worker, and on the worker's own caseload."""
    child = make.child(team.authority, forename="Inés", surname="Kinsfolk", date_of_birth=BORN)
    make.plan(child, worker[1])
    Identifier.objects.create(authority=team.authority, child=child, scheme="upn", value="A123", checked=True)
    return child


@pytest.fixture
def watcher(team):
    return make.user(Role.INFORMATION_GOVERNANCE, of=team.authority, name="Gov Ernance")


def declare(by, **given):
    said = {"forename": "Ines", "surname": "KINSFOLK", "date_of_birth": BORN, "number": "", "relation": "A relative"}
    return actions.declare_relative(**said | given, by=by, at=NOW)


def test_declaring_closes_the_record_at_once_and_tells_nothing(sign_in, worker, niece):
    client = sign_in(worker[0])
    assert "Kinsfolk" in client.get(f"/children/{niece.ref}/").content.decode()
    pages = []
    for surname in ("kinsfolk", "nobody"):
        answer = client.post("/access/relatives/", SAID | {"surname": surname}, follow=True).content.decode()
        assert "If there is a record, it is closed to you." in answer
        pages.append(answer)
    assert client.get(f"/children/{niece.ref}/").status_code == 403
    work = client.get("/work/").content.decode()
    assert "Restricted record" in work, "the row stays"
    assert "Kinsfolk" not in work
    assert "Nobody found" in client.post("/find/", {"words": "Kinsfolk"}).content.decode()
    event = Event.objects.get(kind="own_record_blocked")
    assert (event.subject_id, event.detail["whom"]) == (str(niece.pk), worker[0].pk)


@pytest.mark.parametrize(
    ("given", "closed"),
    [
        ({}, True),
        ({"surname": " Kinsfolk "}, True),
        ({"surname": "Kinsfolks"}, False),
        ({"date_of_birth": date(2012, 5, 2)}, False),
        ({"surname": "Other", "date_of_birth": None, "number": "a 123"}, True),
        ({"surname": "Other", "date_of_birth": None, "number": "A124"}, False),
    ],
)
def test_surname_and_birthday_or_a_number_must_match_exactly(worker, niece, given, closed):
    declare(worker[0], **given)
    assert RecordAccess.objects.filter(child=niece, kind="own_record").exists() is closed


def test_what_was_declared_is_sealed_in_the_database(worker, niece):
    from django.db import connection

    declare(worker[0], forename="Inesforename", number="A123456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT forename, surname, date_of_birth, number FROM people_declaredrelative")
        (row,) = cursor.fetchall()
    words = ("Inesforename", "KINSFOLK", "2012-05", "A1234567")  # longer than what a random token happens to hold
    assert not [part for part in row if any(word in part for word in words)]


def test_the_block_wins_over_role_name_reason_and_broken_glass(team, niece):
    person = make.user(Role.TEAM_MANAGER, team=team)
    person.memberships.create(authority=team.authority, role=Role.DUTY_WORKER, starts_on=make.days(-1))
    for kind in (AccessKind.NAMED, AccessKind.REASON, AccessKind.BREAK_GLASS):
        RecordAccess.objects.create(
            user=person, child=niece, kind=kind, state="granted", reason="x", asked_at=NOW, starts_at=NOW,
            ends_at=NOW.replace(day=9), last_day=make.days(6),
        )  # fmt: skip
    declare(person)
    grants = grants_of(person, NOW)
    assert not children_visible_to(grants).exists()
    assert not children_findable_by(grants).exists()
    assert children_counted_for(grants).count() == 1, "counted, without a name"
    for act, because in ((actions.break_glass, "missing"), (actions.give_reason, "safeguarding")):
        with pytest.raises(NotPermitted):
            act(niece, because=because, reason="A long reason here.", by=person, at=NOW)
    assert actions.ask(niece, because="task", reason="A long reason here.", by=person, at=NOW) is None


def test_a_child_who_comes_later_is_closed_too_and_once(worker, team):
    declare(worker[0])
    child = make.child(team.authority, surname="Kinsfolk", date_of_birth=BORN)
    assert actions.block_declared(at=NOW, authority=team.authority) == 1
    assert actions.block_declared(at=NOW, authority=team.authority) == 0
    assert grants_of(worker[0], NOW).blocked == (child.pk,)


def test_looking_for_matches_asks_few_queries_however_many_children(team, worker, django_assert_max_num_queries):
    for number in range(5):
        declare(worker[0], surname=f"Nobody{number}")
    for _ in range(40):
        make.child(team.authority, date_of_birth=BORN)
    with django_assert_max_num_queries(4):
        actions.block_declared(at=NOW, authority=team.authority)


def test_the_manager_is_shown_that_the_case_needs_another_worker(sign_in, manager, worker, niece):
    declare(worker[0])
    body = sign_in(manager).get("/access/restricted/blocked/").content.decode()
    assert "Inés Kinsfolk" in body
    assert worker[0].name in body
    other = make.user(Role.TEAM_MANAGER, team=make.team(niece.authority))
    assert "Kinsfolk" not in sign_in(other).get("/access/restricted/blocked/").content.decode()


def test_information_governance_looks_and_opens_again_what_was_closed_wrongly(sign_in, watcher, worker, niece):
    declared = declare(worker[0])
    client = sign_in(watcher)
    assert worker[0].name in client.get("/access/declarations/").content.decode()
    body = client.get(f"/access/declarations/{declared.pk}/").content.decode()
    assert "KINSFOLK" in body
    assert "Inés" not in body, "the declaration is read, not the record"
    (block,) = RecordAccess.objects.all()
    freed = client.post(f"/access/blocks/{block.pk}/open-again/", {"reason": "Another child of the same birthday."})
    assert freed.status_code == 302
    assert children_visible_to(grants_of(worker[0], NOW)).filter(pk=niece.pk).exists()
    assert actions.block_declared(at=NOW) == 0, "and no load closes it again"
    client.post(f"/access/declarations/{declared.pk}/", {})
    assert DeclaredRelative.objects.get().checked_by == "Gov Ernance"


def test_information_governance_closes_by_hand_what_is_written_differently(sign_in, watcher, worker, niece):
    declared = declare(worker[0], surname="Kinsfolk-Other")
    client, page = sign_in(watcher), f"/access/declarations/{declared.pk}/"
    wrong = {"search": "1", "forename": "Inés", "surname": "Wrong", "born_day": 1, "born_month": 5, "born_year": 2012}
    assert client.post(page, wrong).status_code == 422
    assert client.post(page, wrong | {"surname": "kinsfolk"}).status_code == 302
    assert grants_of(worker[0], NOW).blocked == (niece.pk,)


def test_nobody_looks_after_their_own_and_no_other_council_does(sign_in, watcher, worker, niece, team):
    own = declare(watcher)
    other = make.user(Role.INFORMATION_GOVERNANCE, of=make.authority())
    theirs = declare(worker[0])
    assert sign_in(watcher).get(f"/access/declarations/{own.pk}/").status_code == 404
    assert sign_in(other).get(f"/access/declarations/{theirs.pk}/").status_code == 404
    block = RecordAccess.objects.get(user=watcher)
    for person in (watcher, other, worker[0]):
        with pytest.raises(NotPermitted):
            actions.free_block(block, reason="It is not the same child.", by=person, at=NOW)
    with pytest.raises(NotPermitted):
        actions.check_declaration(theirs, by=other, at=NOW)


def test_taking_a_declaration_back_opens_nothing(sign_in, worker, niece):
    declared = declare(worker[0])
    client = sign_in(worker[0])
    client.post(f"/access/relatives/{declared.pk}/take-back/")
    assert "KINSFOLK" not in client.get("/access/relatives/").content.decode()
    assert grants_of(worker[0], NOW).blocked == (niece.pk,)
    other = make.user(Role.PRACTITIONER, team=make.team(niece.authority))
    assert sign_in(other).post(f"/access/relatives/{declared.pk}/take-back/").status_code == 404


def test_everybody_is_asked_again_after_a_year(sign_in, worker):
    import time_machine

    client = sign_in(worker[0])
    assert "You have not declared anybody yet" in client.get("/access/relatives/").content.decode()
    client.post("/access/relatives/nothing-to-add/")
    assert "not declared anybody yet" not in client.get("/access/relatives/").content.decode()
    with time_machine.travel(NOW.replace(year=2021, month=7), tick=False):
        assert "Is it still right?" in sign_in(worker[0]).get("/access/relatives/").content.decode()


def test_the_first_page_after_signing_in_reminds_once_a_year(sign_in, worker, team):
    import time_machine

    def told(person):
        client = sign_in(person)
        return ["Yourself and your relatives, whose records" in client.get("/", follow=True).content.decode()
                for _ in range(2)]  # fmt: skip

    assert told(worker[0]) == [True, False]
    actions.declare_nobody(by=worker[0], at=NOW)
    assert told(worker[0]) == [False, False]
    with time_machine.travel(NOW.replace(year=2021, month=7), tick=False):
        assert told(worker[0]) == [True, False]
    assert told(make.user(Role.ANALYST, of=team.authority)) == [False, False]  # sees no child


def test_a_birthday_or_a_number_is_needed(sign_in, worker):
    said = {name: value for name, value in SAID.items() if not name.startswith("born")}
    assert sign_in(worker[0]).post("/access/relatives/", said).status_code == 422
