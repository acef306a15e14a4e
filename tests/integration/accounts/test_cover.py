"""Cover during absence: who may arrange it, what the stand-in sees, and that it stops by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from keepsight.apps.accounts.actions import cover
from keepsight.apps.accounts.models import Cover, Membership, Role, User
from keepsight.apps.accounts.permissions import Permission, rules
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.core.errors import NotPermitted
from keepsight.core.terms import RecordClass
from tests import factories
from tests.integration.accounts.conftest import day, events, hold

pytestmark = pytest.mark.django_db
ON, AT = factories.TODAY, factories.NOW


@pytest.fixture
def absent(world):
    """A practitioner of Harbour with own cases only."""
    who = factories.user(name="Absent Sampleton")
    hold(who, Role.PRACTITIONER, world.fell, own_only=True)
    return who


@pytest.fixture
def caseload(world, absent):
    worker = factories.worker(world.fell_team, user=absent)
    plain = factories.plan(factories.child(world.fell, forename="Plainchild"), worker).child
    shut = factories.plan(
        factories.child(world.fell, forename="Shutchild", record_class=RecordClass.RESTRICTED), worker
    ).child
    return plain, shut


@pytest.fixture
def stand_in(world):
    who = factories.user(name="Standin Sampleton")
    hold(who, Role.PRACTITIONER, world.fell, own_only=True)
    factories.worker(world.fell_team, user=who)
    return who


@pytest.fixture
def manager(world):
    return factories.user(Role.TEAM_MANAGER, team=world.fell_team, name="Manager Sampleton")


def arrange(absent, stand_in, by, **given):
    answers = {"starts_on": ON, "ends_on": ON + timedelta(7), "reason": "leave", "by": by, "at": AT, "on": ON, **given}
    return cover.arrange(absent, stand_in, **answers)


def test_the_stand_in_sees_the_absent_persons_work_and_no_restricted_record(
    absent, stand_in, manager, caseload, sign_in
):
    plain, shut = caseload
    assert not children_visible_to(grants_of(stand_in, AT)).exists()
    arrange(absent, stand_in, manager)
    assert set(children_visible_to(grants_of(stand_in, AT))) == {plain}
    assert set(children_visible_to(grants_of(absent, AT))) == {plain, shut}
    browser = sign_in(stand_in)
    page = browser.get("/work/").content.decode()
    assert "You stand in for Absent Sampleton" in page
    assert "Plainchild" in page
    assert "Shutchild" not in page
    assert browser.get(f"/children/{shut.ref}/").status_code == 403
    assert browser.get(f"/children/{plain.ref}/").status_code == 200
    (event,) = events(EventKind.COVER_ARRANGED)
    assert (event.actor_name, event.subject_id) == ("Manager Sampleton", str(absent.pk))
    assert event.detail["stand_in"] == stand_in.pk


def test_it_begins_and_stops_by_itself(absent, stand_in, manager, caseload):
    arrange(absent, stand_in, manager, starts_on=ON + timedelta(1), ends_on=ON + timedelta(3))
    seen = [children_visible_to(grants_of(stand_in, AT + timedelta(n))).exists() for n in range(5)]
    assert seen == [False, True, True, False, False]


def test_it_ends_early_at_the_next_click(absent, stand_in, manager, caseload, sign_in):
    held = arrange(absent, stand_in, manager)
    browser = sign_in(stand_in)
    assert "Plainchild" in browser.get("/work/").content.decode()
    theirs = sign_in(absent, Client())
    assert theirs.post(f"/cover/{held.pk}/end/").status_code == 302
    assert "Plainchild" not in browser.get("/work/").content.decode()
    assert len(events(EventKind.COVER_ENDED)) == 1
    assert theirs.post(f"/cover/{held.pk}/end/").status_code == 403


# what happened to the absent person meanwhile; whether the stand-in still reaches the children
MEANWHILE = [
    ("nothing", True),
    ("role ended", False),
    ("role not begun", False),
    ("account ended", False),
    ("account run out", False),
    ("cover ended", False),
    ("role elsewhere only", False),
]


@pytest.mark.parametrize(("what", "reaches"), MEANWHILE)
def test_the_stand_in_has_only_what_the_absent_person_still_holds(
    world, absent, stand_in, manager, caseload, what, reaches
):
    arrange(absent, stand_in, manager)
    held = Membership.objects.filter(user=absent)
    account = User.objects.filter(pk=absent.pk)
    {
        "nothing": lambda: None,
        "role ended": lambda: held.update(ends_on=ON),
        "role not begun": lambda: held.update(starts_on=ON + timedelta(1)),
        "account ended": lambda: account.update(is_active=False),
        "account run out": lambda: account.update(expires_on=ON),
        "cover ended": lambda: Cover.objects.update(ended_at=AT),
        "role elsewhere only": lambda: held.update(authority=world.vale),
    }[what]()
    grants = grants_of(stand_in, AT)
    assert children_visible_to(grants).exists() == reaches
    assert bool(grants.standing_in_for) == (reaches or what == "role elsewhere only")


NEVER_LENT = ["administrator", "information_governance", "school", "provider", "member", "duty_worker", "front_door"]


@pytest.mark.parametrize("role", NEVER_LENT)
def test_roles_that_are_never_lent(world, absent, stand_in, manager, caseload, role):
    assert not rules()[role].lendable
    arrange(absent, stand_in, manager)
    hold(absent, role, world.fell)
    assert grants_of(stand_in, AT).roles == (Role.PRACTITIONER,)


def test_lent_roles_reach_the_absent_persons_cases_and_own_roles_ones_own(world, manager):
    """A manager who stands in for a practitioner changes no safe-contact details of that practitioner's children."""
    absent = factories.user()
    hold(absent, Role.PRACTITIONER, world.fell, own_only=True)
    theirs = factories.worker(world.fell_team, user=absent)
    other = factories.user(Role.TEAM_MANAGER, team=world.fell_other)
    own = factories.worker(world.fell_other, user=other)
    arrange(absent, other, manager)
    grants = grants_of(other, AT)
    assert grants.scope(Permission.SAFE_CONTACT_EDIT).worker_ids == {own.pk}
    assert grants.scope(Permission.SAFE_CONTACT_VIEW).worker_ids == {own.pk, theirs.pk}


# who arranges; for whom; whether they may
ARRANGERS = [
    ("themselves", "practitioner", True),
    ("manager", "practitioner", True),
    ("manager", "own cases", True),
    ("manager", "early_help_practitioner", True),
    ("manager", "team_manager", False),  # a role as high as their own
    ("manager", "practitioner of another team", False),
    ("manager", "practitioner who also leads", False),
    ("leader", "practitioner", True),
    ("leader", "team_manager", True),
    ("leader", "leader", False),
    ("leader of Vale", "practitioner", False),
    ("colleague", "practitioner", False),
    ("administrator", "practitioner", False),
    ("lent manager", "practitioner", False),  # who stands in for a manager arranges nothing further
]


@pytest.mark.parametrize(("by", "whom", "may"), ARRANGERS)
def test_who_may_arrange_cover_for_whom(world, by, whom, may):
    absent = factories.user()
    team = world.fell_other if whom == "practitioner of another team" else world.fell_team
    if whom == "own cases":
        hold(absent, Role.PRACTITIONER, world.fell, own_only=True)
        factories.worker(team, user=absent)
    elif whom == "leader":
        hold(absent, Role.LEADER, world.fell)
    else:
        hold(absent, whom.split(" ")[0], world.fell, team=team)
    if whom == "practitioner who also leads":
        hold(absent, Role.LEADER, world.fell)
    stand_in = factories.user()
    hold(stand_in, Role.LEADER, world.fell)
    arranger = absent if by == "themselves" else factories.user()
    roles = {"manager": Role.TEAM_MANAGER, "colleague": Role.PRACTITIONER}
    if by in roles:
        hold(arranger, roles[by], world.fell, team=world.fell_team)
    elif by in ("leader", "administrator"):
        hold(arranger, by, world.fell)
    elif by == "leader of Vale":
        hold(arranger, Role.LEADER, world.vale)
    elif by == "lent manager":
        hold(arranger, Role.PRACTITIONER, world.fell, team=world.fell_team)
        away = factories.user(Role.TEAM_MANAGER, team=world.fell_team)
        Cover.objects.create(
            absent=away, stand_in=arranger, starts_on=ON, ends_on=ON + timedelta(9), reason="leave",
            arranged_by="x", arranged_at=AT,
        )  # fmt: skip
    if may:
        arrange(absent, stand_in, arranger)
    else:
        with pytest.raises(NotPermitted):
            arrange(absent, stand_in, arranger)
        assert not Cover.objects.filter(absent=absent).exists()


# what the stand-in holds; whether they may stand in for a practitioner of Harbour
STAND_INS = [
    ("practitioner", "fell", True), ("team_manager", "fell", True), ("leader", "fell", True),
    ("early_help_practitioner", "fell", False),  # early help works by consent: it is not lent social care's cases
    ("practitioner", "vale", False), ("data_loader", "fell", False), ("administrator", "fell", False),
    ("school", "fell", False), ("duty_worker", "fell", False),
]  # fmt: skip


@pytest.mark.parametrize(("role", "where", "may"), STAND_INS)
def test_who_may_stand_in(world, absent, manager, caseload, role, where, may):
    other = factories.user(role, of=getattr(world, where))
    if may:
        arrange(absent, other, manager)
    else:
        with pytest.raises(NotThisWay) as refused:
            arrange(absent, other, manager)
        assert refused.value.field == "stand_in"


def test_cover_of_cover_is_refused(world, absent, stand_in, manager, caseload):
    third = factories.user(Role.PRACTITIONER, team=world.fell_team)
    fourth = factories.user(Role.PRACTITIONER, team=world.fell_team)
    arrange(absent, stand_in, manager)
    for away, standing, field in (
        (absent, third, "starts_on"),  # two stand-ins at once
        (stand_in, third, "absent"),  # who stands in goes away
        (third, absent, "stand_in"),  # who is away stands in
    ):
        with pytest.raises(NotThisWay) as refused:
            arrange(away, standing, third if away is third else (away if away is stand_in else manager))
        assert refused.value.field == field
    arrange(third, fourth, manager)
    arrange(absent, third, manager, starts_on=ON + timedelta(7), ends_on=ON + timedelta(9))


def test_what_is_lent_is_not_lent_on(world, absent, stand_in, manager, caseload):
    """Even if two covers stood in the tables one after the other."""
    third = factories.user(Role.PRACTITIONER, team=world.fell_other)
    for away, standing in ((absent, stand_in), (stand_in, third)):
        Cover.objects.create(
            absent=away, stand_in=standing, starts_on=ON, ends_on=ON + timedelta(9), reason="leave", arranged_by="x",
            arranged_at=AT,
        )  # fmt: skip
    assert children_visible_to(grants_of(stand_in, AT)).exists()
    assert not children_visible_to(grants_of(third, AT)).exists()


@pytest.mark.parametrize(
    ("first", "until", "field"), [(-1, 5, "starts_on"), (3, 3, "last_day"), (0, 93, "last_day"), (0, 92, "")]
)
def test_days_of_cover(absent, stand_in, manager, caseload, first, until, field):
    days = {"starts_on": ON + timedelta(first), "ends_on": ON + timedelta(until)}
    if not field:
        arrange(absent, stand_in, manager, **days)
        return
    with pytest.raises(NotThisWay) as refused:
        arrange(absent, stand_in, manager, **days)
    assert refused.value.field == field


def test_nobody_stands_in_for_themselves_or_for_a_role_that_is_not_lent(world, absent, manager, caseload):
    with pytest.raises(NotThisWay):
        arrange(absent, absent, manager)
    duty = factories.user(Role.DUTY_WORKER, of=world.fell)
    with pytest.raises(NotThisWay):
        arrange(duty, absent, duty)


# --- pages ---------------------------------------------------------------------------------------------
def test_the_page_of_cover_arranges_and_offers_only_ones_own_people(
    world, absent, stand_in, manager, caseload, sign_in
):
    elsewhere = factories.user(Role.PRACTITIONER, team=world.fell_other, name="Moor Person")
    browser = sign_in(manager)
    page = browser.get("/cover/").content.decode()
    assert "Absent Sampleton" in page
    assert "Moor Person" not in page
    sent = {"stand_in": stand_in.pk, "reason": "leave", **day("starts_on", ON), **day("last_day", ON + timedelta(6))}
    assert browser.post(f"/cover/{absent.pk}/arrange/", sent).status_code == 302
    made = Cover.objects.get()
    assert (made.starts_on, made.ends_on) == (ON, ON + timedelta(7))
    assert browser.get(f"/cover/{elsewhere.pk}/arrange/").status_code == 403
    assert browser.get("/cover/99999/arrange/").status_code == 403
    vale = factories.user(Role.PRACTITIONER, team=world.vale_team)
    assert browser.post(f"/cover/{absent.pk}/arrange/", {**sent, "stand_in": vale.pk}).status_code == 403
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        assert "Standin Sampleton" in browser.get("/cover/").content.decode()


@pytest.mark.parametrize("role", ["school", "member", "administrator", "duty_worker"])
def test_whose_roles_are_never_lent_is_offered_nothing(world, sign_in, role):
    who = factories.user(role, of=world.fell)
    browser = sign_in(who)
    page = browser.get("/cover/")
    assert page.status_code == 200
    assert "Arrange cover for yourself" not in page.content.decode()
    assert "Nobody with a fitting role" in browser.get(f"/cover/{who.pk}/arrange/").content.decode()


def test_cover_adds_no_query_to_the_grants(absent, stand_in, manager, caseload, django_assert_num_queries):
    arrange(absent, stand_in, manager)
    with django_assert_num_queries(3):
        grants_of(stand_in, AT)
