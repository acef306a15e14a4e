"""Activating an emergency: everything that the pack sets up, in one go, and nothing twice."""

import pytest

from keepsight.apps.accounts.models import Authority, Membership, Role
from keepsight.apps.audit.models import Event as Happened
from keepsight.apps.command.actions.activating import Wish, activate
from keepsight.apps.command.models import Cell, Meeting, Position, ReturnRound, Term
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.events.packs import offered
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db
ON, AT = make.TODAY, make.NOW
REASON = "Schools close on Friday"


@pytest.mark.parametrize("pack", [each.id for each in offered()])
def test_every_pack_sets_up_all_that_it_says(council, lead, pack):
    event = activate(council, Wish(pack, False, REASON), by=lead, at=AT, on=ON)
    council.refresh_from_db()
    assert council.settings["event_pack"] == pack
    assert Cell.objects.filter(event=event).exclude(reports_to=None).exists()
    assert Position.objects.filter(event=event, is_chair=True).count() == Cell.objects.filter(event=event).count()
    assert Meeting.objects.filter(cell__event=event, starts_at__gt=AT).exists()
    assert Entry.objects.filter(event=event, register__key="action", exercise=None).exists()
    assert PhaseSwitch.objects.filter(event=event, phase=event.phase).count() == 1
    assert Happened.objects.filter(kind="event_activated", subject_id=str(event.pk)).count() == 1


def test_the_pandemic_switches_its_registers_its_contact_and_its_returns_on(council, lead):
    child = make.plan(make.child(council)).child
    make.involvement(child)
    event = activate(council, Wish("pandemic_2020", False, REASON), by=lead, at=AT, on=ON)
    council.refresh_from_db()
    assert council.settings["contact_mode"] == "emergency"
    assert event.settings_before["settings"] == {"event_pack": None, "contact_mode": "bau"}
    assert Register.objects.get(authority=council, key="easement_use").is_on
    assert "easement_use" in event.settings_before["registers"]
    assert ContactPlan.objects.get(child=child).pack_id == "standing+pandemic_2020"  # planned anew on the queue
    assert ReturnRound.objects.filter(event=event).exists()


def test_one_real_emergency_of_a_pack_at_a_time_and_never_without_a_reason(council, lead):
    with pytest.raises(NotAllowedNow, match="Say why"):
        activate(council, Wish("severe_weather", False, "Snow"), by=lead, at=AT, on=ON)
    activate(council, Wish("severe_weather", False, REASON), by=lead, at=AT, on=ON)
    with pytest.raises(NotAllowedNow, match="runs already"):
        activate(council, Wish("severe_weather", False, REASON), by=lead, at=AT, on=ON)
    assert activate(council, Wish("severe_weather", True, REASON), by=lead, at=AT, on=ON).is_exercise


@pytest.mark.parametrize("role", [Role.CELL_MEMBER, Role.PRACTITIONER, Role.ADMINISTRATOR, Role.ANALYST])
def test_only_who_runs_emergencies_activates_one(council, role):
    with pytest.raises(NotPermitted):
        activate(council, Wish("severe_weather", False, REASON), by=make.user(role, of=council), at=AT, on=ON)
    elsewhere = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    with pytest.raises(NotPermitted):
        activate(council, Wish("severe_weather", False, REASON), by=elsewhere, at=AT, on=ON)
    assert not Event.objects.exists()


def test_when_a_position_cannot_be_given_nothing_is_activated(council, lead):
    stranger = make.user(Role.MEMBER, of=council)
    with pytest.raises(NotAllowedNow):
        activate(council, Wish("severe_weather", False, REASON, {"loggist": stranger}), by=lead, at=AT, on=ON)
    council.refresh_from_db()
    assert council.settings == {"contact_mode": "bau", "second_factor": "off"}
    # what was read before stays; the transaction of the test itself hides what was rolled back
    assert not Term.objects.exists()
    assert not Membership.objects.filter(user=stranger, role="cell_member").exists()
    assert Authority.objects.get(pk=council.pk).settings.get("event_pack") is None
