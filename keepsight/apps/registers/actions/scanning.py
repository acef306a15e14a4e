"""
Looking for what is due soon or overdue, and telling of it once.

Each look reads only what can have become due since the one before: by the index on the due day,
those whose day came meanwhile, and by the index on changes, those that were changed. A notice is
told once for one entry, alert and day (``Notice.once``), so looking twice tells nobody twice.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.registers.actions.telling import Telling
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.packs.kinds import Register as Rule

DUE_SOON, OVERDUE = "due_soon", "overdue"
FIRST_LOOK_BACK = timedelta(days=7)  # the first look at a register tells nobody of what is overdue for years
OVERLAP = timedelta(minutes=5)  # a change may carry a moment of its own, a little before it is written
AT_ONCE = 500


def scan(*, at: datetime) -> dict[str, int]:
    """Tell of what became due soon or overdue since the last look; gives how many notices of each."""
    counts = {DUE_SOON: 0, OVERDUE: 0}
    grants: dict[int, Grants] = {}
    exercised = Entry.objects.filter(register=OuterRef("pk"), exercise__state=Event.State.ACTIVE)
    used = Register.objects.filter(Q(is_on=True) | Exists(exercised), current__isnull=False)
    for key in used.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            register = (
                Register.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("current", "authority")
                .filter(pk=key)
                .first()
            )
            if register is None or register.current is None:
                continue  # another look has it
            rule = rule_of(register.current)
            if any(each.when in counts for each in rule.alerts):
                for alert, count in _scan(register, rule, at, grants).items():
                    counts[alert] += count
    return counts


def _scan(register: Register, rule: Rule, at: datetime, grants: dict[int, Grants]) -> dict[str, int]:
    telling = Telling(register, at, grants=grants)
    since = register.told_at or at - FIRST_LOOK_BACK
    counts = {}
    for alert in {each.when for each in rule.alerts} & {DUE_SOON, OVERDUE}:
        counts[alert] = 0
        for entries in _candidates(register, rule, alert, since=since, at=at):
            once = {each.pk: f"{each.pk}:{alert}:{each.due_clock}:{each.due_on}"[:120] for each in entries}
            counts[alert] += len(telling.tell(entries, alert, once=once))
    Register.objects.filter(pk=register.pk).update(told_at=at)
    return counts


def _candidates(
    register: Register, rule: Rule, alert: str, *, since: datetime, at: datetime
) -> Iterator[list[Entry]]:  # fmt: skip
    """The live entries, and those of exercises that run, that came into this condition since then."""
    running = Event.objects.filter(
        authority=register.authority_id, is_exercise=True, state=Event.State.ACTIVE
    ).values_list("pk", flat=True)
    for exercise in (None, *running) if register.is_on else running:
        open_ = Entry.objects.filter(register=register, exercise=exercise, is_open=True)
        for condition in _conditions(rule, alert, since, at):
            yield from _in_parts(open_.filter(condition))


def _conditions(rule: Rule, alert: str, since: datetime, at: datetime) -> list[Q]:
    today, before = timezone.localtime(at).date(), timezone.localtime(since).date()
    changed = Q(changed_at__gte=since - OVERLAP)
    if alert == OVERDUE:
        return [_is_overdue(today, at) & Q(due_on__gte=before), _is_overdue(today, at) & changed]
    longest = max((clock.soon_days for clock in rule.clocks), default=0)
    soon = Q(soon_on__lte=today, due_on__gte=today, due_on__lte=today + timedelta(days=longest))
    soon &= Q(due_at=None) | Q(due_at__gt=at)
    came = [] if before == today else [soon & Q(soon_on__gt=before)]  # a day is soon from its morning on
    return [*came, soon & changed]


def _is_overdue(today: date, at: datetime) -> Q:
    return Q(due_on__lte=today) & (Q(due_on__lt=today, due_at=None) | Q(due_at__lte=at))


def _in_parts(entries: QuerySet[Entry]) -> Iterator[list[Entry]]:
    found = list(entries.order_by().values_list("pk", flat=True))
    for start in range(0, len(found), AT_ONCE):
        yield list(Entry.objects.filter(pk__in=found[start : start + AT_ONCE]).select_related("exercise"))
