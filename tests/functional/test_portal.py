"""A head teacher sees who of the own pupils is vulnerable and whom to call, on a telephone, and no other page."""

import re

from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}


def test_a_school_sees_its_own_pupils_and_nothing_else(open_as, check_access, site):
    page = open_as("school", viewport=PHONE)
    expect(page).to_have_url(re.compile("/portal/pupils/$"))
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    (setting,), *_ = site.ask(
        "SELECT m.setting_id FROM places_settingmember m JOIN accounts_user u ON u.id = m.user_id WHERE u.email = ?",
        "school@keepsight.example",
    )
    on_roll = {row[0] for row in site.ask("SELECT surname FROM learning_enrolment WHERE setting_id = ?", setting)}
    names = page.locator("tbody th").all_inner_texts()
    assert names
    assert {name.split()[-1] for name in names} <= {surname.split()[-1] for surname in on_roll}
    said = page.locator("main").inner_text()
    assert not re.search(r"\b(Red|Amber|Green|Unrated|Child in need|Child protection)\b", said)
    other = page.goto("/lists/open/")
    assert other.status == 403
    assert page.goto(f"/portal/pupils/{setting + 1}/").status == 404


def test_a_provider_and_a_member_open_their_page(open_as, check_access):
    for who, address in (("provider", "/portal/placements/"), ("member", "/portal/figures/")):
        page = open_as(who)
        expect(page).to_have_url(re.compile(f"{address}$"))
        check_access(page)
