"""Work that takes seconds, done on the queue: a worker of its own makes the report, the page waits for it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django_tasks import TaskResult, TaskResultStatus, default_task_backend, task
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks_db.models import DBTaskResult

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.briefing import actions

LEASE = timedelta(minutes=10)  # no report takes so long: whoever was making it is gone


@task()
def make_morning_report(codes: list[str], user_id: int, on: str) -> int:
    """Make the report and give its number. Asked again after a crash it makes it anew: nothing is half made."""
    authorities = list(Authority.objects.filter(code__in=codes).order_by("name"))
    by = User.objects.get(pk=user_id)
    return actions.make_report(authorities, on=date.fromisoformat(on), at=timezone.now(), by=by).pk


def asked_for(result_id: UUID, user_id: int) -> TaskResult[Any] | None:
    """Where a report stands that this person asked for; None for anybody else's."""
    try:
        result = default_task_backend.get_result(str(result_id))
    except TaskResultDoesNotExist:
        return None
    return result if result.kwargs.get("user_id") == user_id else None


def put_back() -> int:
    """Put work back on the queue whose worker was killed; a worker starts with this."""
    left = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - LEASE)
    return left.update(status=TaskResultStatus.READY, started_at=None)
