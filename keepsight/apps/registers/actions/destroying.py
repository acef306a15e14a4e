"""
Destroying entries with all that goes with them.

Who may, and when, is for who calls: governance, after the owner of the records approved a list, and when the
record of a child goes that an entry is about.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db.models import CASCADE, PROTECT, ManyToOneRel, Model

from keepsight.apps.registers.actions.deleting import delete_after_commit
from keepsight.apps.registers.models import Attachment, Entry, ImportRow

BATCH = 500


@cache
def going_with(model: type[Model]) -> tuple[tuple[type[Model], str], ...]:
    """Every table whose rows go with a row of this one, and the look-up that leads there."""
    return tuple(dict.fromkeys(_below(model, "")))


def _below(model: type[Model], path: str) -> Iterator[tuple[type[Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.on_delete not in (CASCADE, PROTECT):
            continue
        if relation.on_delete is PROTECT and model is not Entry:
            continue  # what keeps another row where it is stays
        lookup = f"{relation.field.name}__{path}" if path else relation.field.name
        yield relation.related_model, lookup
        if relation.related_model is not model:
            yield from _below(relation.related_model, lookup)


def held_by(entries: Sequence[int]) -> dict[type[Model], set[Any]]:
    """Keys of the rows that go with these entries, by table: history, comments, files, rows of imports."""
    held: dict[type[Model], set[Any]] = {Entry: set(entries)}
    for start in range(0, len(entries), BATCH):
        some = entries[start : start + BATCH]
        for model, path in (*going_with(Entry), (ImportRow, "entry")):
            chosen = model._base_manager.filter(**{f"{path}__in": some})
            held.setdefault(model, set()).update(chosen.values_list("pk", flat=True))
    return {model: keys for model, keys in held.items() if keys}


def destroy(entries: Sequence[int]) -> dict[type[Model], int]:
    """
    Delete these entries; their files go once the transaction is through, so that no line is without its file.

    Returns
    -------
    dict
        Table → how many rows went.
    """
    held = held_by(entries)
    files = list(Attachment.objects.filter(pk__in=held.get(Attachment, ())).values_list("stored_as", flat=True))
    for model, keys in _the_protecting_first(held):
        model._base_manager.filter(pk__in=keys).delete()
    delete_after_commit(files)
    return {model: len(keys) for model, keys in held.items()}


def _the_protecting_first(held: dict[type[Model], set[Any]]) -> Iterable[tuple[type[Model], set[Any]]]:
    return [*((model, keys) for model, keys in held.items() if model is not Entry), (Entry, held.get(Entry, set()))]
