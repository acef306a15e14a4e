"""
Deleting files from their store: after the commit, and again until the store has done it.

What is to go is written down in the transaction that takes away its line, so that neither a store that
does not answer nor a process that is killed leaves a file behind.
"""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from keepsight.apps.registers import attachments
from keepsight.apps.registers.models import FileToDelete

BATCH = 500  # of one look
log = logging.getLogger(__name__)


def delete_after_commit(names: Iterable[str]) -> None:
    """Have these files deleted once the transaction is through."""
    files = list(names)
    FileToDelete.objects.bulk_create([FileToDelete(stored_as=name) for name in files], ignore_conflicts=True)
    transaction.on_commit(lambda: [_delete(name) for name in files])


def delete_waiting() -> dict[str, int]:
    """Try again what could not be deleted, the least tried first; gives how many went, and how many still wait."""
    waiting = FileToDelete.objects.order_by("tries", "pk").values_list("stored_as", flat=True)[:BATCH]
    done = sum(_delete(name) for name in list(waiting))
    return {"files_deleted": done, "files_not_deleted_yet": FileToDelete.objects.count()}


def _delete(name: str) -> bool:
    try:
        attachments.destroy(name)
    except Exception:  # noqa: BLE001 – each kind of store has errors of its own
        FileToDelete.objects.filter(stored_as=name).update(tries=F("tries") + 1)
        log.warning("An attached file could not be deleted from its store; it is tried again.")
        return False
    FileToDelete.objects.filter(stored_as=name).delete()
    return True
