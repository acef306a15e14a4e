"""What somebody was told of, and whether they want mail about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse

from keepsight.apps.accounts.models import User
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import MailChoice, Notice, Register

KEPT = timedelta(days=90)  # of what was read


def notices_of(user: User, *, exercise: Event | None = None) -> QuerySet[Notice]:
    """A person's notices, newest first: the live ones, or those of the exercise that they work in."""
    mine = Notice.objects.filter(user=user)
    mine = mine.filter(entry__exercise=exercise) if exercise else mine.filter(Q(entry=None) | Q(entry__exercise=None))
    return mine.order_by("-at", "-pk")


def unread(user: User, *, exercise: Event | None = None) -> int:
    """How many are not read yet. One query, by an index that holds nothing else."""
    return notices_of(user, exercise=exercise).filter(read_at=None).count()


def unread_beside(user: str) -> Subquery:
    """How many live notices are not read, as a column beside rows that name a user; nothing for none."""
    theirs = Notice.objects.filter(user=OuterRef(user), read_at=None).filter(Q(entry=None) | Q(entry__exercise=None))
    return Subquery(theirs.order_by().values("user").annotate(count=Count("pk")).values("count"))


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


def mail_off(user: User) -> set[int | None]:
    """What somebody wants no mail about: ids of registers; None among them: nothing at all."""
    return set(MailChoice.objects.filter(user=user, wanted=False).values_list("register_id", flat=True))


@transaction.atomic
def choose_mail(user: User, *, off: set[int | None], about: Iterable[int]) -> None:
    """Keep what somebody wants mail about, of the registers that they were asked about."""
    asked = Q(register=None) | Q(register__in=list(about))
    MailChoice.objects.filter(asked, user=user).delete()
    MailChoice.objects.bulk_create([MailChoice(user=user, register_id=each, wanted=False) for each in off])


def mark_read(user: User, *, at: datetime, pk: int | None = None, exercise: Event | None = None) -> Notice | None:
    """Mark one notice of a person as read, or all of them; gives the one."""
    mine = notices_of(user, exercise=exercise)
    some = mine.filter(pk=pk) if pk is not None else mine
    Notice.objects.filter(pk__in=some.filter(read_at=None).order_by().values("pk")).update(read_at=at)
    return some.select_related("entry").first() if pk is not None else None


def forget_read(*, at: datetime) -> int:
    """Take away notices that were read long ago: the entries keep their own history."""
    gone, _ = Notice.objects.filter(read_at__lt=at - KEPT).exclude(digest__gt="", digested_at=None).delete()
    return gone
