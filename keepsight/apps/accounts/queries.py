"""Answers about authorities: which packs and which contact table are in force there."""

from dataclasses import dataclass

from keepsight.apps.accounts.models import Authority
from keepsight.core.packs import Book, book
from keepsight.core.terms import ContactMode


@dataclass(frozen=True)
class InForce:
    """The rules that an authority works by today."""

    book: Book
    contact_mode: ContactMode


def in_force(authority: Authority) -> InForce:
    """Give the layered packs and the contact mode that the authority has switched on."""
    event = authority.settings.get("event_pack", "")
    mode = ContactMode(authority.settings.get("contact_mode", ContactMode.BAU))
    return InForce(book(event=event or None), mode)
