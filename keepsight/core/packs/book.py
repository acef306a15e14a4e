"""The rules in force: packs laid one over another."""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from keepsight.core.packs.checks import check
from keepsight.core.packs.pack import Pack, read_pack
from keepsight.core.packs.trouble import PackError
from keepsight.core.registers.checking import Known, RoleKnown

FOLDER = Path(__file__).resolve().parents[2] / "packs"
T = TypeVar("T")


@dataclass(frozen=True, eq=False)  # itself and no other, so that what is made of it can be kept
class Book:
    """Layered packs: ``table("rating")`` gives one table with later layers over earlier ones."""

    id: str  # such as standing+pandemic_2020
    hash: str
    tables: dict[str, dict[str, Any]]
    packs: tuple[Pack, ...] = ()

    def table(self, name: str) -> dict[str, Any]:
        """Give a table by file stem; raises ``PackError`` when no layer has it."""
        if name not in self.tables:  # such as rating, or registers/action
            raise PackError(f"No pack in force ({self.id}) has a table called {name}.")
        return self.tables[name]

    def read(self, name: str, kind: type[T]) -> T:
        """Give a table of a known kind as its dataclass, such as ``read("rating", kinds.Rating)``."""
        found = check(name, self.table(name), where=_where(self.packs, name) if self.packs else f"{name}.toml")
        assert isinstance(found, kind), f"A table called {name} is not a {kind.__name__}."
        return found

    def names(self, folder: str) -> list[str]:
        """Give the ids of the tables in a folder, such as those of all ``registers``."""
        return sorted(name.partition("/")[2] for name in self.tables if name.startswith(f"{folder}/"))


@dataclass
class Own:
    """Where a council keeps packs of its own: folders of emergencies, and one called ``local`` over everything."""

    folder: Path | None = None


_OWN = Own()
LOCAL = "local"


def use_own(folder: Path | None) -> None:
    """Read a council's own packs beside these from now on. Said once, when the product starts."""
    _OWN.folder = folder
    book.cache_clear()


def event_folders() -> dict[str, Path]:
    """
    Every folder that holds an emergency, by name: ours and the council's own.

    Raises
    ------
    PackError
        If the council's folder is not there, or one of its names is taken.
    """
    found = {each.parent.name: each.parent for each in FOLDER.glob("*/event.toml")}
    for each in _own_folders():
        if (each / "event.toml").is_file() and each.name != LOCAL:
            if each.name in found:
                raise PackError(f"An emergency called {each.name} comes with Keepsight. Give your folder another name.")
            found[each.name] = each
    return found


def _own_folders() -> list[Path]:
    if _OWN.folder is None:
        return []
    if not _OWN.folder.is_dir():
        raise PackError(f"The folder of your own packs is not there: {_OWN.folder}. KEEPSIGHT_PACKS names it.")
    return sorted(each for each in _OWN.folder.iterdir() if each.is_dir())


@functools.cache
def book(event: str | None = None, local: Path | None = None, folder: Path = FOLDER) -> Book:
    """
    Give the rules in force: standing, then the event's pack, then a local one.

    Where the council keeps packs of its own (``use_own``), an event may be one of them, and its folder
    ``local`` lies over everything.

    Parameters
    ----------
    event : str, optional
        Folder name of the event's pack, such as ``pandemic_2020``.
    local : Path, optional
        Folder of a council's own pack.
    folder : Path
        Where ``standing`` and the events' packs are.

    Returns
    -------
    Book
        A later layer wins: tables key by key, lists of rows id by id. A row with ``off = true``
        takes a lower layer's row away.

    Raises
    ------
    PackError
        If a pack cannot be used, or something is still missing once all layers lie together.
    """
    packs = [read_pack(folder / "standing")]
    if folder == FOLDER and local is None:
        local = next((each for each in _own_folders() if each.name == LOCAL), None)
    if event:
        own = event_folders() if folder == FOLDER and not (folder / event).is_dir() else {}
        packs.append(read_pack(own.get(event, folder / event)))
    if local:
        packs.append(read_pack(local))
    tables = laid_over([pack.tables for pack in packs])
    for name, table in tables.items():
        check(name, table, where=_where(tuple(packs), name), known=known_beside(tables, name))
    digest = hashlib.sha256("".join(pack.hash for pack in packs).encode()).hexdigest()
    return Book("+".join(pack.id for pack in packs), digest, tables, tuple(packs))


def laid_over(layers: Iterable[Mapping[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Tables of several packs as one, the later over the earlier."""
    tables: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for name, table in layer.items():
            tables[name] = _over(tables.get(name, {}), table)
    return tables


def known_beside(tables: Mapping[str, Mapping[str, Any]], name: str = "") -> Known:
    """What a register's definition may name: the roles, the schedule, the registers."""
    roles = {
        str(row.get("id")): RoleKnown(
            str(row.get("name")), bool(row.get("portal")), bool(row.get("children")),
            "registers" in row.get("permissions", ()),
        )
        for row in tables.get("roles", {}).get("roles", ())
    }  # fmt: skip
    schedule = [str(row.get("id")) for row in tables.get("retention", {}).get("schedule", ())]
    registers = {
        each.partition("/")[2]: str(table.get("prefix"))
        for each, table in tables.items()
        if each.startswith("registers/")
    }
    return Known(roles or None, schedule or None, registers, name.partition("/")[2])


def _where(packs: tuple[Pack, ...], name: str) -> str:
    """The file that a person would open: the topmost layer's."""
    return next(f"{pack.folder.name}/{name}.toml" for pack in reversed(packs) if name in pack.tables)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay one table over another: sub-tables key by key, rows id by id, everything else replaced."""
    laid = dict(below)
    for key, value in above.items():
        under = laid.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            laid[key] = _over(under, value)
        elif _rows(value):
            laid[key] = _rows_over(under if isinstance(under, list) and _rows(under) else [], value)
        else:
            laid[key] = value
    return laid


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) and "id" in row for row in value)


def _rows_over(below: list[dict[str, Any]], above: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the same id are laid over one another in place; new ones follow."""
    laid = {row["id"]: row for row in below}
    for row in above:
        laid[row["id"]] = _over(laid.get(row["id"], {}), row)
    kept = [row for row in laid.values() if row.get("off") is not True]  # a list called off is a key like others
    return [{key: value for key, value in row.items() if key != "off" or isinstance(value, list)} for row in kept]
