"""Staffing pages: counts from the register of absences, never a reason or a name (WRK-01, WRK-06)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    team = make.team(name="Assessment 1")
    lead = make.user(Role.WORKFORCE_LEAD, of=team.authority)
    workers = [make.worker(team, name=f"Pell Away{letter}") for letter in "ABCDE"]
    actions.install(team.authority, at=make.NOW)
    return team, lead, workers


def away(team, worker, lead, **values):
    said = {"short": "Ill", "kind": "sick", "from_on": make.days(-1), "back_on": make.days(3), "works": "no", **values}
    return actions.add(
        register_of(team.authority, "absence"), said, by=lead, at=make.NOW, about=About(worker=worker), team=team
    )


def test_a_team_that_falls_under_its_minimum_says_so_and_names_nobody(office, client, django_assert_max_num_queries):
    team, lead, workers = office
    away(team, workers[0], lead)
    away(team, workers[1], lead, kind="isolating", works="yes")
    away(team, workers[2], lead)
    minimum = register_of(team.authority, "team_minimum")
    said = {"for_what": "all", "people": 4, "from_on": make.days(-9), "because": "Visits go out in pairs"}
    actions.add(minimum, said, by=lead, at=make.NOW, about=About(about_team=team), state="in_force")
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        with django_assert_max_num_queries(12):
            page = client.get(reverse("workforce:staffing")).content.decode()
    assert "1 team has too few people today" in page
    assert "Too few" in page
    assert "1 short" in page
    assert "2 of 5" in page
    assert "AwayA" not in page
    assert "Ill" not in page


def test_cases_of_a_worker_who_is_away_stand_in_the_list_of_cover(office, client):
    team, lead, workers = office
    manager = make.user(Role.TEAM_MANAGER, team=team)
    for worker in workers[:2]:
        make.plan(make.child(team.authority), worker=worker, team=team, level="red")
    away(team, workers[0], lead, back_on=make.TODAY + timedelta(days=9))
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(manager)
        page = client.get(reverse("workforce:cover")).content.decode()
    before, after = page.split("Open cases by worker")
    assert "AwayA" in before
    assert "AwayB" not in before
    assert "AwayB" in after


def test_a_team_manager_sees_the_staffing_of_the_own_team_only(office, client):
    team, lead, workers = office
    other = make.team(team.authority, name="Court team")
    make.worker(other)
    manager = make.user(Role.TEAM_MANAGER, team=team)
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(manager)
        page = client.get(reverse("workforce:staffing")).content.decode()
    assert "Assessment 1" in page
    assert "Court team" not in page


def test_those_who_answer_for_a_team_are_told_once_that_it_will_be_short(office):
    from keepsight.apps.registers.models import Notice
    from keepsight.apps.workforce.tasks import tick

    team, lead, workers = office
    manager, other = (
        make.user(Role.TEAM_MANAGER, team=team),
        make.user(Role.TEAM_MANAGER, team=make.team(team.authority)),
    )
    Notice.objects.all().delete()
    for worker in workers[:3]:
        away(team, worker, lead, from_on=make.days(4), back_on=make.days(6))
    Notice.objects.all().delete()
    assert tick(make.NOW) == {"told_of_shortage": 2}
    assert tick(make.NOW) == {"told_of_shortage": 0}
    said = dict(Notice.objects.filter(alert="staffing").values_list("user_id", "said"))
    assert said == dict.fromkeys((lead.pk, manager.pk), "Assessment 1 has too few people from 07/06/2020")
    assert other.pk not in said
