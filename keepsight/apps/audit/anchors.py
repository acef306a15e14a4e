"""Anchors: the newest link of the log, sealed and kept where whoever changes the database does not reach."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from keepsight.apps.audit import sealing
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import Anchor, ChainHead, EventKind
from keepsight.core import chain

FILE = "log-anchors.txt"
EVERY = timedelta(days=1)
AT_MOST = 10_000  # events without an anchor


def anchor(*, at: datetime, by: Any = None, folder: Path | None = None) -> None:
    """
    Anchor the log: the newest link into the table and into a file that is only ever added to.

    Once the transaction has ended: a link that was never kept must not be anchored.
    """
    record(EventKind.AUDIT_ANCHORED, at=at, by=by)
    transaction.on_commit(lambda: _write_down("anchor", at, folder))


def anchor_if_due(*, at: datetime) -> bool:
    """Anchor the log once a day, and after so many events: cheap, for whatever runs often."""
    newest = Anchor.objects.exclude(kind="bridge").order_by("-pk").values_list("seq", "at").first()
    seq = ChainHead.objects.values_list("seq", flat=True).get()
    due = newest is None or newest[1] + EVERY <= at or newest[0] + AT_MOST <= seq
    if due:
        anchor(at=at)
    return due


def _write_down(kind: str, at: datetime, folder: Path | None) -> None:
    head = ChainHead.objects.get()
    made = sealing.made(kind, log=log_of(), seq=head.seq, link=head.link, at=at)
    keep([made], at=at, folder=folder)


def keep(made: Iterable[chain.Anchor], *, at: datetime, folder: Path | None = None) -> None:
    """Write anchors to the file and then to the table: the file may know more, never less."""
    several = list(made)
    path = (folder or settings.ANCHORS) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, "".join(f"{one.as_line()}\n" for one in several).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    Anchor.objects.bulk_create(
        Anchor(
            kind=one.kind, log=one.log, first=one.first, seq=one.seq, link=one.link, at=at.replace(microsecond=0),
            written_to=str(path)[-200:], seal=one.seal,
        )
        for one in several
    )  # fmt: skip


def log_of() -> str:
    """Which log this database holds."""
    return Anchor.objects.filter(kind="start").order_by("pk").values_list("log", flat=True).first() or ""


def held(folders: Iterable[Path] = ()) -> tuple[list[chain.Anchor], list[str]]:
    """Every anchor of this log, from the table and from files, and what should be said about the files."""
    found = [
        chain.Anchor(a.kind, a.log, a.first, a.seq, a.link, sealing.iso(a.at), "in the database", a.seal)
        for a in Anchor.objects.order_by("pk")
    ]
    notes, log = [], log_of()
    for folder in dict.fromkeys((settings.ANCHORS, *folders)):
        path = folder / FILE
        if not path.exists():
            notes.append(f"There is no file of anchors at {path}, so only the database vouches for itself.")
            continue
        of_file, strange, other = _from_file(path, log)
        found += of_file
        if strange:
            notes.append(f"{path}: {strange} lines are not anchors.")
        if other:
            notes.append(f"{path}: {other} anchors belong to another log, of another database.")
    return found, notes


def _from_file(path: Path, log: str) -> tuple[list[chain.Anchor], int, int]:
    found, strange, other = [], 0, 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        one = chain.anchor_from_line(line, f"in the file {path.name}")
        if one is None:
            strange += 1
        elif one.log != log:
            other += 1
        else:
            found.append(one)
    return found, strange, other
