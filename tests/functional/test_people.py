"""An administrator makes a joiner, who sees exactly what the role allows; a leaver is nobody at the next click."""

import re

from playwright.sync_api import expect

PASSWORD = "quiet-otters-mend-fences-7"


def test_a_joiner_comes_and_goes(open_as, site, browser, check_access):
    # given: an administrator makes an account with a role in one team
    admin = open_as("administrator")
    admin.goto("/people/")
    check_access(admin)
    admin.get_by_role("button", name="Make an account").click()
    check_access(admin)
    admin.get_by_label("Full name").fill("Nell Newcomer")
    admin.get_by_label("Work email address").fill("nell@keepsight.example")
    admin.get_by_label("Role", exact=True).select_option(label="Practitioner")
    admin.get_by_label("A team", exact=True).check()
    team = admin.get_by_label("Which team?")
    team.select_option(label=next(each for each in team.locator("option").all_inner_texts() if "Safeguarding" in each))
    admin.get_by_label("Why?").fill("Joined the team")
    check_access(admin)
    admin.get_by_role("button", name="Make the account").click()
    expect(admin.locator(".govuk-notification-banner")).to_contain_text("has an account")
    check_access(admin)
    person = admin.url
    admin.get_by_role("button", name="Make a one-time link").click()
    link = admin.locator("code").inner_text()
    check_access(admin)
    # when: the joiner sets a password on it and signs in
    context = browser.new_context(base_url=site.url)
    nell = context.new_page()
    nell.goto(link)
    check_access(nell)
    for field in nell.locator("input[type=password]").all():
        field.fill(PASSWORD)
    nell.locator("main form button[type=submit]").last.click()
    nell.goto("/account/login/")
    nell.get_by_label("Email").fill("nell@keepsight.example")
    nell.get_by_label("Password", exact=True).fill(PASSWORD)
    nell.get_by_role("button", name="Sign in", exact=True).click()
    nell.wait_for_url(lambda url: "/account/login/" not in url)
    if "/account/terms/" in nell.url:
        nell.get_by_role("checkbox").check()
        nell.locator("main form button[type=submit]").last.click()
    # then: they reach what a practitioner reaches, and nothing else
    expect(nell.get_by_role("heading", name="My work", level=1)).to_be_visible()
    menu = nell.locator("nav a").all_inner_texts()
    assert not {"People", "Loads", "Picture"} & {text.strip() for text in menu}
    for address in ("/people/", "/loads/", "/teams/", "/people/new/"):
        assert nell.goto(address).status == 403
    nell.goto("/lists/open/")
    shown = re.search(r"(\d[\d,]*) child", nell.locator("main").inner_text())[1]
    held = site.ask(
        "SELECT COUNT(*) FROM contact_contactplan p JOIN accounts_membership m ON m.team_id = p.team_id "
        "JOIN accounts_user u ON u.id = m.user_id WHERE u.email = 'nell@keepsight.example' AND p.is_open"
    )
    assert int(shown.replace(",", "")) == held[0][0] > 0
    # when: the account ends, then: the next click leads to sign-in
    admin.goto(person)
    admin.get_by_role("button", name="End the account").click()
    check_access(admin)
    admin.get_by_label("Why?").fill("Left the council")
    admin.get_by_role("button", name="End the account").click()
    expect(admin.locator(".govuk-notification-banner")).to_contain_text("has ended")
    nell.goto("/work/")
    expect(nell).to_have_url(re.compile("/account/login/"))
    context.close()
