"""A manager's morning: the team in words, a level to approve, a virtual reason to sign."""

import re

from playwright.sync_api import expect

REASON = "The plan works, and grandmother now lives with the family."


def test_a_lowering_from_red_is_approved(open_as, check_access):
    # given: a practitioner sets a child to Red, which needs nobody, and then to Green
    worker = open_as("practitioner")
    worker.goto("/lists/open/?who=mine")
    child = worker.locator(".ks-cards tbody th a").first
    name = child.inner_text()
    child.click()
    for level in ("Red", "Green"):
        worker.get_by_role("link", name=re.compile("(Confirm|Review) the level")).click()
        check_access(worker)
        worker.get_by_label(level).check()
        worker.get_by_label("If it differs").select_option(label="The plan is working")
        worker.get_by_label("Your reason").fill(REASON)
        worker.get_by_role("button", name="Confirm the level").click()
    expect(worker.locator(".govuk-notification-banner")).to_contain_text("waits for a manager")
    # when: the manager of the team approves
    page = open_as("manager")
    expect(page).to_have_url(re.compile(r"/teams/\d+/$"))
    check_access(page)
    page.get_by_role("link", name=name).last.click()
    expect(page.locator("main")).to_contain_text(REASON)
    check_access(page)
    page.get_by_label("Yes, approve it").check()
    page.get_by_role("button", name="Send my answer").click()
    # then: nothing waits, and the level holds
    expect(page.locator(".govuk-notification-banner")).to_contain_text("approved")
    check_access(page)
    worker.reload()
    expect(worker.locator(".ks-identity")).to_contain_text("Green")


def test_the_reason_for_a_virtual_visit_is_signed(open_as, check_access):
    worker = open_as("practitioner")
    worker.locator(".ks-cards tbody a.govuk-button").first.click()
    worker.get_by_label("I saw or spoke with the child").check()
    worker.get_by_label("Not face to face: video, telephone or message").check()
    worker.locator("[name=virtual_mode][value=video]").check()
    worker.get_by_label("Why not face to face?").fill("Grandmother is shielding; we spoke through the tablet.")
    worker.get_by_label("Yes", exact=True).check()
    check_access(worker)
    worker.get_by_role("button", name="Record the visit").click()
    expect(worker.locator("main")).to_contain_text("A manager will read and sign")
    page = open_as("manager")
    page.goto("/approvals/")
    row = page.locator("tr", has_text="Grandmother is shielding")
    row.get_by_role("link").click()
    check_access(page)
    page.get_by_role("button", name="I have read this reason and sign it").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("signed")
    expect(page.locator("tr", has_text="Grandmother is shielding")).to_have_count(0)
