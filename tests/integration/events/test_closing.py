"""Terms, phases and the end: what opens closes by itself, settings come back, and the next time learns."""

from datetime import date, timedelta

import pytest

from keepsight.apps.accounts.models import Membership
from keepsight.apps.accounts.permissions import held_by
from keepsight.apps.command.actions import positions
from keepsight.apps.command.actions.closing import Ending, Lesson, close
from keepsight.apps.command.actions.phases import switch
from keepsight.apps.command.models import Cell, Meeting, Position, Term
from keepsight.apps.command.structure import last_time
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db
MOMENT = {"at": make.NOW, "on": make.TODAY}


def ending(event, **more):
    cells = {cell.key: "The duty team" for cell in Cell.objects.filter(event=event, ends_on=None)}
    return Ending(cells=cells, **more)


def test_a_position_opens_its_role_for_the_term_and_not_a_day_longer(begin, council, lead):
    event, colleague = begin(), make.user("practitioner", of=council)
    loggist = Position.objects.get(event=event, key="loggist")
    term = positions.give(loggist, colleague, starts_on=make.TODAY, by=lead, **MOMENT)
    last = term.ends_on - timedelta(days=1)
    assert ("cell_member", council.pk, None) in held_by(colleague, last).memberships
    assert ("cell_member", council.pk, None) not in held_by(colleague, term.ends_on).memberships
    positions.end(term, by=lead, **MOMENT)
    assert ("cell_member", council.pk, None) not in held_by(colleague, make.TODAY).memberships
    assert ("practitioner", council.pk, None) in held_by(colleague, make.TODAY).memberships


def test_nobody_opens_a_role_for_themselves_and_a_role_held_anyway_outlives_the_term(begin, council, lead):
    event = begin()
    loggist, controller = (Position.objects.get(event=event, key=key) for key in ("loggist", "controller"))
    with pytest.raises(NotPermitted, match="for themselves"):
        positions.give(loggist, lead, starts_on=make.TODAY, by=lead, **MOMENT)
    term = positions.give(controller, lead, starts_on=make.TODAY, by=lead, **MOMENT)
    assert term.membership is None
    positions.end(term, by=lead, **MOMENT)
    assert Membership.objects.get(user=lead).ends_on is None


def test_handing_over_closes_for_one_and_opens_for_the_other(begin, council, lead):
    event, first, second = begin(), make.user("leader", of=council), make.user("leader", of=council)
    loggist = Position.objects.get(event=event, key="loggist")
    term = positions.give(loggist, first, starts_on=make.TODAY, by=lead, **MOMENT)
    positions.hand_over(term, second, by=lead, **MOMENT)
    assert "cell_member" not in held_by(first, make.TODAY).roles
    assert "cell_member" in held_by(second, make.TODAY).roles


def test_a_phase_does_what_it_said(begin, council, lead):
    event = begin("pandemic_2020")
    made = switch(event, "full_opening", why="Schools are open to all", by=lead,
                  successors={"education_tactical": "september_opening"}, **MOMENT)  # fmt: skip
    council.refresh_from_db()
    assert council.settings["contact_mode"] == "recovery"
    handed = Cell.objects.get(event=event, key="education_tactical")
    assert (handed.ends_on, handed.handed_to.key) == (make.TODAY, "september_opening")
    assert any(line.startswith("September Opening Group begins") for line in made.changes)
    assert not Meeting.objects.filter(cell=handed, state="planned", starts_at__gt=make.NOW).exists()
    switch(event, "after", why="Life goes on as before", successors={}, by=lead, **MOMENT)
    council.refresh_from_db()
    assert council.settings["contact_mode"] == "bau"
    assert not Register.objects.get(authority=council, key="easement_use").is_on


def test_closing_ends_hands_over_keeps_and_gives_settings_back(begin, council, lead):
    before = dict(council.settings)
    colleague = make.user("leader", of=council)
    event = begin("pandemic_2020", people={"guidance_officer": colleague})
    with pytest.raises(NotAllowedNow, match="Say who goes on"):
        close(event, Ending(cells={}), by=lead, **MOMENT)
    lesson = Lesson("Ring homes first", "It saved hours", "keep")
    closed = close(event, ending(event, entries={"action": "end"}, lessons=[lesson]), by=lead, **MOMENT)
    council.refresh_from_db()
    event.refresh_from_db()
    assert council.settings == before
    assert (event.state, event.keep_until) == ("closed", date(2030, 6, 3))
    assert closed.ended == Entry.objects.filter(event=event, register__key="action").count()
    assert not Entry.objects.filter(event=event, register__key="action", is_open=True).exists()
    assert not Term.objects.filter(ended_at=None).exists()
    assert "cell_member" not in held_by(colleague, make.TODAY).roles
    assert not Register.objects.get(authority=council, key="guidance").is_on
    assert Register.objects.get(authority=council, key="action").is_on  # of every day
    assert "Strategic Management Group (gold): The duty team" in event.handover


def test_the_second_time_learns_from_the_first(begin, council, lead):
    colleague = make.user("leader", of=council)
    first = begin(people={"loggist": colleague})
    close(first, ending(first, lessons=[Lesson("Ring homes first", "It saved hours")]), by=lead, **MOMENT)
    last = last_time(council, "severe_weather")
    assert last.people["loggist"].user == colleague
    assert "Rest centres was never needed." in last.cells
    second = begin(lessons=[each.pk for each in last.lessons])
    assert second.learned_from == first
    assert Entry.objects.filter(event=second, title="Lesson of the last time: Ring homes first").exists()


def test_of_two_emergencies_the_first_to_close_leaves_the_other_as_it_is(begin, council, lead):
    before = dict(council.settings)
    pandemic, weather = begin("pandemic_2020"), None
    weather = Event.objects.get(pk=begin().pk)
    Event.objects.filter(pk=weather.pk).update(activated_at=make.NOW + timedelta(hours=1))
    close(pandemic, ending(pandemic), by=lead, **MOMENT)
    council.refresh_from_db()
    assert council.settings["event_pack"] == "severe_weather"
    close(weather, ending(weather), by=lead, **MOMENT)
    council.refresh_from_db()
    assert council.settings == before
