"""Work of the registers that a worker does: sending, digests, looking for what is due, large imports."""

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult


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
