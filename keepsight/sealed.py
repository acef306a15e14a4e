"""
A text field that the database holds sealed: who copies the database cannot read it.

AES-256-GCM with a key ring of its own, apart from the secret key and from the database's backup.
A token names its key, so that old rows stay readable while ``keepsight keys rotate`` seals them
anew, and it is bound to its table and column, so that a token copied elsewhere does not open.
"""

import base64
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.functions import Cast

_NONCE = 12  # bytes


class CannotOpen(ValueError):
    """The key of a sealed text is not in the ring, or the text was changed."""


def new_key() -> str:
    """Make a key, in the form that the ring holds."""
    return base64.urlsafe_b64encode(AESGCM.generate_key(bit_length=256)).decode()


def ring() -> dict[str, bytes]:
    """The keys by their ids, the one that seals first: ``KEEPSIGHT_FIELD_KEYS`` as ``id:key,id:key``."""
    pairs = (pair.split(":", 1) for pair in settings.FIELD_KEYS.split(",") if pair)
    return {key_id.strip(): base64.urlsafe_b64decode(key.strip()) for key_id, key in pairs}


def seal(text: str, place: str) -> str:
    """Seal a text for one place (table and column)."""
    key_id, key = next(iter(ring().items()))
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{key_id}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(token: str, place: str) -> str:
    """
    Open what ``seal`` made.

    Raises
    ------
    CannotOpen
        If no key of the ring opens it here.
    """
    key_id, _, body = token.partition(":")
    key = ring().get(key_id)
    if key is None:
        raise CannotOpen(f"A sealed text needs the key {key_id}, which is not in KEEPSIGHT_FIELD_KEYS.")
    raw = base64.urlsafe_b64decode(body)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except InvalidTag:
        raise CannotOpen("A sealed text was changed, or moved here from another place.") from None


class SealedTextField(models.TextField):
    """Text that is sealed in the database and plain in Python. It cannot be searched."""

    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text, self._place()) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value, self._place()) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it cannot be searched.")
        return super().get_lookup(lookup_name)


@dataclass(frozen=True)
class InJson:
    """A library's JSON column some of whose texts we seal, such as the secrets of second factors."""

    label: str  # of the model
    column: str
    place: str


IN_JSON: list[InJson] = []  # told by the app that seals there, when it starts
_TOKEN = re.compile(r"[\w-]+:[\w-]{24,}={0,2}")


def _sealed_columns() -> list[tuple[type[models.Model], "SealedTextField"]]:
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    ]


def _tokens(model: type[models.Model], field: SealedTextField) -> Iterator[tuple[Any, str]]:
    """Primary keys and tokens of one column, as the database holds them."""
    held = model._base_manager.annotate(token=Cast(field.name, _Plain())).exclude(token="").exclude(token=None)
    yield from held.order_by("pk").values_list("pk", "token").iterator(chunk_size=500)


class _Plain(models.TextField):
    """Text as it stands there, for what works on tokens and not on what they seal."""


def _json_tokens(held: dict[str, Any]) -> dict[str, str]:
    """The texts of a JSON value that are tokens, by their keys."""
    return {key: text for key, text in held.items() if isinstance(text, str) and _TOKEN.fullmatch(text)}


def key_of(token: str) -> str:
    """The id of the key that sealed a token."""
    return token.partition(":")[0]


def counted() -> dict[tuple[str, str], int]:
    """How many texts each key seals: (table and column, key id) → count."""
    found: Counter[tuple[str, str]] = Counter()
    for model, field in _sealed_columns():
        found.update((field._place(), key_of(token)) for _, token in _tokens(model, field))
    for there in IN_JSON:
        for held in apps.get_model(there.label)._base_manager.values_list(there.column, flat=True):
            found.update((there.place, key_of(token)) for token in _json_tokens(held).values())
    return dict(found)


def seal_anew(*, batch: int) -> int:
    """
    Seal with the first key whatever an older one seals; gives how many texts.

    Row by row under its lock, so that a change made meanwhile is neither lost nor undone, and
    stopping in between loses nothing.

    Raises
    ------
    CannotOpen
        If a key that is needed is no longer in the ring. What came before stays done.
    """
    first, done = next(iter(ring())), 0
    for model, field in _sealed_columns():
        old = [pk for pk, token in _tokens(model, field) if key_of(token) != first]
        for start in range(0, len(old), batch):
            with transaction.atomic():
                rows = model._base_manager.select_for_update().filter(pk__in=old[start : start + batch])
                for row in rows:
                    model._base_manager.filter(pk=row.pk).update(**{field.name: getattr(row, field.attname)})
                    done += 1
    return done + sum(_seal_json_anew(there, first) for there in IN_JSON)


def _seal_json_anew(there: InJson, first: str) -> int:
    manager, done = apps.get_model(there.label)._base_manager, 0
    for pk in list(manager.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = manager.select_for_update().get(pk=pk)
            held = getattr(row, there.column)
            old = {key: token for key, token in _json_tokens(held).items() if key_of(token) != first}
            if old:
                anew = {key: seal(unseal(token, there.place), there.place) for key, token in old.items()}
                manager.filter(pk=pk).update(**{there.column: held | anew})
                done += len(old)
    return done
