"""Which list a sheet is, and which of its columns is which: by headings first, then by the sheet's name."""

import re
from dataclasses import dataclass

from keepsight.core.formats.headings import fold, words
from keepsight.core.formats.layouts import Table, tables, tables_with

_NAMED_BY_NUMBER = re.compile(r"(?:^|list)0*(\d{1,2})(?:\D|$)")
_ENOUGH_UNNAMED = 0.5
_ENOUGH_NAMED = 0.3
_NAME_COUNTS = 0.6


@dataclass(frozen=True)
class Match:
    """A sheet recognised: its table, and the place of each column that it has."""

    table: Table
    places: dict[str, int]
    unknown: tuple[int, ...]
    doubled: tuple[int, ...]
    score: float


def recognise(sheet: str, header: list[str | None]) -> Match | None:
    """
    Give the best match of a sheet among all lists, or nothing.

    A list counts when the headings that mark it are all there and at least half of its usual
    columns, or when the sheet's name says so and a third are. The greatest share wins; ties go
    to the list with more columns found, then to the earlier one.
    """
    folded = [fold(heading) if heading else "" for heading in header]
    name = fold(sheet)
    best: Match | None = None
    among = tables_with()
    for place in sorted({place for heading in folded for place in among.get(heading, ())}):
        match = _match(tables()[place], name, folded, header)
        if match and (best is None or (match.score, len(match.places)) > (best.score, len(best.places))):
            best = match
    return best


def _match(table: Table, name: str, folded: list[str], header: list[str | None]) -> Match | None:
    places, doubled = _places(table, folded, header)
    usual = [one for one in table.fields if not one.later]
    share = sum(one.name in places for one in usual) / len(usual)
    named = _is_named(table, name)
    marked = all(mark in places for mark in table.marks)
    if not (marked and share >= _ENOUGH_UNNAMED) and not (named and share >= _ENOUGH_NAMED):
        return None
    taken = {*places.values(), *doubled}
    unknown = tuple(place for place, heading in enumerate(folded) if place not in taken and heading not in table.unused)
    return Match(table, places, unknown, doubled, share + (_NAME_COUNTS if named else 0))


def _places(table: Table, folded: list[str], header: list[str | None]) -> tuple[dict[str, int], tuple[int, ...]]:
    found: dict[str, tuple[int, int]] = {}
    doubled = []
    for place, heading in enumerate(folded):
        if heading not in table.headings:
            continue
        column, rank = table.headings[heading]
        if column in found and found[column][0] <= rank:
            if found[column][0] == rank:
                doubled.append(place)
            continue
        found[column] = (rank, place)
    places = {column: place for column, (_, place) in found.items()}
    _find_by_words(table, header, places)
    return places, tuple(doubled)


def _find_by_words(table: Table, header: list[str | None], places: dict[str, int]) -> None:
    for one in table.fields:
        if not one.words or one.name in places:
            continue
        for place, heading in enumerate(header):
            if heading and place not in places.values() and any(set(w) <= words(heading) for w in one.words):
                places[one.name] = place
                break


def _is_named(table: Table, name: str) -> bool:
    if not name:
        return False
    if name in table.sheets:
        return True
    number = _NAMED_BY_NUMBER.search(name)
    if number and table.number is not None:
        return int(number[1]) == table.number
    return any(name.endswith(sheet) for sheet in table.sheets if len(sheet) > 5)
