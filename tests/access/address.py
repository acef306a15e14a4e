"""How one page is asked for: its name, and what fills its address for a child or for nobody in particular."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.access.world import Subject, World

Fill = Callable[[World, Subject], Mapping[str, Any]]


@dataclass(frozen=True)
class Address:
    """One way to ask for one page."""

    name: str  # as reverse() knows it
    words: str
    about: Fill | None = None  # fills the address for one child; None: a page that is not about one child
    fixed: Callable[[World], Mapping[str, Any]] = field(default=lambda world: {})
    query: str = ""
    post: Callable[[World, Subject], Mapping[str, Any]] | None = None  # what is sent; None: asked for by GET
    variant: str = ""
    forms: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()  # about which classes it is asked, where a page of the same entry is about all
    by_role: bool = False  # asked as each role, and once from abroad: nothing of a child's class decides there
    by_token: bool = False  # asked with a token of the person, where they have one

    @property
    def searches(self) -> bool:
        """Whether the child stands in what is typed and not in the address, so that only sending finds it."""
        return self.about is typed

    @property
    def key(self) -> str:
        method = "POST " if self.post is not None else ""
        return f"{method}{self.name}{f' {self.variant}' if self.variant else ''}"

    def url(self, world: World, subject: Subject) -> str:
        given = self.about(world, subject) if self.about else self.fixed(world)
        return reverse(self.name, kwargs=dict(given)) + self.query


def typed(world: World, subject: Subject) -> Mapping[str, Any]:
    """Nothing: the child stands in what is sent."""
    return {}


def empty(world: World, subject: Subject) -> Mapping[str, Any]:
    """An empty form."""
    return {}
