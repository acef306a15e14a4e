"""
Excel workbooks (.xlsx): guarded before reading, then one worksheet at a time as text.

The guard walks the zip directory and inflates every part with a limit: the real length counts,
not the one that the directory claims. On the way it finds what the Excel parser does not tell:
cells that hold an error and formulas without a saved result, and how large a rectangle each
worksheet would take in memory.
"""

import logging
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

import fastexcel
import polars as pl

from keepsight.core.formats.cells import EXCEL_ERROR, NO_RESULT
from keepsight.core.formats.files import LIMITS, NotReadable, TooLarge, check_ratio, opened, parsing, unpacked
from keepsight.core.formats.sheets import Hole, RawSheet

for _parser in ("fastexcel", "calamine"):  # what they would print, findings and refusals say
    logging.getLogger(_parser).addHandler(logging.NullHandler())

_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{6})""")
_COLUMN = re.compile(rb"""r\s*=\s*["']([A-Za-z]{2,})\d""")
_ROW = re.compile(rb"""r\s*=\s*["'][A-Za-z]*(\d{6,})["']""")
_NO_RESULT = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_ERROR = re.compile(rb"""<c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</c>).)*?<v>([^<]{1,20})</v>""", re.DOTALL)
_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Za-z]{1,3})(\d{1,7})["']([^>]*)>""")
_ROW_END = b"</row>"
_LONGEST_ROW = 4 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class _Seen:
    """What the guard saw in one worksheet."""

    widest: int = 26
    rows: int = 99_999
    holes: list[Hole] = field(default_factory=list)


def read_workbook(path: Path) -> Iterator[RawSheet]:
    """
    Give the worksheets of a workbook, one after the other.

    Raises
    ------
    NotReadable
        If the workbook is damaged or holds no worksheet.
    TooLarge
        If a part unpacks to more than the limit, or a worksheet's rectangle is too large.
    """
    seen, names = _look_through(path)
    with parsing(path.name):
        book = fastexcel.read_excel(path)
        sheets = list(book.sheet_names)
    for place, sheet in enumerate(sheets):
        if names.get(sheet, "worksheet") != "worksheet" and names[sheet] not in seen:
            yield RawSheet(sheet, pl.DataFrame(), pl.Series([], dtype=pl.Int64), unread="sheet_not_worksheet")
            continue
        with parsing(path.name):
            loaded = book.load_sheet(place, header_row=None, skip_rows=0, dtypes="string")
            grid = loaded.to_polars()
            columns = loaded.available_columns()
        holes = seen[names[sheet]].holes if names.get(sheet) in seen else []
        first = columns[0].absolute_index if columns else 0
        yield RawSheet(sheet, grid, pl.int_range(1, grid.height + 1, eager=True), first, holes)


# --- The guard ---------------------------------------------------------------------------------------


def _look_through(path: Path) -> tuple[dict[str, _Seen], dict[str, str]]:
    with opened(path) as stream:
        parts = _parts(path, stream)
        seen: dict[str, _Seen] = {}
        kept: dict[str, bytes] = {}
        for part in parts:
            pieces = _pieces(path, stream, part)
            if _WORKSHEET.fullmatch(part.filename):
                seen[part.filename] = _look_at(path.name, pieces)
            elif part.filename in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
                kept[part.filename] = b"".join(pieces)
            else:
                for _ in pieces:
                    pass
    return seen, _names(kept)


def _parts(path: Path, stream: BinaryIO) -> list[zipfile.ZipInfo]:
    with parsing(path.name):
        parts = zipfile.ZipFile(stream).infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadable(f"{path.name} is locked by a password. Take the password off and send it again.")
    packed = sum(part.compress_size for part in parts)
    if len(parts) > LIMITS.parts or packed > path.stat().st_size:
        raise TooLarge(f"{path.name} is no ordinary workbook: its parts do not fit into the file.")
    check_ratio(path.name, path.stat().st_size, sum(part.file_size for part in parts))
    if not any(part.filename == "xl/workbook.xml" for part in parts):
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


def _look_at(name: str, pieces: Iterator[bytes]) -> _Seen:
    """Look through a worksheet row by row of its XML, a megabyte at a time."""
    seen = _Seen()
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


def _look_at_rows(block: bytes, seen: _Seen) -> None:
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


def _add_hole(seen: _Seen, block: bytes, position: int, code: str, found: str) -> None:
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
