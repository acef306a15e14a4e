"""Every other page of the house, once, wide and narrow: it opens, it fits, and axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.functional.conftest import PHONE, WIDE

PAGES = [
    ("leader", "/picture/"),
    ("leader", "/reports/"),
    ("leader", "/teams/"),
    ("leader", "/approvals/"),
    ("leader", "/lists/nobody/"),
    ("leader", "/lists/red-not-seen/"),
    ("leader", "/lists/vulnerable-learners/"),
    ("leader", "/find/"),
    ("leader", "/no-such-page/"),
    ("loader", "/loads/"),
]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize(("who", "path"), PAGES, ids=[path for _, path in PAGES])
def test_a_page_opens_fits_and_is_accessible(open_as, check_access, who, path, viewport):
    page = open_as(who, viewport=viewport)
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_access(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], "the page scrolls sideways"
    assert [text for text in trouble if "404" not in text or "no-such-page" not in path] == []


def test_a_list_opens_from_a_figure_of_the_picture(open_as, check_access):
    page = open_as("leader")
    page.goto("/teams/")
    count = int(page.locator(".ks-tile__count").first.inner_text())
    page.locator(".ks-tile a").first.click()
    expect(page.locator("main p strong").first).to_have_text(f"{count} children")
    check_access(page)


def test_a_school_opens_its_learners(open_as, check_access):
    page = open_as("leader")
    page.goto("/lists/vulnerable-learners/")
    page.locator(".ks-cards tbody a").first.click()
    expect(page.locator(".ks-cards tbody tr").first).to_be_visible()
    check_access(page)


def test_a_child_is_found_by_name_and_the_address_has_none(open_as, check_access):
    page = open_as("leader")
    page.goto("/lists/open/")
    name = page.locator(".ks-cards tbody th a").first.inner_text()
    page.goto("/find/")
    page.get_by_label("Name, child number").fill(name)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    assert page.url.endswith("/find/")
    assert name not in page.title()
    check_access(page)


def test_sign_in_is_accessible_and_wrong_passwords_are_told(page, site, check_access):
    page.goto("/account/login/")
    check_access(page)
    page.get_by_label("Email").fill("nobody@keepsight.example")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("not right")
    check_access(page)
