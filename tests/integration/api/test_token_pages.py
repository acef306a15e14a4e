"""Making and ending one's own tokens, and the document of the interface."""

from datetime import timedelta

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.api import actions
from keepsight.apps.api.models import Token
from keepsight.apps.audit.models import Event as Logged
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stand_still():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def manager():
    return make.user(Role.TEAM_MANAGER, of=make.authority())


def test_a_token_is_shown_once_and_kept_as_a_hash(manager):
    browser = recording.signed_in(manager)
    page = browser.post("/api/tokens/", {"name": "Weekly figures", "months": "3"})
    shown = page.context["shown"]
    held = Token.objects.get()
    assert page.status_code == 200
    assert shown.startswith("ks_")
    assert shown in page.content.decode()
    assert shown not in str(Token.objects.values())
    assert held.expires_on == make.TODAY.replace(month=9)
    again = browser.get("/api/tokens/").content.decode()
    assert "Weekly figures" in again
    assert shown not in again
    assert browser.get("/api/v1/registers", headers={"Authorization": f"Bearer {shown}"}).status_code == 200
    # ending it
    assert browser.post(f"/api/tokens/{held.pk}/end/").status_code == 302
    assert browser.get("/api/v1/registers", headers={"Authorization": f"Bearer {shown}"}).status_code == 401
    kinds = Logged.objects.filter(subject_type="token").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["token_made", "token_ended"]
    assert shown not in str(list(Logged.objects.values()))


def test_nobody_ends_the_token_of_another(manager):
    held, _ = actions.make_token(manager, name="x", expires_on=make.days(9), at=make.NOW)
    other = recording.signed_in(make.user(Role.TEAM_MANAGER, of=make.authority()))
    assert other.post(f"/api/tokens/{held.pk}/end/").status_code == 404
    assert other.post("/api/tokens/99999/end/").status_code == 404
    assert Token.objects.get().ended_at is None


def test_a_token_lasts_a_year_at_most(manager):
    for on in (make.TODAY, make.TODAY + timedelta(days=366)):
        with pytest.raises(NotAllowedNow, match="within one year"):
            actions.make_token(manager, name="x", expires_on=on, at=make.NOW)
    browser = recording.signed_in(manager)
    assert browser.post("/api/tokens/", {"name": "x", "months": "12"}).status_code == 200
    assert Token.objects.get().expires_on <= make.TODAY + timedelta(days=365)
    assert browser.post("/api/tokens/", {"name": "", "months": "12"}).status_code == 422


def test_nobody_has_more_than_ten(manager):
    for _ in range(10):
        actions.make_token(manager, name="x", expires_on=make.days(9), at=make.NOW)
    page = recording.signed_in(manager).post("/api/tokens/", {"name": "x", "months": "1"})
    assert page.status_code == 422
    assert "You have 10 tokens" in page.content.decode()


def test_only_roles_that_use_the_interface_make_tokens_or_read_its_document(manager):
    who = make.user(Role.PRACTITIONER, of=make.authority())
    with pytest.raises(NotPermitted):
        actions.make_token(who, name="x", expires_on=make.days(9), at=make.NOW)
    browser = recording.signed_in(who)
    for path in ("/api/tokens/", "/api/v1/docs/", "/api/v1/openapi.json"):
        assert browser.get(path).status_code == 403
    browser = recording.signed_in(manager)
    assert browser.get("/api/v1/docs/").status_code == 200
    assert browser.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    assert "/api/tokens/" in browser.get("/account/").content.decode()
    assert "/api/tokens/" not in recording.signed_in(who).get("/account/").content.decode()
