"""An exercise: marked everywhere, able to change nothing live, and taken away without a trace in live tables."""

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from keepsight.apps.accounts.models import Membership
from keepsight.apps.command.actions import exercises, positions
from keepsight.apps.command.actions.phases import switch
from keepsight.apps.command.models import Position
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db
MOMENT = {"at": make.NOW, "on": make.TODAY}
# What an exercise leaves: the log that it took place, its one line, definitions that live work does not see,
# and numbers of entries that are never given twice. Sessions and the queue are not records.
LEAVES = {"audit", "sessions", "django_tasks_database", "registers.register", "registers.version", "events.event"}


def live_tables():
    """Every row of every other table, as it stands in the database."""
    models_ = [m for m in apps.get_models() if {m._meta.app_label, m._meta.label_lower}.isdisjoint(LEAVES)]
    return {m._meta.label: sorted(map(repr, m._base_manager.values_list())) for m in models_ if m._meta.managed}


def live_registers(council):
    return sorted(council.registers.filter(is_on=True).values_list("key", "current__definition"))


@pytest.fixture
def live(council, lead):
    """Live work beside the exercise: a child with a plan, an action."""
    make.plan(make.child(council))
    register = register_of(council, "action")
    registers.add(register, {"what": "Live action", "due_on": "2020-06-05"}, by=lead, at=make.NOW)


def test_an_exercise_comes_and_goes_and_no_live_row_differs(live, begin, council, lead):
    tables, on, settings = live_tables(), live_registers(council), dict(council.settings)
    event = begin("pandemic_2020", exercise=True)
    colleague = make.user("leader", of=council)
    theirs = {
        "accounts.User",
        "accounts.Membership",
        "accounts.TermsAccepted",
        "people.Declaration",
    }  # of the colleague
    holding = Position.objects.get(event=event, key="tactical_secretary")
    positions.give(holding, colleague, by=lead, starts_on=make.TODAY, **MOMENT)
    switch(event, "wider_opening", why="The exercise moves on", successors={}, by=lead, **MOMENT)
    council.refresh_from_db()
    assert council.settings == settings
    assert live_registers(council) == on
    exercises.dispose(event, by=lead, at=make.NOW)
    after = live_tables()
    assert {name for name in tables if tables[name] != after[name]} <= theirs
    assert Event.objects.get().state == "disposed"
    assert not Entry.objects.filter(event=event).exists()


def test_a_position_of_an_exercise_opens_nothing(begin, council, lead):
    colleague = make.user("leader", of=council)
    held = set(Membership.objects.values_list("pk", flat=True))
    event = begin(exercise=True, people={"loggist": colleague})
    assert event.positions.get(key="loggist").terms.get().membership is None
    assert set(Membership.objects.values_list("pk", flat=True)) == held


def test_entries_of_an_exercise_are_seen_inside_it_and_nowhere_else(live, begin, council, lead):
    event = begin(exercise=True)
    grants, register = grants_of(lead, make.NOW), register_of(council, "action")
    outside = set(entries_visible_to(grants, register).values_list("title", flat=True))
    inside = set(entries_visible_to(grants, register, exercise=event).values_list("title", flat=True))
    assert outside == {"Live action"}
    assert inside
    assert not inside & outside


def test_a_real_emergency_is_never_taken_away_and_only_its_leaders_take_an_exercise_away(begin, council, lead):
    with pytest.raises(NotAllowedNow, match="real"):
        exercises.dispose(begin(), by=lead, at=make.NOW)
    with pytest.raises(NotPermitted):
        exercises.dispose(begin(exercise=True), by=make.user("cell_member", of=council), at=make.NOW)


def test_inside_every_page_is_marked_and_what_is_live_cannot_be_changed(desk, live, begin, council):
    event = begin(exercise=True)
    assert desk.post(reverse("events:enter", args=[event.ref])).status_code == 302
    home = desk.get(reverse("command:home")).content.decode()
    assert "<title>EXERCISE: " in home
    assert 'aria-label="Exercise"' in home
    for name, args in (
        ("accounts:cover_arrange", [1]), ("desk:find", []), ("command:activating", [council.code, "severe_weather"]),
    ):  # fmt: skip
        refused = desk.post(reverse(name, args=args), {})
        assert refused.status_code == 409, name
        assert "You are in an exercise" in refused.content.decode(), name
    assert desk.post(reverse("events:leave")).status_code == 302
    assert "EXERCISE" not in desk.get(reverse("command:home")).content.decode()


def test_every_field_that_names_an_exercise_is_among_what_is_taken_away():
    named = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Event and model is not Event
    }
    assert named == set(exercises.belonging())
