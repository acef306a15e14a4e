"""Registers that are switched off: inside an exercise they are worked with; after an emergency they are read."""

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.command.actions.activating import Wish, activate
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.scanning import scan
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, Notice, Register
from keepsight.apps.registers.permissions import register_seen_by, registers_at_rest, registers_visible_to
from keepsight.core.errors import NotAllowedNow
from tests import factories as make

pytestmark = pytest.mark.django_db
ROW = {"what": "Open the rest centre", "due_on": make.days(-1).isoformat()}


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def council():
    authority = make.authority(settings={"contact_mode": "bau", "second_factor": "off"})
    actions.install(authority, at=make.NOW)
    return authority


@pytest.fixture
def lead(council):
    return make.user(Role.EMERGENCY_LEAD, of=council, name="Lena Exampleby")


@pytest.fixture
def desk(client, lead):
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def exercise(council, lead):
    """With no register on in live work."""
    wish = Wish("severe_weather", True, "The autumn exercise")
    event = activate(council, wish, by=lead, at=make.NOW, on=make.TODAY)
    Register.objects.filter(authority=council).update(is_on=False)
    return event


def keys(registers):
    return {register.key for register in registers}


def test_inside_an_exercise_its_registers_are_there_and_outside_they_are_not(council, lead, exercise):
    grants = grants_of(lead, make.NOW)
    inside = keys(registers_visible_to(grants, exercise=exercise))
    assert inside == {"action", "closed_site"}
    assert registers_visible_to(grants) == []
    elsewhere = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    assert registers_visible_to(grants_of(elsewhere, make.NOW), exercise=exercise) == []
    assert register_seen_by(grants, council.code, "action", "add", exercise=exercise)
    assert register_seen_by(grants, council.code, "action") is None


def test_the_pages_of_a_register_work_inside_an_exercise_and_its_entries_stay_there(desk, council, exercise):
    desk.post(reverse("events:enter", args=[exercise.ref]))
    assert desk.get(reverse("registers:list", args=[council.code, "action"])).status_code == 200
    made = desk.post(
        reverse("registers:add", args=[council.code, "action"]),
        {"what": "Open the rest centre", "due_on_day": "9", "due_on_month": "6", "due_on_year": "2020"},
    )
    assert made.status_code == 302, made.content.decode()[:2000]
    assert Entry.objects.get(title="Open the rest centre").exercise == exercise
    desk.post(reverse("events:leave"))
    assert desk.get(reverse("registers:list", args=[council.code, "action"])).status_code == 404


def test_a_register_of_an_emergency_that_is_over_is_read_and_nothing_is_added(desk, council, lead):
    register = register_of(council, "action")
    entry = actions.add(register, ROW, by=lead, at=make.NOW)
    Register.objects.filter(pk=register.pk).update(is_on=False)
    address = reverse("registers:list", args=[council.code, "action"])
    home = desk.get(reverse("registers:home")).content.decode()
    assert "Not in use now" in home
    assert address in home
    page = desk.get(address, {"show": "all"}).content.decode()
    assert "Open the rest centre" in page
    assert "nothing is added to it" in page
    assert reverse("registers:add", args=[council.code, "action"]) not in page
    assert desk.get(reverse("registers:entry", args=[entry.ref])).status_code == 200
    assert desk.get(reverse("registers:add", args=[council.code, "action"])).status_code == 404
    with pytest.raises(NotAllowedNow, match="not in use"):
        actions.add(register_of(council, "action"), ROW, by=lead, at=make.NOW)
    assert keys(registers_at_rest(grants_of(lead, make.NOW))) == {"action"}
    stranger = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    assert registers_at_rest(grants_of(stranger, make.NOW)) == []


def test_what_an_exercise_left_undone_is_told_inside_it_though_the_register_is_off(council, lead, exercise):
    register = register_of(council, "action")
    Register.objects.filter(pk=register.pk).update(is_on=True)
    live = actions.add(register_of(council, "action"), ROW, by=None, owner=lead, at=make.NOW, unchecked=True)
    Register.objects.filter(pk=register.pk).update(is_on=False)
    inside = actions.add(register, ROW, by=None, owner=lead, at=make.NOW, event=exercise, unchecked=True)
    scan(at=make.NOW)
    told = set(Notice.objects.filter(alert="overdue").values_list("entry", flat=True))
    assert inside.pk in told
    assert live.pk not in told
