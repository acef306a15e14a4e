"""Planning contact anew on the queue, after an emergency changed how children are seen."""

from django.utils import timezone
from django_tasks import task

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.contact.actions import rate_and_plan


@task()
def plan_anew(code: str, user_id: int) -> int:
    """Rate and plan every child of an authority by the rules in force now; give how many have a plan."""
    authority, by = Authority.objects.get(code=code), User.objects.get(pk=user_id)
    _, planned = rate_and_plan(authority, on=timezone.localdate(), at=timezone.now(), by=by)
    return planned
