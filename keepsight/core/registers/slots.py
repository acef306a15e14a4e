"""Slots: which field's value is kept in which column, so that a list can be filtered and sorted at speed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from keepsight.core.errors import BadInput
from keepsight.core.packs.kinds.registers import Register
from keepsight.core.registers.formulas import kind_of_value

SLOTS: dict[str, tuple[str, ...]] = {
    "k": ("k1", "k2", "k3", "k4"),  # words
    "d": ("d1", "d2", "d3"),  # days
    "n": ("n1", "n2", "n3"),  # numbers
}
_FAMILY = {"date": "d", "instant": "d", "number": "n", "money": "n"}
NEVER = frozenset({"long_text", "several", "rag", "evidence"})  # rag has a column of its own


class NoSlotLeft(BadInput):
    """More fields are indexed than there are columns for."""

    code = "no_slot_left"


def family_of(kind: str) -> str:
    """Give the kind of column: ``d`` for days, ``n`` for numbers, ``k`` for words."""
    return _FAMILY.get(kind, "k")


def slots_for(rule: Register, held: Mapping[str, str]) -> dict[str, str]:
    """
    Give each indexed field its column. A field keeps the one it has; a retired field gives its up to nobody.

    Raises
    ------
    NoSlotLeft
        Naming the field that finds no column.
    """
    slots = dict(held)
    for field in rule.fields:
        if not field.indexed or field.id in slots:
            continue
        family = family_of(kind_of_value(rule, field))
        free = [slot for slot in SLOTS[family] if slot not in slots.values()]
        if not free:
            words = {"k": "four words", "d": "three days", "n": "three numbers"}[family]
            raise NoSlotLeft(
                f"{field.label} cannot be filtered by: a register can be filtered by {words} at most. "
                "Take “indexed” away from another field of that kind."
            )
        slots[field.id] = free[0]
    return slots


def slotted(rule: Register, slots: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of an entry: empty ones as an empty word, or as no day and no number."""
    columns: dict[str, Any] = {slot: "" if kind == "k" else None for kind, all_ in SLOTS.items() for slot in all_}
    for field in rule.fields:
        slot, value = slots.get(field.id), values.get(field.id)
        if slot is None or value is None:
            continue
        if slot[0] == "d":
            columns[slot] = _day(value)
        elif slot[0] == "n":
            columns[slot] = _number(value)
        else:
            columns[slot] = ("yes" if value else "no") if isinstance(value, bool) else str(value)[:60]
    return columns


def _day(value: Any) -> date | None:
    """A day; none where an entry keeps something else from when the field was of another kind."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
