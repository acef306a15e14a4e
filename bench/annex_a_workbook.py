"""
A seeded Annex A workbook of any size, as dirty as real ones: for benches and for tests.

Everything in it is invented. Dates are Excel date cells, British text, text with a time or ISO
text; codes are the template's, bare codes or plain words; some ids carry spaces or another case;
some cells hold ``#N/A``, a non-breaking space or words that belong elsewhere.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from keepsight.core.formats.codes import code_lists
from keepsight.core.formats.layouts import Field, Table, tables

SHARES = (0.30, 0.10, 0.15, 0.13, 0.06, 0.10, 0.04, 0.05, 0.04, 0.01, 0.02)
TEAMS = (
    "Duty Team North",
    "Duty Team South",
    "Children in Care 1",
    "Looked After 2",
    "Care Leavers",
    "Early Help West",
)
TEMPLATE_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def annex_a_tables() -> list[Table]:
    """Give the eleven lists in order."""
    return [table for table in tables() if table.number is not None]


def write_annex_a(path: Path, rows: int, *, seed: int = 20200323, dirt: float = 0.03) -> int:
    """
    Write a workbook of ``rows`` data rows over eleven worksheets, and give how many were written.

    ``dirt`` is the share of cells that are dirty [0–1]; the rest are as the template has them. Each list
    has its own dice: the rows of a smaller workbook are the first rows of a larger one.
    """
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    as_day = book.add_format({"num_format": "dd/mm/yyyy"})
    written = 0
    for table, share in zip(annex_a_tables(), SHARES, strict=True):
        dice = random.Random(f"{seed} {table.name}")
        sheet = book.add_worksheet(f"List {table.number}")
        header = [one.header for one in table.fields]
        sheet.write_row(0, 0, [*header[:4], "Age of Child (Years)", *header[4:]] if table.number != 11 else header)
        makers = [_maker(one, dice, dirt) for one in table.fields]
        count = max(1, round(rows * share))
        for row in range(1, count + 1):
            cells = [make() for make in makers]
            if table.number != 11:
                cells.insert(4, dice.randrange(18))
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, place, cell, as_day)  # type: ignore[arg-type]
                elif cell is not None:
                    sheet.write(row, place, cell)
        written += count
    book.close()
    return written


def _maker(one: Field, dice: random.Random, dirt: float) -> Callable[[], Any]:
    clean, dirty = _clean(one, dice), _dirty(one, dice)
    blank = 0.0 if one.required else 0.35

    def make() -> Any:
        throw = dice.random()
        if throw < blank:
            return None
        return dirty() if dice.random() < dirt else clean()

    return make


def _clean(one: Field, dice: random.Random) -> Callable[[], Any]:
    if one.type == "id":
        return lambda: dice.randrange(1_000_000, 9_999_999)
    if one.type == "date":
        start = date(2003, 1, 1) if one.name == "date_of_birth" else date(2018, 9, 1)
        return lambda: start + timedelta(days=dice.randrange(6000 if one.name == "date_of_birth" else 570))
    if one.type == "integer":
        return lambda: dice.choice((0, 0, 0, 1, 2, 3))
    if one.type == "postcode":
        return lambda: f"ZZ{dice.randrange(1, 99)} {dice.randrange(1, 9)}{dice.choice('ABDEFG')}{dice.choice('HJLNP')}"
    if one.type == "text":
        return lambda: (
            dice.choice(TEAMS) if one.name == "team" else f"Worker\xa0{dice.choice('ABCDEFG')}{dice.randrange(40)}"
        )
    spelt = _spellings(one.type)
    return lambda: dice.choice(spelt)


def _spellings(name: str) -> list[str]:
    """Give a code list's template values: letter, code or label, as the template writes them."""
    codes = code_lists()[name]
    first = {}
    for label, code in codes.labels.items():
        first.setdefault(code, []).append(label)
    if codes.letters:
        return [
            f"{letter}) {first[code][1 if len(first[code]) > 1 else 0].capitalize()}"
            for letter, code in codes.letters.items()
        ]
    if codes.pattern is not None:
        return [f"{code}: {labels[1] if len(labels) > 1 else ''}".rstrip(": ") for code, labels in first.items()]
    return list(first)


def _dirty(one: Field, dice: random.Random) -> Callable[[], Any]:
    if one.type == "id":
        return lambda: dice.choice((f" {dice.randrange(10**6, 10**7)} ", f"x{dice.randrange(10**6)}", None))
    if one.type == "date":
        return lambda: dice.choice(
            ("25/01/2019", "25/01/2019 00:00:00", "2019-01-25", "31/02/2019", "#N/A", "tbc", 43490)
        )
    if one.type == "integer":
        return lambda: dice.choice(("1,234", "two", "#N/A", " 3 ", None))
    if one.type == "postcode":
        return lambda: dice.choice(("nope", "zz11aa", "#N/A"))
    if one.type == "text":
        return lambda: dice.choice(("#N/A", "\xa0", None, "  spaced   out "))
    spelt = _spellings(one.type)
    return lambda: dice.choice(
        (dice.choice(spelt).upper(), f" {dice.choice(spelt)} ", "Recorded elsewhere", "#N/A", None)
    )
