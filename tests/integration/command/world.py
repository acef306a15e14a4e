"""A small emergency: the pandemic's cells and positions in one council, with people who hold some of them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from keepsight.apps.accounts.models import Authority, Role, Service, User
from keepsight.apps.command.models import Cell, CellMember, Position, Term
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.models import Register
from tests import factories as make

YESTERDAY = make.NOW - timedelta(days=1)


@dataclass
class World:
    event: Event
    lead: User
    member: User
    chair: User
    cells: dict[str, Cell]
    services: list[Service] = field(default_factory=list)

    @property
    def authority(self) -> Authority:
        return self.event.authority


def event(of: Authority, **given: Any) -> Event:
    return Event.objects.create(
        authority=of,
        **{"pack": "pandemic_2020", "pack_hash": "0" * 64, "title": "Pandemic", "phase": "closure",
           "reason": "A pandemic", "activated_at": YESTERDAY, **given},
    )  # fmt: skip


def cells_of(of: Event) -> dict[str, Cell]:
    rule = rule_of(of)
    cells = {
        each.id: Cell.objects.create(
            event=of, key=each.id, name=each.name, level=each.level, remit=each.remit, starts_on=make.days(-1)
        )
        for each in rule.cells
    }
    chairs = {each.chair for each in rule.cells}
    Position.objects.bulk_create(
        Position(event=of, cell=cells[each.cell], key=each.id, name=each.name, role=each.role, words=each.words,
                 days=each.days, is_chair=each.id in chairs)
        for each in rule.positions
    )  # fmt: skip
    return cells


def hold(user: User, of: Event, position: str, ends_on: date | None = None) -> Term:
    held = Position.objects.get(event=of, key=position)
    return Term.objects.create(
        position=held, user=user, starts_on=make.days(-1), ends_on=ends_on or make.days(28), given_by="The lead",
        given_at=YESTERDAY,
    )  # fmt: skip


def world(**given: Any) -> World:
    """A live pandemic in closure; ``lead`` chairs the leadership team, ``chair`` signs the picture."""
    authority = make.authority()
    registers.install(authority, at=YESTERDAY)
    Register.objects.filter(authority=authority).update(is_on=True)
    running = event(authority, **given)
    cells = cells_of(running)
    lead = make.user(Role.EMERGENCY_LEAD, of=authority, name="Ashen Leaderby")
    member = make.user(Role.CELL_MEMBER, of=authority, name="Merle Memberby")
    chair = make.user(Role.EMERGENCY_LEAD, of=authority, name="Corin Chairby")
    hold(lead, running, "children_lead")
    hold(chair, running, "strategic_chair")
    CellMember.objects.create(cell=cells["children_leaders"], user=member, starts_on=make.days(-1))
    CellMember.objects.create(
        cell=cells["children_leaders"], name="Dr Quill Partnerby", organisation="Health", starts_on=make.days(-1)
    )
    services = [Service.objects.create(authority=authority, name=name) for name in ("Early help", "Social care")]
    return World(running, lead, member, chair, cells, services)


def local(text: str) -> datetime:
    """A local time like 2020-06-04 08:30 as a moment."""
    from keepsight.apps.command.rules import local as with_zone

    return with_zone(datetime.fromisoformat(text))
