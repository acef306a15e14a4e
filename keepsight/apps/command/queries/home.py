"""The figures of an emergency's first page, each with what it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.command.models import CommandReport, Meeting, ReturnSlip, Tick
from keepsight.apps.command.permissions import meetings_visible_to, reports_visible_to, slips_visible_to
from keepsight.apps.command.rules import rule_of
from keepsight.apps.command.structure import vacancies
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to, may

ACTION = "action"


@dataclass(frozen=True)
class Figures:
    """How an emergency stands at a moment."""

    meetings: list[Meeting]  # of today
    missing: int  # returns whose time is over
    overdue: int  # actions
    open_actions: int
    report: CommandReport | None  # the newest
    vacant: int
    ticked: int
    to_tick: int


def figures(event: Event, grants: Grants, *, at: datetime, exercise: Event | None) -> Figures:
    """Count. A fixed number of queries, however large the emergency."""
    on = timezone.localdate(at)
    actions = _actions(event, grants, exercise)
    phase = [each for each in rule_of(event).checklists if each.phase == event.phase]
    return Figures(
        meetings=_today(event, grants, exercise, at),
        missing=_missing(event, grants, exercise, at).count(),
        overdue=actions.filter(is_open=True, due_on__lt=on).count() if actions is not None else 0,
        open_actions=actions.filter(is_open=True).count() if actions is not None else 0,
        report=reports_visible_to(grants, exercise=exercise).filter(event=event).order_by("-made_at", "-pk").first(),
        vacant=vacancies(event, on),
        ticked=Tick.objects.filter(event=event, checklist__in=[each.id for each in phase]).count(),
        to_tick=sum(len(each.items) for each in phase),
    )


def _today(event: Event, grants: Grants, exercise: Event | None, at: datetime) -> list[Meeting]:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    found = meetings_visible_to(grants, exercise=exercise).filter(cell__event=event)
    found = found.filter(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
    return list(found.exclude(state=Meeting.State.CANCELLED).select_related("cell").order_by("starts_at", "pk"))


def _missing(event: Event, grants: Grants, exercise: Event | None, at: datetime) -> QuerySet[ReturnSlip]:
    slips = slips_visible_to(grants, exercise=exercise).filter(round__event=event)
    return slips.filter(came_at=None, round__due_at__lte=at)


def _actions(event: Event, grants: Grants, exercise: Event | None) -> QuerySet[Entry] | None:
    register = Register.objects.filter(authority=event.authority, key=ACTION).select_related("current").first()
    if register is None or register.current is None or not may(grants, register, "read"):
        return None
    return entries_visible_to(grants, register, exercise=exercise)  # as the list that the figure opens


def switches(event: Event) -> list[PhaseSwitch]:
    """The phases that an emergency came into, newest first."""
    return list(PhaseSwitch.objects.filter(event=event).select_related("by").order_by("-at", "-pk"))


@dataclass(frozen=True)
class Account:
    """What an emergency amounted to, for its last page."""

    meetings: int
    slips: int
    slips_on_time: int
    reports: int
    reports_signed: int
    people: int
    entries: list[tuple[str, int, int]]  # key of a register, added, still open


def account(event: Event) -> Account:
    """Count what was held, returned, signed and written."""
    slips = ReturnSlip.objects.filter(round__event=event)
    returned = slips.exclude(came_at=None).values_list("came_at", "round__due_at")
    came = [due_at >= came_at for came_at, due_at in returned]
    reports = CommandReport.objects.filter(event=event)
    counted = Entry.objects.filter(event=event).values("register__key", "is_open").annotate(n=Count("pk"))
    added: dict[str, list[int]] = {}
    for row in counted:
        both = added.setdefault(row["register__key"], [0, 0])
        both[0] += row["n"]
        both[1] += row["n"] if row["is_open"] else 0
    held = (Meeting.State.HELD, Meeting.State.AGREED)
    return Account(
        meetings=Meeting.objects.filter(cell__event=event, state__in=held).count(),
        slips=slips.count(),
        slips_on_time=sum(came),
        reports=reports.count(),
        reports_signed=reports.exclude(signed_at=None).count(),
        people=event.positions.values("terms__user").exclude(terms__user=None).distinct().count(),
        entries=sorted((key, all_of_it, still) for key, (all_of_it, still) in added.items()),
    )
