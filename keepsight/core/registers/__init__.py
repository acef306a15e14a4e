"""
Registers: tracker-like lists as data (ARCHITECTURE §4).

``values`` reads what was typed or imported against a definition, ``clocks`` counts its deadlines,
``slots`` says which value is kept in which column for filters and sorting.
"""

from keepsight.core.registers.clocks import Due, next_due
from keepsight.core.registers.formulas import kind_of_value, with_computed
from keepsight.core.registers.slots import SLOTS, slots_for, slotted
from keepsight.core.registers.values import Typed, WrongValue, clean, clean_all, shown

__all__ = [
    "SLOTS",
    "Due",
    "Typed",
    "WrongValue",
    "clean",
    "clean_all",
    "kind_of_value",
    "next_due",
    "shown",
    "slots_for",
    "slotted",
    "with_computed",
]
