"""Meetings and what belongs to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.command.models import Cell, CellMember, Meeting, Position, Term
from keepsight.apps.command.permissions import held_on
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry, Link, Register
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.apps.registers.references import Named, Reach

CAPTURED = ("action", "decision")


@dataclass(frozen=True)
class Person:
    """Somebody who may be at a meeting."""

    name: str
    user_id: int | None = None
    organisation: str = ""
    was: str = "expected"


def listed(meetings: QuerySet[Meeting], event: Event, cell: str = "") -> QuerySet[Meeting]:
    """The meetings of an event, or of one cell of it, with what a list shows."""
    found = meetings.filter(cell__event=event).select_related("cell")
    return found.filter(cell__key=cell) if cell else found


def whole(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With all that the page of one meeting reads."""
    return meetings.select_related("cell__event__authority", "changed_by", "agreed_by").prefetch_related(
        "items", "attendances"
    )


def cells(cells_: QuerySet[Cell], event: Event) -> QuerySet[Cell]:
    """The cells of an event by name."""
    return cells_.filter(event=event).order_by("name")


def counted(found: Sequence[Meeting]) -> dict[int, int]:
    """Meeting → how many entries are linked with it. One query."""
    links = Link.objects.filter(meeting_id__in=[each.pk for each in found]).values_list("meeting_id")
    return dict(links.annotate(Count("entry", distinct=True)))


def people(meeting: Meeting, on: date) -> list[Person]:
    """Who is down for a meeting: those noted already, then the cell's members and holders of its positions."""
    noted = [
        Person(each.name, each.user_id, each.organisation, each.was)
        for each in sorted(meeting.attendances.all(), key=lambda each: each.pk)
    ]
    known = {(each.user_id, each.name) for each in noted} | {(each.user_id, "") for each in noted if each.user_id}
    lasting = Q(ends_on=None) | Q(ends_on__gt=on)
    members = CellMember.objects.filter(lasting, cell=meeting.cell, starts_on__lte=on).select_related("user")
    expected = [Person(m.user.name if m.user else m.name, m.user_id, m.organisation) for m in members]
    terms = Term.objects.filter(held_on(on), position__cell=meeting.cell).select_related("user", "position")
    expected += [Person(term.user.name, term.user_id, term.position.name) for term in terms]
    found = list(noted)
    for person in expected:
        key = (person.user_id, "" if person.user_id else person.name)
        if key not in known:
            known.add(key)
            found.append(person)
    return found


def owners(event: Event, on: date) -> list[tuple[int, str]]:
    """Who may be given an action: everybody who sits in a cell of the event or holds a position."""
    sits = Q(pk__in=CellMember.objects.filter(cell__event=event, user__isnull=False).values("user"))
    holds = Q(pk__in=Term.objects.filter(held_on(on), position__event=event).values("user"))
    return list(User.objects.filter(sits | holds, is_active=True).order_by("name").values_list("pk", "name"))


def user(pk: int | str | None) -> User | None:
    """Somebody who was chosen from ``owners``."""
    return User.objects.filter(pk=pk, is_active=True).first() if pk else None


def has_chair(cell: Cell, on: date) -> str:
    """The name of the cell's chair today; empty where nobody holds it."""
    held = Term.objects.filter(held_on(on), position__cell=cell, position__is_chair=True).select_related("user")
    term = held.first()
    return term.user.name if term else ""


def chair_position(cell: Cell) -> str:
    """What the chair of a cell is called."""
    return Position.objects.filter(cell=cell, is_chair=True).values_list("name", flat=True).first() or "the chair"


def entries_of(grants: Grants, meeting: Meeting, exercise: Event | None) -> list[Entry]:
    """Entries that are linked with a meeting and that the person may read, in the order in which they came."""
    links = Link.objects.filter(meeting_id=meeting.pk).order_by("pk").values_list("entry_id", "entry__register_id")
    return _visible(grants, list(links), exercise)


def open_before(grants: Grants, meeting: Meeting, exercise: Event | None) -> list[Entry]:
    """Actions from earlier meetings of the cell that are still open, the most overdue first."""
    earlier = Meeting.objects.filter(cell=meeting.cell, starts_at__lt=meeting.starts_at)
    links = Link.objects.filter(
        meeting_id__in=earlier.values("pk"), entry__register__key="action", entry__is_open=True
    ).values_list("entry_id", "entry__register_id")
    found = _visible(grants, list(links), exercise)
    return sorted(found, key=lambda each: (each.due_on is None, each.due_on or date.max, each.number))


def named(grants: Grants, event: Event, entries: Iterable[Entry], on: date) -> Named:
    """What these entries may be called to this person, and the children who are told of by that, for the log."""
    reach = Reach(grants, event.authority, on, event if event.is_exercise else None)
    return Named(reach).look_up({"entry": [each.pk for each in entries]})


def _visible(grants: Grants, pairs: list[tuple[int, int]], exercise: Event | None) -> list[Entry]:
    by_register: dict[int, list[int]] = defaultdict(list)
    for entry, register in pairs:
        by_register[register].append(entry)
    registers = Register.objects.filter(pk__in=by_register).select_related("current", "authority")
    found: dict[int, Any] = {}
    for register in registers:
        visible = entries_visible_to(grants, register, exercise=exercise).filter(pk__in=by_register[register.pk])
        found |= {each.pk: each for each in visible.select_related("owner", "version", "register__authority")}
    return [found[pk] for pk in dict.fromkeys(pk for pk, _ in pairs) if pk in found]
