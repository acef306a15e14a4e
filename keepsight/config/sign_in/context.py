"""What pages before sign-in say about the ways in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def ways_in(request: HttpRequest) -> dict[str, Any]:
    """The council's own sign-in, passwords, and whether mail can be sent. Costs no query."""
    council = settings.SINGLE_SIGN_ON and {"name": settings.SINGLE_SIGN_ON["name"], "href": reverse("single_sign_on")}
    return {"council": council, "passwords_open": settings.PASSWORDS_OPEN, "mail_is_sent": bool(settings.EMAIL_HOST)}
