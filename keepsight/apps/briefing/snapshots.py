"""Snapshots as folders of Parquet: written beside, hashed, then put in place at once; never changed."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from keepsight.apps.accounts.models import Authority
from keepsight.apps.briefing.models import Snapshot
from keepsight.core.errors import BadInput
from keepsight.core.packs import Book
from keepsight.core.pseudonyms import mark_of

MANIFEST = "manifest.json"
LAYOUT = 1  # of the folder; raised when a table changes its meaning


class SnapshotDamaged(BadInput):
    """The files of a snapshot are not those that were written."""

    code = "snapshot_damaged"


def write(frames: Mapping[str, pl.DataFrame], authority: Authority, *, on: date, at: datetime, book: Book) -> Path:
    """
    Write a snapshot's folder, whole or not at all, and give where it is.

    The folder appears under its own name only when every file is on the disk, so a reader never
    sees half of one and a crash leaves nothing but a folder that begins with a dot.
    """
    home = settings.SNAPSHOTS / authority.code
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = Path(tempfile.mkdtemp(prefix=".writing-", dir=home))
    try:
        files = {}
        for name, frame in sorted(frames.items()):
            path = beside / f"{name}.parquet"
            frame.write_parquet(path, compression="zstd", statistics=False)
            files[path.name] = {"sha256": _hash(path), "rows": frame.height, "columns": frame.columns}
        manifest = {
            "layout": LAYOUT,
            "authority": authority.code,
            "as_at": on.isoformat(),
            "taken_at": at.isoformat(),
            "pack_id": book.id,
            "pack_hash": book.hash,
            "pseudonyms": mark_of(settings.PSEUDONYM_KEY),  # children are the same only where this is
            "digest": _digest(authority.code, on, book.hash, files),
            "files": files,
        }
        (beside / MANIFEST).write_text(json.dumps(manifest, indent=1))
        for path in beside.iterdir():
            path.chmod(0o440)
            _flush(path)
        beside.chmod(0o750)
        place = home / f"{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{manifest['digest'][:12]}"
        os.rename(beside, place)
        _flush(home)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return place


def _digest(authority: str, on: date, pack_hash: str, files: Mapping[str, Mapping[str, Any]]) -> str:
    """What the snapshot says, whenever it was taken: authority, day, rules and every table."""
    said = [
        LAYOUT,
        authority,
        on.isoformat(),
        pack_hash,
        sorted((name, file["sha256"]) for name, file in files.items()),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a snapshot's folder says of itself."""
    try:
        said: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as trouble:
        raise SnapshotDamaged(
            f"Snapshot {folder.name} has no readable {MANIFEST}. Restore it from a copy."
        ) from trouble
    return said


def folder_of(snapshot: Snapshot) -> Path:
    """Where a snapshot's files are."""
    folder: Path = settings.SNAPSHOTS / snapshot.folder
    return folder


def verify(snapshot: Snapshot) -> list[str]:
    """Give what is wrong with a snapshot's files, in sentences; nothing when they are as written."""
    folder = folder_of(snapshot)
    try:
        said = manifest_of(folder)
    except SnapshotDamaged as trouble:
        return [trouble.sentence]
    wrong = []
    for name, file in said["files"].items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"Snapshot {snapshot.pk}: {name} is gone.")
        elif _hash(path) != file["sha256"]:
            wrong.append(f"Snapshot {snapshot.pk}: {name} is not the file that was written.")
    extra = {path.name for path in folder.iterdir()} - {MANIFEST, *said["files"]}
    wrong += [f"Snapshot {snapshot.pk}: {name} does not belong there." for name in sorted(extra)]
    digest = _digest(said["authority"], date.fromisoformat(said["as_at"]), said["pack_hash"], said["files"])
    if not digest == said["digest"] == snapshot.digest:
        wrong.append(f"Snapshot {snapshot.pk}: its manifest is not the one that was written.")
    return wrong


def frames_of(snapshots: Sequence[Snapshot]) -> dict[str, pl.DataFrame]:
    """
    Give the tables of several authorities' snapshots, laid one under another.

    Every table has a column ``authority`` with the authority's code in front.

    Raises
    ------
    SnapshotDamaged
        If a file is gone or is not the one that was written: figures are never made from such.
    """
    tables: dict[str, list[pl.DataFrame]] = {}
    for snapshot in snapshots:
        if wrong := verify(snapshot):
            raise SnapshotDamaged(f"{wrong[0]} Restore the snapshot from a copy.")
        for path in sorted(folder_of(snapshot).glob("*.parquet")):
            frame = pl.read_parquet(path)
            tables.setdefault(path.stem, []).append(
                frame.select(pl.lit(snapshot.authority_code).alias("authority"), pl.all())
            )
    return {name: pl.concat(frames) for name, frames in tables.items()}
