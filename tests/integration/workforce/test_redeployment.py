"""From an offer and a need in the registers to a proposal (WRK-04)."""

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_an_offer_is_proposed_for_the_need_that_it_meets(client):
    team = make.team()
    lead = make.user(Role.WORKFORCE_LEAD, of=team.authority)
    actions.install(team.authority, at=make.NOW)
    span = {"from_on": make.TODAY, "to_on": make.days(13)}
    offer = {"short": "Youth worker", "skills": ["calls", "driving"], "visits": "yes", "checks": "yes", **span}
    helper = make.worker(make.team(team.authority))
    given = actions.add(
        register_of(team.authority, "redeployment_offer"),
        offer,
        by=lead,
        at=make.NOW,
        about=About(worker=helper),
        team=team,
    )
    needs = register_of(team.authority, "redeployment_need")
    for short, skill in (("Ring families", "calls"), ("Interpret", "interpreting")):
        said = {
            "short": short,
            "skills": [skill],
            "visits": "no",
            "urgent": "1",
            "people": 1,
            "because": "Calls wait",
            **span,
        }
        actions.add(needs, said, by=lead, at=make.NOW, about=About(about_team=team), team=team)
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        page = client.get(reverse("workforce:redeployment")).content.decode()
        assert "Can do calls; covers 14 of 14 days." in page
        assert "Lacks: interpreting." in page
        need = needs.entries.get(title="Ring families")
        client.post(reverse("workforce:redeployment_propose"), {"need": need.ref, "offer": given.ref})
    given.refresh_from_db()
    assert (given.state, given.values["need"]) == ("matched", need.pk)
