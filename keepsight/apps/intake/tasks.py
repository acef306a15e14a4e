"""Reading and loading a delivery on the queue: the page that asked waits for it."""

from datetime import date
from pathlib import Path

from django.utils import timezone
from django_tasks import task

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit.models import Load
from keepsight.apps.contact.actions import rate_and_plan
from keepsight.apps.intake import actions, uploads
from keepsight.core.errors import BadInput


@task()
def read_delivery(place: str, code: str, as_at: str, user_id: int) -> int:
    """Stage what was sent and give the load's number; a delivery that cannot be used is a load that says why."""
    authority, by = Authority.objects.get(code=code), User.objects.get(pk=user_id)
    folder = uploads.folder() / Path(place).name
    try:
        load = actions.stage(authority, folder, as_at=date.fromisoformat(as_at), at=timezone.now(), by=by)
    except BadInput:
        refused = Load.objects.filter(authority_code=code, state=Load.State.REFUSED).order_by("pk").last()
        if refused is None:
            raise
        uploads.forget_folder(folder)
        return refused.pk
    uploads.remember(folder, load)
    return load.pk


@task()
def load_delivery(load_id: int, user_id: int) -> int:
    """Commit a staged load, rate and plan, and take the files away."""
    load, by = Load.objects.get(pk=load_id), User.objects.get(pk=user_id)
    place = uploads.delivery_of(load)
    if load.state == Load.State.COMMITTED or place is None:
        return load.pk  # done before: asked twice, or again after a crash
    authority = Authority.objects.get(code=load.authority_code)
    actions.commit(load, place, at=timezone.now(), by=by)
    rate_and_plan(authority, on=timezone.localdate(), at=timezone.now())
    uploads.forget(load)
    return load.pk
