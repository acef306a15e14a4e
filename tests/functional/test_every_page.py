"""
Every page that a role reaches by links, on a telephone: a title, one heading, nothing sideways, and axe finds nothing.

Of pages that differ by a number or a reference only one is opened, and a page that an earlier role
opened is not opened again: roles that share a page see the same template.
"""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, get_resolver
from playwright.sync_api import Page

from tests.functional.conftest import PHONE

ROLES = (
    "manager", "governance", "administrator", "leader", "practitioner", "analyst", "loader", "duty", "school",
    "provider", "member", "quality", "emergency", "workforce", "commissioner", "communications",
)  # fmt: skip
BEGINNINGS = ("/", "/account/", "/account/password/change/", "/account/second-factor/")
HUBS = (  # what they lead to differs by role
    "/", "/access/", "/account/", "/api/tokens/", "/assurance/", "/command/", "/emergencies/", "/news/", "/people/",
    "/people/teams/", "/registers/", "/registers/definitions/", "/registers/notices/", "/workforce/",
    "/workforce/rotas/", "/workforce/surveys/",
)  # fmt: skip
# Reached by a form, by a link in a letter, by who is not signed in, or only with something to show: tested elsewhere.
NOT_BY_LINK = re.compile(
    r"/account/(confirm-email|council|email|inactive|login|logout|needed|password|reauthenticate|second-factor/|signup"
    r"|sessions)|/access/(looked/log/check|relatives/nothing-to-add)/|^/reports/new/"
    r"|^/registers/(messages/unsent/again|notices/all/read|definitions/new/from-file)/|^/emergencies/exercises/leave/"
    r"|^/workforce/redeployment/propose/|^/assurance/returns/count/"
    r"|^/command/(checklists|meetings|reports|returns)/"  # while an emergency runs
    r"|^/api/v1/(registers)?$"  # for programs
)
FILES = re.compile(r"/(csv|xlsx|pdf|html|parquet|members|bundle|pack)/$|\.(csv|xlsx|docx|json|pdf|zip)$")
FOUND_ON_A_PAGE = """() => ({
  links: [...document.querySelectorAll("a[href^='/']")].map((link) => link.getAttribute("href")),
  headings: document.querySelectorAll("h1").length,
  title: document.title.replace(/ – Keepsight$/, ""),
  names: [...document.querySelectorAll("h1 .govuk-caption-l, .ks-identity h1")].map((each) => each.innerText.trim())
    .filter((words) => !/[A-Z]{2,5}-[0-9]+$/.test(words)),
  width: document.documentElement.scrollWidth,
  wordless: [...document.querySelectorAll("button, a")].filter((each) => each.checkVisibility()
    && !each.innerText.trim() && !each.getAttribute("aria-label")).length,
})"""


def kind_of(address: str) -> str:
    """The address without what tells one record from another."""
    path = urlsplit(address).path
    path = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)\d+(?=/)", "*", path)
    path = re.sub(r"^/lists/(?!vulnerable-learners)[a-z-]+", "/lists/*", path)
    path = re.sub(
        r"^(/registers/(?:forms/)?)(?!entries|definitions|imports|notices|messages|forms|several)[a-z-]+/\w+/",
        r"\1*/*/",
        path,
    )
    path = re.sub(r"(?<=/draft/)(whole/)?(?!start|look|text|file|publish|whole)\w+/(\w+/)?", r"\1*/", path)
    path = re.sub(r"(?<=/(activate)/)[a-z]+/\w+/|(?<=/(history)/)\w+/", "*/", path)
    return re.sub(r"^(/people/roles|/access/retention|/access/disposals/new)/.+/$", r"\1/*/", path)


def plain_addresses(patterns=None, before: str = "/") -> set[str]:
    """Every address of the house that names no record, and is no file."""
    found: set[str] = set()
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(each.pattern)
        if not isinstance(each, URLPattern):
            found |= plain_addresses(each.url_patterns, address)
        elif not re.search(r"[<^(]", address) and not FILES.search(address) and not NOT_BY_LINK.search(address):
            found.add(address)
    return found


def walk(page: Page, seen: set[str]) -> list[str]:
    """Open what the links lead to, breadth first, and give what is wrong."""
    wrong, axe = [], Axe()
    waiting = [(address, "") for address in BEGINNINGS]
    asked: set[str] = set()
    while waiting:
        address, on = waiting.pop(0)
        kind = kind_of(address)
        if kind in asked or FILES.search(kind) or (kind in seen and kind not in HUBS):
            continue
        asked.add(kind)
        answer = page.goto(address)
        here = urlsplit(page.url).path
        found = page.evaluate(FOUND_ON_A_PAGE)
        waiting += [(link, here) for link in found["links"]]
        if kind_of(here) in seen:
            continue
        seen |= {kind, kind_of(here)}
        trouble = [
            (answer is None or answer.status != 200, f"answers {answer and answer.status}, linked from {on}"),
            (found["headings"] != 1, f"has {found['headings']} first headings"),
            (not found["title"], "has no title"),
            (any(name and name in found["title"] for name in found["names"]), "tells a name in its title"),
            (found["width"] > PHONE["width"], f"is {found['width']} pixels wide"),
            (found["wordless"], f"has {found['wordless']} links or buttons without words"),
        ]
        wrong += [f"{here} {words}" for failed, words in trouble if failed]
        checked = axe.run(page)
        if checked.violations_count:
            wrong.append(f"{here}\n{checked.generate_report()}")
    return wrong


def test_every_page_has_a_heading_fits_and_is_accessible(open_as):
    seen: set[str] = set()
    wrong = {who: trouble for who in ROLES if (trouble := walk(open_as(who, viewport=PHONE), seen))}
    assert wrong == {}
    assert sorted(plain_addresses() - seen) == [], "no role reaches these by a link"
    assert len(seen) > 60
