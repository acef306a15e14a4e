"""The market page: one row a provider, read from its registers (COM-01 to COM-09)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.places.models import PROVIDER
from keepsight.apps.providers.market import market
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    authority = make.authority()
    lead = make.user(Role.COMMISSIONER, of=authority)
    actions.install(authority, at=make.NOW)
    authority.registers.update(is_on=True)  # as an event does with the provider return
    homes = [
        make.setting(authority, type=PROVIDER, name=name) for name in ("Alder House", "Birch House", "Cedar House")
    ]
    return authority, lead, homes


SAID = {
    "provider_rag": {"in_short": "Steady", "rated_on": make.TODAY, "issue": "none", "critical": "no"},
    "provider_return": {
        "headline": "All well", "as_at": make.TODAY, "overall": "green", "running": "open", "minimum_met": "yes",
        "agency": "no", "ppe": "enough", "risk_assessed": "yes", "help_wanted": "no",
    },
    "continuity_plan": {
        "version": "2", "dated_on": make.days(-100), "document": "Plan 2", "covers": ["staff"],
        "expires_on": make.days(30),
    },
    "vacancy_beds": {
        "what": "Beds", "kind": "home", "places": 4, "free": 2, "from_on": make.TODAY, "said_on": make.TODAY,
        "to_on": make.days(30),
    },
}  # fmt: skip


def keep(office, home, key, at=make.NOW, state="", **given):
    from keepsight.apps.registers.definitions import rule_of

    authority, lead, homes = office
    register = register_of(authority, key)
    said = {**SAID[key], **given}
    for each in rule_of(register.current).fields:
        known = [one.id for one in each.choices]
        if known and each.kind == "choice" and each.id in said and said[each.id] not in known:
            said[each.id] = known[0]
        if known and each.kind == "several" and each.id in said:
            said[each.id] = [one for one in said[each.id] if one in known] or known[:1]
    return actions.add(register, said, by=lead, at=at, about=About(setting=home), state=state)


def rows(office, on=make.TODAY):
    authority, lead, homes = office
    return market(grants_of(lead, make.NOW), authority, on=on)


def test_the_red_come_first_then_those_whom_nobody_has_rated(office):
    alder, birch, cedar = office[2]
    keep(office, alder, "provider_rag", rating="green")
    keep(office, cedar, "provider_rag", rating="red")
    assert [row.setting.name for row in rows(office)] == ["Cedar House", "Birch House", "Alder House"]


def test_what_is_missing_or_past_its_day_is_said_in_words(office):
    alder, birch, cedar = office[2]
    for home in (alder, cedar):
        keep(office, home, "provider_rag", rating="green")
        keep(office, home, "provider_return", state="sent")
        keep(office, home, "continuity_plan", state="good")
    keep(office, cedar, "continuity_plan", expires_on=make.days(-1), dated_on=make.days(-400), state="good")
    said = {row.setting.name: row.troubles for row in rows(office)}
    assert said == {
        "Alder House": [],
        "Birch House": ["Nobody has rated it", "No return yet", "No continuity plan"],
        "Cedar House": ["Continuity plan has run out"],
    }
    later = {row.setting.name: row.troubles for row in rows(office, make.days(8))}
    assert "No return for a week" in later["Alder House"]
    assert "Rating past its day" in later["Alder House"]


def test_free_places_are_added_up_and_taken_ones_left_out(office):
    alder = office[2][0]
    keep(office, alder, "vacancy_beds")
    keep(office, alder, "vacancy_beds", free=1)
    keep(office, alder, "vacancy_beds", free=3, state="held")
    assert {row.setting.name: row.free for row in rows(office)} == {
        "Alder House": 3, "Birch House": None, "Cedar House": None,
    }  # fmt: skip


def test_the_page_asks_one_query_a_register_however_many_providers(office, client, django_assert_max_num_queries):
    authority, lead, homes = office
    for home in homes:
        keep(office, home, "provider_rag", rating="amber")
        keep(office, home, "provider_return", state="sent", at=make.NOW - timedelta(days=1))
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        with django_assert_max_num_queries(22):
            page = client.get(reverse("providers:market")).content.decode()
        assert "3 providers: 0 red, 3 amber, 0 green, 0 not rated" in page
        client.force_login(make.user(Role.TEAM_MANAGER, team=make.team(authority)))
        assert client.get(reverse("providers:market")).status_code == 403
