"""Who owes a return: the bodies that a rule names, and the person who answers for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from keepsight.apps.accounts.models import Membership, Role, Service, Team
from keepsight.apps.command.models import Cell, ReturnSlip, Term
from keepsight.apps.command.permissions import held_on
from keepsight.apps.events.models import Event
from keepsight.apps.places.models import PROVIDER, Setting, SettingMember
from keepsight.core.packs.kinds.events import ReturnRule


@dataclass(frozen=True)
class Body:
    """A service, department, team, provider or cell that owes a return."""

    name: str
    team: Team | None = None
    setting: Setting | None = None
    answers: int | None = None  # the user who answers for it, as far as roles say


def bodies(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    """Who owes this return on a day, by name. A provider of placements that closed owes nothing."""
    found = _KINDS[rule.owed_by](event, rule, on)
    return sorted({body.name: body for body in found}.values(), key=lambda body: body.name)


def named_before(event: Event, names: Iterable[str]) -> dict[str, int]:
    """Body → who was named for it last, by hand or by role: whoever was named goes on answering."""
    slips = ReturnSlip.objects.filter(round__event=event, owed_by__in=names, responsible__isnull=False)
    slips = slips.filter(responsible__is_active=True).order_by("round__due_at", "pk")
    return dict(slips.values_list("owed_by", "responsible_id"))


def _services(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    heads = _holders(event, Role.LEADER, on, service__isnull=False).values_list("service_id", "user_id")
    head = dict(heads)
    return [Body(s.name, answers=head.get(s.pk)) for s in Service.objects.filter(authority=event.authority)]


def _teams(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    manager = dict(_holders(event, Role.TEAM_MANAGER, on, team__isnull=False).values_list("team_id", "user_id"))
    teams = Team.objects.filter(authority=event.authority)
    return [Body(team.name, team=team, answers=manager.get(team.pk)) for team in teams]


def _departments(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    return [Body(name) for name in rule.departments]


def _providers(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    held = SettingMember.objects.filter(starts_on__lte=on, user__is_active=True).filter(_lasting(on))
    person = dict(held.order_by("-pk").values_list("setting_id", "user_id"))
    open_ = Setting.objects.filter(authority=event.authority, type=PROVIDER, closed_on=None)
    return [Body(each.name, setting=each, answers=person.get(each.pk)) for each in open_]


def _cells(event: Event, rule: ReturnRule, on: date) -> list[Body]:
    chair = dict(
        Term.objects.filter(held_on(on), position__event=event, position__is_chair=True).values_list(
            "position__cell_id", "user_id"
        )
    )
    running = Cell.objects.filter(event=event, starts_on__lte=on).filter(_lasting(on))
    return [Body(cell.name, answers=chair.get(cell.pk)) for cell in running]


def _holders(event: Event, role: str, on: date, **more: Any) -> Any:
    held = Membership.objects.filter(authority=event.authority, role=role, starts_on__lte=on, user__is_active=True)
    return held.filter(_lasting(on), **more).order_by("-pk")


def _lasting(on: date) -> Q:
    return Q(ends_on=None) | Q(ends_on__gt=on)


_KINDS = {
    "service": _services, "team": _teams, "department": _departments, "provider": _providers, "cell": _cells,
}  # fmt: skip
