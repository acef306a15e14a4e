"""Signing in, in a real browser: idle time-out, passkeys, codes, sessions, terms, and the council's own sign-in."""

import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.conftest import PASSWORD, PHONE, ROOT, WIDE, Site, _free_port

REAL = """
from datetime import date
from keepsight.apps.accounts.models import Authority, Membership, TermsAccepted, User
from keepsight.apps.accounts.terms import current
here, _ = Authority.objects.get_or_create(code="realshire", defaults={"name": "Realshire", "la_code": "Z90"})
there = Authority.objects.get(code="fellshire")
for name, place in (("passkey", here), ("app", here), ("terms", here), ("twice", there)):
    user = User.objects.create_user(f"{name}@realshire.example", "%s", name=f"Real {name.capitalize()}")
    Membership.objects.create(user=user, authority=place, role="leader", starts_on=date(2020, 1, 1))
"""
GROUPS = '[[groups]]\ngroup = "ks-leaders"\nrole = "leader"\nauthority = "fellshire"\n'


def _wait(url: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)


def _env(site: Site, **more: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KEEPSIGHT_", "DJANGO_"))}
    return {**env, "KEEPSIGHT_VAR": str(site.database.parent), **more}


@pytest.fixture(scope="module")
def real(site: Site) -> Site:
    """The same server with people of an authority that is no example, under the name that browsers give passkeys to."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", REAL % PASSWORD], cwd=ROOT, env=_env(site),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Site(site.url.replace("127.0.0.1", "localhost"), site.database)


@pytest.fixture
def opened(browser: Browser, real: Site) -> Iterator[Callable[..., Page]]:
    """A browser of its own, on the page of sign-in; it complains about scripts that the policy stops."""
    contexts = []

    def make(viewport: dict[str, int] = WIDE, url: str = "") -> Page:
        context = browser.new_context(base_url=url or real.url, viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/account/login/")
        return page

    yield make
    for context in contexts:
        context.close()


def enter(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def accept_terms(page: Page) -> None:
    page.get_by_label("I have read these terms").check()
    page.get_by_role("button", name="Accept and continue").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/account/login/")


def give_authenticator(page: Page) -> str:
    """A passkey device that says yes, by the browser's own protocol."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    page.devtools = devtools  # type: ignore[attr-defined]
    return str(devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])


def test_a_passkey_is_asked_for_set_up_and_opens_the_door(opened, check_access):
    page = opened()
    give_authenticator(page)
    # given: somebody whose role needs a second factor, and has none
    enter(page, "passkey@realshire.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    check_access(page)
    page.goto("/teams/")
    expect(page).to_have_url(re.compile("/account/needed/$"))
    # when: a passkey is added
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Show that it is you")
    check_access(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    check_access(page)
    page.get_by_label("What do you call it?").fill("Work computer")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    check_access(page)
    recovery = page.locator(".ks-codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    accept_terms(page)
    expect(page).to_have_url(re.compile("/teams/|/picture/"))
    # then: it opens the door by itself
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/teams/|/picture/"))
    # and is asked for after a password
    sign_out(page)
    enter(page, "passkey@realshire.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Show your second factor")
    check_access(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/teams/|/picture/"))
    # and a recovery code does instead, once
    for works in (True, False):
        sign_out(page)
        enter(page, "passkey@realshire.example")
        page.get_by_label("Code").fill(recovery)
        page.get_by_role("button", name="Continue").click()
        if works:
            expect(page).to_have_url(re.compile("/teams/|/picture/"))
        else:
            expect(page.locator(".govuk-error-summary")).to_contain_text("The code is not right")
            check_access(page)


def test_a_passkey_of_a_device_that_asks_nobody_is_refused(opened):
    page = opened()
    device = give_authenticator(page)
    enter(page, "terms@realshire.example")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#passkey-told")).to_contain_text("No passkey was used")
    page.goto("/teams/")
    expect(page).to_have_url(re.compile("/account/needed/$"))


def test_an_app_is_set_up_on_a_phone(opened, check_access):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    page = opened(PHONE)
    enter(page, "app@realshire.example")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    check_access(page)
    assert page.locator("img.ks-qr").evaluate("image => image.naturalWidth") > 0, "the picture is drawn"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    secret = page.locator(".ks-key").inner_text()
    page.get_by_label("Authenticator code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    check_access(page)
    accept_terms(page)
    for path in ("/account/", "/account/second-factor/", "/account/second-factor/totp/deactivate/"):
        page.goto(path)
        check_access(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def let_time_pass(page: Page, site: Site) -> None:
    """Sixteen minutes without a page, in this session."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == "sessionid")
    past = "UPDATE accounts_session SET expire_date = datetime(expire_date, '-16 minutes') WHERE session_key = ?"
    with sqlite3.connect(site.database, timeout=20) as database:
        assert database.execute(past, [key]).rowcount == 1


@pytest.mark.parametrize("saved_by", ["the page itself", "a form sent too late"])
def test_what_was_typed_is_there_after_the_idle_time(opened, real, saved_by):
    page = opened(PHONE)
    enter(page, "practitioner@keepsight.example")
    page.wait_for_url(lambda url: "/account/login/" not in url)
    if "/account/terms/" in page.url:
        accept_terms(page)
    page.locator(".ks-cards tbody a.govuk-button").first.click()
    address = page.url
    if saved_by == "a form sent too late":
        page.route("**/draft/", lambda route: route.abort())  # as without JavaScript
    page.get_by_label("Nobody answered, or I was not let in").check()
    page.get_by_label("Note").fill(f"Saved by {saved_by}.")
    if saved_by == "the page itself":
        expect(page.locator("#saved")).to_have_text("Your draft is kept.")
    let_time_pass(page, real)
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    enter(page, "practitioner@keepsight.example")
    expect(page).to_have_url(address)
    expect(page.get_by_label("Nobody answered, or I was not let in")).to_be_checked()
    expect(page.get_by_label("Note")).to_have_value(f"Saved by {saved_by}.")
    expect(page.locator("main")).to_contain_text("the draft that was kept for you")


def test_one_signs_out_everywhere_else(opened, check_access):
    here, there = opened(), opened(PHONE)
    for page in (here, there):
        enter(page, "twice@realshire.example")
        page.wait_for_url(lambda url: "/account/login/" not in url)
        if "/account/terms/" in page.url:
            accept_terms(page)
    here.locator(".ks-me a[href='/account/']").click()
    expect(here.get_by_role("heading", level=1)).to_contain_text("Real Twice")
    check_access(here)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.locator(".govuk-notification-banner")).to_contain_text("everywhere else")
    there.goto("/teams/")
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")
    here.goto("/teams/")
    expect(here.get_by_role("heading", level=1)).not_to_have_text("Sign in")


# --- the council's own sign-in -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def council(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An OpenID provider, and a second server of the same site that is told of it."""
    folder: Path = tmp_path_factory.mktemp("council")
    (folder / "groups.toml").write_text(GROUPS)
    provider_port, port = _free_port(), _free_port()
    provider, url = f"http://localhost:{provider_port}", f"http://localhost:{port}"
    env = _env(
        site, KEEPSIGHT_OIDC_ISSUER=provider, KEEPSIGHT_OIDC_CLIENT_ID="keepsight", KEEPSIGHT_OIDC_CLIENT_SECRET="s",
        KEEPSIGHT_OIDC_NAME="Fellshire Council", KEEPSIGHT_OIDC_ROLES=str(folder / "groups.toml"),
    )  # fmt: skip
    with (folder / "log").open("w") as log:
        running = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(provider_port)],
                stdout=log, stderr=log,
            ),
            subprocess.Popen(
                [sys.executable, "-m", "keepsight.cli", "serve", "--port", str(port), "--no-jobs"],
                cwd=ROOT, env=env, stdout=log, stderr=log,
            ),
        ]  # fmt: skip
    _wait(f"{provider}/.well-known/openid-configuration")
    _wait(f"{url}/account/login/")
    yield {"provider": provider, "url": url}
    for each in running:
        each.terminate()
        each.wait(20)


def knows(provider: str, sub: str, **claims: Any) -> None:
    import json

    asked = urllib.request.Request(
        f"{provider}/users/{sub}", data=json.dumps(claims).encode(), method="PUT",
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    urllib.request.urlopen(asked, timeout=5).read()


def choose(page: Page, sub: str) -> None:
    page.get_by_role("link", name="Sign in with Fellshire Council").click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name=re.compile("authorize", re.IGNORECASE)).first.click()


def test_somebody_joins_through_the_council(opened, council, check_access):
    about = {"email": "joan@fellshire.example", "email_verified": True, "name": "Joan Joiner", "amr": ["mfa"]}
    knows(council["provider"], "joan", **about, groups=["everybody"])
    page = opened(url=council["url"])
    check_access(page)
    choose(page, "joan")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    check_access(page)
    knows(council["provider"], "joan", **about, groups=["everybody", "ks-leaders"])
    page.goto("/account/login/")
    choose(page, "joan")
    accept_terms(page)
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Joan Joiner")
    expect(page.locator("main")).to_contain_text("None: you sign in through your council")
    check_access(page)
