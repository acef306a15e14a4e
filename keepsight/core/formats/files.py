"""
The one door through which a file comes in: what it is by its first bytes, and what is refused.

Names and endings are not trusted. Limits hold before anything is unpacked into memory.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from keepsight.core.errors import BadInput, KeepsightError


class NotReadable(BadInput):
    """The file is damaged, locked or of a kind that cannot be read."""

    code = "not_readable"


class TooLarge(BadInput):
    """The file passes a limit; nothing of it was read."""

    code = "too_large"


class NotRecognised(BadInput):
    """The file can be read and holds no list that Keepsight knows."""

    code = "not_recognised"


@dataclass(frozen=True)
class Limits:
    """What is refused. The ratio counts only for parts of more than ``ratio_from`` bytes unpacked."""

    file_bytes: int = 1 << 30
    unpacked_bytes: int = 2 << 30
    ratio: int = 200
    ratio_from: int = 32 << 20
    parts: int = 5_000
    columns: int = 702
    rows: int = 20_000_000
    cells: int = 40_000_000  # of one worksheet, which is held in memory as a rectangle
    text_bytes: int = 1 << 30  # of one worksheet's texts, each as often as it is shown


LIMITS = Limits()
_MIB = 1 << 20

_SIGNATURES = (
    (b"PK\x03\x04", "workbook"),
    (b"PK\x05\x06", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "compound"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"SQLite format 3\x00", "database"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
)


def container_of(path: Path) -> str:
    """
    Give "workbook", "gzip", "parquet" or "text" by the file's first bytes.

    Raises
    ------
    NotReadable
        If the file is not there, is a folder, is empty, locked by a password, or of another kind.
    TooLarge
        If it is larger than the limit.
    """
    with opened(path) as stream:
        head = stream.read(4096)
        size = path.stat().st_size
    if size > LIMITS.file_bytes:
        raise TooLarge(f"{path.name} is larger than {LIMITS.file_bytes // _MIB} MB. Send it in parts.")
    if not head:
        raise NotReadable(f"{path.name} is empty.")
    found = next((what for start, what in _SIGNATURES if head.startswith(start)), "text")
    if found == "compound":
        raise NotReadable(_about_compound(path))
    if found not in ("workbook", "gzip", "parquet", "text"):
        raise NotReadable(f"{path.name} is a {found}, not a list. Send the list as .xlsx or .csv.")
    return found


def _about_compound(path: Path) -> str:
    with opened(path) as stream:
        locked = "EncryptedPackage".encode("utf-16-le") in stream.read(8 * _MIB)
    if locked:
        return f"{path.name} is locked by a password. Take the password off and send it again."
    return f"{path.name} is in the old Excel format. Save it as .xlsx and send it again."


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read its bytes; what the system refuses becomes a sentence."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise NotReadable(f"{path.name} is not there.") from None
    except IsADirectoryError:
        raise NotReadable(f"{path.name} is a folder, not a file.") from None
    except OSError as trouble:
        raise NotReadable(f"{path.name} cannot be opened: {trouble.strerror or 'the system refuses'}.") from None
    with stream:
        yield stream


@contextmanager
def parsing(name: str) -> Iterator[None]:
    """
    Turn whatever a parser throws at a damaged file into one sentence.

    Only the parsers of other people run inside; a mistake of our own stays a mistake. The Excel
    parser's panics derive from BaseException, so they are told apart by name.
    """
    try:
        yield
    except KeepsightError:
        raise
    except MemoryError:
        raise TooLarge(f"{name} needs more memory than there is. Send it in parts.") from None
    except Exception:
        raise NotReadable(_damaged(name)) from None
    except BaseException as trouble:
        if type(trouble).__name__ != "PanicException":
            raise
        raise NotReadable(_damaged(name)) from None


def _damaged(name: str) -> str:
    return f"{name} is damaged and cannot be read. Save it afresh where it comes from and send it again."


def sha256_of(path: Path) -> str:
    """Give the file's SHA-256, in hexadecimal."""
    with opened(path) as stream:
        return hashlib.file_digest(cast(BufferedReader, stream), "sha256").hexdigest()


def unpacked(stream: BinaryIO, size: int, name: str) -> Iterator[bytes]:
    """Give the pieces of a raw deflate stream of ``size`` packed bytes, however long its header says it is."""
    inflate = zlib.decompressobj(-15)
    left, given = size, 0
    pending = b""
    while not inflate.eof:
        if not pending:
            pending = stream.read(min(left, _MIB // 4))
            left -= len(pending)
            if not pending:
                return
        piece = inflate.decompress(pending, _MIB)
        pending = inflate.unconsumed_tail
        given += len(piece)
        check_ratio(name, size, given)
        yield piece


def check_ratio(name: str, packed: int, given: int) -> None:
    """Refuse a file that unpacks to far more than its size, as made-up ones do."""
    if given > LIMITS.unpacked_bytes or (given > LIMITS.ratio_from and given > LIMITS.ratio * max(packed, 1)):
        raise TooLarge(f"{name} unpacks to far more than a list can hold, so it was not read.")
