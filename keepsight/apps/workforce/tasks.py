"""Filling a rota takes seconds: it is done on the queue, and the page waits."""

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from keepsight.apps.accounts.models import User
from keepsight.apps.workforce.actions import fill
from keepsight.apps.workforce.alerts import tell_of_shortage
from keepsight.apps.workforce.models import Rota


@task()
def fill_rota(rota_id: int, user_id: int) -> int:
    """Fill a rota and give its number. Asked again after a crash it fills anew: nothing is half done."""
    rota, by = Rota.objects.select_related("authority").get(pk=rota_id), User.objects.get(pk=user_id)
    return fill(rota, by=by, at=timezone.now()).pk


def tick(at: datetime) -> dict[str, int]:
    """Tell of teams that are or will be short. Twice tells nobody twice."""
    return {"told_of_shortage": tell_of_shortage(at)}
