"""What somebody was told of, and whether they want mail about it."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from keepsight.apps.accounts.models import User
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import MailChoice, Notice, Register


def notices_of(user: User, *, exercise: Event | None = None) -> QuerySet[Notice]:
    """A person's notices, newest first: the live ones, or those of the exercise that they work in."""
    mine = Notice.objects.filter(user=user)
    mine = mine.filter(entry__exercise=exercise) if exercise else mine.filter(Q(entry=None) | Q(entry__exercise=None))
    return mine.order_by("-at", "-pk")


def unread(user: User, *, exercise: Event | None = None) -> int:
    """How many are not read yet. One query, by an index that holds nothing else."""
    return notices_of(user, exercise=exercise).filter(read_at=None).count()


def without_mail(users: Iterable[int], register: Register | None = None) -> set[int]:
    """Of these people, those who want no mail: about this register, or at all."""
    off = MailChoice.objects.filter(user__in=set(users), wanted=False)
    about = Q(register=None) | Q(register=register) if register else Q(register=None)
    return set(off.filter(about).values_list("user_id", flat=True))


def mail_about(*lines: str) -> str:
    """The words of a message: that something waits, and where."""
    return "\n".join(
        [
            *lines,
            "",
            f"See your notices in Keepsight: {address('registers:notices')}",
            "",
            "Keepsight puts no names into mail. What mail you get, you choose there too.",
        ]
    )


def address(name: str) -> str:
    """A page's whole address, as a message carries it."""
    try:
        path = reverse(name)
    except NoReverseMatch:
        path = "/"
    return f"{settings.SITE_ADDRESS}{path}"
