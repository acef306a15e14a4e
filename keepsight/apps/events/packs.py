"""The emergencies that can be activated: every pack with an ``event.toml``, and what is wrong with it, if anything."""

from dataclasses import dataclass
from functools import cache

from keepsight.core.events import troubles
from keepsight.core.packs import PackError, book, event_folders
from keepsight.core.packs.kinds import EventRule


@cache
def registers_needed_by(pack: str) -> frozenset[str]:
    """The keys of the registers that an emergency switches on in any of its phases."""
    rule = book(event=pack).read("event", EventRule)
    return frozenset(rule.registers).union(*(policy.on for policy in rule.policies))


@dataclass(frozen=True)
class Offered:
    """An emergency on the page where one is chosen. With troubles it cannot be."""

    id: str
    title: str
    words: str = ""
    troubles: tuple[str, ...] = ()


@cache
def offered() -> tuple[Offered, ...]:
    """Every event pack, ours and the council's own, by title."""
    try:
        names = sorted(event_folders())
    except PackError as wrong:
        return (Offered("", "Your own packs", troubles=(str(wrong),)),)
    return tuple(sorted(map(_offered, names), key=lambda each: each.title))


def _offered(name: str) -> Offered:
    try:
        rules = book(event=name)
        rule = rules.read("event", EventRule)
        return Offered(name, rule.title, rule.words, tuple(troubles(rules)))
    except PackError as wrong:
        return Offered(name, name.replace("_", " ").capitalize(), troubles=(str(wrong),))
