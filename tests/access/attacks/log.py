"""The log itself, in the database."""

from collections.abc import Callable
from typing import Any

from keepsight.apps.audit.models import Event
from tests.access.attacks.table import ATTEMPTS, Attacker, Attempt


def _tampered(change: Callable[[], Any]) -> Callable[[Attacker], None]:
    def run(a: Attacker) -> None:
        from django.db import DatabaseError, transaction

        a.as_("own_worker").get(a.page("standard"))
        a.answers = []
        before = Event.objects.count()
        try:
            with transaction.atomic():
                change()
        except DatabaseError:
            pass
        else:
            raise AssertionError("the database let the log be changed")
        assert Event.objects.count() == before

    return run


def _change_the_newest() -> None:
    Event.objects.filter(pk=Event.objects.latest("pk").pk).update(kind="x")


for _key, _tried, _change in (
    ("LOG-01", "Delete from the log", lambda: Event.objects.all().delete()),
    ("LOG-02", "Change who looked", lambda: Event.objects.update(actor_name="Somebody Else")),
    ("LOG-03", "Change one event by its number", _change_the_newest),
):
    ATTEMPTS.append(
        Attempt(_key, f"{_tried}, in the database", "The database refuses", "child_opened", _tampered(_change))
    )
