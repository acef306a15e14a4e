"""The terms of use: read once, by everybody, again when they change."""

import dataclasses

import pytest
from django.test import Client

from keepsight.apps.accounts import terms
from keepsight.apps.accounts.models import Role, TermsAccepted
from keepsight.apps.audit.models import Event
from keepsight.config.sign_in import gates
from tests import factories as make


@pytest.fixture
def newcomer(example):
    who = make.user(Role.LEADER, of=example)
    TermsAccepted.objects.filter(user=who).delete()
    return who


@pytest.mark.parametrize("path", ["/", "/teams/", "/find/", "/account/"])
def test_nothing_opens_before(inside, newcomer, path):
    assert inside(newcomer).get(path).headers["location"] == "/account/terms/"


def test_they_are_accepted_with_a_tick_and_once(inside, newcomer):
    client = inside(newcomer)
    assert "I open a child&#x27;s record only when my work" in client.get("/account/terms/").content.decode()
    without = client.post("/account/terms/", {})
    assert without.status_code == 422
    assert "Tick the box" in without.content.decode()
    assert client.get("/teams/").status_code == 302
    assert client.post("/account/terms/", {"accept": "on"}).status_code == 302
    assert client.get("/teams/").status_code == 200
    client.post("/account/terms/", {"accept": "on"})
    assert TermsAccepted.objects.filter(user=newcomer).count() == 1
    (event,) = Event.objects.filter(kind="terms_accepted")
    assert event.detail["version"] == terms.current().version
    assert inside(newcomer).get("/teams/").status_code == 200, "also in the next session"


def test_a_new_version_is_asked_in_the_middle_of_a_session(inside, newcomer, monkeypatch):
    TermsAccepted.objects.create(user=newcomer, version=terms.current().version, accepted_at=make.NOW)
    client: Client = inside(newcomer)
    assert client.get("/teams/").status_code == 200
    newer = dataclasses.replace(terms.current(), version="2027-1")
    monkeypatch.setattr(terms, "current", lambda: newer)
    monkeypatch.setattr(gates, "current", lambda: newer)
    assert client.get("/teams/").headers["location"] == "/account/terms/"
    client.post("/account/terms/", {"accept": "on"})
    assert client.get("/teams/").status_code == 200


def test_who_has_accepted_costs_no_query(inside, newcomer):
    """The page of the terms asks the database; other pages know it from the session."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    TermsAccepted.objects.create(user=newcomer, version=terms.current().version, accepted_at=make.NOW)
    client = inside(newcomer)
    with CaptureQueriesContext(connection) as queries:
        client.get("/teams/")
    assert not [
        each for each in queries if any(table in str(each["sql"]) for table in ("termsaccepted", "authenticator"))
    ]


def test_one_signs_out_without_accepting(inside, newcomer):
    client = inside(newcomer)
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/account/").headers["location"].startswith("/account/login/")
