"""
Digests: one message a person, with counts and names of registers. The page of notices shows what they are.

A digest holds what was told before its hour, so it goes out with the first tick after that hour,
and no later tick finds anything: nothing remembers that it was sent but the notices themselves.
"""

from collections import Counter
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.registers import notices, sending
from keepsight.apps.registers.actions import messages
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import MailChoice, Notice

HOUR = time(7, 0)  # before the working day, after the night's loads
WEEKDAY = 0  # Monday: the week's digest opens the week
SAID = {
    "added": "added", "assigned": "given out", "moved": "moved on", "mentioned": "with a comment that mentions you",
    "due_soon": "due soon", "overdue": "overdue",
}  # fmt: skip


def send(*, at: datetime) -> int:
    """Write the digests whose hour has come; gives how many messages were written."""
    ends = {"daily": last_hour(at), "weekly": last_hour(at, weekly=True)}
    due = [
        user
        for digest, end in ends.items()
        for user in _waiting(digest, end).order_by().values_list("user_id", flat=True).distinct()
    ]
    return sum(_send_to(user, ends, at) for user in sorted(set(due)))


def last_hour(at: datetime, *, weekly: bool = False) -> datetime:
    """The last hour of a digest that has come: seven this morning or yesterday's; of the week, Monday's."""
    local = timezone.localtime(at)
    day = local.date() if local.time() >= HOUR else local.date() - timedelta(days=1)
    if weekly:
        day -= timedelta(days=(day.weekday() - WEEKDAY) % 7)
    return datetime.combine(day, HOUR, local.tzinfo)


def _waiting(digest: str, end: datetime):  # noqa: ANN202 – a queryset of notices
    return Notice.objects.filter(digest=digest, digested_at=None, at__lt=end)


def _send_to(user_id: int, ends: dict[str, datetime], at: datetime) -> bool:
    """One message for all that waits for one person. What they have read meanwhile is left out."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        rows = [
            row
            for digest, end in ends.items()
            for row in _waiting(digest, end)
            .filter(user=user)
            .select_related("entry__register__current", "entry__register__authority")
        ]
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(digested_at=at)
        unwanted = set(MailChoice.objects.filter(user=user, wanted=False).values_list("register_id", flat=True))
        told = [
            row for row in rows
            if row.read_at is None and row.entry is not None and row.entry.register_id not in unwanted
        ]  # fmt: skip
        if not told or None in unwanted or not user.is_active or not sending.is_open():
            return False
        newest = max(told, key=lambda row: row.at)
        messages.queue(
            newest.entry.register.authority, to=user.email, user=user, at=at,  # type: ignore[union-attr]
            subject=f"Keepsight: {len(told)} {'thing waits' if len(told) == 1 else 'things wait'} for you",
            body=notices.mail_about(*_lines(told)),
        )  # fmt: skip
    return True


def _lines(rows: list[Notice]) -> list[str]:
    """Actions: 3 overdue, 1 due soon."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        rule = rule_of(row.entry.register.current)  # type: ignore[union-attr, arg-type]
        counts.setdefault(rule.plural, Counter())[SAID.get(row.alert, row.alert)] += 1
    return [
        f"{name}: {', '.join(f'{n} {what}' for what, n in found.items())}" for name, found in sorted(counts.items())
    ]
