"""Looks through a log for everybody whom a database knows: names, UPNs, other numbers and postcodes."""

import re
import sqlite3
from pathlib import Path

NAMES = (
    ("people_child", "forename"), ("people_child", "surname"), ("learning_enrolment", "forename"),
    ("learning_enrolment", "surname"), ("frontdoor_contact", "forename"), ("frontdoor_contact", "surname"),
)  # fmt: skip
NUMBERS = (
    ("people_identifier", "value"), ("people_address", "postcode"), ("learning_enrolment", "upn"),
    ("learning_enrolment", "postcode"), ("people_address", "lines"),
)  # fmt: skip
_WORD = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž'’-]+")


def known_people(database: Path) -> tuple[set[str], set[str]]:
    """Every name, and every number, postcode and address in a database."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return _column(connection, NAMES), _column(connection, NUMBERS)


def _column(connection: sqlite3.Connection, columns: tuple[tuple[str, str], ...]) -> set[str]:
    held: set[str] = set()
    for table, column in columns:
        if column in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
            held |= {row[0] for row in connection.execute(f"SELECT DISTINCT {column} FROM {table}") if row[0]}
    return {text for text in held if len(text) > 2}


def told_in(log: str, names: set[str], numbers: set[str]) -> set[str]:
    """Which of them stand in a log. A name counts as a whole word, a number wherever it stands."""
    words = set(_WORD.findall(log))
    plain = log.upper().replace(" ", "")
    return (words & names) | {
        number for number in numbers if _compact(number) in plain and number in _spaced(log, number)
    }


def _compact(number: str) -> str:
    return number.upper().replace(" ", "")


def _spaced(log: str, number: str) -> set[str]:
    """The number, where it is not a part of something longer, with or without its space."""
    pattern = r"\s?".join(map(re.escape, _compact(number)))
    return {number} if re.search(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])", log, re.IGNORECASE) else set()
