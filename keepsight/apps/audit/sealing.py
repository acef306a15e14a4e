"""What an event says, sealed: the door between the log's table and ``core.chain``."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from keepsight.core import chain

# What an event says beside its moment and its detail, in the order in which it is sealed. Never change the order.
TEXTS = (
    "actor_id", "actor_name", "actor_roles", "kind", "authority_code", "subject_type", "subject_id", "reason",
    "source", "address",
)  # fmt: skip


def key() -> bytes:
    """The key of the log, which the database does not hold."""
    return str(settings.AUDIT_KEY).encode()


def content(at: datetime, texts: Iterable[str], detail: dict[str, Any]) -> str:
    """Seal what an event says."""
    return chain.content_of(key(), chain.canonical(at, list(texts), detail))


def iso(at: datetime) -> str:
    """A moment as an anchor tells it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def made(kind: str, *, log: str, first: int = 0, seq: int, link: str, at: datetime) -> chain.Anchor:
    """An anchor with its seal."""
    bare = chain.Anchor(kind, log, first, seq, link, iso(at))
    return chain.Anchor(kind, log, first, seq, link, iso(at), seal=bare.sealed_with(key()))


def begin(head: Any, anchors: Any, at: datetime) -> str:
    """
    Begin a log: a link of its own that no other log begins with, and the anchor that says so.

    Parameters
    ----------
    head, anchors : model classes
        As the migration or the running system knows them.
    """
    link = secrets.token_hex(32)
    start = made("start", log=link[:16], seq=0, link=link, at=at)
    head.objects.create(pk=1, seq=0, link=link)
    anchors.objects.create(kind="start", log=start.log, seq=0, link=link, at=at.replace(microsecond=0), seal=start.seal)
    return link


def seal_all(events: Any, head: Any, link: str) -> None:
    """Seal what was written before there was a chain, in the order of writing."""
    seq, batch = 0, []
    for event in events.objects.order_by("pk").iterator(chunk_size=2000):
        seq += 1
        event.seq, event.content = seq, content(event.at, [getattr(event, name) for name in TEXTS], event.detail)
        event.link = link = chain.link_of(link, seq, event.content)
        batch.append(event)
        if len(batch) == 1000:
            events.objects.bulk_update(batch, ["seq", "content", "link"])
            batch = []
    events.objects.bulk_update(batch, ["seq", "content", "link"])
    head.objects.update(seq=seq, link=link)
