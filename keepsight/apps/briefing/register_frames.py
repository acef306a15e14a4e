"""
Entries of registers as a table of a snapshot: numbers, states and days, no word that anybody wrote.

An exercise is never in it. Of a confidential register only counts are.
"""

from collections import Counter
from datetime import date
from typing import Any

import polars as pl

from keepsight.apps.accounts.models import Authority
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register

SLOTS = ("k1", "k2", "k3", "k4")
SCHEMA: dict[str, Any] = {
    "register": pl.String, "number": pl.Int64, "state": pl.String, "is_open": pl.Boolean, "rag": pl.String,
    "due_on": pl.Date, "overdue": pl.Boolean, "days": pl.Int64, "subject": pl.String, "team": pl.String,
    "service": pl.String, **dict.fromkeys(SLOTS, pl.String), "entries": pl.Int64,
}  # fmt: skip
COLUMNS = ("number", "state", "is_open", "rag", "due_on", "team__name", "service__name", *SLOTS)


def register_entries(authority: Authority, on: date) -> pl.DataFrame:
    """
    Give the live entries of every register of an authority.

    ``days`` is how long until the entry is due, below nought where it is overdue. A slot is filled where it
    holds a choice that everybody who reads the entry sees. ``entries`` is how many entries a row stands for:
    one, except in confidential registers, whose rows are counts of open and ended, overdue or not.
    """
    rows: list[tuple[Any, ...]] = []
    held = Register.objects.filter(authority=authority, current__isnull=False).select_related("current").order_by("key")
    for register in held:
        rule = rule_of(register.current)  # type: ignore[arg-type]
        entries = Entry.objects.filter(register=register, exercise=None).order_by("number").values_list(*COLUMNS)
        if rule.access.confidential:
            rows += _counted(register.key, entries, rule.subject, on)
        else:
            told = _told(register, rule)
            rags = [each for each in rule.fields if each.kind == "rag"]
            shows_rag = not rags or any(not each.shown_to for each in rags)
            rows += [_row(register.key, each, rule.subject, told, shows_rag, on) for each in entries.iterator()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _told(register: Register, rule: Any) -> frozenset[str]:
    """The slots that hold a choice which everybody who reads the entry sees."""
    plain = {each.id for each in rule.fields if each.kind in ("choice", "yes_no") and not each.shown_to}
    return frozenset(slot for name, slot in register.slots.items() if name in plain)


def _row(
    key: str, entry: tuple[Any, ...], subject: str, told: frozenset[str], shows_rag: bool, on: date
) -> tuple[Any, ...]:
    number, state, is_open, rag, due_on, team, service, *slots = entry
    late = bool(is_open and due_on and due_on < on)
    days = (due_on - on).days if is_open and due_on else None
    kept = [value if name in told else "" for name, value in zip(SLOTS, slots, strict=True)]
    return (
        key, number, state, is_open, rag if shows_rag else "", due_on if is_open else None, late, days, subject,
        team or "", service or "", *kept, 1,
    )  # fmt: skip


def _counted(key: str, entries: Any, subject: str, on: date) -> list[tuple[Any, ...]]:
    counts = Counter(
        (is_open, bool(is_open and due_on and due_on < on)) for _, _, is_open, _, due_on, *_ in entries.iterator()
    )
    return [
        (key, None, "", is_open, "", None, late, None, subject, "", "", "", "", "", "", count)
        for (is_open, late), count in sorted(counts.items())
    ]
