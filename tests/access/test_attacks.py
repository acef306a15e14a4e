"""Each attempt fails safely, and stands in the log."""

import logging

import pytest

from keepsight.apps.audit.models import Event
from tests.access.attacks import ATTEMPTS, Attacker
from tests.access.walk import facts_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counting_from_nothing():
    from django.core.cache import cache

    cache.clear()


def test_there_are_as_many_attempts_as_promised():
    assert len({attempt.id for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 160


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda each: each.id)
def test_it_fails_safely(world, caplog, attempt):
    attacker, last = Attacker(world), Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with caplog.at_level(logging.INFO):
        attempt.run(attacker)
    assert [answer.status_code for answer in attacker.answers if answer.status_code >= 500] == []
    events = list(Event.objects.filter(pk__gt=last).values())
    if attempt.logged:
        assert attempt.logged in {event["kind"] for event in events}, "nothing in the log says so"
    for text in (caplog.text, repr([{k: v for k, v in event.items() if k != "actor_name"} for event in events])):
        assert {who: what for who, what in facts_in(world, text).items() if set(what) - {"f"}} == {}
