"""A register as a pack that another authority can read, and files that come in as definitions."""

import io
import re
import tempfile
import zipfile
import zlib
from datetime import date
from pathlib import Path

import tomli_w

from keepsight.apps.registers.definitions import as_text, read_keys
from keepsight.core.packs import PackError, read_pack
from keepsight.core.packs.kinds import Register as Rule

LARGEST = 1_000_000  # bytes of a definition, and of all that a zip opens into
_MEMBER = re.compile(r"(?:[^/\\]+/)?(pack\.toml|registers/[a-z][a-z0-9_]*\.toml)")


def as_pack(key: str, text: str, *, authority: str, on: date) -> bytes:
    """A zip with ``pack.toml`` and ``registers/<key>.toml``, which ``core.packs.read_pack`` reads back."""
    rule = read_keys(text, where=key)
    head = {
        "id": f"{key}_register", "title": rule.plural, "owner": rule.owner, "review_on": rule.review_on,
        "source": f"{authority}, taken from Keepsight on {on:%d/%m/%Y}", "valid_from": on,
    }  # fmt: skip
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(f"{key}_register/pack.toml", tomli_w.dumps(head))
        bundle.writestr(f"{key}_register/registers/{key}.toml", text)
    return kept.getvalue()


def from_file(data: bytes) -> dict[str, str]:
    """
    The definitions in a file: of one register as TOML under an empty id, of a pack by their ids.

    Raises
    ------
    PackError
        Where it is neither, or too large; naming file and key where a definition cannot be read.
    """
    if len(data) > LARGEST:
        raise PackError("The file is larger than a definition can be: 1 MB at most.")
    if not data.startswith(b"PK"):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise PackError("The file is neither a text of TOML nor a zip.") from None
        read_keys(text, where="The file")
        return {"": text}
    return _from_zip(data)


def _from_zip(data: bytes) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "pack"
        (room / "registers").mkdir(parents=True)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                _unpack(bundle, room)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as broken:
            raise PackError("The zip cannot be opened: it is damaged, or closed with a password.") from broken
        found = {
            name.partition("/")[2]: as_text(table)
            for name, table in read_pack(room).tables.items()
            if name.startswith("registers/")
        }
    if not found:
        raise PackError("The pack holds no register: none stands in its folder called registers.")
    for key, text in found.items():
        read_keys(text, where=f"registers/{key}.toml")
    return found


def _unpack(bundle: zipfile.ZipFile, room: Path) -> None:
    """Only what a pack of registers has, under names that are ours; counted while it opens."""
    left = LARGEST
    for member in bundle.infolist():
        match = _MEMBER.fullmatch(member.filename)
        if match is None:
            continue
        with bundle.open(member) as opened:
            data = opened.read(left + 1)
        left -= len(data)
        if left < 0:
            raise PackError("The zip opens into more than a definition can be: 1 MB at most.")
        (room / match[1]).write_bytes(data)


def rule_in(text: str) -> Rule:
    """The definition in a text that was read before."""
    return read_keys(text, where="The definition")
