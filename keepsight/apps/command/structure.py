"""Answers about the structure of an emergency: how it stands, who sits where, which positions nobody holds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts import staff
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of, rules
from keepsight.apps.command.models import Cell, CellMember, Position, Term
from keepsight.apps.command.permissions import authorities_reached, held_on
from keepsight.apps.command.rules import rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.events import Now
from keepsight.core.packs.kinds.registers import Choice
from keepsight.core.terms import ContactMode

MINIMUM = "team_minimum"


def authorities_to_activate_in(grants: Grants) -> QuerySet[Authority]:
    """The authorities in which a person may activate an emergency."""
    return Authority.objects.filter(pk__in=authorities_reached(grants, Permission.EVENT_RUN)).order_by("name")


def open_on(on: date) -> Q:
    """Cells, or members of cells, that are there on a day or will be."""
    return Q(ends_on=None) | Q(ends_on__gt=on)


def now_of(event: Event, on: date) -> Now:
    """How an emergency stands, for what a switch would change."""
    cells = list(Cell.objects.filter(event=event).values_list("key", "ends_on"))
    registers = Register.objects.filter(authority=event.authority_id, is_on=True).values_list("key", flat=True)
    return Now(
        phase=event.phase,
        open_cells=frozenset(key for key, ends in cells if ends is None or ends > on),
        known_cells=frozenset(key for key, _ in cells),
        registers_on=frozenset(registers),
        contact_mode=event.authority.settings.get("contact_mode", ContactMode.BAU),
        exercise=event.is_exercise,
    )


def register_names(authority: Authority) -> dict[str, str]:
    """Key of a register → how people call it."""
    installed = Register.objects.filter(authority=authority, current__isnull=False).select_related("current")
    return {each.key: definition_of(each.current).plural for each in installed}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Seat:
    """A position with who holds it, and who held it."""

    position: Position
    held: tuple[Term, ...]  # now
    coming: tuple[Term, ...] = ()
    past: tuple[Term, ...] = ()

    @property
    def is_vacant(self) -> bool:
        """Whether nobody holds it today."""
        return not self.held


@dataclass(frozen=True)
class Group:
    """A cell with its seats and the members who hold no position in it."""

    cell: Cell
    seats: tuple[Seat, ...] = ()
    members: tuple[CellMember, ...] = ()
    meets: str = ""
    below: list["Group"] = field(default_factory=list)

    @property
    def chair(self) -> Seat | None:
        """The seat of the chair."""
        return next((seat for seat in self.seats if seat.position.is_chair), None)


def seats_of(event: Event, on: date, *, all_cells: bool = False) -> list[Seat]:
    """The positions of the cells that are open, in the order of the pack, each with who holds it. Two queries."""
    positions = Position.objects.filter(event=event).select_related("cell", "event").order_by("pk")
    if not all_cells:
        positions = positions.filter(Q(cell__ends_on=None) | Q(cell__ends_on__gt=on))
    terms: dict[int, list[Term]] = defaultdict(list)
    for term in Term.objects.filter(position__event=event).select_related("user").order_by("starts_on", "pk"):
        terms[term.position_id].append(term)
    return [_seat(each, terms[each.pk], on) for each in positions]


def _seat(position: Position, terms: list[Term], on: date) -> Seat:
    held = tuple(t for t in terms if t.ended_at is None and t.starts_on <= on < t.ends_on)
    coming = tuple(t for t in terms if t.ended_at is None and t.starts_on > on)
    return Seat(position, held, coming, tuple(t for t in terms if t not in held and t not in coming))


def vacancies(event: Event, on: date) -> int:
    """How many positions of open cells nobody holds today."""
    here = Position.objects.filter(event=event).filter(Q(cell__ends_on=None) | Q(cell__ends_on__gt=on))
    return here.exclude(terms__in=Term.objects.filter(held_on(on))).count()


def groups_of(event: Event, on: date, meets: Mapping[str, str], *, ended: bool = False) -> list[Group]:
    """The cells of an event that are open, or all, each with who sits there; those at the top first. Four queries."""
    cells = Cell.objects.filter(event=event).select_related("reports_to", "handed_to").order_by("pk")
    cells = cells if ended else cells.filter(open_on(on))
    members: dict[int, list[CellMember]] = defaultdict(list)
    here = CellMember.objects.filter(cell__event=event).filter(open_on(on)).select_related("user").order_by("pk")
    for member in here:
        members[member.cell_id].append(member)
    seats: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats_of(event, on, all_cells=ended):
        seats[seat.position.cell_id].append(seat)
    return [
        Group(cell, tuple(seats[cell.pk]), tuple(members[cell.pk]), meets.get(cell.key, "")) for cell in cells
    ]  # fmt: skip


def nested(groups: list[Group]) -> list[Group]:
    """The same as a tree: those at the top, each with those below it."""
    by_cell = {group.cell.pk: group for group in groups}
    tops = []
    for group in groups:
        boss = by_cell.get(group.cell.reports_to_id or 0)
        (boss.below if boss else tops).append(group)
    return tops


def people_for(authority: Authority, on: date, *, leading: bool = False) -> list[User]:
    """
    Who may be given a position: those who can sign in and hold a role here as the council's own people.

    ``leading`` leaves only those whose role reads the pages of command: a short list to begin with.
    """
    inside = [role for role, rule in rules().items() if not rule.portal]
    if leading:
        inside = [role for role in inside if Permission.COMMAND_VIEW in permissions_of(role)]
    held = staff.memberships_in((authority.pk,)).filter(staff.held_on(on), role__in=inside)
    return list(User.objects.filter(staff.signs_in(on), pk__in=held.values("user")).order_by("name", "pk"))


def entries_open(event: Event) -> list[tuple[Register, int]]:
    """The registers that hold open entries of an event, and how many."""
    held = Entry.objects.filter(event=event, is_open=True)
    counted: dict[int, int] = defaultdict(int)
    for register in held.values_list("register", flat=True):
        counted[register] += 1
    registers = Register.objects.filter(pk__in=counted).select_related("current").order_by("key")
    return [(register, counted[register.pk]) for register in registers]


def member_of(cell: Cell, pk: int) -> CellMember | None:
    """Somebody who sits in this cell."""
    return CellMember.objects.select_related("cell__event__authority", "user").filter(cell=cell, pk=pk).first()


def position_in(cells: QuerySet[Cell], key: str) -> Position | None:
    """A position of one of these cells."""
    return Position.objects.filter(cell__in=cells, key=key).select_related("event__authority", "cell").first()


def term_of(event: Event, pk: int) -> Term | None:
    """A term of a position of an event."""
    terms = Term.objects.select_related("position__event__authority", "position__cell", "user", "membership")
    return terms.filter(position__event=event, pk=pk).first()


def choices_in(authority: Authority, register: str, wanted: str) -> tuple[Choice, ...]:
    """What a choice field of a register offers."""
    held = Register.objects.filter(authority=authority, key=register, current__isnull=False).select_related("current")
    rules = [definition_of(each.current) for each in held]  # type: ignore[arg-type]
    return next((each.choices for rule in rules for each in rule.fields if each.id == wanted), ())


# --- what the last time has to say -----------------------------------------------------------------------
@dataclass(frozen=True)
class LastTime:
    """The last real activation of the same pack, for who activates it again."""

    event: Event
    people: Mapping[str, Term]  # key of a position → who held it last
    lessons: tuple[Entry, ...]  # open or not: what was learned
    cells: tuple[str, ...]  # what became of its cells, in sentences
    members: tuple[CellMember, ...]  # who sat in cells at its end, and can again
    minimums: tuple[Entry, ...]  # levels of teams that held in it and hold no more


def last_time(authority: Authority, pack: str) -> LastTime | None:
    """What the newest closed, real activation of a pack left behind; nothing where there was none."""
    closed = Event.objects.filter(authority=authority, pack=pack, state=Event.State.CLOSED, is_exercise=False)
    event = closed.order_by("-closed_at", "-pk").first()
    if event is None:
        return None
    terms = Term.objects.filter(position__event=event, user__is_active=True).select_related("user", "position")
    people = {term.position.key: term for term in terms.order_by("starts_on", "pk")}
    lessons = Entry.objects.filter(event=event, register__key="lesson", exercise=None).select_related(
        "register__current"
    )
    members = CellMember.objects.filter(cell__event=event).filter(Q(ends_on=None) | Q(ends_on__gte=_last_day(event)))
    return LastTime(
        event, people, tuple(lessons.order_by("number")), tuple(_cells_of(event)),
        tuple(members.select_related("user", "cell").order_by("pk")), tuple(_minimums_of(event)),
    )  # fmt: skip


def _minimums_of(event: Event) -> QuerySet[Entry]:
    """The minimum levels of teams that were made for an emergency and ended with it; none was declined."""
    held = Entry.objects.filter(event=event, register__key=MINIMUM, exercise=None, is_open=False)
    named = held.exclude(state="declined").exclude(about_team=None)
    return named.select_related("register__current", "about_team").order_by("about_team__name", "number")


def _last_day(event: Event) -> date:
    assert event.closed_at is not None
    return timezone.localdate(event.closed_at)


def _cells_of(event: Event) -> list[str]:
    """Cells that were ended before the emergency was, and whose work somebody else took over."""
    said = []
    for cell in (
        Cell.objects.filter(event=event, ends_on__lt=_last_day(event)).select_related("handed_to").order_by("pk")
    ):
        after = f", and {cell.handed_to.name} took over" if cell.handed_to else ""
        said.append(f"{cell.name} ended on {cell.ends_on.day} {cell.ends_on:%B %Y}{after}.")  # type: ignore[union-attr]
    begun = rule_of(event).cells
    known = set(Cell.objects.filter(event=event).values_list("key", flat=True))
    said += [f"{cell.name} was never needed." for cell in begun if cell.id not in known]
    return said
