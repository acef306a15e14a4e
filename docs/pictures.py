"""
Pictures of every page, wide and on a phone: ``python -m docs.pictures``.

Installs a small example in a temporary folder, serves it, and saves ``docs/pictures/*.png``. Needs
Chromium, which also counts the colours that make the pictures small. Everybody in them is invented.
"""

import base64
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "pictures"
PASSWORD = "keepsight-example-2020"
SCALE, SEED = "0.15", "2020"
SIZES = {"wide": (1280, 900, 1500), "phone": (390, 844, 1300)}  # width, height, cut at
COLOURS = 48
AT_MOST = 120_000  # bytes a picture
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

# In the browser: the commonest colours of a picture, and for each pixel the nearest of them.
QUANTISE = """async ([png, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const kept = [...counts].sort((one, other) => other[1] - one[1]).slice(0, most).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const nearest = new Map();
  for (const pixel of counts.keys()) {
    const [r, g, b] = parts(pixel);
    let best = 0, least = Infinity;
    kept.forEach((other, index) => {
      const [x, y, z] = parts(other), far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (far < least) { least = far; best = index; }
    });
    nearest.set(pixel, best);
  }
  let text = "";
  for (let start = 0; start < pixels.length; start += 8192)
    text += String.fromCharCode(...pixels.slice(start, start + 8192).map((pixel) => nearest.get(pixel)));
  return [image.width, image.height, kept.flatMap(parts), btoa(text)];
}"""

# Name, who looks, address, and what to open from there.
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("sign-in", "", "/account/login/", ""),
    ("my-work", "practitioner", "/work/", ""),
    ("child", "practitioner", "/work/", ".ks-cards tbody th a"),
    (
        "record-visit",
        "practitioner",
        "/work/",
        ".ks-cards tbody a.govuk-button|+text=I saw or spoke|+text=At home, face",
    ),
    ("someone-else-saw", "practitioner", "/work/", ".ks-cards tbody th a|text=Someone else saw this child"),
    ("confirm-level", "practitioner", "/work/", ".ks-cards tbody th a|.ks-actions a:last-child"),
    ("team", "manager", "/teams/", ""),
    ("teams", "leader", "/teams/", ""),
    ("list-nobody-has-seen", "leader", "/lists/nobody/", ""),
    ("vulnerable-learners", "leader", "/lists/vulnerable-learners/", ""),
    ("find", "leader", "/find/", ""),
    ("picture", "leader", "/picture/", ""),
    ("reports", "leader", "/reports/", ""),
    ("morning-report", "leader", "/reports/", "main table a, main ul a, main a.govuk-link"),
    ("loads", "loader", "/loads/", ""),
    ("load", "loader", "/loads/", "main table a"),
)
# After the scene that `play` plays: who may open a record, and who looked. {child}, {restricted}, {duty}: its subjects.
PAGES_AFTER: tuple[tuple[str, str, str, str], ...] = (
    ("who-looked", "governance", "/access/looked/child/{child}/", ""),
    ("what-opened", "governance", "/access/looked/person/{duty}/", ""),
    ("terms", "practitioner", "/account/terms/", ""),
    ("my-account", "practitioner", "/account/", ""),
    ("safe-contact", "practitioner", "/work/", "tr:has-text('Confidential address') th a|text=Open the safe-contact"),
    ("told-of-emergency", "practitioner", "/work/", ""),
    ("known", "duty", "/find/known/", ""),
    ("reason", "frontdoor", "/access/reason/{child}/", ""),
    ("reason-refused", "frontdoor", "/access/reason/{restricted}/", ""),
    ("ask-to-be-named", "frontdoor", "/access/requests/new/", ""),
    ("emergency", "duty", "/access/emergency/", ""),
    ("restrict", "manager", "/access/restricted/{child}/", ""),
    ("answer-request", "manager", "/access/requests/", "main table a"),
    ("cover", "manager", "/cover/", ""),
    ("print", "manager", "/children/{child}/print/", ""),
    ("access", "governance", "/access/", ""),
    ("emergencies", "governance", "/access/emergencies/", ""),
    ("restricted-due", "governance", "/access/restricted/watched/", ""),
    ("state-of-the-log", "governance", "/access/looked/log/", ""),
    ("retention", "governance", "/access/retention/", ""),
    ("subject-access", "governance", "/access/subject-access/", "main table a"),
    ("people", "administrator", "/people/", ""),
    ("person", "administrator", "/people/", "main table a:has-text('Example Manager')"),
    ("people-to-look-at", "administrator", "/people/reports/", ""),
    ("my-pupils", "school", "/portal/pupils/", ""),
    ("placements", "provider", "/portal/placements/", ""),
    ("figures-for-members", "member", "/portal/figures/", ""),
    ("extract", "analyst", "/portal/extract/", ""),
)
# After `activate`: an emergency runs, and a rota and an audit are begun. {event}, {rota}, {audit}: their addresses.
PAGES_EMERGENCY: tuple[tuple[str, str, str, str], ...] = (
    ("registers", "leader", "/registers/", ""),
    ("register-list", "leader", "/registers/fellshire/action/", ""),
    ("register-board", "leader", "/registers/fellshire/action/board/", ""),
    ("register-entry", "leader", "/registers/fellshire/action/", ".ks-entries tbody th a"),
    ("command", "emergency", "/command/", ""),
    ("structure", "emergency", "{event}structure/", ""),
    ("meeting", "emergency", "/command/meetings/", "main table a"),
    ("operating-picture", "cell", "/command/reports/", "main table a"),
    ("staffing", "workforce", "/workforce/", ""),
    ("rota", "workforce", "{rota}", ""),
    ("audit", "quality", "{audit}", ""),
    ("providers", "commissioner", "/providers/", ""),
)


@contextmanager
def example() -> Iterator[str]:
    """Serve a fresh example until the block ends; gives its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.close()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("KEEPSIGHT_", "DJANGO_"))}
        env["KEEPSIGHT_VAR"] = folder

        def run(*command: str) -> None:
            subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)

        run("manage.py", "migrate", "-v0")
        run("manage.py", "collectstatic", "--noinput", "-v0")
        run("-m", "keepsight.cli", "example", f"{folder}/files", "--scale", SCALE, "--seed", SEED, "--install")
        run("-m", "keepsight.cli", "brief")
        serve = [sys.executable, "-m", "keepsight.cli", "serve", "--port", str(port)]
        server = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/account/login/")
            yield url
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def sign_in(page: Page, who: str) -> None:
    """Come in as one of the example people."""
    page.goto("/account/login/")
    page.get_by_label("Email").fill(f"{who}@keepsight.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/account/login/" not in address)
    if "/account/terms/" in page.url:
        page.get_by_label("I have read these terms").check()
        page.get_by_role("button", name="Accept and continue").click()
        page.wait_for_url(lambda address: "/account/terms/" not in address)


class People:
    """The example people in one browser; each signs in once, because sign-ins are counted."""

    def __init__(self, browser: Browser, url: str):
        self.browser, self.url, self.kept = browser, url, {}

    def page(self, who: str = "", size: str = "wide") -> Page:
        """A fresh page of this person, or of nobody."""
        width, height, _ = SIZES[size]
        kept = {"storage_state": self.kept[who]} if who in self.kept else {}
        context = self.browser.new_context(base_url=self.url, viewport={"width": width, "height": height}, **kept)
        page = context.new_page()
        if who and not kept:
            sign_in(page, who)
            self.kept[who] = context.storage_state()
        return page


def press(page: Page, button: str) -> None:
    """Send a form, and see that it was taken."""
    with page.expect_navigation() as answer:
        page.get_by_role("button", name=button, exact=True).click()
    if answer.value.status >= 400:
        raise SystemExit(f"{page.url}: {page.locator('main').inner_text()}")


def fill_day(page: Page, *, in_days: int, part: str = "") -> None:
    """The three fields of a day; of the one with this heading, where there are several."""
    fields = page.get_by_role("group", name=part) if part else page
    day = datetime.now(ZoneInfo("Europe/London")) + timedelta(days=in_days)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        fields.get_by_label(label, exact=True).fill(str(value))


def play(people: People) -> dict[str, str]:
    """
    A record is restricted; a duty worker gives a reason for another, and breaks the glass for this one.

    A screener asks to be named, and a subject-access request comes in. Gives what addresses need.
    """
    work = people.page("practitioner")
    work.goto("/work/")
    addresses = [each.get_attribute("href") or "" for each in work.locator(".ks-cards tbody th a").all()]
    child, restricted = (address.split("/")[2] for address in (addresses[0], addresses[-1]))
    manager = people.page("manager")
    manager.goto(f"/access/restricted/{restricted}/")
    number = manager.locator("main .govuk-caption-l").inner_text().rsplit(", ", 1)[-1]
    manager.get_by_label("Witness protection").check()
    manager.get_by_label("In a sentence").fill("The police asked for it this morning.")
    press(manager, "Restrict the record")
    manager.goto(f"/children/{child}/safe-contact/change/")
    manager.get_by_label("Code word").fill("lantern")
    manager.get_by_label("How to reach the family").fill("Ring after ten, never on Fridays. Leave no message.")
    fill_day(manager, in_days=60)
    press(manager, "Save")
    duty = people.page("duty")
    duty.goto(f"/access/reason/{child}/")
    duty.get_by_label("A safeguarding concern").check()
    duty.get_by_label("In a sentence").fill("The school has rung about bruises.")
    press(duty, "Open the record")
    duty.goto("/access/emergency/")
    duty.get_by_label("Child number").fill(number)
    duty.get_by_label("A child is missing").check()
    duty.get_by_label("What has happened").fill("Not home since noon; the police search tonight.")
    press(duty, "Open the record")
    screener = people.page("frontdoor")
    screener.goto("/access/requests/new/")
    screener.get_by_label("Child number").fill(number)
    screener.get_by_label("One task").check()
    screener.get_by_label("Why do you need it?").fill("Two contacts came in this week; I am to put them together.")
    press(screener, "Send the request")
    watcher = people.page("governance")
    watcher.goto("/access/subject-access/")
    watcher.get_by_label("number in the case system").fill(number)
    fill_day(watcher, in_days=-1)
    watcher.locator("input[type=radio]").first.check()
    press(watcher, "Log the request")
    watcher.goto("/access/looked/log/")
    press(watcher, "Check the log now")
    watcher.goto("/access/looked/")
    watcher.get_by_label("Name or email address").fill("duty@keepsight.example")
    press(watcher, "Show what they opened")
    return {"child": child, "restricted": restricted, "duty": watcher.url.split("/")[-2]}


def activate(people: People) -> dict[str, str]:
    """An emergency is activated, its picture put together, a rota and an audit begun. Gives their addresses."""
    lead = people.page("emergency")
    lead.goto("/command/activate/fellshire/pandemic_2020/")
    lead.get_by_label("Real:").check()
    lead.get_by_label("Why now?").fill("Schools are closed to most children from Monday.")
    for position, name in (
        ("Chair of the Strategic Management Group", "Example Leader"),
        ("Chair of the Tactical Management Group", "Example Emergency Planner"),
        ("Editor of the Common Operating Picture", "Example Cell Member"),
    ):
        lead.get_by_label(position, exact=True).select_option(label=name)
    press(lead, "Activate now")
    cell = people.page("cell")
    cell.goto("/command/reports/")
    with cell.expect_navigation():
        cell.get_by_role("button", name="Put a new version together").first.click()
    cell.close()
    staff = people.page("workforce")
    staff.goto("/workforce/rotas/new/")
    staff.get_by_label("What it is called").fill("Out of hours, the next two weeks")
    for part, in_days in (("First day", 1), ("Last day", 14)):
        fill_day(staff, in_days=in_days, part=part)
    for team in staff.locator("input[name=teams]").all()[:3]:
        team.check()
    press(staff, "Continue")
    quality = people.page("quality")
    quality.goto("/assurance/audits/new/")
    quality.get_by_label("What the audit is called").fill("Visits in the first weeks")
    quality.locator("input[name=tool]").first.check()
    quality.get_by_label("How many cases").fill("12")
    quality.locator("input[name=second]").fill("25")
    fill_day(quality, in_days=14)
    press(quality, "Draw the sample")
    rota, audit = (urlsplit(page.url).path for page in (staff, quality))
    return {"event": urlsplit(lead.url).path, "rota": rota, "audit": audit}


def take(people: People, painter: Page, name: str, who: str, path: str, opens: str) -> None:
    """Take one page, wide and narrow."""
    for size, (width, height, cut) in SIZES.items():
        page = people.page(who, size)
        page.goto(path)
        for step in filter(None, opens.split("|")):
            if step.startswith("+"):  # opens something on the same page
                page.locator(step[1:]).first.click()
                continue
            with page.expect_navigation():
                page.locator(step).first.click()
        if (status := page.request.get(page.url).status) != 200:
            raise SystemExit(f"{name}: {page.url} answers {status}.")
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, min(tall, cut))})
        shot = page.screenshot()
        page.context.close()
        shrink(painter, shot, OUT / f"{name}-{size}.png")


def shrink(painter: Page, shot: bytes, picture: Path) -> None:
    """Save with a palette of the page's commonest colours: pages have few anyway."""
    width, height, palette, indices = painter.evaluate(QUANTISE, [base64.b64encode(shot).decode(), COLOURS])
    rows = base64.b64decode(indices)
    lines = b"".join(b"\0" + rows[start : start + width] for start in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", bytes(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    with picture.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, body in parts:
            file.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    size = picture.stat().st_size
    print(f"{picture.name:36} {size / 1000:6.1f} kB")
    if size > AT_MOST:
        raise SystemExit(f"{picture.name} is larger than {AT_MOST:,} bytes: cut the page lower.")


def main() -> None:
    """All pages, or those named on the command line."""
    OUT.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    with example() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        painter, people = browser.new_page(), People(browser, url)
        for page in PAGES:
            if not wanted or page[0] in wanted:
                take(people, painter, *page)
        if not wanted or wanted & {page[0] for page in PAGES_AFTER}:
            subjects = play(people)
            for name, who, path, opens in PAGES_AFTER:
                if not wanted or name in wanted:
                    take(people, painter, name, who, path.format(**subjects), opens)
        if not wanted or wanted & {page[0] for page in PAGES_EMERGENCY}:
            addresses = activate(people)
            for name, who, path, opens in PAGES_EMERGENCY:
                if not wanted or name in wanted:
                    take(people, painter, name, who, path.format(**addresses), opens)
        browser.close()


if __name__ == "__main__":
    main()
