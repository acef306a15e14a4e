"""Attempts on the pages, each a line of one table."""

from tests.access.attacks import (  # noqa: F401 – each puts its lines into the table
    asking,
    emergency,
    ending,
    entries,
    files,
    finding,
    forced,
    forms,
    heads,
    interface,
    log,
    outside,
    records,
    requests,
    sessions,
)
from tests.access.attacks.table import ATTEMPTS, Attacker, Attempt

__all__ = ["ATTEMPTS", "Attacker", "Attempt"]
