"""Where a person is signed in, and how that is said in words."""

from datetime import datetime

from keepsight.apps.accounts.models import Session, User

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "an Android phone or tablet"),
    ("Windows", "a Windows computer"), ("Mac OS", "a Mac"), ("CrOS", "a Chromebook"), ("Linux", "a Linux computer"),
)  # fmt: skip


def sessions_of(user: User, at: datetime) -> list[Session]:
    """Where a person is signed in now, the last used first."""
    return list(Session.objects.filter(user=user, expire_date__gt=at).order_by("-expire_date", "session_key"))


def device_in_words(named: str) -> str:
    """Say what a browser calls itself: ``Firefox on a Windows computer``."""
    browser = next((words for mark, words in _BROWSERS if mark in named), "")
    system = next((words for mark, words in _SYSTEMS if mark in named), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system.capitalize() or "An unknown browser"
