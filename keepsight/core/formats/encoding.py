"""A text file's bytes as UTF-8, whatever its encoding, unzipped where it is gzipped, never past the limits."""

import codecs
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from keepsight.core.formats.files import NotReadable, check_ratio, opened, parsing

_PIECE = 1 << 20


def encoding_of(path: Path, *, packed: bool) -> str:
    """
    Find the encoding by reading the file once: UTF-16 by its mark or its noughts, sound UTF-8
    ("utf-8"), UTF-8 by its mark with unsound bytes in it ("utf-8-sig"), or else Windows-1252.

    Raises
    ------
    NotReadable
        If it holds bytes that no text holds, or its gzip is damaged.
    TooLarge
        If it unpacks to more than the limit.
    """  # noqa: D205
    with _bytes(path, packed) as stream, parsing(path.name):
        head = stream.read(_PIECE)
        for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            if head.startswith(mark):
                return "utf-16"
        if (wide := _wide(head[:512])) is not None:
            return wide
        if b"\x00" in head[:4096]:
            raise NotReadable(f"{path.name} is not a text file. Send the list as .xlsx or .csv.")
        if _is_utf_8(path, head, stream):
            return "utf-8"
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "cp1252"


def _is_utf_8(path: Path, head: bytes, stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size, given = path.stat().st_size, 0
    try:
        while head:
            given += len(head)
            check_ratio(path.name, size, given)
            decoder.decode(head)
            head = stream.read(_PIECE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str | None:
    """Tell UTF-16 without a mark: every second byte of plain English is nought."""
    if len(sample) < 16 or sample.count(0) < len(sample) // 3:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


@contextmanager
def as_utf_8(path: Path, encoding: str, *, packed: bool) -> Iterator["Recoded"]:
    """Open a text file as a stream of UTF-8 bytes without a byte order mark."""
    with _bytes(path, packed) as stream:
        yield Recoded(stream, encoding, path)


@contextmanager
def _bytes(path: Path, packed: bool) -> Iterator[BinaryIO]:
    with opened(path) as stream:
        yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if packed else stream


class Recoded(io.RawIOBase):
    """
    UTF-8 bytes of a text in any encoding, up to the limits.

    ``replaced`` tells whether bytes came past that are no text in that encoding; each is now U+FFFD.
    """

    def __init__(self, stream: BinaryIO, encoding: str, path: Path):
        self.replaced = False
        self._stream, self._packed, self._name = stream, path.stat().st_size, path.name
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._sound = encoding == "utf-8"
        self._given = 0
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        """Say that bytes can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with what is there, at most."""
        view = memoryview(cast(bytearray, buffer))
        while not self._ready and not self._ended:
            self._fill()
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _fill(self) -> None:
        piece = self._stream.read(_PIECE)
        first = self._given == 0
        self._given += len(piece)
        check_ratio(self._name, self._packed, self._given)
        self._ended = not piece
        if self._sound:
            self._ready = piece.removeprefix(codecs.BOM_UTF8) if first else piece
            return
        text = self._decoder.decode(piece, final=self._ended)
        self.replaced = self.replaced or "\ufffd" in text
        self._ready = text.encode("utf-8", "replace")
