"""Files with entries: what is let in, where they are kept, how they are opened and taken away."""

import io
import stat
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.registers import actions, attachments
from keepsight.apps.registers.attachments import OFFICE, TYPES, FileRefused, as_stream, examine
from keepsight.apps.registers.models import Attachment
from tests import factories as make
from tests.integration.registers import recording


def packed(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def office(folder: str, **more: bytes) -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", f"{folder}/main.xml": b"<x/>", **more})


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Hello\r\nDate: Wed, 3 Jun 2020 08:00:00 +0100\r\n\r\nHi"
LET_IN = {
    "a.pdf": b"%PDF-1.7 words", "a.docx": office("word"), "a.xlsx": office("xl"), "a.pptx": office("ppt"),
    "a.odt": packed(mimetype=TYPES["odt"].encode()), "a.ods": packed(mimetype=TYPES["ods"].encode()),
    "a.csv": b"a,b\n1,2\n", "a.txt": "Grüße".encode(), "a.png": b"\x89PNG\r\n\x1a\n....",
    "a.jpg": b"\xff\xd8\xff\xe0....", "a.msg": COMPOUND + "__properties_version1.0".encode("utf-16-le"), "a.eml": MAIL,
}  # fmt: skip
KEPT_OUT = {
    "program.exe": b"MZ....", "named.pdf": b"MZ....", "script.sh": b"#!/bin/sh", "hidden.txt": b"#!/bin/sh\nrm",
    "page.html": b"<html>", "page.txt": b"<!DOCTYPE html><script>alert(1)</script>", "p.csv": b"a,<script>x</script>",
    "picture.svg": b"<svg onload=alert(1)>", "picture.png": b"<svg xmlns='x'>", "macro.docm": office("word"),
    "macro.docx": office("word", **{"word/vbaProject.bin": b"x"}),
    "macro.xlsx": office("xl", **{"xl/vbaProject.bin": b"x"}),
    "renamed.xlsx": packed(**{"[Content_Types].xml": f"{OFFICE} macroEnabled".encode(), "xl/a.xml": b"x"}),
    "bomb.docx": office("word", **{"word/a.xml": b"0" * (30 << 20)}), "other.xlsx": office("word"),
    "archive.zip": packed(a=b"x"), "archive.docx": packed(a=b"x"),
    "old.doc": COMPOUND + "WordDocument".encode("utf-16-le"),
    "locked.docx": COMPOUND + "EncryptedPackage".encode("utf-16-le"), "empty.txt": b"", "zeros.txt": b"a\x00b",
    "damaged.docx": b"PK\x03\x04 nothing", "none": b"words", "text.eml": b"not a letter", "poly.pdf": b"<x>%PDF-1.4",
}  # fmt: skip


@pytest.mark.parametrize("name", LET_IN)
def test_what_is_let_in_is_known_by_its_content(name):
    found = examine(as_stream(LET_IN[name]), name)
    assert found.media_type == TYPES[{"jpg": "jpeg"}.get(name[2:], name[2:])]
    assert found.size == len(LET_IN[name])


@pytest.mark.parametrize("name", KEPT_OUT)
def test_what_is_kept_out_is_told_why(name):
    with pytest.raises(FileRefused) as refused:
        examine(as_stream(KEPT_OUT[name]), name)
    assert refused.value.sentence.endswith(".")


def test_too_large_is_kept_out(settings):
    settings.ATTACHMENT_MOST_BYTES = 1 << 20
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        examine(as_stream(b"a" * ((1 << 20) + 1)), "a.txt")


@pytest.mark.parametrize(
    ("sent", "kept"), [("../../etc/a.txt", "a.txt"), ("C:\\Users\\x\\b.pdf", "b.pdf"), ('c"\r\n;.txt', "c.txt")]
)
def test_names_lose_what_no_name_needs(sent, kept):
    assert attachments.clean_name(sent) == kept


# --- on the pages ---------------------------------------------------------------------------------------
@pytest.fixture
def world(db, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {**settings.STORAGES["attachments"]["OPTIONS"], "location": str(tmp_path / "attachments")},
        },
    }
    with time_machine.travel(make.NOW, tick=False):
        authority = make.authority()
        leader = make.user(Role.LEADER, of=authority)
        register = recording.register(authority)
        entry = actions.add(register, {"f_text": "First"}, by=leader, at=make.NOW)
        yield entry, leader, recording.signed_in(leader), tmp_path / "attachments"


def attach(visitor, entry, name="notes.txt", content=b"What was said"):
    return visitor.post(f"/registers/entries/{entry.ref}/attach/", {"file": SimpleUploadedFile(name, content)})


def files_in(folder):
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_file_is_kept_outside_opened_as_a_download_and_taken_away(world):
    entry, leader, visitor, folder = world
    assert attach(visitor, entry).status_code == 302
    held = Attachment.objects.get()
    (path,) = files_in(folder)
    assert "notes" not in str(path.relative_to(folder))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # when: it is opened
    address = f"/registers/entries/{entry.ref}/files/{held.ref}/"
    answer = visitor.get(address)
    assert b"".join(answer.streaming_content) == b"What was said"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Logged.objects.filter(kind="attachment_opened", actor_id=str(leader.pk)).count() == 1
    # then: taken away, the file is gone and the line stays with the reason
    assert visitor.post(f"{address}away/", {}).status_code == 422
    assert files_in(folder) == [path]


@pytest.mark.django_db(transaction=True)
def test_taking_away_deletes_the_file_and_leaves_the_line(world):
    entry, _, visitor, folder = world
    attach(visitor, entry)
    held = Attachment.objects.get()
    address = f"/registers/entries/{entry.ref}/files/{held.ref}/"
    assert visitor.post(f"{address}away/", {"why": "Names somebody else"}).status_code == 302
    assert files_in(folder) == []
    page = visitor.get(f"/registers/entries/{entry.ref}/").content.decode()
    for words in ("notes.txt", "Taken away", "Because: Names somebody else"):
        assert words in page
    assert visitor.get(address).status_code == 409


def test_who_may_not_read_the_entry_opens_no_file_and_a_file_of_another_entry_is_not_there(world):
    entry, leader, visitor, _ = world
    attach(visitor, entry)
    held = Attachment.objects.get()
    outsider = recording.signed_in(make.user(Role.ANALYST, of=entry.register.authority))
    assert outsider.get(f"/registers/entries/{entry.ref}/files/{held.ref}/").status_code == 404
    other = actions.add(entry.register, {"f_text": "Second"}, by=leader, at=make.NOW)
    assert visitor.get(f"/registers/entries/{other.ref}/files/{held.ref}/").status_code == 404


@pytest.mark.parametrize(
    ("script", "words"),
    [("exit 0", ""), ("exit 1", "found something"), ("exit 2", "could not be checked"), (None, "could not be checked")],
)
def test_the_scanner_has_the_last_word(world, settings, tmp_path, script, words):
    entry, _, visitor, folder = world
    scanner = tmp_path / "scan"
    if script:
        scanner.write_text(f'#!/bin/sh\ngrep -q said "$1" || exit 3\n{script}\n')
        scanner.chmod(0o700)
    settings.SCANNER = str(scanner)
    answer = attach(visitor, entry)
    if words:
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert files_in(folder) == []
    else:
        assert answer.status_code == 302
        assert len(files_in(folder)) == 1


# --- a bucket -------------------------------------------------------------------------------------------
class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as keeping, reading and deleting one object needs; addresses are /bucket/key."""

    objects: dict[str, bytes] = {}
    protocol_version = "HTTP/1.1"

    def _key(self):
        return unquote(urlsplit(self.path).path)

    def _answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self):
        if "chunked" not in self.headers.get("Content-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        raw, body = io.BytesIO(self.rfile.read(int(self.headers["Content-Length"]))), b""
        while size := int(raw.readline().split(b";")[0], 16):
            body += raw.read(size)
            raw.read(2)
        return body

    def do_PUT(self):
        assert "AWS4-HMAC-SHA256 Credential=key/" in self.headers["Authorization"]
        self.objects[self._key()] = self._body()
        self._answer(200, ETag='"1"')

    def do_GET(self):
        held = self.objects.get(self._key())
        if held is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, held, ETag='"1"')

    def do_HEAD(self):
        held = self.objects.get(self._key())
        self._answer(404 if held is None else 200, held or b"", ETag='"1"')

    def do_DELETE(self):
        self.objects.pop(self._key(), None)
        self._answer(204)

    def log_message(self, *args):
        pass


@pytest.fixture
def bucket(monkeypatch, settings):
    """A small server that speaks S3, and the settings that the environment gives for it."""
    from keepsight.config import settings as ours

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {"": "files", "_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "_KEY": "key",
                        "_SECRET": "secret"}.items():  # fmt: skip
        monkeypatch.setenv(f"KEEPSIGHT_ATTACHMENTS_S3{name}", value)
    settings.STORAGES = {**settings.STORAGES, "attachments": ours._attachments()}
    Bucket.objects = {}
    yield Bucket.objects
    server.shutdown()
    server.server_close()


def test_files_are_kept_in_a_bucket_where_the_settings_name_one(bucket):
    stored = attachments.keep(as_stream(b"What was said"))
    assert bucket == {f"/files/{stored}": b"What was said"}
    with attachments.read(stored) as held:
        assert held.read() == b"What was said"
    attachments.destroy(stored)
    assert bucket == {}
    attachments.destroy(stored)
