"""The second time: each lesson is kept, changed or left; minimum levels of teams are proposed again."""

import pytest
from django.urls import reverse

from keepsight.apps.accounts.models import Team
from keepsight.apps.command.actions.closing import Ending, Lesson, close
from keepsight.apps.command.models import Cell
from keepsight.apps.command.structure import last_time
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
LEVEL = {"for_what": "all", "people": 4, "from_on": make.days(-9).isoformat(), "because": "Two visit, two answer"}


@pytest.fixture
def ended(begin, council, lead):
    """A first emergency that is over, with two lessons and a level that ended with it, and one that was declined."""
    event = begin()
    team = Team.objects.create(authority=council, name="Inventham Team")
    for state in ("in_force", "declined"):
        entry = registers.add(
            register_of(council, "team_minimum"), LEVEL, by=lead, at=make.NOW, event=event, unchecked=True,
            about=About(about_team=team),
        )  # fmt: skip
        Entry.objects.filter(pk=entry.pk).update(state=state, is_open=state == "in_force")
    lessons = [Lesson("Ring homes first", "It saved hours", "keep"), Lesson("Fewer meetings", "Too many", "change")]
    cells = {cell.key: "The duty team" for cell in Cell.objects.filter(event=event)}
    keys = Entry.objects.filter(event=event, is_open=True).values_list("register__key", flat=True)
    close(
        event, Ending(cells=cells, entries=dict.fromkeys(keys, "end"), lessons=lessons), by=lead, at=make.NOW,
        on=make.TODAY,
    )  # fmt: skip
    return event


def test_a_level_that_held_is_offered_again_and_one_that_was_declined_is_not(ended, council):
    assert [each.about_team.name for each in last_time(council, "severe_weather").minimums] == ["Inventham Team"]


def test_what_is_chosen_is_proposed_changed_and_kept(ended, desk, council):
    page = reverse("command:activating", args=[council.code, "severe_weather"])
    shown = desk.get(page).content.decode()
    assert "Lesson: Ring homes first" in shown
    assert "Inventham Team: people at work in all, at least 4" in shown
    keep, change = last_time(council, "severe_weather").lessons
    (level,) = last_time(council, "severe_weather").minimums
    answers = {
        "kind": "real", "reason": "Snow again, deeper", "minimums": [str(level.pk)], f"l_{keep.pk}": "keep",
        f"l_{change.pk}": "change",
    }  # fmt: skip
    assert desk.post(page, answers).status_code == 302
    event = Event.objects.get(state="active")
    again = Entry.objects.get(event=event, register__key="team_minimum")
    assert (again.state, again.values["people"], again.about_team.name) == ("proposed", 4, "Inventham Team")
    assert again.values["from_on"] == make.TODAY.isoformat()
    assert Entry.objects.filter(event=event, title="Lesson of the last time: Fewer meetings").exists()
    assert not Entry.objects.filter(event=event, title__contains="Ring homes").exists()
    assert "Kept from the last time: Ring homes first." in event.switches.get().changes


def test_nothing_comes_again_that_nobody_chose_and_nothing_of_another_emergency(ended, begin, council, lead):
    stranger = registers.add(
        register_of(council, "action"), {"what": "Not of it", "due_on": "2020-06-09"}, by=lead, at=make.NOW
    )
    event = begin(lessons=[stranger.pk], kept=[stranger.pk], minimums=[stranger.pk])
    assert not Entry.objects.filter(event=event, register__key="team_minimum").exists()
    assert not Entry.objects.filter(event=event, title__contains="Not of it").exists()
