"""Information governance proposes what is past its time, the leader approves, it is destroyed, with a certificate."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}


def test_a_list_is_proposed_approved_and_carried_out(open_as, check_access, site):
    # given: three records of one contact each, eight years ago
    env = {**os.environ, "KEEPSIGHT_VAR": str(site.database.parent)}
    subprocess.run([sys.executable, "-m", "tests.functional.old_records"], cwd=ROOT, env=env, check=True)
    office = open_as("governance")
    office.goto("/access/retention/")
    check_access(office)
    office.get_by_role("link", name="3 Past its time: Contact without further action").click()
    expect(office.locator("tbody tr")).to_have_count(3)
    expect(office.locator("main")).not_to_contain_text("Longago")
    check_access(office)
    # when: the list is proposed, and the leader approves it on a phone
    office.get_by_role("link", name="See what would go").click()
    check_access(office)
    office.get_by_role("button", name="Propose this list to the owner").click()
    expect(office.locator("main")).to_contain_text("somebody else must answer it")
    check_access(office)
    leader = open_as("leader", viewport=PHONE)
    leader.goto("/access/disposals/")
    check_access(leader)
    leader.get_by_role("link", name="Contact without further action").click()
    leader.get_by_role("button", name="Send my answer").click()
    expect(leader.locator(".govuk-error-summary")).to_be_visible()
    check_access(leader)
    leader.get_by_label("Yes, it may be carried out").check()
    leader.get_by_label("Why?").fill("The six years are over and nobody has asked.")
    leader.get_by_role("button", name="Send my answer").click()
    assert site.ask("SELECT COUNT(*) FROM people_child WHERE surname = 'Inventedby'") == [(3,)]
    # then: it is destroyed by a step of its own, and the certificate names nobody
    office.reload()
    office.get_by_role("button", name="Destroy what is on this list").click()
    expect(office.locator("h1")).to_contain_text("Certificate of destruction")
    expect(office.locator("main")).to_contain_text("3 destroyed")
    expect(office.locator("main")).not_to_contain_text("Longago")
    check_access(office)
    assert site.ask("SELECT COUNT(*) FROM people_child WHERE surname = 'Inventedby'") == [(0,)]
