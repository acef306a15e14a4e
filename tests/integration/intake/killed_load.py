"""What the process does that loads a folder and is killed while it does (``tests.killed``)."""

import pickle
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Load
from keepsight.apps.intake import actions
from keepsight.apps.intake.delivery import read_delivery
from keepsight.apps.intake.queries import register_digest
from keepsight.core.packs import book

AT = datetime(2020, 6, 3, 8, tzinfo=UTC)
book(event=None)  # read once, not in every fork


def council() -> Authority:
    return Authority.objects.get(code="fellshire")


def begin() -> None:
    Authority.objects.create(code="fellshire", name="Fellshire", la_code="990", is_example=True)


def read(folder: str) -> None:
    """Read the files and keep what they say: a killed load begins when the database is first asked."""
    _kept(folder).write_bytes(pickle.dumps(read_delivery(Path(folder))))


def _kept(folder: str) -> Path:
    return Path(folder).with_suffix(".read")


def load(folder: str, day: str) -> None:
    if _kept(folder).exists():
        actions.read_delivery = lambda *given: pickle.loads(_kept(folder).read_bytes())  # noqa: S301
    actions.load_folder(council(), Path(folder), as_at=date.fromisoformat(day), at=AT)


def undo() -> None:
    """Undo the newest committed load, if it is not the first."""
    committed = Load.objects.filter(state=Load.State.COMMITTED).order_by("-pk")
    if committed.count() > 1:
        actions.undo(committed[0], at=AT)


def digest() -> tuple[str, int]:
    """The digest of the register, and how many loads are committed."""
    with transaction.atomic():
        rows.lock()  # waits until the killed process's transaction has ended
        return register_digest(council()), Load.objects.filter(state=Load.State.COMMITTED).count()
