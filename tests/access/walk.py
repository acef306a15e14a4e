"""Ask for every address as everybody, and write down what came."""

import html
import io
import re
import shutil
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.people.permissions import grants_of
from tests import factories as make
from tests.access.address import Address
from tests.access.addresses import ADDRESSES, LIBRARY, exists, permission_of
from tests.access.world import FACTS, ORDER, ROLES, SUBJECTS, World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ABROAD = "other authority"
TWO, FEW = ("standard", "restricted"), ("standard", "restricted", "safe_contact", "other_authority")
SENT = (*FEW, "own_record", "other_team")  # enough for forms sent: their pages are read about all classes
REFUSED, SIGN_IN = "refused", "sign in"
Cells = dict[str, dict[str, dict[str, str]]]  # address → person → class → what came
WORDS = {key: word.lower() for key, word in SUBJECTS.items()}


def text_of(response: Any) -> str:
    """All that came, headers too, as text: workbooks unpacked, PDFs read."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            text = "\n".join(_unpacked(packed, name) for name in packed.namelist())
    elif body[:4] == b"%PDF" and shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
        text = read.stdout.decode(errors="replace")
    else:
        text = body.decode(errors="replace")
    return f"{head}\n{html.unescape(text) if 'html' in kind or body[:2] == b'PK' else text}"


def _unpacked(packed: zipfile.ZipFile, name: str) -> str:
    inside = packed.read(name)
    if inside[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(inside)) as nested:
            return "\n".join(_unpacked(nested, each) for each in nested.namelist())
    return inside.decode(errors="replace")


def facts_in(world: World, text: str) -> dict[str, str]:
    """Which facts of which child stand in a text: class → letters."""
    found: dict[str, set[str]] = defaultdict(set)
    text = text.lower()
    for key, word in WORDS.items():
        if word in text:
            found[key] |= {letter for ending, (letter, _) in FACTS.items() if word + ending in text}
    for number, (key, letter) in world.numbers.items():
        if number in text:
            found[key].add(letter)
    return {key: "".join(sorted(letters, key=ORDER.index)) for key, letters in found.items() if letters}


def status_of(response: Any) -> str:
    """What came, in a word."""
    status = response.status_code
    if status in (301, 302, 303):
        to = response.headers["Location"].split("?")[0]
        if to.startswith("/account/login"):
            return SIGN_IN
        return "to " + re.sub(r"[0-9a-f-]{36}|\d+", "…", to)
    if status in (401, 403, 404):
        return REFUSED
    words = {200: "page", 201: "done", 204: "done", 405: "not so", 409: "not now", 422: "asks"}
    return words.get(status, f"ERROR {status}")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is changed inside is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def client_of(world: World, person: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client(raise_request_exception=False)
    who = world.people[person]
    if who is not None:
        client.force_login(who, BACKEND)
    return client


def ask(client: Client, world: World, address: Address, subject: Any, person: str = "") -> Any:
    """One request; what it changes is undone, so that the next one finds the world as it was."""
    if address.post:
        cache.clear()  # counts of tries
    url, cookies = address.url(world, subject), client.cookies.copy()
    sent = address.post(world, subject) if address.post else {}
    token = world.tokens.get(person, "") if address.by_token else ""
    more: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}"}} if token else {}
    if address.by_token and address.post:
        more["content_type"] = "application/json"
    with undone():
        response = client.post(url, sent, **more) if address.post else client.get(url, **more)
        response.seen = text_of(response)
    client.cookies = cookies
    for typed in sent.values():  # a page may show again what was typed
        response.seen = response.seen.replace(str(typed), "")
    return response


def walk(
    world: World, people: Iterable[str] | None = None, addresses: Iterable[Address] = ADDRESSES
) -> tuple[Cells, int]:
    """
    Every address as everybody about everyone; and how many requests that were.

    Who holds no permission for a page asks about two children, not about all of them. Who comes from
    the other authority asks only for pages whose permission they hold, and about the classes in ``FEW``.
    Pages where the role alone decides are asked for by each role, and by one who comes from abroad.
    """
    cells, asked, abroad = defaultdict(dict), 0, set()
    there = [each for each in addresses if exists(each.name)]
    read_by_get = {each.name for each in there if each.post is None}
    for person in people or world.people:
        client, who = client_of(world, person), world.people[person]
        grants = grants_of(who, make.NOW) if who else None
        for address in there:
            permission = permission_of(address.name)
            holds = permission == LIBRARY or (grants is not None and grants.may(Permission(permission)))
            if not holds and (ABROAD in person or (address.post is not None and address.name in read_by_get)):
                continue  # refused before anything is read, as the same role here, or the same view by GET
            if address.by_role and ((not holds and person != "stranger") or _asked_already(person, address, abroad)):
                continue  # FORCE-01 to FORCE-20 of the attempts ask for all of them as who does not hold it
            row = cells[address.key][person] = {}
            if address.about is None:
                response = ask(client, world, address, None, person)
                asked += 1
                found, status = facts_in(world, response.seen), status_of(response)
                row |= {key: _cell(status, found.get(key, "")) for key in SUBJECTS}
                continue
            for key in _classes(address, person, holds, read_by_get):
                response = ask(client, world, address, world.subjects[key], person)
                asked += 1
                found = facts_in(world, response.seen)
                row[key] = _cell(status_of(response), found.pop(key, ""))
                if others := ", ".join(f"{who} {what}" for who, what in sorted(found.items())):
                    row[key] += f" (and of {others})"
    return dict(cells), asked


def _asked_already(person: str, address: Address, abroad: set[str]) -> bool:
    """Whether somebody of the same role has asked for a page where nothing but the role decides."""
    if ABROAD not in person:
        return person not in (*ROLES, "stranger", "own_worker")
    if address.key in abroad:
        return True
    abroad.add(address.key)
    return False


def _classes(address: Address, person: str, holds: bool, read_by_get: Collection[str]) -> Collection[str]:
    if not holds:
        return TWO if not address.classes else TWO[:1]
    return FEW if ABROAD in person and not address.classes else classes_of(address, read_by_get)


def classes_of(address: Address, read_by_get: Collection[str]) -> Collection[str]:
    """The classes that a page is asked about: fewer for a form sent to a child's own page that was read by GET."""
    if address.classes:
        return address.classes
    return SENT if address.post and address.name in read_by_get and not address.searches else SUBJECTS


def _cell(status: str, letters: str) -> str:
    return f"{status} {letters}".strip() if letters else status
