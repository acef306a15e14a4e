"""One pack: a folder of TOML files with a source, an owner and dates."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepsight.core.errors import BadInput


class PackError(BadInput):
    """A pack cannot be used; the sentence names file, table and key."""

    code = "pack"


@dataclass(frozen=True)
class Pack:
    """A pack as read: ``tables`` maps a file's stem to what it holds."""

    id: str
    title: str
    hash: str
    tables: dict[str, dict[str, Any]]
    folder: Path


def read_pack(folder: Path) -> Pack:
    """Read every TOML file of a folder."""
    tables, digest = {}, hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data + b"\0")
        try:
            tables[path.stem] = tomllib.loads(data.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
            raise PackError(f"{path.name} in pack {folder.name} is not TOML: {trouble}.") from trouble
    if "pack" not in tables:
        raise PackError(f"Pack {folder.name} has no pack.toml, which gives its id, title, owner and source.")
    head = tables.pop("pack")
    return Pack(head["id"], head["title"], digest.hexdigest(), tables, folder)
