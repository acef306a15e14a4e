"""A form that another site could have sent does nothing, and the log says who tried what, without the form."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.audit.rates import rates
from tests import factories as make

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def stand_still():
    with time_machine.travel(make.NOW, tick=False):
        yield


def denied():
    return Event.objects.filter(kind=EventKind.DENIED, reason="stale_form").order_by("pk")


def strict():
    return Client(enforce_csrf_checks=True)


def test_a_form_without_its_token_is_an_event_about_the_child():
    who, worker = make.practitioner()
    child = make.child(worker.authority)
    make.involvement(child, worker)
    browser = strict()
    browser.force_login(who, BACKEND)
    answer = browser.post(reverse("desk:record_visit", args=[child.ref]), {"note": "Quellon was well."})
    assert answer.status_code == 403
    event = denied().get()
    assert (event.subject_type, event.subject_id, event.source) == ("child", str(child.pk), "desk:record_visit")
    assert event.actor_roles
    assert event.actor_id
    assert "Quellon" not in repr(Event.objects.filter(pk=event.pk).values())


def test_a_stranger_is_remembered_but_cannot_fill_the_log():
    most = rates()["stranger"].most
    for _ in range(most + 5):
        assert strict().post("/account/login/", {"login": "a@example.org"}).status_code == 403
    assert denied().count() == most
    assert strict().post("/account/login/", {}, REMOTE_ADDR="10.0.0.9").status_code == 403
    assert denied().count() == most + 1, "another address is counted for itself"
    assert "a@example.org" not in repr(list(denied().values()))


def test_somebody_signed_in_is_always_remembered():
    browser = strict()
    browser.force_login(make.user(), BACKEND)
    times = rates()["stranger"].most + 2
    for _ in range(times):
        browser.post(reverse("desk:find"), {"words": "x"})
    assert denied().count() == times
