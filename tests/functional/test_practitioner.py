"""A practitioner's morning on a phone: who to see, why, the visit, and one child fewer on the list."""

import re

from playwright.sync_api import Page, expect

from tests.functional.conftest import PHONE


def tile(page: Page, words: str) -> int:
    return int(page.locator(".ks-tile", has_text=re.compile(words)).locator(".ks-tile__count").inner_text())


def test_from_the_list_to_the_visit_and_back_on_a_phone(open_as, check_access):
    page = open_as("practitioner", viewport=PHONE)
    # given: children to see today
    expect(page).to_have_url(re.compile("/work/$"))
    check_access(page)
    before = tile(page, "to see today")
    first = page.locator(".ks-cards tbody tr").first
    child = first.locator("th a").inner_text()
    # when: the first of them is opened, and the visit recorded
    first.locator("th a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(child)
    check_access(page)
    page.get_by_role("link", name="Record a visit").click()
    check_access(page)
    page.get_by_label("I saw or spoke with the child").check()
    page.get_by_label("At home, face to face").check()
    page.get_by_label("Yes", exact=True).check()
    check_access(page)
    page.get_by_role("button", name="Record the visit").click()
    # then: the next day is shown, and the child is off the list of today
    expect(page.get_by_role("heading", name="Visit recorded")).to_be_visible()
    expect(page.get_by_role("link", name=child)).to_be_visible()
    check_access(page)
    page.get_by_role("link", name="Back to My work").click()
    assert tile(page, "to see today") == before - 1


def test_what_is_missing_is_said_and_what_was_typed_stays(open_as, check_access):
    page = open_as("practitioner", viewport=PHONE)
    page.locator(".ks-cards tbody a.govuk-button").first.click()
    page.get_by_label("Nobody answered, or I was not let in").check()
    page.get_by_role("button", name="Record the visit").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Say what you tried")
    expect(summary).to_be_focused()
    check_access(page)
    summary.get_by_role("link").click()
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("Knocked twice; will ring the school and try again tomorrow.")
    page.get_by_role("button", name="Record the visit").click()
    expect(page.locator("main")).to_contain_text("the day by which the child must be seen has not moved")


def test_a_draft_is_kept_while_typing_and_comes_back(open_as):
    page = open_as("practitioner", viewport=PHONE)
    page.locator(".ks-cards tbody a.govuk-button").first.click()
    address = page.url
    page.get_by_label("The family cancelled").check()
    page.get_by_label("Note").fill("Mother rang at nine.")
    expect(page.locator("#saved")).to_have_text("Your draft is kept.")
    page.goto("/work/")
    page.get_by_role("link", name=re.compile("Finish the visit of")).first.click()
    expect(page).to_have_url(address)
    expect(page.get_by_label("The family cancelled")).to_be_checked()
    expect(page.get_by_label("Note")).to_have_value("Mother rang at nine.")
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_role("heading", name="Visit recorded")).to_be_visible()


def test_everything_works_without_javascript(open_as):
    page = open_as("practitioner", viewport=PHONE, javascript=False)
    before = tile(page, "to see today")
    page.locator(".ks-cards tbody a.govuk-button").first.click()
    expect(page.get_by_label("On a walk, face to face")).to_be_hidden()
    page.get_by_role("button", name="Record the visit").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose what came of the visit")
    page.get_by_label("I saw or spoke with the child").check()
    page.get_by_label("On a walk, face to face").check()
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Why not alone?").fill("Her brother walked with us.")
    page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_role("heading", name="Visit recorded")).to_be_visible()
    page.get_by_role("link", name="Back to My work").click()
    assert tile(page, "to see today") <= before


def test_another_teams_child_is_refused(open_as, site, check_access):
    page = open_as("practitioner")
    [(team,)] = site.ask(
        "SELECT m.team_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id WHERE u.email = ?",
        "practitioner@keepsight.example",
    )
    [(ref,)] = site.ask(
        "SELECT c.ref FROM people_child c JOIN contact_contactplan p ON p.child_id = c.id "
        "WHERE p.team_id <> ? AND p.is_open LIMIT 1",
        team,
    )
    answer = page.goto(f"/children/{ref[:8]}-{ref[8:12]}-{ref[12:16]}-{ref[16:20]}-{ref[20:]}/")
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot see this page")
    check_access(page)


def test_someone_else_saw_the_child(open_as, check_access):
    page = open_as("practitioner", viewport=PHONE)
    page.locator(".ks-cards tbody th a").first.click()
    page.get_by_role("link", name="Someone else saw this child").click()
    check_access(page)
    page.get_by_label("Health: GP").check()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Name and role").fill("Health visitor Invented")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("someone else saw this child")
    expect(page.locator(".ks-timeline")).to_contain_text("Seen or heard by health")
