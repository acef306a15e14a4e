"""A small register with every kind of field, for the tests of forms and pages of entries."""

from typing import Any

from django.test import Client

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.registers.definitions import as_text
from keepsight.apps.registers.models import Register, Version
from keepsight.core.packs.kinds.registers import FIELD_KINDS
from tests import factories as make

FULL = {"leader": "leader", "team_manager": "team_manager"}


def field(kind: str, **more: Any) -> dict[str, Any]:
    """One field of a kind, with what that kind needs."""
    needs: dict[str, Any] = {}
    if kind in ("choice", "several"):
        needs["choices"] = [{"id": "red_cross", "name": "Red Cross"}, {"id": "scouts", "name": "Scouts"}]
    if kind == "computed":
        needs["formula"] = "f_number + 1"
    if kind == "entry":
        needs["register"] = "thing"
    return {"id": f"f_{kind}", "label": f"The {kind.replace('_', ' ')}", "kind": kind, **needs, **more}


def definition(**more: Any) -> dict[str, Any]:
    """A register called Thing, with a field of every kind."""
    rest = [field(kind) for kind in FIELD_KINDS if kind != "text"]
    return {
        "source": "Invented for the tests", "confidence": "P", "owner": "Nobody", "review_on": make.TODAY,
        "name": "Thing", "plural": "Things", "purpose": "To be tried out.", "area": "command", "prefix": "THG",
        "title": "f_text", "retention": "event_record",
        "fields": [field("text", required=True), *rest],
        "states": [
            {"id": "open", "name": "Open", "moves": ["done", "dropped"]},
            {"id": "done", "name": "Done", "ends": True, "needs": ["f_long_text"]},
            {"id": "dropped", "name": "Dropped", "ends": True, "reason": True, "moves": ["open"]},
        ],
        "clocks": [
            {"id": "due", "title": "Due", "from": "f_date", "every": 0, "unit": "days", "while": ["open"],
             "source": "Invented", "confidence": "P"},
        ],
        "access": {
            "read": ["leader", "team_manager", "provider", "owner"], "add": ["leader", "team_manager"],
            "change": ["leader", "team_manager"], "move": ["leader", "team_manager"],
            "assign": ["leader", "team_manager"], "export": ["leader"],
        },
        "list": {"columns": ["number", "title", "state"]},
        **more,
    }  # fmt: skip


def register(of: Authority, **more: Any) -> Register:
    """Install such a register in an authority."""
    made = Register.objects.create(authority=of, key=more.pop("key", "thing"))
    publish(made, **more)
    return made


def publish(of: Register, **more: Any) -> Version:
    """Give a register a new version."""
    number = of.current.number + 1 if of.current else 1
    of.current = Version.objects.create(
        register=of, number=number, definition=as_text(definition(**more)), made_at=make.NOW
    )
    of.save(update_fields=["current"])
    return of.current


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client
