"""Cookies, passwords and links of sign-in."""

import re
from datetime import timedelta

import time_machine
from django.test import Client

from tests import factories as make
from tests.access.attacks.table import Attacker, attempt


@attempt("SESS-01", "Use a session's cookie again after signing out", "Sent to sign in", "signed_out")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    kept = {name: morsel.value for name, morsel in a.client.cookies.items()}
    a.post("/account/logout/")
    a.client.cookies.load(kept)
    assert a.get("/work/").status_code == 302


@attempt("SESS-02", "Go on after sixteen idle minutes", "Sent to sign in", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    with time_machine.travel(make.NOW + timedelta(minutes=16), tick=False):
        assert a.get("/work/").status_code == 302


@attempt(
    "SESS-03",
    "Make somebody sign in with a session's cookie that one knows",
    "The cookie changes at sign-in",
    "signed_in",
)
def _(a: Attacker) -> None:
    from django.conf import settings as now

    known = "a" * 32
    a.client.cookies[now.SESSION_COOKIE_NAME] = known
    person = a.world.people["practitioner"]
    a.post("/account/login/", {"login": person.email, "password": make.PASSWORD})
    assert a.client.cookies[now.SESSION_COOKIE_NAME].value != known
    a.client = Client()
    a.client.cookies[now.SESSION_COOKIE_NAME] = known
    assert a.get("/work/").status_code == 302


@attempt("SESS-04", "A session's cookie made up or changed by a letter", "Sent to sign in", "")
def _(a: Attacker) -> None:
    from django.conf import settings as now

    a.as_("own_worker")
    value = a.client.cookies[now.SESSION_COOKIE_NAME].value
    for wrong in (value[:-1] + ("a" if value[-1] != "a" else "b"), "", "x" * 5000, "../../etc/passwd", value[::-1]):
        a.client.cookies[now.SESSION_COOKIE_NAME] = wrong
        assert a.get("/work/").status_code == 302


@attempt(
    "SESS-05", "Go back with the browser's button after signing out", "Nothing was kept to go back to", "signed_out"
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    pages = [a.get(url) for url in ("/work/", "/lists/open/", "/find/", a.page("standard", "visit/"))]
    assert {page["Cache-Control"] for page in pages} == {"no-store, private"}
    a.post("/account/logout/")


@attempt("SESS-06", "Guess a password again and again", "Locked out", "sign_in_failed")
def _(a: Attacker) -> None:
    person = a.world.people["practitioner"]
    for _ in range(8):
        came = a.post("/account/login/", {"login": person.email, "password": "not-this-one-either"})
    assert came.status_code in (403, 429)
    came = a.post("/account/login/", {"login": person.email, "password": make.PASSWORD})
    assert came.status_code in (403, 429), "not even the right one, for now"


@attempt("SESS-07", "Tell from the answer whether an account exists", "The same answer", "sign_in_failed")
def _(a: Attacker) -> None:
    answers = []
    for email in (a.world.people["practitioner"].email, "nobody-at-all@example.org"):
        a.client = Client()
        came = a.post("/account/login/", {"login": email, "password": "not-this-one"})
        answers.append((came.status_code, re.sub(r"nonce=\S+|value=\"[^\"]*\"", "", came.content.decode())))
    assert answers[0] == answers[1]


@attempt("SESS-08", "Tell from a forgotten password whether an account exists", "The same answer", "")
def _(a: Attacker) -> None:
    answers = []
    for email in (a.world.people["practitioner"].email, "nobody-at-all@example.org"):
        a.client = Client()
        came = a.post("/account/password/reset/", {"email": email})
        answers.append((came.status_code, came.headers.get("Location")))
    assert answers[0] == answers[1]


@attempt(
    "SESS-09", "Use a link for a new password a second time, and with a letter changed", "The second opens nothing", ""
)
def _(a: Attacker) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    person = a.world.people["practitioner"]
    link = f"/account/password/reset/key/{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}/"
    wrong = a.get(link[:-2] + ("a/" if link[-2] != "a" else "b/"))
    assert "password1" not in wrong.seen
    form = a.get(link, follow=True)
    where = form.redirect_chain[-1][0] if form.redirect_chain else link
    a.post(where, {"password1": "a-new-long-phrase-42", "password2": "a-new-long-phrase-42"})
    person.refresh_from_db()
    a.client = Client()
    again = a.get(link, follow=True)
    assert "password1" not in again.seen or "bad" in again.seen.lower()


@attempt("SESS-10", "Sign in as one, and bring the form of the one before", "What was typed stays with its writer", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    reader = re.search(r'name="reader" value="([^"]+)"', a.get(a.page("standard", "visit/")).seen)
    a.client = Client()
    a.post(a.page("standard", "visit/"), {"note": "Secretwords", "reader": reader[1] if reader else ""})
    other = a.world.people["team_manager"]
    cookies = a.client.cookies
    a.client.force_login(other, "allauth.account.auth_backends.AuthenticationBackend")
    a.client.cookies.update(cookies)
    assert "Secretwords" not in a.get(a.page("standard", "visit/")).seen
