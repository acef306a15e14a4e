"""What the lists of registers ask: a fixed number of queries a page, however many entries there are."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth, TruncWeek
from django.http import Http404

from keepsight.apps.accounts.models import Team
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.people.content import confidential_children, marked_confidential
from keepsight.apps.registers import listing, permissions, searching
from keepsight.apps.registers.listing import Asked, Segment, Sight, Today, Wanted
from keepsight.apps.registers.models import Register, SavedView
from keepsight.apps.registers.permissions import (
    ReachOf,
    Verb,
    entries_visible_to,
    entries_within,
    may,
    registers_visible_to,
    whole_register,
)
from keepsight.core.packs.kinds.registers import ChartRule
from keepsight.prepared import prepared

COUNTED = 1000  # beyond it a page says “more than 1,000”
ROW = (
    "id", "ref", "number", "title", "state", "owner__name", "team__name", "rag", "due_on", "due_at", "soon_on",
    "is_open", "added_at", "changed_at", "cell", "child_id", "family_id", "setting_id", "about_team_id", "service_id",
    "worker_id", "revision", "values",
)  # fmt: skip
WEEKS, MONTHS = 26, 12
CHANGING: tuple[Verb, ...] = ("move", "assign", "change")


def register_seen(grants: Grants, code: str, key: str, *, exercise: Event | None = None) -> Register:
    """
    A register that this person may read.

    Raises
    ------
    Http404
        The same for one that is not there and one of others.
    """
    register = permissions.register_seen_by(grants, code, key, exercise=exercise)
    if register is None:
        raise Http404
    return register


class Seen:
    """One register as one person sees it at a moment: all lists of a page come from here."""

    def __init__(
        self, grants: Grants, register: Register, *, on: date, at: datetime, exercise: Event | None, words: str = ""
    ):
        self.grants, self.register, self.on, self.at, self.exercise = grants, register, on, at, exercise
        self.words = words
        self.sight = listing.sight_of(grants, register)
        self.today = listing.today(self.sight.rule, on, at)
        self._visible: dict[str, QuerySet] = {}  # built once for all lists of a page

    def wanted(self, asked: Asked) -> Wanted:
        """What was asked, as the columns hold it."""
        return listing.wanted(asked, self.sight, self.grants.user_id)

    @property
    def keeps_plans(self) -> bool:
        """Whether the queries of this register keep their SQL: live entries, and deadlines told by days."""
        return self.exercise is None and self.today.at is None

    def _kept(self, verb: Verb) -> "Kept":
        reach = permissions.reach_of(self.grants, self.register, verb)
        return Kept(self.register.pk, reach, held(self.grants) if reach.about_children else only(self.grants))

    def entries(self, asked: Asked, *, verb: Any = "read", searched: bool = True) -> QuerySet:
        """The entries that were asked for, found by the words that are looked for."""
        if verb not in self._visible:
            self._visible[verb] = entries_visible_to(self.grants, self.register, verb, exercise=self.exercise)
        found = listing.narrow(self._visible[verb], self.wanted(asked), self.today)
        if self.tries_words(asked):
            found = self._open(found)
        return self._searched(found) if self.words and searched else found

    def tries_words(self, asked: Asked) -> bool:
        """Whether it is narrowed by what stands in a text that somebody typed."""
        return any(id_ in self.sight.typed() for id_, _, _ in asked.fields)

    def _searched(self, entries: QuerySet) -> QuerySet:
        """Those that the words find."""
        found = searching.find(entries, self.words, self.sight.rule)
        return found if searching.number_in(self.words, self.sight.rule) else self._open(found)

    def _open(self, found: QuerySet) -> QuerySet:
        """
        Those that words may find.

        An entry about a child whose place is confidential is found by its number only: otherwise
        whoever tries one street name after another learns where the child lives.
        """
        if self.sight.rule.subject not in ("child", "family"):
            return found
        of_family = Q(family__members__child__in=marked_confidential(self.on))
        return found.exclude(confidential_children(self.on, child="child_id")).exclude(of_family)

    def page(
        self, asked: Asked, *, after: str = "", before: str = "", rows: int = listing.ROWS, verb: Any = "read"
    ) -> listing.Page:
        """One page of them, each row as ``ROW`` names its parts."""
        order = listing.segments(self.sight, asked)
        first = None
        if self.keeps_plans and not self.words and not self.tries_words(asked):
            first = functools.partial(_beginning, self._kept(verb), self.wanted(asked), self.today)
        entries = self.entries(asked, verb=verb)
        return listing.page(entries, order, ROW, after=after, before=before, rows=rows, first=first)

    def changeable(self, ids: Sequence[int]) -> set[int]:
        """Which of these entries this person may move, give out or change: asked only where no role says it."""
        found: set[int] = set()
        for verb in CHANGING:
            if len(found) < len(ids) and may(self.grants, self.register, verb, rule=self.sight.rule):
                if whole_register(self.grants, self.register, verb):
                    return set(ids)  # as far as they may be read, and these were
                entries = entries_visible_to(self.grants, self.register, verb, exercise=self.exercise)
                found |= set(entries.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        return found

    def tiles(self) -> list[tuple[Any, Asked, int]]:
        """Each tile with what it opens and how many that are, whatever is searched for: one query for all."""
        asked = [(tile, listing.asked_by(tile, self.sight)) for tile in self.sight.rule.tiles]
        kept = [(tile, each) for tile, each in asked if each is not None]
        if self.keeps_plans and kept and not any(self.tries_words(each) for _, each in kept):
            wanted = tuple(self.wanted(each) for _, each in kept)
            rows = _counts(kept=self._kept("read"), wanted=wanted, today=self.today, most=str(COUNTED))
            counts = _numbers(rows)
        else:
            counts = counted([self.entries(each, searched=False) for _, each in kept])
        return [(tile, each, count) for (tile, each), count in zip(kept, counts, strict=True)]


def held(grants: Grants) -> Grants:
    """Grants as they are: those of a request are read when they are asked for."""
    return Grants(**{each.name: getattr(grants, each.name) for each in fields(Grants)})


def only(grants: Grants) -> Grants:
    """Nothing but whose they are: enough where a register is not about children."""
    return Grants(memberships=(), workers=(), user_id=grants.user_id)


def _beginning(kept: "Kept", wanted: Wanted, today: Today, part: Segment, want: int) -> list[tuple[Any, ...]]:
    """The first rows of a segment, each with its number and the value that it stands by behind it."""
    names = dict.fromkeys([*ROW, *([part.key] if part.key else [])])
    rows = _first_rows(kept=kept, wanted=wanted, today=today, part=part, columns=tuple(names), most=str(want))
    behind = [list(names).index(each) for each in ("number", *([part.key] if part.key else []))]
    return [(*row[: len(ROW)], *(row[at] for at in behind)) for row in rows]


@dataclass(frozen=True)
class Kept:
    """Which entries somebody reaches, as kept SQL asks for them."""

    register_id: int
    reach: ReachOf
    grants: Grants

    def entries(self) -> QuerySet:
        """The entries that are reached, of what is live."""
        return entries_within(self.reach, self.grants, register_id=self.register_id, exercise_id=None)


@prepared
def _first_rows(
    kept: Kept, wanted: Wanted, today: Today, part: Segment, columns: tuple[str, ...], most: str
) -> QuerySet:
    entries = listing.narrow(kept.entries(), wanted, today).filter(part.within)
    return listing.ordered(entries, part).values_list(*columns)[: int(most)]


class _Counted(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counted(lists: Sequence[QuerySet]) -> list[int]:
    """How many entries each list has, counted no further than to one beyond ``COUNTED``: one query."""
    return _numbers(_counting(lists)) if lists else []


def _counting(lists: Sequence[QuerySet]) -> QuerySet:
    up_to = [_Counted(entries.order_by().values("pk")[: COUNTED + 1]) for entries in lists]
    return Register.objects.order_by("pk").values_list(*up_to)[:1]


def _numbers(rows: Iterable[Sequence[int | None]]) -> list[int]:
    """None where nothing can match, whatever stands in the table."""
    return [count or 0 for row in rows for count in row]


@prepared
def _counts(kept: Kept, wanted: tuple[Wanted, ...], today: Today, most: str) -> QuerySet:
    """``most`` is ``COUNTED``, so that SQL is kept for it and for no other."""
    return _counting([listing.narrow(kept.entries(), each, today) for each in wanted])


def home_figures(
    grants: Grants, *, on: date, at: datetime, exercise: Event | None
) -> list[tuple[Register, Sight, int, int]]:
    """Every register that a person may read, with how many are open and how many overdue: two queries."""
    registers = registers_visible_to(grants, exercise=exercise)
    seen = [Seen(grants, each, on=on, at=at, exercise=exercise) for each in registers]
    lists = [each.entries(asked) for each in seen for asked in (Asked(), Asked(due="overdue"))]
    counts = counted(lists)
    return [(each.register, each.sight, counts[2 * place], counts[2 * place + 1]) for place, each in enumerate(seen)]


def at_rest(grants: Grants, *, on: date, at: datetime, exercise: Event | None) -> list[tuple[Register, Sight, int]]:
    """The registers that are not in use now and hold entries, with how many this person may read: two queries."""
    registers = permissions.registers_at_rest(grants, exercise=exercise)
    seen = [Seen(grants, each, on=on, at=at, exercise=exercise) for each in registers]
    counts = counted([each.entries(Asked(show="all")) for each in seen])
    return [(each.register, each.sight, count) for each, count in zip(seen, counts, strict=True) if count]


def saved_views(register: Register, user_id: int) -> list[SavedView]:
    """A person's own saved views, and those that others share, by name."""
    return _saved_views(register_id=register.pk, user_id=user_id)


@prepared
def _saved_views(register_id: int, user_id: int) -> QuerySet:
    held = SavedView.objects.filter(register_id=register_id).filter(Q(user_id=user_id) | Q(shared=True))
    return held.select_related("user").order_by("name", "pk")


def teams_of(register: Register) -> list[tuple[str, str]]:
    """The teams of the register's authority."""
    rows = Team.objects.filter(authority_id=register.authority_id).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def by_value(entries: QuerySet, column: str) -> list[tuple[Any, int]]:
    """How many entries have each value of a column."""
    return list(entries.order_by().values_list(column).annotate(n=Count("pk")).order_by("-n", column))


def added_over(entries: QuerySet, chart: ChartRule, on: date) -> list[tuple[date, int]]:
    """How many were added in each week or month of the last half year or year, empty ones too."""
    if chart.over == "month":
        first = date(on.year - 1, on.month, 1)
        steps = [
            date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(MONTHS + 1)
        ]
        trunc: Any = TruncMonth
    else:
        monday = on - timedelta(days=on.weekday())
        steps = [monday - timedelta(weeks=WEEKS - n) for n in range(WEEKS + 1)]
        trunc = TruncWeek
    recent = entries.filter(added_at__date__gte=steps[0])
    found = recent.order_by().annotate(step=trunc("added_at")).values_list("step").annotate(n=Count("pk"))
    counts = {step.date(): n for step, n in found}
    return [(step, counts.get(step, 0)) for step in steps]


def ids_of(rows: Iterable[Sequence[Any]]) -> list[int]:
    """The children that rows are about."""
    at = ROW.index("child_id")
    return [row[at] for row in rows if row[at]]
