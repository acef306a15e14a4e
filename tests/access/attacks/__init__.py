"""Attempts on the pages, each a line of one table."""

from tests.access.attacks import (  # noqa: F401 – each puts its lines into the table
    asking,
    ending,
    files,
    finding,
    forced,
    forms,
    heads,
    log,
    records,
    requests,
    sessions,
)
from tests.access.attacks.table import ATTEMPTS, Attacker, Attempt

__all__ = ["ATTEMPTS", "Attacker", "Attempt"]
