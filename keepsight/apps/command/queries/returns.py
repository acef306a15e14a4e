"""Returns: what is owed, what came, and how each body answered over the days."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from keepsight.apps.accounts.models import Service, User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.command.models import ReturnRound, ReturnSlip
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.packs.kinds.events import ReturnRule

ROUNDS_SHOWN = 14  # columns of the history


def mine(slips: QuerySet[ReturnSlip], user: Any) -> QuerySet[ReturnSlip]:
    """The returns that a person still has to give, the oldest first."""
    return (
        slips.filter(responsible=user, entry=None, round__event__state=Event.State.ACTIVE)
        .select_related("round__event")
        .order_by("round__due_at", "owed_by")[:50]
    )


def rounds(visible: QuerySet[ReturnRound], event: Event) -> list[ReturnRound]:
    """The newest rounds of an event with how many slips each has and how many came. One query."""
    came = Count("slips", filter=Q(slips__entry__isnull=False))
    counted = visible.filter(event=event).annotate(owed=Count("slips"), came=came)
    return list(counted.order_by("-due_at", "title")[:30])


def slips_of(round_: ReturnRound) -> list[ReturnSlip]:
    """The slips of a round: those that are missing first, then by name."""
    found = round_.slips.select_related("responsible", "entry__version", "round__event")
    return sorted(found, key=lambda slip: (slip.entry_id is not None, slip.owed_by))


def readable(grants: Grants, slips: Iterable[ReturnSlip], exercise: Event | None) -> set[int]:
    """Of the returns that came, the entries that the person may read. One query a register."""
    entries = [slip.entry for slip in slips if slip.entry is not None]
    registers = Register.objects.filter(pk__in={entry.register_id for entry in entries}).select_related(
        "current", "authority"
    )
    found: set[int] = set()
    for register in registers:
        pks = [entry.pk for entry in entries if entry.register_id == register.pk]
        visible = entries_visible_to(grants, register, exercise=exercise).filter(pk__in=pks)
        found.update(visible.values_list("pk", flat=True))
    return found


def last_of(slip: ReturnSlip, register: str) -> Entry | None:
    """The last return of the same body in the same register: the form begins with it."""
    keys = [rule.id for rule in rule_of(slip.round.event).returns if rule.register == register]
    before = ReturnSlip.objects.filter(
        round__event=slip.round.event, round__key__in=keys, owed_by=slip.owed_by, entry__isnull=False
    )
    found = before.exclude(pk=slip.pk).select_related("entry").order_by("-came_at").first()
    return found.entry if found else None


def history(
    visible: QuerySet[ReturnRound], event: Event, register: str
) -> tuple[list[ReturnRound], dict[str, dict[int, ReturnSlip]]]:
    """The last rounds of a register's returns, and each body's slip in each of them. Two queries."""
    keys = [rule.id for rule in rule_of(event).returns if rule.register == register]
    found = list(visible.filter(event=event, key__in=keys).order_by("-due_at")[:ROUNDS_SHOWN])[::-1]
    by_body: dict[str, dict[int, ReturnSlip]] = {}
    for slip in ReturnSlip.objects.filter(round__in=found).order_by("owed_by"):
        by_body.setdefault(slip.owed_by, {})[slip.round_id] = slip
    return found, by_body


def kinds(event: Event) -> list[ReturnRule]:
    """The returns of an event, one for each register that they are kept in."""
    first: dict[str, ReturnRule] = {}
    for rule in rule_of(event).returns:
        first.setdefault(rule.register, rule)
    return list(first.values())


def services_named(event: Event) -> dict[str, int]:
    """Service → id."""
    return dict(Service.objects.filter(authority=event.authority).values_list("name", "pk"))


def answerable(event: Event) -> list[tuple[int, str]]:
    """Who may be named for a body: whoever has a role in the authority."""
    held = User.objects.filter(memberships__authority=event.authority, is_active=True).distinct()
    return list(held.order_by("name").values_list("pk", "name"))


def user(pk: Any) -> User | None:
    """Somebody chosen from ``answerable``."""
    return User.objects.filter(pk=pk, is_active=True).first() if pk else None


def state_of(slip: ReturnSlip, due_at: datetime, at: datetime) -> str:
    """Came, late, missing or awaited."""
    if slip.came_at is not None:
        return "came" if slip.came_at <= due_at else "late"
    return "missing" if due_at < at else "awaited"
