"""
A real server with a small example authority behind a real browser, installed once a session.

The journeys go through ``manage.py``, ``keepsight example`` and ``keepsight serve`` as a newcomer
would, in a temporary folder, on SQLite.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.hardening.logs import known_people, told_in

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
PASSWORD = "keepsight-example-2020"
SCALE = "0.02"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(str(item.fspath)).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


class Site:
    """The served example: where it is, and read-only questions to its database."""

    def __init__(self, url: str, database: Path):
        self.url, self.database = url, database

    def ask(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(sql, params).fetchall()

    def copy(self, to: Path) -> None:
        """Copy the database as it stands, served or not."""
        with sqlite3.connect(self.database) as held, sqlite3.connect(to) as made:
            held.backup(made)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(folder: Path, env: dict[str, str], *more: str) -> Iterator[str]:
    """Serve what is installed in a folder, and give its address."""
    port = _free_port()
    serve = [sys.executable, "-m", "keepsight.cli", "serve", "--port", str(port), *more]
    with (folder / "server.log").open("a") as log:
        server = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(450):  # a machine may be busy
            try:
                urllib.request.urlopen(f"{url}/account/login/", timeout=2).read()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Install the example and serve it."""
    folder = tmp_path_factory.mktemp("site")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("KEEPSIGHT_", "DJANGO_"))}
    env["KEEPSIGHT_VAR"] = str(folder)

    def run(*command: str) -> None:
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"

    run("manage.py", "migrate", "-v0")
    run("manage.py", "collectstatic", "--noinput", "-v0")
    run("-m", "keepsight.cli", "example", str(folder / "files"), "--scale", SCALE, "--install")
    with serving(folder, env) as url:
        yield Site(url, folder / "keepsight.sqlite3")
    told = told_in((folder / "server.log").read_text(), *known_people(folder / "keepsight.sqlite3"))
    assert told == set(), "the log of the whole journey names people"


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """The cookies of those who have signed in, so that each does so once."""
    return {}


def sign_in(page: Page, who: str) -> None:
    """Sign in as one of the example people, from the first page on."""
    page.goto("/")
    page.get_by_label("Email").fill(f"{who}@keepsight.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)
    if "/account/terms/" in page.url:  # asked once of everybody
        page.get_by_label("I have read these terms").check()
        page.get_by_role("button", name="Accept and continue").click()
        page.wait_for_url(lambda url: "/account/terms/" not in url)


@pytest.fixture
def open_as(browser: Browser, site: Site, signed_in: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Sign in as one of the example people and give a page; ``javascript=False`` goes without it."""
    contexts: list[BrowserContext] = []

    def opened(who: str, *, viewport: dict[str, int] = WIDE, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url, viewport=viewport, java_script_enabled=javascript, storage_state=signed_in.get(who)
        )
        contexts.append(context)
        page = context.new_page()
        if who not in signed_in:
            sign_in(page, who)
            signed_in[who] = context.storage_state()
        else:
            page.goto("/")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def check_access() -> Callable[[Page], None]:
    """No violation of any axe rule on the page as it stands."""
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check
