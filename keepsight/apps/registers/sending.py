"""
Ways out: GOV.UK Notify where its key is set, else the mail server, else none.

A channel says of each message whether it was taken, may be tried again, or never will be; it does
not raise. Keys and passwords stay out of what it says.
"""

import logging
import smtplib
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from keepsight.apps.registers.models import Message

logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)  # its warnings quote what Notify quotes
NOTIFY = "https://api.notifications.service.gov.uk"


@dataclass(frozen=True)
class Result:
    """What became of one message. ``never``: trying again is of no use. ``all_fail``: nor is any other message."""

    ok: bool = False
    trouble: str = ""
    never: bool = False
    all_fail: bool = False
    id: str = ""


DOWN = Result(trouble="Not tried: the server did not answer the message before it.", all_fail=True)


class Channel(Protocol):
    """A way by which messages leave."""

    name: str

    def send(self, message: Message) -> Result:
        """Send one message and say what became of it."""


def is_open() -> bool:
    """Whether messages can leave at all."""
    return bool(settings.NOTIFY_KEY or settings.EMAIL_HOST)


def channel() -> Channel | None:
    """The way out of this deployment."""
    if settings.NOTIFY_KEY:
        return Notify(settings.NOTIFY_KEY, settings.NOTIFY_TEMPLATE, settings.NOTIFY_URL or NOTIFY)
    return Mail() if settings.EMAIL_HOST else None


class Mail:
    """The council's mail server."""

    name = "mail server"

    def send(self, message: Message) -> Result:
        """Hand a message to the server. Its Message-ID stays the same, so a mailbox may know a second copy."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        mail = EmailMessage(
            message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.to],
            headers={"Message-ID": f"<keepsight-{message.pk}-{message.made_at:%Y%m%d%H%M%S}@{domain}>"},
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend"),
        )  # fmt: skip
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=550)
            return Result(trouble=f"The mail server does not take this address ({code}).", never=code >= 500)
        except smtplib.SMTPAuthenticationError:
            return Result(trouble="The mail server refuses Keepsight's user or password.", all_fail=True)
        except smtplib.SMTPResponseException as refused:
            return Result(trouble=f"The mail server answered {refused.smtp_code}.")
        except (OSError, smtplib.SMTPException) as trouble:
            return Result(trouble=f"The mail server did not answer ({type(trouble).__name__}).", all_fail=True)
        except ValueError:  # a line break in an address, and the like
            return Result(trouble="The address is not one that mail can go to.", never=True)
        return Result(ok=True)


class Notify:
    """GOV.UK Notify: one template with the places ``subject`` and ``body``."""

    name = "GOV.UK Notify"

    def __init__(self, key: str, template: str, url: str):
        from notifications_python_client.notifications import NotificationsAPIClient

        self.template = template
        self.client: Any = NotificationsAPIClient(key, base_url=url, timeout=10)

    def send(self, message: Message) -> Result:
        """Hand a message to Notify."""
        from notifications_python_client.errors import HTTPError

        try:
            answer = self.client.send_email_notification(
                email_address=message.to, template_id=self.template,
                personalisation={"subject": message.subject, "body": message.body}, reference=f"keepsight-{message.pk}",
            )  # fmt: skip
        except HTTPError as refused:
            return _refused(int(getattr(refused, "status_code", 503) or 503))
        except Exception as trouble:  # noqa: BLE001 – the client lets errors of its libraries through
            return Result(trouble=f"GOV.UK Notify did not answer ({type(trouble).__name__}).", all_fail=True)
        return Result(ok=True, id=str((answer or {}).get("id", "")))


def _refused(status: int) -> Result:
    if status == 400:
        return Result(trouble="GOV.UK Notify does not take this message (400): is the address right?", never=True)
    if status in (401, 403):
        return Result(trouble=f"GOV.UK Notify refuses Keepsight's key ({status}).", all_fail=True)
    if status == 404:
        return Result(trouble="GOV.UK Notify does not know the template (404).", all_fail=True)
    if status == 429:
        return Result(trouble="GOV.UK Notify takes no more for now (429).", all_fail=True)
    return Result(trouble=f"GOV.UK Notify is out of order ({status}).", all_fail=True)
