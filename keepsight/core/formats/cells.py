"""
What one cell says, for the kinds of cell whose values repeat: days, whole numbers, codes, JSON.

Each distinct value is read once and looked up after that, so these are plain functions of one
text. Identifiers and free text, which do not repeat, are read column by column in ``columns.py``.
"""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from keepsight.core.formats.codes import code_lists

Value = str | bool | int | date | list[str] | None

UNREADABLE = "unreadable"
EXCEL_ERROR = "excel_error"
TOO_LONG = "too_long"
CONTROL = "control_characters"
HALVED = "half_counted"
UNLIKELY = "unlikely_day"
BLANK = "blank"
NO_RESULT = "no_saved_result"
KEEPING_THE_VALUE = frozenset({HALVED})

EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
CONTROL_CHARACTERS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+00:00)?)?"
_ISO = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){_TIME}")
_BRITISH = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}")
_MONTH_NAMED = re.compile(rf"(\d{{4}})-([A-Za-z]{{3}})-(\d{{1,2}}){_TIME}")
_MONTH_SPELT = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[- ]([A-Za-z]{{3,9}})[- ,]+(\d{{4}}){_TIME}")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
)}  # fmt: skip
_MONTH_WORDS = re.compile(
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_EXCEL_DAY_NOUGHT = date(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = date(1901, 1, 1), date(2100, 12, 31)

_INTEGER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.0+)?")
_HALF = re.compile(r"(\d{1,15})\.50*")

Reader = Callable[[str], tuple[Value, str | None]]


def day(cell: str) -> tuple[date | None, str | None]:
    """
    Read a day: ISO, dd/mm/yyyy, yyyy-Mon-dd, 1 January 2020, or an Excel serial number; a time is let go.

    Two-digit years and months past 12 are not guessed at. A day outside 1901 to 2100 is unlikely.
    """
    found = _day(cell)
    if found is None:
        return None, UNREADABLE
    if not _FIRST_DAY <= found <= _LAST_DAY:
        return None, UNLIKELY
    return found, None


def _day(cell: str) -> date | None:
    try:
        if match := _ISO.fullmatch(cell):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _BRITISH.fullmatch(cell):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if match := _MONTH_NAMED.fullmatch(cell):
            return date(int(match[1]), _month(match[2]), int(match[3]))
        if match := _MONTH_SPELT.fullmatch(cell):
            return date(int(match[3]), _month(match[2]), int(match[1]))
        if match := _SERIAL.fullmatch(cell):
            return _EXCEL_DAY_NOUGHT + timedelta(days=int(match[1]))
    except ValueError:
        return None
    return None


def _month(word: str) -> int:
    if not _MONTH_WORDS.fullmatch(word.lower()):
        return 0
    return _MONTHS[word[:3].lower()]


def whole_number(cell: str) -> tuple[int | None, str | None]:
    """Read a whole number, with or without commas: "1,234", "12.0"."""
    if not _INTEGER.fullmatch(cell) or not cell.isascii():
        return None, UNREADABLE
    return int(cell.partition(".")[0].replace(",", "")), None


def count(cell: str) -> tuple[int | None, str | None]:
    """Read a count of pupils; a published half (two part-time pupils) is taken down, and said so."""
    if (match := _HALF.fullmatch(cell)) and cell.isascii():
        return int(match[1]), HALVED
    return whole_number(cell)


def code(name: str, cell: str) -> tuple[str | bool | None, str | None]:
    """Read a cell by a code list."""
    read, value = code_lists()[name].code_of(cell)
    return value, None if read else UNREADABLE


def address(cell: str) -> tuple[str | None, str | None]:
    """Read an address written as JSON (Standard Safeguarding Dataset) or as plain text, as one line."""
    if not cell.startswith("{"):
        return cell, None
    said = _json(cell)
    if not isinstance(said, dict):
        return None, UNREADABLE
    parts = [str(said[key]).strip() for key in _ADDRESS_PARTS if said.get(key) not in (None, "", "NULL")]
    if "\x00" in "".join(parts):
        return None, CONTROL
    return ", ".join(parts) or None, None


_ADDRESS_PARTS = ("ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN")
_FACTOR = re.compile(r"\d{1,2}[A-Z]?")


def factors(cell: str) -> tuple[list[str] | None, str | None]:
    """Read assessment factors: a JSON list of codes, a JSON object of code to Y or N, or codes with commas."""
    said = _json(cell) if cell[:1] in "[{" else re.split(r"[,;|]\s*", cell)
    if isinstance(said, dict):
        said = [key for key, value in said.items() if str(value).strip().upper() in ("Y", "YES", "TRUE", "1")]
    if not isinstance(said, list):
        return None, UNREADABLE
    found = [str(one).strip().upper() for one in said]
    if not all(_FACTOR.fullmatch(one) and one.isascii() for one in found):
        return None, UNREADABLE
    return list(dict.fromkeys(found)) or None, None


def _json(cell: str) -> object:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def reader(type_: str) -> Reader | None:
    """Give the reader of a repeating kind of cell; nothing for identifiers and free text."""
    if type_ in _READERS:
        return _READERS[type_]
    return partial(code, type_) if type_ in code_lists() else None


_READERS: dict[str, Reader] = {
    "date": day,
    "integer": whole_number,
    "count": count,
    "address": address,
    "factors": factors,
}

EXPECTED = {
    "date": "A day, such as 25/01/2015.",
    "integer": "A whole number.",
    "count": "A whole number.",
    "address": "An address, as text or as the dataset's JSON.",
    "factors": 'Codes of assessment factors, such as ["1A", "3B"].',
    "postcode": "A full postcode, such as LA1 1AA.",
    "upn": "A unique pupil number: a letter, then twelve digits.",
    "nhs": "An NHS number of ten digits.",
    "urn": "A URN of six digits.",
    "uprn": "A property number of up to twelve digits.",
    "id": "An identifier of letters and digits.",
    "key": "The key of the row within this file.",
    "float": "A number.",
    "text": "Words.",
}


def expected(type_: str) -> str:
    """Give the plain sentence that says what a cell of this type should hold."""
    if type_ in EXPECTED:
        return EXPECTED[type_]
    words = code_lists()[type_].expected
    return f"{words[0].upper()}{words[1:]}."
