"""What waits in the outbox, and what could not be sent."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from keepsight.apps.registers.models import Message


def given_up(authorities: Iterable[int]) -> QuerySet[Message]:
    """Messages that will not be tried again by themselves, newest first."""
    return _of(authorities).filter(state=Message.State.GIVEN_UP).order_by("-made_at", "-pk")


def failing(authorities: Iterable[int]) -> QuerySet[Message]:
    """Messages that failed and will be tried again, the next first."""
    return _of(authorities).filter(state=Message.State.WAITING, tries__gt=0).order_by("next_at", "pk")


def counts(authorities: Iterable[int]) -> dict[str, int]:
    """How many messages are in each state."""
    rows = _of(authorities).order_by().values_list("state").annotate(Count("pk"))
    return {**dict.fromkeys(Message.State.values, 0), **dict(rows)}


def _of(authorities: Iterable[int]) -> QuerySet[Message]:
    return Message.objects.filter(authority__in=list(authorities))
