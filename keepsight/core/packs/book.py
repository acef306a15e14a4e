"""The rules in force: packs laid one over another."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepsight.core.packs.pack import Pack, PackError, read_pack

FOLDER = Path(__file__).resolve().parents[2] / "packs"


@dataclass(frozen=True)
class Book:
    """Layered packs: ``table("rating")`` gives one table with later layers over earlier ones."""

    id: str  # such as standing+pandemic_2020
    hash: str
    tables: dict[str, dict[str, Any]]
    packs: tuple[Pack, ...] = ()

    def table(self, name: str) -> dict[str, Any]:
        """Give a table by file stem; raises ``PackError`` when no layer has it."""
        if name not in self.tables:
            raise PackError(f"No pack in force ({self.id}) has a table called {name}.")
        return self.tables[name]


@functools.cache
def book(event: str | None = None, local: Path | None = None, folder: Path = FOLDER) -> Book:
    """Give the rules in force: standing, then the event's pack, then a local one."""
    packs = [read_pack(folder / "standing")]
    if event:
        packs.append(read_pack(folder / event))
    if local:
        packs.append(read_pack(local))
    tables: dict[str, dict[str, Any]] = {}
    for pack in packs:
        for name, table in pack.tables.items():
            tables[name] = _over(tables.get(name, {}), table)
    digest = hashlib.sha256("".join(pack.hash for pack in packs).encode()).hexdigest()
    return Book("+".join(pack.id for pack in packs), digest, tables, tuple(packs))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay one table over another: sub-tables key by key, everything else replaced."""
    laid = dict(below)
    for key, value in above.items():
        laid[key] = _over(laid[key], value) if isinstance(value, dict) and isinstance(laid.get(key), dict) else value
    return laid
