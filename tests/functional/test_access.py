"""A duty worker gives a reason; a practitioner breaks the glass, and information governance looks at it."""

import re
from uuid import UUID

from playwright.sync_api import expect

CHILD = """select c.ref from people_child c join contact_contactplan p on p.child_id = c.id
    join accounts_authority a on a.id = c.authority_id
    where a.code = 'fellshire' and p.is_open and c.record_class = ? and p.service not in ('early_help')
    and p.team_id not in (select team_id from accounts_membership where team_id is not null) order by c.id limit 1"""


def address(site, kind):
    return f"/children/{UUID(site.ask(CHILD, kind)[0][0])}/"


def test_a_reason_opens_a_record_for_a_day(site, open_as, check_access):
    page = open_as("duty")
    page.goto(address(site, "standard"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why do you need this record?")
    check_access(page)
    page.get_by_role("button", name="Open the record").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("A safeguarding concern").check()
    page.get_by_label("In a sentence").fill("The school has rung about bruises.")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("status")).to_contain_text("with the reason that you gave")
    check_access(page)


def test_broken_glass_is_told_and_looked_at(site, open_as, check_access):
    page = open_as("practitioner")
    page.goto(address(site, "restricted"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot see this page")
    check_access(page)
    page.get_by_role("button", name="Open in an emergency").click()
    assert page.url.endswith("/access/emergency/")
    check_access(page)
    page.get_by_label("A child is missing").check()
    page.get_by_label("What has happened").fill("Not home since noon; the police search tonight.")
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("status")).to_contain_text("Opened in an emergency until")
    expect(page.get_by_role("link", name=re.compile("level"))).to_have_count(0)
    watcher = open_as("governance")
    watcher.goto("/access/emergencies/")
    check_access(watcher)
    watcher.locator("tbody a").first.click()
    watcher.get_by_label("What did you find?").fill("The police confirmed that they had asked.")
    watcher.get_by_role("button", name="Keep what I found").click()
    expect(watcher.locator("main")).to_contain_text("Nothing waits")
