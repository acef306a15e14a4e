"""Who sees a child shows two things: asked before anything else, in every real authority, mid-session too."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from keepsight.apps.accounts.actions.sign_in import NothingToReset, reset_second_factor
from keepsight.apps.accounts.models import Membership, Role, User
from keepsight.apps.audit.models import Event
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEEDED = {
    Role.PRACTITIONER, Role.EARLY_HELP_PRACTITIONER, Role.TEAM_MANAGER, Role.LEADER, Role.DUTY_WORKER, Role.FRONT_DOOR,
    Role.QUALITY_ASSURANCE, Role.HEALTH, Role.INFORMATION_GOVERNANCE, Role.ADMINISTRATOR,
}  # fmt: skip


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or some steps of thirty seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(user: User) -> User:
    """Somebody who has set up the app."""
    from allauth.core import context

    with context.request_context(None):
        TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def leader(real) -> User:
    return make.user(Role.LEADER, of=real)


@pytest.mark.parametrize("role", list(Role))
def test_which_roles_are_asked_in_a_real_authority(inside, real, role):
    page = inside(make.user(role, of=real)).get("/account/")
    assert (page.headers.get("location") == "/account/needed/") is (role in NEEDED)


@pytest.mark.parametrize("path", ["/", "/teams/", "/find/", "/picture/", "/access/", "/account/", "/account/terms/"])
def test_nothing_else_opens_before(inside, leader, path):
    assert inside(leader).get(path).headers["location"] == "/account/needed/"


def test_the_page_that_asks_opens_and_so_does_setting_up(inside, leader):
    client = inside(leader)
    assert "Set up a second factor" in client.get("/account/needed/").content.decode()
    assert "reauthenticate" in client.get("/account/second-factor/totp/activate/").headers["location"]


def test_a_real_authority_cannot_switch_it_off(inside, real, leader):
    real.settings["second_factor"] = "off"
    real.save()
    assert inside(leader).get("/teams/").headers["location"] == "/account/needed/"


def test_an_example_can_and_only_for_itself(inside, example, real):
    both = make.user(Role.LEADER, of=example)
    client = inside(both)
    assert client.get("/teams/").status_code == 200
    Membership.objects.create(user=both, authority=real, role=Role.LEADER, starts_on=make.days(-1))
    assert client.get("/teams/").headers["location"] == "/account/needed/", "a role added in the middle of a session"


def test_an_example_that_does_not_switch_it_off_asks(inside):
    asks = make.authority(settings={})
    assert inside(make.user(Role.LEADER, of=asks)).get("/teams/").headers["location"] == "/account/needed/"


@pytest.mark.django_db(transaction=True)
def test_setting_up_the_app(inside, leader):
    client = inside(leader)
    client.post("/account/reauthenticate/", {"password": make.PASSWORD})
    page = client.get("/account/second-factor/totp/activate/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    assert "data:image/svg" in page
    wrong = client.post("/account/second-factor/totp/activate/", {"code": "000000"})
    assert "The code is not right" in wrong.content.decode()
    done = client.post("/account/second-factor/totp/activate/", {"code": code(client.session["mfa.totp.secret"])})
    assert done.headers["location"] == "/account/second-factor/recovery-codes/"
    assert client.get("/teams/").status_code == 200
    kinds = list(Event.objects.filter(kind__startswith="second_factor").values_list("kind", "subject_id"))
    assert kinds == [("second_factor_added", str(leader.pk))]


def test_the_secret_is_sealed_in_the_database(leader):
    with_app(leader)
    held = str(Authenticator.objects.get(user=leader).data)
    assert SECRET not in held


def test_signing_in_with_the_app(enter, leader):
    client = enter(with_app(leader))
    assert client.last.headers["location"] == "/account/second-factor/authenticate/"
    assert client.get("/teams/").status_code == 302, "the password alone opens nothing"
    done = client.post("/account/second-factor/authenticate/", {"code": code()})
    assert done.headers["location"] == "/"
    assert client.get("/teams/").status_code == 200


def test_a_code_works_once(enter, leader):
    shown = code()
    first, second = enter(with_app(leader)), enter(leader)
    first.post("/account/second-factor/authenticate/", {"code": shown})
    replayed = second.post("/account/second-factor/authenticate/", {"code": shown})
    assert "The code is not right" in replayed.content.decode()
    assert second.get("/teams/").status_code == 302


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_a_code_of_another_moment_does_not_work(enter, leader, steps):
    client = enter(with_app(leader))
    assert client.post("/account/second-factor/authenticate/", {"code": code(steps=steps)}).status_code == 200
    assert client.get("/teams/").status_code == 302


def test_codes_cannot_be_guessed_for_long(enter, leader, stand_still):
    client = enter(with_app(leader))
    for _ in range(5):
        client.post("/account/second-factor/authenticate/", {"code": "000000"})
    right = client.post("/account/second-factor/authenticate/", {"code": code()})
    assert "too many tries" in right.content.decode()
    stand_still.shift(timedelta(minutes=6))
    assert client.post("/account/second-factor/authenticate/", {"code": code()}).status_code == 302


def test_a_session_from_before_shows_the_factor_and_adds_no_other(inside, enter, leader):
    """Somebody else's factor is not set aside by adding one in a session that showed a password only."""
    client = inside(leader)
    with_app(leader)
    for path in ("/teams/", "/account/needed/", "/account/second-factor/webauthn/add/", "/account/second-factor/"):
        assert client.get(path).headers["location"] == "/account/second-factor/reauthenticate/"
    client.post("/account/second-factor/reauthenticate/", {"code": code()})
    assert client.get("/teams/").status_code == 200


def test_the_last_factor_that_a_role_asks_for_stays(enter, leader, stand_still):
    client = enter(with_app(leader))
    client.post("/account/second-factor/authenticate/", {"code": code()})
    client.post("/account/reauthenticate/", {"password": make.PASSWORD})
    page = client.post("/account/second-factor/totp/deactivate/").content.decode()
    assert "Add another before you remove this one" in page
    assert Authenticator.objects.filter(user=leader, type="totp").exists()


def test_where_none_is_asked_it_may_go_and_ends_other_sessions(enter, example):
    user = with_app(make.user(Role.ANALYST, of=example))
    here, there = enter(user), enter(user)
    for client, step in ((here, 0), (there, 0)):
        Authenticator.objects.update(last_used_at=None)
        from django.core.cache import cache

        cache.clear()
        client.post("/account/second-factor/authenticate/", {"code": code(steps=step)})
    here.post("/account/reauthenticate/", {"password": make.PASSWORD})
    here.post("/account/second-factor/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user).exists()
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)
    assert Event.objects.filter(kind="second_factor_removed").count() == 1


class TestReset:
    @pytest.fixture
    def administrator(self, real) -> User:
        return make.user(Role.ADMINISTRATOR, of=real)

    def test_an_administrator_resets_it_and_the_person_is_out(self, enter, leader, administrator):
        client = enter(with_app(leader))
        client.post("/account/second-factor/authenticate/", {"code": code()})
        reset_second_factor(leader, by=administrator, at=make.NOW, reason="telephone lost")
        assert client.get("/teams/").status_code == 302
        assert enter(leader).get("/teams/").headers["location"] == "/account/needed/"
        event = Event.objects.get(kind="second_factor_removed")
        assert (event.actor_id, event.subject_id, event.reason) == (
            str(administrator.pk), str(leader.pk), "telephone lost",
        )  # fmt: skip

    def test_nobody_else_does(self, leader, real):
        with_app(leader)
        for role in set(Role) - {Role.ADMINISTRATOR}:
            with pytest.raises(NotPermitted):
                reset_second_factor(leader, by=make.user(role, of=real), at=make.NOW, reason="telephone lost")

    def test_nor_an_administrator_of_another_council(self, leader):
        with_app(leader)
        stranger = make.user(Role.ADMINISTRATOR, of=make.authority())
        with pytest.raises(NotPermitted):
            reset_second_factor(leader, by=stranger, at=make.NOW, reason="telephone lost")

    def test_nor_anybody_their_own(self, administrator):
        with pytest.raises(NotAllowedNow):
            reset_second_factor(with_app(administrator), by=administrator, at=make.NOW, reason="telephone lost")

    def test_without_one_there_is_nothing_to_reset(self, leader, administrator):
        with pytest.raises(NothingToReset):
            reset_second_factor(leader, by=administrator, at=make.NOW, reason="telephone lost")


def test_pages_of_the_library_that_we_do_not_use_stay_shut(inside, worker):
    client: Client = inside(worker)
    assert client.get("/account/second-factor/recovery-codes/download/").status_code in (403, 404)
