"""Where one is signed in: rows that end by themselves, from elsewhere, and at once."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from keepsight.apps.accounts.actions import sign_in
from keepsight.apps.accounts.models import Role, Session, User
from keepsight.apps.accounts.sessions import device_in_words
from keepsight.apps.audit.models import Event
from tests import factories as make

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(("idle", "still"), [(13, True), (14, True), (15, False), (16, False), (60, False)])
def test_a_session_ends_after_fifteen_idle_minutes(enter, worker, stand_still, idle, still):
    client = enter(worker)
    stand_still.shift(timedelta(minutes=idle))
    assert is_in(client) is still


def test_who_goes_on_working_stays_for_hours(enter, worker, stand_still):
    client = enter(worker)
    for _ in range(30):
        stand_still.shift(timedelta(minutes=10))
        assert is_in(client)


def test_but_no_longer_than_twelve_hours(enter, worker, stand_still):
    client = enter(worker)
    for _ in range(72):
        stand_still.shift(timedelta(minutes=10))
        assert is_in(client)
    stand_still.shift(timedelta(minutes=1))
    assert not is_in(client)


@pytest.mark.parametrize(("seconds", "writes"), [(0, 0), (59, 0), (60, 1), (61, 1)])
def test_a_page_writes_the_session_once_a_minute_at_most(enter, worker, stand_still, seconds, writes):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = enter(worker)
    client.get("/work/")
    stand_still.shift(timedelta(seconds=seconds))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/work/")
    assert len([each for each in queries if str(each["sql"]).startswith("UPDATE")]) == writes


def test_session_and_user_are_one_query(inside, worker, django_assert_max_num_queries):
    client = inside(worker)
    client.get("/work/")
    with django_assert_max_num_queries(10):
        client.get("/work/")


def test_the_session_ends_with_the_browser_and_the_cookie_says_nothing(enter, worker):
    cookie = enter(worker).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert len(cookie.value) == 32


def test_the_key_changes_at_sign_in(worker):
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    client.post("/account/login/", {"login": worker.email, "password": make.PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_token_from_before_the_sign_out_opens_nothing(enter, worker):
    client = enter(worker)
    token = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = token
    assert not is_in(thief)
    assert not Session.objects.filter(user=worker).exists()


def test_the_list_says_device_address_and_times_and_never_a_key(enter, worker):
    client = enter(worker, headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.9")
    page = client.get("/account/").content.decode()
    assert "Firefox on a Windows computer" in page
    assert "203.0.113.9" in page
    assert "This one" in page
    assert client.cookies[settings.SESSION_COOKIE_NAME].value not in page


def test_one_ends_one_other_session(enter, worker):
    here, there = enter(worker), enter(worker)
    other = Session.objects.get(pk=there.cookies[settings.SESSION_COOKIE_NAME].value)
    assert here.post("/account/sessions/end/", {"session": other.mark}).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert here.post("/account/sessions/end/", {"session": other.mark}).status_code == 409


def test_one_signs_out_everywhere_else(enter, worker):
    here, *others = enter(worker), enter(worker), enter(worker)
    here.post("/account/sessions/end/", {"session": "others"})
    assert is_in(here)
    assert not any(is_in(other) for other in others)
    assert Event.objects.filter(kind="sessions_ended", actor_id=str(worker.pk)).count() == 1


def test_nobody_ends_the_session_of_somebody_else(enter, worker, example):
    mine, theirs = enter(worker), enter(make.user(Role.PRACTITIONER, team=make.team(example)))
    other = Session.objects.get(pk=theirs.cookies[settings.SESSION_COOKIE_NAME].value)
    assert mine.post("/account/sessions/end/", {"session": other.mark}).status_code == 409
    assert is_in(theirs)


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"expires_on": make.TODAY},
        {"expires_on": make.days(-1)},
        {"password": "!somebody set another one"},
    ],
    ids=["ended", "expires today", "expired", "password"],
)
def test_an_account_that_ends_or_changes_its_password_is_out_at_the_next_click(enter, worker, change):
    client = enter(worker)
    User.objects.filter(pk=worker.pk).update(**change)
    assert not is_in(client)
    User.objects.filter(pk=worker.pk).update(is_active=True, expires_on=None)
    assert not is_in(client), "the session is gone for good"


def test_an_account_is_good_until_the_day_before_it_expires(enter, worker, stand_still):
    User.objects.filter(pk=worker.pk).update(expires_on=make.days(1))
    assert is_in(enter(worker))
    stand_still.shift(timedelta(days=1))
    late = enter(worker)
    assert late.last.headers["location"] == "/account/inactive/"
    assert not is_in(late)


def test_all_sessions_are_ended_by_somebody_else(enter, worker):
    clients = [enter(worker), enter(worker)]
    assert sign_in.end_sessions(worker, by=None, at=make.NOW, reason="left") == 2
    assert not any(is_in(client) for client in clients)


def test_a_new_password_ends_the_others_and_keeps_this_one(enter, worker):
    here, there = enter(worker), enter(worker)
    new = "mauve lantern riverbed"
    given = {"oldpassword": make.PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", given).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert Session.objects.filter(user=worker).count() == 1
    assert Event.objects.filter(kind="password_changed").count() == 1


def test_the_last_use_is_kept_once_a_day(enter, worker, stand_still):
    enter(worker)
    worker.refresh_from_db()
    assert worker.last_used_on == make.TODAY
    client = enter(worker)
    stand_still.move_to(make.NOW.replace(hour=22, minute=50))  # 23.50 in London
    client = enter(worker)
    stand_still.shift(timedelta(minutes=12))
    client.get("/work/")
    worker.refresh_from_db()
    assert worker.last_used_on == make.days(1)


def test_old_rows_go_at_the_next_sign_in(enter, worker, stand_still):
    enter(worker)
    stand_still.shift(timedelta(hours=1))
    enter(worker)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (FIREFOX, "Firefox on a Windows computer"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/126 Safari/537 Edg/126", "Edge on a Windows computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604", "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126 Mobile Safari/537", "Chrome on an Android phone or tablet"),
        ("curl/8.5", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_device_in_plain_words(named, words):
    assert device_in_words(named) == words


class TestWhatWasTyped:
    """Sent after the session ended: kept on the server over the sign-in, for the same person on the same page."""

    @pytest.fixture
    def page(self, example):
        team = make.team(example)
        self.user, row = make.practitioner(team)
        self.child = make.child(example)
        make.plan(self.child, row)
        return f"/children/{self.child.ref}/visit/"

    @pytest.fixture(params=["idle", "twelve hours", "ended elsewhere"])
    def stale(self, request, enter, page, stand_still):
        """A browser with the form open, in which the session has ended; and what the form would send."""
        client = enter(self.user)
        reader = re.search(r'name="reader" value="([^"]+)"', client.get(page).content.decode())[1]
        if request.param == "twelve hours":
            for _ in range(52):
                stand_still.shift(timedelta(minutes=14))
                client.get("/work/")
        elif request.param == "idle":
            stand_still.shift(timedelta(minutes=16))
        else:
            Session.objects.all().delete()
        return client, {"reader": reader, "outcome": "no_access", "note": "Knocked twice at four."}

    def test_it_comes_back_after_the_sign_in(self, stale, page):
        client, typed = stale
        sent = client.post(page, typed)
        assert sent.headers["location"].startswith("/account/login/?next=")
        for morsel in client.cookies.values():
            assert "Knocked" not in morsel.value
            assert len(morsel.value) < 100
        back = client.post(sent.headers["location"], {"login": self.user.email, "password": make.PASSWORD})
        assert back.headers["location"] == page
        form = client.get(page).content.decode()
        assert "Knocked twice at four." in form
        assert "the draft that was kept for you" in form

    def test_not_for_somebody_else_at_the_same_screen(self, stale, page, example):
        client, typed = stale
        client.post(page, typed)
        other = make.user(Role.LEADER, of=example)
        client.post("/account/login/", {"login": other.email, "password": make.PASSWORD})
        assert b"Knocked" not in client.get(page).content

    @pytest.mark.parametrize("reader", ["", "1", "1:forged:mark"])
    def test_a_stranger_leaves_nothing_on_the_server(self, page, reader):
        Client().post(page, {"reader": reader, "note": "x" * 9_000})
        assert not Session.objects.exists()
