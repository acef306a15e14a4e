"""
The log as a chain: what each event says is sealed with a key, and each event is tied to the one before it.

``content`` is what an event says under a key that the database does not hold: nobody without the
key can write or change one. ``link`` ties it to its number and to the link before, so that none can
be taken out, put in or moved without breaking every link after it. Links need no key, so whoever
owns the database could tie the rest together again: *anchors*, sealed with the key and kept outside
the database too, say which link stood at which number. See ADR 9.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CHANGED = "does not say what it said when it was written, or Keepsight never wrote it."
MOVED = "is not tied to the one before it: it was moved or put in, or the one before it was replaced."

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(at: datetime, texts: Sequence[str], detail: Mapping[str, Any]) -> bytes:
    """
    Write what an event says in one way only, whichever database it comes back from.

    Parameters
    ----------
    at : datetime
        Aware; told in UTC with microseconds.
    texts : sequence of str
        The event's text columns, in their fixed order.
    detail : mapping
        As JSON holds it: keys are texts.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _canonical([moment, *texts, detail]).encode()


def content_of(key: bytes, said: bytes) -> str:
    """Seal what an event says (HMAC-SHA256, as hexadecimal)."""
    return hmac.digest(key, said, "sha256").hex()


def link_of(previous: str, seq: int, content: str) -> str:
    """Tie an event to the one before. The databases' triggers compute the same."""
    return hashlib.sha256(f"{previous}:{seq}:{content}".encode()).hexdigest()


@dataclass(frozen=True)
class Anchor:
    """
    A link of the log, sealed with the key.

    ``kind`` is *start* (the link before event 1), *anchor* (the newest link at a moment) or *bridge*
    (events ``first`` to ``seq`` were removed with approval, the last of which had this link).
    """

    kind: str
    log: str  # which log: the beginning of its start link
    first: int
    seq: int
    link: str
    at: str  # ISO
    where: str = field(default="", compare=False)  # in words: where this copy stands
    seal: str = field(default="", compare=False)

    def sealed_with(self, key: bytes) -> str:
        """Give the seal that this anchor must carry."""
        said = _canonical([self.kind, self.log, self.first, self.seq, self.link, self.at])
        return content_of(key, b"anchor:" + said.encode())

    def as_line(self) -> str:
        """Write the anchor as one line of a file."""
        return "\t".join((self.kind, self.log, str(self.first), str(self.seq), self.link, self.at, self.seal))


def anchor_from_line(line: str, where: str) -> Anchor | None:
    """Read an anchor from a line of a file; nothing where the line is none."""
    match line.rstrip("\n").split("\t"):
        case [kind, log, first, seq, link, at, seal] if first.isdecimal() and seq.isdecimal():
            return Anchor(kind, log, int(first), int(seq), link, at, where, seal)
    return None


@dataclass(frozen=True)
class Fault:
    """The first thing in a log that does not fit: near which event, and what."""

    seq: int
    sentence: str


class Chain:
    """
    Checks a log event by event, in order, keeping nothing but where it stands.

    Parameters
    ----------
    key : bytes
        The key of ``content`` and of the anchors.
    anchors : iterable of Anchor
        All that are held of this log, from the database and from files.
    """

    def __init__(self, key: bytes, anchors: Iterable[Anchor]):
        self.key = key
        self.seq, self.link, self.checked = 0, "", 0
        self._marks: dict[int, list[Anchor]] = {}
        self._bridges: dict[int, Anchor] = {}
        self._good = 0  # the newest event that an anchor vouches for
        self.fault = self._taken_in(anchors)

    def _taken_in(self, anchors: Iterable[Anchor]) -> Fault | None:
        started = False
        for anchor in anchors:
            if not hmac.compare_digest(anchor.seal, anchor.sealed_with(self.key)):
                return Fault(
                    anchor.seq, f"The anchor at event {anchor.seq:,} {anchor.where} has been changed or forged."
                )
            if anchor.kind == "start":
                self.link, started = anchor.link, True
            elif anchor.kind == "bridge":
                self._bridges[anchor.first] = anchor
            else:
                self._marks.setdefault(anchor.seq, []).append(anchor)
        return None if started else Fault(0, "The anchor at the start of the log is gone.")

    def check(self, seq: int, said: bytes, content: str, link: str) -> Fault | None:
        """Take the next event; gives what is wrong with it, if anything is."""
        self._cross(seq)
        if seq != self.seq + 1:
            single = seq == self.seq + 2
            gone = f"Event {self.seq + 1:,} is" if single else f"Events {self.seq + 1:,} to {seq - 1:,} are"
            return Fault(self.seq + 1, f"{gone} missing: removed without approval.")
        if not hmac.compare_digest(content, content_of(self.key, said)):
            return Fault(seq, f"Event {seq:,} {CHANGED}")
        if link != link_of(self.link, seq, content):
            return Fault(seq, f"Event {seq:,} {MOVED}")
        self.seq, self.link, self.checked = seq, link, self.checked + 1
        return self._at_the_marks()

    def _cross(self, seq: int) -> None:
        """Go over the events that were removed with approval before this one."""
        while seq > self.seq + 1 and (bridge := self._bridges.get(self.seq + 1)):
            self.seq, self.link = bridge.seq, bridge.link

    def _at_the_marks(self) -> Fault | None:
        for anchor in self._marks.pop(self.seq, ()):
            if anchor.link != self.link:
                return Fault(
                    self._good + 1,
                    f"The log was written anew somewhere from event {self._good + 1:,} to event {self.seq:,}: "
                    f"it does not fit the anchor of {anchor.at} {anchor.where}.",
                )
            self._good = self.seq
        return None

    def end(self, head_seq: int, head_link: str) -> Fault | None:
        """Say whether the log ends where it should: at its head, and not before an anchor."""
        beyond = [anchor for seq, held in self._marks.items() if seq > self.seq for anchor in held]
        if beyond:
            last = max(beyond, key=lambda anchor: anchor.seq)
            return Fault(
                self.seq + 1,
                f"The log ends at event {self.seq:,}, but the anchor of {last.at} {last.where} knows event "
                f"{last.seq:,}: the end of the log was removed.",
            )
        if head_seq > self.seq:
            return Fault(self.seq + 1, f"The log ends at event {self.seq:,}, but its head stands at {head_seq:,}: "
                                       "the end of the log was removed.")  # fmt: skip
        if (head_seq, head_link) != (self.seq, self.link):
            return Fault(self.seq, f"The head of the log does not stand at its last event, {self.seq:,}.")
        return None
