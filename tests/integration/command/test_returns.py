"""Returns: asked for once, answered, missing, chased by hand and by itself, counted only as the list shows."""

from datetime import timedelta

import pytest

from keepsight.apps.command import tasks
from keepsight.apps.command.actions import returns as actions
from keepsight.apps.command.models import ReturnRound, ReturnSlip
from keepsight.apps.command.presenters.returns import grid
from keepsight.apps.command.queries import returns as queries
from keepsight.apps.places.models import PROVIDER
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import About, WrongEntry
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, Message
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.command.world import local, world

pytestmark = pytest.mark.django_db
GIVEN = {"headline": "All visits made", "status": "open", "overall": "green", "as_at": "3/6/2020", "help_wanted": "no"}
MORNING = local("2020-06-03 07:00")


@pytest.fixture
def here():
    return world()


def slip(here, body="Early help"):
    return ReturnSlip.objects.select_related("round__event__authority", "responsible").get(
        owed_by=body, round__key="service_daily"
    )


def test_a_round_is_opened_once_for_each_who_owes_it(here):
    head = make.user("leader", of=here.authority)
    head.memberships.update(service=here.services[0])
    assert actions.open_rounds(here.event, MORNING) == 2  # services and departments on a Wednesday
    assert actions.open_rounds(here.event, MORNING + timedelta(hours=3)) == 0
    found = ReturnRound.objects.get(key="service_daily")
    assert found.due_at == local("2020-06-03 10:00")
    assert {(each.owed_by, each.responsible) for each in found.slips.all()} == {
        ("Early help", head), ("Social care", None),
    }  # fmt: skip


def test_what_was_due_before_it_began_and_what_the_phase_does_not_ask_is_not_opened(here):
    here.event.activated_at = local("2020-06-03 12:00")
    assert actions.open_rounds(here.event, local("2020-06-03 12:05")) == 0
    here.event.activated_at, here.event.phase = local("2020-06-01 12:00"), "after"
    assert actions.open_rounds(here.event, MORNING) == 0


def test_a_return_is_an_entry_about_its_service_and_comes_once(here):
    actions.open_rounds(here.event, MORNING)
    head = make.user("practitioner", of=here.authority)
    with pytest.raises(NotPermitted):
        actions.fill_in(slip(here), GIVEN, by=head, at=MORNING)
    actions.name_responsible(slip(here), head, by=here.lead, at=MORNING)
    with pytest.raises(WrongEntry):
        actions.fill_in(slip(here), {"headline": "x"}, by=head, at=MORNING)
    given = actions.fill_in(slip(here), GIVEN, by=head, at=MORNING)
    assert (given.entry.service, given.entry.event, given.came_at) == (here.services[0], here.event, MORNING)
    with pytest.raises(NotAllowedNow, match="came already"):
        actions.fill_in(slip(here), GIVEN, by=head, at=MORNING)
    assert Entry.objects.filter(register__key="service_return").count() == 1


def test_missing_returns_are_chased_once_by_themselves_and_again_by_hand(here):
    actions.open_rounds(here.event, MORNING)
    head = make.user("leader", of=here.authority)
    actions.name_responsible(slip(here), head, by=here.lead, at=MORNING)
    assert actions.chase_missing(here.event, local("2020-06-03 10:59")) == 0
    late = local("2020-06-03 11:00")
    assert (actions.chase_missing(here.event, late), actions.chase_missing(here.event, late)) == (1, 0)
    message = Message.objects.get()
    assert (message.to, "Early help" in message.body, slip(here).chased) == (head.email, True, 1)
    with pytest.raises(NotAllowedNow, match="half an hour"):
        actions.chase(slip(here), by=here.lead, at=late + timedelta(minutes=5))
    actions.chase(slip(here), by=here.lead, at=late + timedelta(hours=1))
    assert (slip(here).chased, Message.objects.count()) == (2, 2)
    with pytest.raises(NotAllowedNow, match="Nobody answers"):
        actions.chase(slip(here, "Social care"), by=here.lead, at=late)


def test_whoever_was_named_is_asked_again_in_the_next_round(here):
    actions.open_rounds(here.event, MORNING)
    head = make.user("leader", of=here.authority)
    actions.name_responsible(slip(here), head, by=here.lead, at=MORNING)
    actions.open_rounds(here.event, MORNING + timedelta(days=1))
    assert ReturnSlip.objects.filter(owed_by="Early help", responsible=head).count() == 2


def test_a_providers_own_form_answers_its_slip(here):
    home = make.setting(here.authority, type=PROVIDER)
    thursday = MORNING + timedelta(days=1)
    actions.open_rounds(here.event, thursday)
    lead = make.user("leader", of=here.authority)
    given = {"headline": "We manage", "as_at": "4/6/2020", "overall": "green", "running": "open", "minimum_met": "yes",
             "ppe": "week", "risk_assessed": "yes", "help_wanted": "no"}  # fmt: skip
    entry = registers.add(
        register_of(here.authority, "provider_return"), given, by=lead, at=thursday, about=About(setting=home)
    )
    assert (actions.take_in(here.event, thursday), actions.take_in(here.event, thursday)) == (1, 0)
    assert ReturnSlip.objects.get(round__key="provider_weekly").entry == entry


def test_the_history_says_came_late_missing_and_not_asked(here):
    actions.open_rounds(here.event, MORNING)
    actions.fill_in(slip(here), GIVEN, by=here.member, at=MORNING)
    actions.fill_in(slip(here, "Social care"), GIVEN, by=here.member, at=local("2020-06-03 10:01"))
    here.services[1].name = "Social work"
    here.services[1].save()
    actions.open_rounds(here.event, MORNING + timedelta(days=1))
    found, by_body = queries.history(ReturnRound.objects.all(), here.event, "service_return")
    rows = {row["body"]: [cell["words"] for cell in row["cells"]] for row in grid(
        found, by_body, local("2020-06-04 10:01"))["rows"]}  # fmt: skip
    assert rows == {
        "Early help": ["In time", "Missing"],
        "Social care": ["Late", "Not asked"],
        "Social work": ["Not asked", "Missing"],
    }


def test_a_tick_done_twice_does_nothing_twice(here):
    first = tasks.tick(MORNING)
    assert first["meetings"] > 0
    assert first["rounds"] == 2
    assert tasks.tick(MORNING) == {"meetings": 0, "rounds": 0, "taken_in": 0, "chased": 0}
