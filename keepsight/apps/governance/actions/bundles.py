"""Files of subject-access bundles: sealed, outside the web root, readable by nobody else, for thirty days."""

import base64
import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import transaction

from keepsight.sealed import seal, unseal

LONGEST_WRITING = 24 * 3600  # seconds


def folder() -> Path:
    """Where bundles lie."""
    return Path(settings.VAR) / "subject-access"


def _path(request: int) -> Path:
    return folder() / f"{request}.sealed"


def _place(request: int) -> str:
    return f"subject-access.{request}"


def write(request: int, content: bytes) -> None:
    """Keep a bundle, whole or not at all; an earlier one of the same request is replaced."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = tempfile.mkstemp(dir=folder(), prefix=".writing-")  # mode 600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(seal(base64.b64encode(content).decode(), _place(request)))
        os.replace(beside, _path(request))
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def read(request: int) -> bytes | None:
    """Give a bundle, or nothing when it is deleted."""
    path = _path(request)
    return base64.b64decode(unseal(path.read_text(), _place(request))) if path.exists() else None


def delete(request: int) -> None:
    """Delete a bundle's file."""
    _path(request).unlink(missing_ok=True)


def clear_lost(kept: Collection[int], *, now: float) -> int:
    """
    Delete the files that no request keeps: of a process that was stopped between its commit and the file.

    Files of the last day stay, because a request that is being answered just now is not committed yet.
    """
    names = {_path(each).name for each in kept}
    lost = [
        each for each in folder().glob("*")
        if each.name not in names and now - each.stat().st_mtime > LONGEST_WRITING
    ]  # fmt: skip
    for each in lost:
        each.unlink(missing_ok=True)
    return len(lost)


def delete_after_commit(request: int) -> None:
    """Delete a bundle's file once the record is gone."""
    transaction.on_commit(lambda: delete(request))
