"""One pack: a folder of TOML files with a source, an owner and dates."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keepsight.core.packs.checks import check
from keepsight.core.packs.kinds import FOLDERS, Head
from keepsight.core.packs.schema import read
from keepsight.core.packs.trouble import PackError


@dataclass(frozen=True)
class Pack:
    """A pack as read: ``tables`` maps a file's stem to what it holds; ``registers/action`` is a file in a folder."""

    id: str
    title: str
    hash: str
    tables: dict[str, dict[str, Any]]
    folder: Path
    head: Head | None = field(default=None, compare=False)


def read_pack(folder: Path) -> Pack:
    """
    Read and check every TOML file of a folder.

    Parameters
    ----------
    folder : Path
        Holds ``pack.toml`` and any tables. Tables of a known kind (``kinds.KINDS``) are checked
        key by key; of other kinds only that they are TOML.

    Returns
    -------
    Pack
        Its ``hash`` changes with any byte or name of its files.

    Raises
    ------
    PackError
        Naming file, table and key. A key may be missing here, because a lower layer may give it;
        ``book`` finds out.
    """
    if not folder.is_dir():
        raise PackError(f"There is no pack called {folder.name}: {folder} is no folder.")
    tables: dict[str, dict[str, Any]] = {}
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.toml"), *(each for kind in FOLDERS for each in folder.glob(f"{kind}/*.toml"))]):
        name = path.relative_to(folder).with_suffix("").as_posix()  # registers/action
        data = path.read_bytes()
        digest.update(f"{name}.toml".encode() + b"\0" + data + b"\0")
        tables[name] = _parsed(path, data)
    if "pack" not in tables:
        raise PackError(f"Pack {folder.name} has no pack.toml, which gives its id, title, owner and source.")
    head = _head(tables.pop("pack"), where=f"{folder.name}/pack.toml")
    for name, table in tables.items():
        check(name, table, where=f"{folder.name}/{name}.toml", partial=True)
    return Pack(head.id, head.title, digest.hexdigest(), tables, folder, head)


def _parsed(path: Path, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except tomllib.TOMLDecodeError as trouble:
        raise PackError(f"{path.name} in pack {path.parent.name} is not TOML: {trouble}.") from trouble
    except UnicodeDecodeError as trouble:
        raise PackError(f"{path.name} in pack {path.parent.name} is not UTF-8 text.") from trouble


def _head(table: dict[str, Any], *, where: str) -> Head:
    head = read(Head, table, where=where)
    if head.valid_to is not None and head.valid_to < head.valid_from:
        raise PackError(f"{where}: valid_to ({head.valid_to}) is before valid_from ({head.valid_from}).")
    return head
