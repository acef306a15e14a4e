"""
What is looked at in a workbook before the Excel parser may have it.

Every part of the zip is inflated with a limit: the real length counts, not the one that the
directory claims. On the way the guard finds what the parser does not tell (cells that hold an
error, formulas without a saved result) and what would take too much memory: a worksheet is held
as a rectangle from its first to its last cell, and a shared text is copied into every cell that
shows it.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from keepsight.core.formats.cells import EXCEL_ERROR, NO_RESULT
from keepsight.core.formats.files import LIMITS, NotReadable, TooLarge, check_ratio, opened, parsing, unpacked
from keepsight.core.formats.sheets import Hole

_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_SHARED = "xl/sharedstrings.xml"
_LISTINGS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{6})""")
_COLUMN = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,})\d""")
_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]*(\d{6,})["']""")
_NO_RESULT = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_ERROR = re.compile(rb"""<c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</c>).)*?<v>([^<]{1,20})</v>""", re.DOTALL)
_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Za-z]{1,3})(\d{1,7})["']([^>]*)>""")
_TO_SHARED = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<v>(\d{1,9})</v>""")
_ROW_END = b"</row>"
_LONGEST_ROW = 4 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Seen:
    """What the guard saw in one worksheet."""

    widest: int = 26
    rows: int = 99_999
    shared: int = 0
    holes: list[Hole] = field(default_factory=list)


def look_through(path: Path) -> tuple[dict[str, Seen], dict[str, str]]:
    """
    Look through a workbook once; give what was seen in each worksheet, and the part of each sheet by its name.

    Raises
    ------
    NotReadable
        If it is locked, damaged, or a zip archive of something else.
    TooLarge
        If it unpacks to more than the limit, or would take too much memory.
    """
    with opened(path) as stream:
        parts = _parts(path, stream)
        seen: dict[str, Seen] = {}
        kept: dict[str, bytes] = {}
        given = 0
        for part in parts:
            pieces = _pieces(path, stream, part)
            name = part.filename.lower()
            if _WORKSHEET.fullmatch(name):
                seen[part.filename] = _look_at(path.name, pieces)
            elif name in _LISTINGS or name == _SHARED:
                kept[name] = b"".join(pieces)
            else:
                given += sum(len(piece) for piece in pieces)
                check_ratio(path.name, path.stat().st_size, given)
        _check_shared(path, stream, [part for part in parts if part.filename in seen], seen, kept.get(_SHARED, b""))
    return seen, _names(kept)


def _check_shared(
    path: Path, stream: BinaryIO, parts: list[zipfile.ZipInfo], seen: dict[str, Seen], texts: bytes
) -> None:
    """Add up the length of the shared texts over the cells that show them, where it might be too much."""
    lengths = [len(text) for text in texts.split(b"</si>")]
    for part in parts:
        if max(lengths) * seen[part.filename].shared <= LIMITS.text_bytes:
            continue
        total, tail = 0, b""
        for piece in _pieces(path, stream, part):
            block = tail + piece
            places = [int(place) for place in _TO_SHARED.findall(block)]
            total += sum(lengths[place] for place in places if place < len(lengths))
            tail = block[-100:] if not block.endswith(b">") else b""
            if total > LIMITS.text_bytes:
                raise TooLarge(f"{path.name} shows long texts in more cells than a list can hold.")


def _parts(path: Path, stream: BinaryIO) -> list[zipfile.ZipInfo]:
    with parsing(path.name):
        parts = zipfile.ZipFile(stream).infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadable(f"{path.name} is locked by a password. Take the password off and send it again.")
    packed = sum(part.compress_size for part in parts)
    if len(parts) > LIMITS.parts or packed > path.stat().st_size:
        raise TooLarge(f"{path.name} is no ordinary workbook: its parts do not fit into the file.")
    check_ratio(path.name, path.stat().st_size, sum(part.file_size for part in parts))
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise NotReadable(f"{path.name} is a zip archive and not an .xlsx workbook. Unpack it and send the lists.")
    return parts


def _pieces(path: Path, stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with parsing(path.name):
        stream.seek(part.header_offset)
        header = stream.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise ValueError("no local header")
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        stream.seek(name_length + extra_length, 1)
        if part.compress_type == zipfile.ZIP_STORED:
            yield from _stored(stream, part.compress_size)
        elif part.compress_type == zipfile.ZIP_DEFLATED:
            yield from unpacked(stream, part.compress_size, path.name)
        else:
            raise ValueError("packed in an unusual way")


def _stored(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):
        size -= len(piece)
        yield piece


def _look_at(name: str, pieces: Iterator[bytes]) -> Seen:
    """Look through a worksheet row by row of its XML, a megabyte at a time."""
    seen = Seen()
    tail = b""
    for piece in pieces:
        block = tail + piece
        end = block.rfind(_ROW_END)
        if end < 0:
            if len(block) > _LONGEST_ROW:
                raise TooLarge(f"{name} has a worksheet row longer than {_LONGEST_ROW >> 20} MB.")
            tail = block
            continue
        end += len(_ROW_END)
        _look_at_rows(block[:end], seen)
        tail = block[end:]
    _look_at_rows(tail, seen)
    if seen.widest > LIMITS.columns:
        raise TooLarge(f"{name} has entries far to the right of a list. Clear them and send it again.")
    if seen.rows * seen.widest > LIMITS.cells:
        raise TooLarge(f"{name} has entries far below a list. Clear them and send it again.")
    return seen


def _look_at_rows(block: bytes, seen: Seen) -> None:
    seen.shared += block.count(b't="s"') + block.count(b"t='s'")
    if _FAR.search(block):
        widest = max((_column_number(letters[:5]) for letters in set(_COLUMN.findall(block))), default=26)
        seen.widest = max(seen.widest, widest)
        tallest = max(_ROW.findall(block), key=_size, default=b"0")
        seen.rows = max(seen.rows, int(tallest[:9]))
    if b"<f" in block:
        for match in _NO_RESULT.finditer(block):
            _add_hole(seen, block, match.start(), NO_RESULT, "a formula without a saved result")
    if b't="e"' in block or b"t='e'" in block:
        for match in _ERROR.finditer(block):
            _add_hole(seen, block, match.start() + 2, EXCEL_ERROR, match[1].decode("utf-8", "replace"))


def _size(digits: bytes) -> tuple[int, bytes]:
    """Order numbers written in digits without making numbers of them."""
    return len(digits), digits


def _add_hole(seen: Seen, block: bytes, position: int, code: str, found: str) -> None:
    start = block.rfind(b"<c", 0, position)
    cell = _CELL.match(block, start) if start >= 0 else None
    if cell is None or (code == NO_RESULT and b'"str"' in cell[3]):
        return  # a formula whose saved result is an empty text
    seen.holes.append(Hole(int(cell[2]), _column_number(cell[1]) - 1, code, found))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _names(kept: dict[str, bytes]) -> dict[str, str]:
    """Give the part of each sheet by its name; damaged listings give nothing, and holes go unnamed."""
    try:
        relations = {
            one.get("Id"): "xl/" + (one.get("Target") or "").removeprefix("/xl/")
            for one in ElementTree.fromstring(kept.get("xl/_rels/workbook.xml.rels", b""))
        }
        book = ElementTree.fromstring(kept.get("xl/workbook.xml", b""))
    except ElementTree.ParseError:
        return {}
    sheets = [one for one in book.iter() if one.tag.endswith("}sheet")]
    return {one.get("name", ""): relations.get(one.get(_RELATION), "") for one in sheets}
