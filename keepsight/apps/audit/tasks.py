"""Work on the log that nobody waits for: checking it, and anchoring it once a day."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from keepsight.apps.audit import anchors
from keepsight.apps.audit.verifying import verify

AGAIN = timedelta(hours=1)


@task()
def check_log(user_id: int, name: str) -> str:
    """Check the whole log for somebody; the outcome is an event, which the page shows."""
    return verify(at=timezone.now(), by=_Asker(user_id, name)).sentence


class _Asker:
    """Who asked, as an event names them; the log knows no table of people."""

    def __init__(self, pk: int, name: str):
        self.pk, self.name = pk, name


@task()
def keep_anchored() -> bool:
    """Anchor the log when that is due, and look again in an hour."""
    made = anchors.anchor_if_due(at=timezone.now())
    keep_anchored.using(run_after=timezone.now() + AGAIN).enqueue()
    return made


def begin() -> None:
    """Start to keep the log anchored; the queue begins with this. What earlier hours left there is cleared away."""
    DBTaskResult.objects.filter(task_path=keep_anchored.module_path).exclude(status=TaskResultStatus.RUNNING).delete()
    keep_anchored.enqueue()
