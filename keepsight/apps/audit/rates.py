"""How often one person, or one address of strangers, may do a thing, counted in the log: it holds over restarts."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from keepsight.apps.audit.models import Event
from keepsight.core.errors import TooOften
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Access, Rate


@cache
def rates() -> dict[str, Rate]:
    """The rates of the standing pack, by id."""
    return {rate.id: rate for rate in book().read("access", Access).rates}


def check_rate(by: Any, what: str, *, at: datetime) -> None:
    """
    Refuse a person who has done this as often as the pack allows; one query by person and time.

    Call it before the deed, and record the deed's event after it.

    Raises
    ------
    TooOften
        With when to try again.
    """
    rate = rates()[what]
    since = at - timedelta(minutes=rate.minutes)
    done = Event.objects.filter(actor_id=str(by.pk), at__gt=since, kind__in=rate.events).order_by("-at")
    done = done.exclude(detail__has_key="part")  # of one large file, which counts once
    if rate.source:
        done = done.filter(source__startswith=rate.source)
    oldest = done.values_list("at", flat=True)[rate.most - 1 : rate.most].first()  # of as many as are allowed
    if oldest is not None:
        again = oldest + timedelta(minutes=rate.minutes) - at
        minutes = max(1, round(again.total_seconds() / 60))
        raise TooOften(
            f"You have made {rate.most} {rate.words} in {_span(rate.minutes)}, which is as many as are allowed. "
            f"Try again in {_span(minutes)}."
        )


def is_too_often(address: str, what: str, *, at: datetime) -> bool:
    """Whether so many such events came from this address of the network already, by nobody who is signed in."""
    rate = rates()[what]
    since = at - timedelta(minutes=rate.minutes)
    done = Event.objects.filter(actor_id="", address=address[:45], at__gt=since, kind__in=rate.events)
    return done[: rate.most].count() >= rate.most


def _span(minutes: int) -> str:
    if minutes % 60 == 0:
        hours = minutes // 60
        return "an hour" if hours == 1 else f"{hours} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
