"""
What an attacker would try, each as one line of a table: ``test_attacks`` runs them all.

Every attempt is made through the pages, as a browser would. What may come is said in each; after each the
test looks that nothing of a child out of reach came, that nothing broke, that the refusal stands in the log,
and that neither log nor logging quotes anybody.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from keepsight.apps.accounts.models import User
from keepsight.apps.people.models import Child
from tests.access.walk import client_of, facts_in, text_of
from tests.access.world import World

DENIED = "denied"


@dataclass
class Attacker:
    """A browser against one world; remembers every answer."""

    world: World
    answers: list[Any] = field(default_factory=list)
    client: Client = field(default_factory=Client)
    person: str = "stranger"

    def as_(self, person: str) -> "Attacker":
        self.client, self.person = client_of(self.world, person), person
        return self

    @property
    def user(self) -> User:
        who = self.world.people[self.person]
        assert who is not None
        return who

    def get(self, url: str, **more: Any) -> Any:
        return self._kept(self.client.get(url, **more))

    def post(self, url: str, data: Any = None, **more: Any) -> Any:
        return self._kept(self.client.post(url, {} if data is None else data, **more))

    def send(self, method: str, url: str, **more: Any) -> Any:
        return self._kept(self.client.generic(method, url, **more))

    def _kept(self, response: Any) -> Any:
        response.seen = text_of(response)
        self.answers.append(response)
        return response

    def child(self, key: str) -> Child:
        return self.world.subjects[key].child

    def page(self, key: str, end: str = "") -> str:
        return f"/children/{self.child(key).ref}/{end}"

    def told(self, response: Any, *keys: str) -> dict[str, str]:
        found = facts_in(self.world, response.seen)
        return {key: letters for key, letters in found.items() if key in keys and set(letters) - {"f"}}


@dataclass(frozen=True)
class Attempt:
    """One thing that is tried, what comes of it, and what the log says."""

    id: str
    tried: str
    safe: str
    logged: str  # kind of event; empty where nothing of anybody's was asked for
    run: Callable[[Attacker], Any]


ATTEMPTS: list[Attempt] = []


def attempt(key: str, tried: str, safe: str, logged: str = "") -> Callable[[Callable[[Attacker], Any]], None]:
    def kept(run: Callable[[Attacker], Any]) -> None:
        ATTEMPTS.append(Attempt(key, tried, safe, logged, run))

    return kept


def refused(response: Any) -> None:
    assert response.status_code in (403, 404, 409), response.status_code


def a_visit(**more: Any) -> dict[str, Any]:
    """A visit that the family cancelled, as the form sends it."""
    return {"outcome": "cancelled", "when": "today", "note": "", "submission": str(uuid.uuid4()), **more}
