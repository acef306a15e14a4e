"""
An emergency from its beginning to the picture that is signed: activate, meet, promise, run late, return, sign off.

On a copy of the example that is served twice: on a Monday morning, and on the day after, when what was
promised is late and what was asked for is missing. The browser's own clock plays no part.
"""

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.functional.conftest import PHONE, ROOT, WIDE, Site, serving, sign_in

LATE, KEPT = "Ring every special school about transport", "Order masks for the residential homes"
DECIDED = "Social workers visit every child on a plan, masks on"
WORDS = "We hold. Transport to special schools is the worry."
# Python reads this by itself when it starts: the server and all that it starts live at that moment.
CLOCK = """
import os, datetime, time_machine
time_machine.travel(datetime.datetime.fromisoformat(os.environ["JOURNEY_CLOCK"]), tick=True).start()
"""


class Town:
    """A copy of the example of one's own, served at whatever time the story has come to."""

    def __init__(self, folder: Path, browser):
        self.folder, self.browser, self.open = folder, browser, ExitStack()
        self.url, self.env = "", {}

    def at(self, moment: datetime) -> None:
        """Serve at another moment from now on; who was signed in is not any more."""
        self.open.close()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEEPSIGHT_", "DJANGO_"))}
        path = f"{self.folder}{os.pathsep}{kept.get('PYTHONPATH', '')}"
        self.env = kept | {
            "KEEPSIGHT_VAR": str(self.folder), "JOURNEY_CLOCK": moment.astimezone().isoformat(), "PYTHONPATH": path,
        }  # fmt: skip
        self.url = self.open.enter_context(serving(self.folder, self.env, "--no-jobs"))

    def tick(self) -> None:
        """What the machine does every few minutes."""
        done = subprocess.run(
            [sys.executable, "-m", "keepsight.cli", "tick"], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def visit(self, who: str, viewport: dict[str, int] = WIDE) -> Page:
        """Somebody signs in."""
        context = self.browser.new_context(base_url=self.url, viewport=viewport)
        self.open.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(30_000)
        sign_in(page, who)
        return page


@pytest.fixture(scope="module")
def town(site: Site, tmp_path_factory: pytest.TempPathFactory, browser):
    folder = tmp_path_factory.mktemp("town")
    for each in site.database.parent.iterdir():
        if each.is_dir() and each.name == "static":
            shutil.copytree(each, folder / each.name)
        elif each.is_file() and not each.name.startswith("keepsight.sqlite3"):
            shutil.copy(each, folder / each.name)
    site.copy(folder / site.database.name)
    (folder / "sitecustomize.py").write_text(CLOCK)
    made = Town(folder, browser)
    yield made
    made.open.close()


@pytest.fixture(scope="module")
def monday() -> datetime:
    """The next Monday at eight, local time, when rounds of returns are still to come."""
    today = datetime.now().date()  # noqa: DTZ005 – the deployment's day
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(8))


def fill_day(page: Page, name: str, day: datetime) -> None:
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}_{part}]").fill(str(getattr(day, part)))


def press(page: Page, name: str, *, of=None) -> None:
    (of or page).get_by_role("button", name=name).first.click()


def said(page: Page, words: str) -> None:
    expect(page.locator(".govuk-notification-banner")).to_contain_text(words)


def test_from_activation_to_the_signed_picture(town, monday, check_access):
    town.at(monday)
    # given: the emergency planner activates the pandemic, leads a cell and gives the picture to others
    planner = town.visit("emergency")
    planner.goto("/command/activate/")
    check_access(planner)
    planner.locator("main a[href*='/pandemic_2020/']").first.click()
    planner.get_by_label("Real: it changes live work").check()
    planner.get_by_label("Why now?").fill("Schools close on Friday")
    for position, person in {
        "strategic_chair": "Leader", "children_lead": "Emergency Planner", "picture_editor": "Cell Member",
    }.items():  # fmt: skip
        planner.locator(f"[name=p_{position}]").select_option(label=f"Example {person}")
    check_access(planner)
    press(planner, "Activate now")
    said(planner, "The emergency is active")
    check_access(planner)
    event = planner.url.rstrip("/").rpartition("/")[2]
    planner.get_by_role("link", name="Duty positions").click()
    expect(planner.locator("tr", has_text="Chair of the strategic")).to_contain_text("Example Leader")
    check_access(planner)
    # when: its cell meets; actions and a decision are captured, one action for today
    planner.goto("/command/meetings/new/")
    planner.get_by_label("Which cell meets?").select_option(label="Children's services leadership team (bronze)")
    planner.get_by_label("What is it called?").fill("Leadership team, first meeting")
    fill_day(planner, "day", monday)
    planner.get_by_label("What time?").fill("7:30")
    planner.get_by_label("Which agenda?").select_option(label="Children's services leadership team")
    check_access(planner)
    press(planner, "Call it")
    check_access(planner)
    planner.get_by_role("link", name=re.compile("Leadership team, first meeting")).click()
    meeting = urlsplit(planner.url).path
    for number, (what, day) in enumerate([(LATE, monday), (KEPT, monday + timedelta(days=9))]):
        planner.locator(f"[name=action-{number}-what]").fill(what)
        planner.locator(f"[name=action-{number}-owner]").select_option(label="Example Emergency Planner")
        fill_day(planner, f"action-{number}-due", day)
    planner.locator("[name=decision-0-what]").fill(DECIDED)
    planner.locator("[name=decision-0-because]").fill("A call does not see the child")
    check_access(planner)
    press(planner, "Save the record")
    said(planner, "saved")
    press(planner, "Agree the record as chair")
    expect(planner.locator("main")).to_contain_text("agreed this record")
    check_access(planner)
    # and: one department answers, and somebody is named for another that will not
    planner.goto("/command/returns/")
    check_access(planner)
    planner.get_by_role("link", name=re.compile("Department return")).first.click()
    round_ = urlsplit(planner.url).path
    planner.get_by_role("link", name="Fill in for Adults' services").click()
    check_access(planner)
    planner.get_by_label("The department in one sentence").fill("Home care holds, day centres are closed")
    planner.locator("[name=overall][value=amber]").check()
    planner.get_by_label("What has happened since the last return").fill("Two day centres closed on Friday")
    planner.get_by_label("No", exact=True).check()
    planner.locator("main form button[type=submit]").first.click()
    said(planner, "The return of Adults' services is in")
    planner.goto(round_)
    row = planner.locator("tr", has_text="Public health")
    row.locator("summary").click()
    row.locator("select").select_option(label="Example Leader")
    press(planner, "Save", of=row)
    check_access(planner)
    # then: on the day after the action is late, and the return is missing and asked for
    town.at(monday + timedelta(days=1, hours=3))
    town.tick()
    planner = town.visit("emergency")
    planner.goto("/registers/notices/")
    check_access(planner)
    planner.get_by_role("button", name=re.compile(r"Action ACT-\d+ is overdue")).first.click()
    expect(planner.locator("main")).to_contain_text(LATE)
    planner.goto(meeting)
    expect(planner.locator("tr", has_text=LATE)).to_contain_text("overdue")
    expect(planner.locator("tr", has_text=KEPT)).not_to_contain_text("overdue")
    planner.goto(f"/command/{event}/")
    check_access(planner)
    planner.get_by_role("link", name="Actions overdue").click()
    expect(planner.locator("main")).to_contain_text(LATE)
    planner.goto(round_)
    row = planner.locator("tr", has_text="Public health")
    expect(row).to_contain_text("Asked again 1 time")
    press(planner, "Ask again for the return of Public health", of=row)
    check_access(planner)
    # and: the editor puts the picture together, which says all this
    editor = town.visit("cell")
    editor.goto("/command/reports/")
    check_access(editor)
    press(editor, "Put a new version together")
    for words in (LATE, DECIDED, "Home care holds", "Public health"):
        expect(editor.locator("main")).to_contain_text(words)
    editor.locator("textarea").first.fill(WORDS)
    press(editor, "Save these words")
    check_access(editor)
    expect(editor.get_by_role("button", name="Sign it off")).to_have_count(0)
    # then: the holder of the position signs it, takes it away, and it does not change any more
    chair = town.visit("leader")
    chair.goto(editor.url)
    check_access(chair)
    press(chair, "Sign it off")
    expect(chair.locator("main")).to_contain_text("Signed off by Example Leader")
    expect(chair.locator("textarea")).to_have_count(0)
    check_access(chair)
    for name, beginning in {"Word": b"PK", "PDF": b"%PDF"}.items():
        with chair.expect_download() as taken:
            chair.get_by_role("link", name=f"Download as {name}").click()
        assert Path(taken.value.path()).read_bytes().startswith(beginning), name


def test_an_exercise_is_marked_on_every_page_left_and_taken_away(town, monday, check_access):
    if not town.url:
        town.at(monday)
    planner = town.visit("emergency", viewport=PHONE)
    planner.goto("/command/activate/")
    planner.locator("main a[href*='/severe_weather/']").first.click()
    planner.get_by_label("An exercise").check()
    planner.get_by_label("Why now?").fill("The autumn exercise of the resilience forum")
    press(planner, "Activate now")
    said(planner, "The exercise has begun")
    here = planner.url
    command = [f"/command/{page}/" for page in ("meetings", "returns", "checklists", "reports")]
    for address in ("/", here, "/emergencies/", "/registers/", "/workforce/", "/registers/notices/", *command):
        planner.goto(address)
        expect(planner).to_have_title(re.compile("^EXERCISE: "))
        expect(planner.get_by_role("region", name="Exercise")).to_be_visible()
        check_access(planner)
    press(planner, "Leave the exercise")
    expect(planner).not_to_have_title(re.compile("EXERCISE"))
    assert planner.goto(here).status == 404
    planner.goto("/emergencies/")
    check_access(planner)
    press(planner, "Enter")
    planner.get_by_role("link", name="Take the exercise away").click()
    check_access(planner)
    press(planner, "Take the exercise away")
    said(planner, "The exercise is taken away")
    expect(planner).not_to_have_title(re.compile("EXERCISE"))
    check_access(planner)
