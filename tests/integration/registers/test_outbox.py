"""Messages leave once, wait while a server is down, and are given up where somebody sees it."""

import base64
import json
import socketserver
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
from django.test import override_settings

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import sending
from keepsight.apps.registers.actions import messages
from keepsight.apps.registers.models import Message
from tests import factories as make

pytestmark = pytest.mark.django_db
SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"pilot-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"


class FakeNotify(HTTPServer):
    """GOV.UK Notify, as far as its API for e-mail goes. ``answers``: status of the next messages; then 201."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _NotifyPage)
        self.answers, self.taken, self.asked = [], [], 0


class _NotifyPage(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.asked += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers["Authorization"].removeprefix("Bearer ")
        try:
            assert jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})["iss"] == SERVICE
            status = self.server.answers.pop(0) if self.server.answers else 201
        except jwt.InvalidTokenError:
            status = 403
        assert self.path == "/v2/notifications/email"
        if status == 201:
            self.server.taken.append(body)
            said = {"id": f"id-{len(self.server.taken)}", "reference": body["reference"], "content": {}}
        else:
            said = {"status_code": status, "errors": [{"error": "Error", "message": body["email_address"]}]}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *args):
        pass


class FakeMail(socketserver.ThreadingTCPServer):
    """A mail server that takes everything but what ends in ``@nowhere.example``."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _MailTalk)
        self.taken = []


class _MailTalk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.taken.append(text.decode())
                self.wfile.write(b"250 taken\r\n")
            elif verb == b"RCPT" and b"@nowhere.example" in line:
                self.wfile.write(b"550 nobody\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 yes\r\n")


def serving(server):
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.fixture
def notify():
    server = serving(FakeNotify())
    with override_settings(
        NOTIFY_KEY=KEY, NOTIFY_TEMPLATE=TEMPLATE, NOTIFY_URL=f"http://127.0.0.1:{server.server_address[1]}"
    ):
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail():
    server = serving(FakeMail())
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.server_address[1], EMAIL_USE_TLS=False):
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def authority():
    return make.authority()


def queue(authority, to="ada@example.org"):
    return messages.queue(authority, to=to, subject="Keepsight: one thing waits", body="See it there.", at=make.NOW)


def test_notify_takes_a_message_by_its_api(authority, notify):
    queue(authority)
    assert messages.send_waiting(at=make.NOW) == {"sent": 1, "again": 0, "given_up": 0}
    message = Message.objects.get()
    assert (message.state, message.notify_id, message.sent_at) == ("sent", "id-1", make.NOW)
    assert notify.taken == [
        {
            "email_address": "ada@example.org",
            "template_id": TEMPLATE,
            "personalisation": {"subject": "Keepsight: one thing waits", "body": "See it there."},
            "reference": f"keepsight-{message.pk}",
        }
    ]
    assert messages.send_waiting(at=make.NOW + timedelta(days=1))["sent"] == 0


@pytest.mark.parametrize(
    ("status", "state", "trouble"),
    [
        (400, "given_up", "(400)"), (403, "waiting", "refuses Keepsight's key"), (429, "waiting", "no more for now"),
        (500, "waiting", "out of order"),
    ],
)  # fmt: skip
def test_what_notify_refuses_waits_or_is_given_up(authority, notify, status, state, trouble):
    notify.answers = [status] * 9
    queue(authority)
    messages.send_waiting(at=make.NOW)
    message = Message.objects.get()
    assert (message.state, message.tries) == (state, 1)
    assert trouble in message.trouble
    assert SECRET not in message.trouble
    assert "ada" not in message.trouble


def test_another_key_is_refused(authority, notify):
    other = f"pilot-{SERVICE}-{SECRET[::-1]}"
    queue(authority)
    with override_settings(NOTIFY_KEY=other):
        messages.send_waiting(at=make.NOW)
    assert Message.objects.get().state == "waiting"
    assert not notify.taken


def test_when_the_server_is_down_the_rest_is_not_tried_and_nothing_is_lost(authority, notify):
    notify.answers = [500]
    for n in range(5):
        queue(authority, to=f"a{n}@example.org")
    messages.send_waiting(at=make.NOW)
    assert notify.asked == 1
    assert Message.objects.filter(state="waiting").count() == 5
    assert messages.send_waiting(at=make.NOW + timedelta(minutes=2))["sent"] == 5


def test_the_mail_server_takes_a_message(authority, mail):
    queue(authority)
    assert messages.send_waiting(at=make.NOW)["sent"] == 1
    (text,) = mail.taken
    assert "Subject: Keepsight: one thing waits" in text
    assert f"Message-ID: <keepsight-{Message.objects.get().pk}-" in text


def test_an_address_that_the_mail_server_does_not_take_is_given_up_and_the_others_go(authority, mail):
    queue(authority, to="gone@nowhere.example")
    queue(authority)
    assert messages.send_waiting(at=make.NOW) == {"sent": 1, "again": 0, "given_up": 1}


def test_the_pauses_grow_and_after_eight_tries_a_message_is_given_up(authority):
    queue(authority)
    at, waited = make.NOW, []
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=9, EMAIL_USE_TLS=False):
        for _ in range(messages.MOST_TRIES):
            messages.send_waiting(at=at)
            held = Message.objects.get()
            waited.append(held.next_at - at)
            at = held.next_at
        assert messages.send_waiting(at=at + timedelta(days=9)) == {"sent": 0, "again": 0, "given_up": 0}
    assert tuple(waited[:-1]) == messages.PAUSES
    assert (held.state, held.tries) == ("given_up", 8)
    assert "mail server did not answer" in held.trouble


def test_without_a_way_out_nothing_is_tried(authority):
    queue(authority)
    assert messages.send_waiting(at=make.NOW) == {"sent": 0, "again": 0, "given_up": 0}
    assert Message.objects.get().tries == 0


def test_a_message_that_one_sender_has_is_not_taken_by_another(authority):
    queue(authority)
    assert len(messages.claim(make.NOW)) == 1
    assert messages.claim(make.NOW) == []
    # ... and a sender that was killed before it marked it: it is tried again when the lease is over.
    assert len(messages.claim(make.NOW + messages.LEASE)) == 1


def test_administrators_see_what_was_not_sent_and_try_again(authority, client, notify):
    admin = make.user(Role.ADMINISTRATOR, of=authority)

    def sign_in(user):
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    other = queue(make.authority(), to="elsewhere@example.org")
    queue(authority)
    Message.objects.update(state="given_up", tries=8, trouble="The mail server did not answer (OSError).")
    page = sign_in(admin).get("/registers/messages/")
    assert "ada@example.org" in page.text
    assert "elsewhere@example.org" not in page.text
    sign_in(admin).post("/registers/messages/unsent/again/", {"message": other.pk})
    assert Message.objects.filter(state="given_up").count() == 2
    sign_in(admin).post("/registers/messages/unsent/again/", {})
    assert Message.objects.get(to="ada@example.org").state == "waiting"
    nobody = sign_in(make.user(Role.PRACTITIONER, of=authority)).get("/registers/messages/")
    assert nobody.status_code == 403


def test_what_a_channel_says_holds_no_key():
    channel = sending.Notify(KEY, TEMPLATE, "http://127.0.0.1:9")
    result = channel.send(Message(pk=1, to="ada@example.org", subject="x", body="y"))
    assert result.all_fail
    assert SECRET not in result.trouble
    assert base64.b64encode(SECRET.encode()).decode() not in result.trouble
