"""
Files with entries: what a file is by its content, what is refused, and where it is kept.

Neither the name nor what the browser says is believed. What is allowed is a short list; scripts,
programs, pages, pictures that hold scripts, documents with macros and archives that unpack to
something enormous are refused with a sentence.
"""

import hashlib
import io
import re
import shlex
import subprocess
import tempfile
import uuid
import zipfile
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from keepsight.core.errors import BadInput

ALIAS = "attachments"
MOST_BYTES_OF_NAME = 200
SCAN_SECONDS = 120
RATIO, RATIO_FROM, UNPACKED, PARTS = 200, 1 << 20, 1 << 30, 5_000  # of what is unpacked to what was sent
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "msg": "application/vnd.ms-outlook",
    "eml": "message/rfc822",
}
ALLOWED = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument, CSV, text, PNG, JPEG, .msg or .eml"
_MAIN_PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MACROS = re.compile(r"(vbaproject|vbadata)[^/]*\.(bin|xml)$|^basic/|^scripts/|macrosheets/", re.IGNORECASE)
_MARKUP = re.compile(
    rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|\?xml|\?php)", re.IGNORECASE
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!", b"\x4c\x00\x00\x00\x01\x14\x02\x00")
_SCRIPT_ENDINGS = {
    "exe", "dll", "com", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta", "scr",
    "msi", "jar", "sh", "py", "php", "pl", "rb", "lnk", "reg", "iso", "img", "html", "htm", "xhtml", "mht", "svg",
    "svgz", "xml", "docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "ppsm", "potm",
}  # fmt: skip


class FileRefused(BadInput):
    """A file that may not be attached."""

    code = "file_refused"


@dataclass(frozen=True)
class Examined:
    """What a file was found to be."""

    name: str
    ending: str
    media_type: str
    size: int
    sha256: str


def store() -> Storage:
    """Where attached files are kept: outside the web root, or in the bucket that the settings name."""
    return storages[ALIAS]


# --- what it is -----------------------------------------------------------------------------------------
def examine(stream: IO[bytes], name: str) -> Examined:
    """
    Look into a file before anything is kept of it.

    Raises
    ------
    FileRefused
        If it is empty, too large, of a kind that is not allowed, or not what its name says.
    """
    name = clean_name(name)
    size, digest = _measured(stream)
    if size == 0:
        raise FileRefused("The file is empty.")
    if size > settings.ATTACHMENT_MOST_BYTES:
        raise FileRefused(f"The file is larger than {settings.ATTACHMENT_MOST_BYTES >> 20} MB. Send it in parts.")
    said = name.rpartition(".")[2].lower() if "." in name else ""
    if said in _SCRIPT_ENDINGS:
        raise FileRefused(f"A .{said} file may not be attached: it can run or hide a program. Attach {ALLOWED}.")
    stream.seek(0)
    found = _kind(stream, said, size)
    if {"jpg": "jpeg", "log": "txt", "md": "txt"}.get(said, said) != found:
        is_ = f"is a .{found} inside" if found else "is of a kind that may not be attached"
        raise FileRefused(
            f"The file is called .{said or '(nothing)'} and {is_}. Attach {ALLOWED}, under its own ending."
        )
    stream.seek(0)
    return Examined(name, found, TYPES[found], size, digest)


def clean_name(name: str) -> str:
    """The last part of the name as it was sent, without what no name needs."""
    last = re.split(r"[\\/]", name)[-1]
    last = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*;').strip().lstrip(".")
    stem, dot, ending = last.rpartition(".")
    return f"{stem[: MOST_BYTES_OF_NAME - 20]}{dot}{ending[:15]}" if dot else last[: MOST_BYTES_OF_NAME - 20] or "file"


def _measured(stream: IO[bytes]) -> tuple[int, str]:
    stream.seek(0)
    size, digest = 0, hashlib.sha256()
    while chunk := stream.read(1 << 20):
        size += len(chunk)
        digest.update(chunk)
        if size > settings.ATTACHMENT_MOST_BYTES:
            break
    return size, digest.hexdigest()


def _kind(stream: IO[bytes], said: str, size: int) -> str:
    """The ending that a file's content stands for; empty for what is not allowed."""
    head = stream.read(8192)
    stream.seek(0)
    if head.startswith(_PROGRAMS):
        return ""
    if b"%PDF-" in head[:1024]:
        return "pdf" if head.startswith(b"%PDF-") else ""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"PK"):
        return _packed(stream, size)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(stream)
    return _text(stream, said)


def _packed(stream: IO[bytes], size: int) -> str:
    """An office document by its main part; never one with macros, nor one that unpacks to something enormous."""
    try:
        archive = zipfile.ZipFile(stream)
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileRefused("The file is damaged and cannot be read.") from None
    with archive:
        if len(parts) > PARTS or sum(part.file_size for part in parts) > max(RATIO_FROM, RATIO * size, 1):
            raise FileRefused("The file unpacks to something far larger than it is, which no document does.")
        if sum(part.file_size for part in parts) > UNPACKED:
            raise FileRefused("The file unpacks to more than a computer can hold.")
        names = [part.filename for part in parts]
        if any(_MACROS.search(name) for name in names):
            raise FileRefused(
                "The document holds macros, which can run programs. Save it without them and send it again."
            )
        if any(part.flag_bits & 1 for part in parts):
            raise FileRefused("The file is locked by a password. Take the password off and send it again.")
        try:
            return _main_part(archive, names)
        except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, EOFError):
            raise FileRefused("The file is damaged and cannot be read.") from None


def _main_part(archive: zipfile.ZipFile, names: list[str]) -> str:
    if "mimetype" in names:
        with archive.open("mimetype") as kind:
            told = kind.read(200).decode("ascii", "replace").strip()
        return next((ending for ending in ("odt", "ods") if TYPES[ending] == told), "")
    if "[Content_Types].xml" not in names:
        return ""
    with archive.open("[Content_Types].xml") as listed:  # read no further than a real one is long
        if b"macroenabled" in listed.read(1 << 20).lower():
            raise FileRefused("The document may hold macros. Save it without them and send it again.")
    return next((ending for start, ending in _MAIN_PARTS.items() if any(name.startswith(start) for name in names)), "")


def _compound(stream: IO[bytes]) -> str:
    """A message of Outlook. Old Word and Excel files, and locked ones, are of the same make and are not allowed."""
    content = stream.read()
    wide = [
        text.encode("utf-16-le") for text in ("EncryptedPackage", "WordDocument", "Workbook", "PowerPoint Document")
    ]
    if wide[0] in content:
        raise FileRefused("The file is locked by a password. Take the password off and send it again.")
    if any(each in content for each in wide[1:]):
        raise FileRefused(
            "The file is in an old Office format, which may hide macros. Save it as .docx, .xlsx or .pptx."
        )
    return "msg" if "__properties_version1.0".encode("utf-16-le") in content else ""


def _text(stream: IO[bytes], said: str) -> str:
    content = stream.read()
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if said == "eml":
        return "eml" if _is_mail(content) else ""
    narrow = content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            narrow = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            return ""
    if _MARKUP.search(narrow[:65_536]):
        return ""
    return "csv" if said == "csv" else "txt"


def _is_mail(content: bytes) -> bool:
    headers = message_from_bytes(content[:65_536], policy=policy.default)
    return sum(name in headers for name in ("From", "To", "Date", "Subject", "Message-ID", "MIME-Version")) >= 3


# --- viruses --------------------------------------------------------------------------------------------
def scan(stream: IO[bytes]) -> None:
    """
    Let the council's scanner look at a file, if the settings name one.

    Raises
    ------
    FileRefused
        If it finds something, and also if it fails: what was not looked at is not kept.
    """
    if not settings.SCANNER:
        return
    stream.seek(0)
    with tempfile.NamedTemporaryFile(prefix="keepsight-scan-") as copy:
        while chunk := stream.read(1 << 20):
            copy.write(chunk)
        copy.flush()
        try:
            done = subprocess.run(  # noqa: S603 – the command is the deployment's own
                [*shlex.split(settings.SCANNER), copy.name], capture_output=True, timeout=SCAN_SECONDS, check=False
            )
        except (OSError, subprocess.SubprocessError):
            raise FileRefused(
                "The file could not be checked for viruses, so it was not kept. Try again later."
            ) from None
    stream.seek(0)
    if done.returncode == 1:
        raise FileRefused("The virus scanner found something in this file, so it was not kept. Tell your IT service.")
    if done.returncode != 0:
        raise FileRefused("The file could not be checked for viruses, so it was not kept. Try again later.")


# --- where it is kept -----------------------------------------------------------------------------------
def keep(stream: IO[bytes]) -> str:
    """Keep a file under a random name, and give that name."""
    stream.seek(0)
    name = uuid.uuid4().hex
    return store().save(f"{name[:2]}/{name}", File(stream))


def read(stored_as: str) -> IO[bytes]:
    """Open a file that is kept."""
    return store().open(stored_as)


def destroy(stored_as: str) -> None:
    """Delete a file that is kept. One that is gone already is no trouble."""
    store().delete(stored_as)


def as_stream(content: bytes) -> IO[bytes]:
    """Bytes as something that can be examined and kept."""
    return io.BytesIO(content)
