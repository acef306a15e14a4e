"""What changes registers and their entries. Each action checks who, is one transaction, and leaves an event."""

from keepsight.apps.registers.actions.entries import add, assign, change, move
from keepsight.apps.registers.actions.installing import install

__all__ = ["add", "assign", "change", "install", "move"]
