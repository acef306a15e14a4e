"""An action from the form to done: added, commented, given a file, moved on; with a script and without."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry
from tests import factories as make
from tests.functional.conftest import PHONE, WIDE
from tests.integration.registers import recording

PICTURES = os.environ.get("KEEPSIGHT_PICTURES", "")


@pytest.fixture
def world(transactional_db):
    authority = make.authority()
    actions.install(authority, at=timezone.now())
    return register_of(authority, "action"), make.user(Role.LEADER, of=authority, name="Ada Invented")


@pytest.fixture
def page_of(browser, live_server, world):
    """A page in which the leader has signed in."""
    contexts = []

    def opened(*, viewport, javascript=True):
        context = browser.new_context(base_url=live_server.url, viewport=viewport, java_script_enabled=javascript)
        contexts.append(context)
        key = recording.signed_in(world[1]).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("viewport", "javascript"), [(WIDE, True), (PHONE, False)], ids=["script", "no-script"])
def test_an_action_is_added_commented_given_a_file_and_done(page_of, world, check_access, viewport, javascript):
    register, leader = world
    page = page_of(viewport=viewport, javascript=javascript)
    look = check_access if javascript else (lambda page: None)  # axe is a script itself
    name = "wide" if javascript else "phone"
    page.goto(f"/registers/{register.authority.code}/action/add/")
    look(page)
    picture(page, f"add-{name}")
    # what is missing is said, and what was typed stays
    page.get_by_label("What must be done").fill("Ring every school")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("By when is missing.")
    expect(page.get_by_label("What must be done")).to_have_value("Ring every school")
    look(page)
    picture(page, f"wrong-{name}")
    day = date.today()
    for label, part in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(label, exact=True).fill(str(part))
    page.get_by_label("Amber").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ring every school")
    expect(page.locator("main")).to_contain_text("Due today")
    look(page)
    # a comment, a file
    page.get_by_label("Comment", exact=True).fill("Half of them answered")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".ks-timeline")).to_contain_text("Half of them answered")
    page.get_by_role("link", name="Attach a file").click()
    look(page)
    page.get_by_label("Attach a file").set_input_files(
        {"name": "schools.csv", "mimeType": "text/csv", "buffer": b"school,answered\nOne,yes\n"}
    )
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.get_by_role("link", name="schools.csv", exact=True)).to_be_visible()
    # done: the page asks what was done
    page.get_by_role("button", name="Move to: Done").click()
    look(page)
    picture(page, f"move-{name}")
    page.get_by_label("What was done").fill("All answered")
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(".govuk-tag", has_text=re.compile(r"^\s*Done\s*$")).first).to_be_visible()
    look(page)
    picture(page, f"entry-{name}")
    assert Entry.objects.get().state == "done"
