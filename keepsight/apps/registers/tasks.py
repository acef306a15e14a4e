"""Work of the registers that a worker does: sending, digests, looking for what is due, large imports."""

from datetime import datetime

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from keepsight.apps.accounts.models import User
from keepsight.apps.registers.models import Import
from keepsight.core.errors import KeepsightError

OF_IMPORT = ("register__current", "register__authority", "event")


@task()
def send_messages() -> dict[str, int]:
    """Send what waits in the outbox."""
    from keepsight.apps.registers.actions import messages

    return messages.send_waiting(at=timezone.now())


@task()
def refresh_entries(register_id: int) -> int:
    """Work out anew what follows from the entries of a large register, whose definition changed."""
    from keepsight.apps.registers.actions.refreshing import refresh

    return refresh(register_id)


def ask_to_send() -> None:
    """Ask a worker to send, unless that is asked already: a task that has not begun will see every message."""
    asked = DBTaskResult.objects.filter(task_path=send_messages.module_path, status=TaskResultStatus.READY)
    if not asked.exists():
        send_messages.enqueue()


def tick(at: datetime) -> dict[str, int]:
    """
    Do everything whose time has come: plan whose easement began or ended, tell of what is due, write digests, send.

    Run every few minutes. Run twice, or by two at once, it does nothing twice.
    """
    from keepsight.apps.registers import digests, easing, notices
    from keepsight.apps.registers.actions import importing, messages, scanning

    planned = easing.renew(at=at)
    told = scanning.scan(at=at)
    written = digests.send(at=at)
    sent = messages.send_waiting(at=at)
    notices.forget_read(at=at)
    importing.forget_old(at=at)
    return {"planned_again": planned, **told, "digests": written, **sent}


@task()
def read_import(import_id: int, user_id: int, columns: list[str] | None = None) -> int:
    """Read a large file; its page waits."""
    from keepsight.apps.registers.actions import importing

    load, by = Import.objects.select_related(*OF_IMPORT).get(pk=import_id), User.objects.get(pk=user_id)
    try:
        return importing.read(load, by=by, at=timezone.now(), columns=columns).pk
    except KeepsightError as trouble:
        importing.refuse(load, trouble.sentence)
        return load.pk


@task()
def add_import(import_id: int, user_id: int) -> int:
    """Add the good rows of a large file. Asked again after a crash it adds them once."""
    from keepsight.apps.registers.actions import importing

    load, by = Import.objects.select_related(*OF_IMPORT).get(pk=import_id), User.objects.get(pk=user_id)
    try:
        return importing.add_rows(load, by=by, at=timezone.now())
    except KeepsightError as trouble:
        importing.hold(load, trouble.sentence)
        return 0


@task()
def change_many(bulk_id: int, user_id: int) -> int:
    """Go on with a change of many entries; asked twice, or again after a crash, it does nothing twice."""
    from keepsight.apps.registers.actions import bulk

    return bulk.carry_on_with(bulk_id, user_id, at=timezone.now())
