"""Files that somebody sent from a browser: kept outside the web root, under a name that says nothing, for a week."""

import shutil
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from keepsight.apps.audit.models import Load
from keepsight.core.errors import BadInput
from keepsight.core.formats.files import container_of

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
KEPT = timedelta(days=7)
LONGEST_NAME = 120


class NotAList(BadInput):
    """A file that was sent is no list that can be loaded."""

    code = "not_a_list"


def folder() -> Path:
    """Where deliveries lie until they are loaded."""
    return settings.VAR / "uploads"


def keep(files: Iterable[UploadedFile]) -> Path:
    """
    Keep what was sent in a folder of its own and look at each file's first bytes.

    Raises
    ------
    BadInput
        If a file is of no kind that holds a list, whatever its name says; then none is kept.
    """
    place = folder() / uuid.uuid4().hex
    place.mkdir(parents=True, mode=0o700)
    try:
        for sent in files:
            path = place / _name(sent.name or "")
            if path.exists():
                raise NotAList(f"Two files are called {path.name}. Give one of them another name.")
            with path.open("wb") as stream:
                for chunk in sent.chunks():
                    stream.write(chunk)
            path.chmod(0o600)
            container_of(path)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return place


def _name(sent: str) -> str:
    """The last part of the name that came, if it ends as a list does."""
    name = PureWindowsPath(PurePosixPath(sent).name).name.replace("\x00", "").lstrip(".")
    if not name.lower().endswith(ENDINGS):
        raise NotAList(f"{name[:LONGEST_NAME] or 'A file'} is no list. Send lists as .csv or .xlsx.")
    return name[-LONGEST_NAME:]


def remember(place: Path, load: Load) -> None:
    """Keep a staged delivery where its load finds it again."""
    target = _of(load)
    shutil.rmtree(target, ignore_errors=True)
    place.rename(target)


def delivery_of(load: Load) -> Path | None:
    """The files of a staged load, if they were sent from a browser and are still kept."""
    place = _of(load)
    return place if load.digest and place.is_dir() else None


def forget(load: Load) -> None:
    """Take the files away: what they said is in the register."""
    forget_folder(_of(load))


def forget_folder(place: Path) -> None:
    """Take away what was sent and cannot be used."""
    shutil.rmtree(place, ignore_errors=True)


def forget_old(at: datetime) -> int:
    """Take away what was sent more than a week ago and never loaded; gives how many deliveries."""
    gone = 0
    for place in folder().glob("*"):
        if place.stat().st_mtime < (at - KEPT).timestamp():
            shutil.rmtree(place, ignore_errors=True)
            gone += 1
    return gone


def _of(load: Load) -> Path:
    return folder() / f"{load.pk}-{load.digest[:32]}"
