"""Who may read an entry, and so may be told of it or given it; and what else its pages ask of the tables."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import Cover, Membership, User
from keepsight.apps.accounts.permissions import Grants, rules
from keepsight.apps.events.models import Event
from keepsight.apps.people.models import Child, RecordAccess
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers.models import Bulk, Entry, Register, Version
from keepsight.apps.registers.permissions import entries_visible_to, may_do_with
from keepsight.apps.registers.references import staff_of
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import OWNER
from keepsight.prepared import prepared

ASKED = 40  # so many people are asked about where a role alone does not decide
ELSEWHERE = "elsewhere"  # a team that an entry has nothing to do with


def readers_of(entry: Entry, rule: Rule, at: datetime, *, everyone: bool = False) -> list[User]:
    """
    The people who may read an entry, by name.

    With ``everyone`` also those who could read it once it is theirs, where the register lets owners read.
    Where the role decides, one query; where the child or the team does, the first people by name are
    asked about, and whoever is not among them can still be named with an @.
    """
    on, authority = timezone.localtime(at).date(), entry.register.authority
    plain = rule.access.reach == "authority" and rule.subject not in ("child", "family")
    roles = None if everyone and OWNER in rule.access.read else rule.access.read
    staff = staff_of(authority, on, roles)
    if plain or everyone:
        people = list(staff)
        theirs = [each for each in (entry.owner, entry.added_by) if each and OWNER in rule.access.read]
        more = [each for each in theirs if each.is_active and each.pk not in {one.pk for one in people}]
        return sorted(people + more, key=lambda each: each.name)
    return _readers_among(staff[:ASKED], entry, at)


def may_read(user: User, entry: Entry, at: datetime) -> bool:
    """Whether one person may read one entry now."""
    return may_do_with(grants_of(user, at), entry, "read", exercise=entry.exercise)["read"]


def _readers_among(staff: Iterable[User], entry: Entry, at: datetime) -> list[User]:
    """Those of these staff who may read an entry: asked once for all whom nothing about it tells apart."""
    people = list(staff)
    kinds, known = _kinds_of(people, _near(entry, timezone.localtime(at).date())), {}
    for each in people:
        kind = kinds.get(each.pk, each.pk)
        if kind not in known:
            known[kind] = may_read(each, entry, at)
    return [each for each in people if known[kinds.get(each.pk, each.pk)]]


@dataclass(frozen=True)
class Near:
    """What tells people apart who ask for an entry on a day, beside their roles."""

    on: date
    teams: frozenset[int | None]  # that it has to do with
    people: frozenset[int | None]  # whose it or the case is, who stands in, to whom a record was opened or blocked


def _near(entry: Entry, on: date) -> Near:
    """Read it: of the entry, and of the children whom it is about with their plans."""
    worker = entry.worker
    people = {entry.owner_id, entry.added_by_id, worker.user_id if worker else None}
    teams = {entry.team_id, entry.about_team_id, worker.team_id if worker else None}
    about, of_family = _those(entry.child_id), _those(entry.family_id)
    children = _children(about=about, families=of_family) if about or of_family else []
    for _, *plan in children:
        teams |= set(plan[:3])
        people |= set(plan[3:])
    ids = tuple({child for child, *_ in children})
    people |= {user for (user,) in _with_exceptions(children=ids)} if ids else set()
    people |= {user for (user,) in _standing_in(on=on)}
    return Near(on, frozenset(teams), frozenset(people))


def _kinds_of(people: Iterable[User], near: Near) -> dict[int, Hashable]:
    """
    Of each person, by id, what their roles are to this entry; nobody of whom more than roles counts.

    A team that the entry has nothing to do with is as any other such team.
    """
    alone, held = set(near.people), defaultdict(set)
    for user, role, team, *place in _held(users=tuple(each.pk for each in people), on=near.on):
        if role not in rules() or rules()[role].portal:
            alone.add(user)
        held[user].add((role, team if team is None or team in near.teams else ELSEWHERE, *place))
    return {user: frozenset(rows) for user, rows in held.items() if user not in alone}


def _those(pk: int | None) -> tuple[int, ...]:
    return () if pk is None else (pk,)


@prepared
def _held(users: tuple[int, ...], on: date) -> QuerySet:
    """The roles of people on a day: what their grants are read from."""
    now = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), user__in=users, starts_on__lte=on)
    return now.values_list("user_id", "role", "team_id", "authority_id", "service_id", "partnership_id", "own_only")


@prepared
def _children(about: tuple[int, ...], families: tuple[int, ...]) -> QuerySet:
    """The children whom an entry is about, each with the teams and then the people of its plan."""
    return Child.objects.filter(Q(pk__in=about) | Q(families__family__in=families)).values_list(
        "pk", "plan__team_id", "plan__early_help_team_id", "plan__worker__team_id",
        "plan__worker__user_id", "plan__early_help_worker__user_id",
    )  # fmt: skip


@prepared
def _with_exceptions(children: tuple[int, ...]) -> QuerySet:
    return RecordAccess.objects.filter(child__in=children).values_list("user_id").distinct()


@prepared
def _standing_in(on: date) -> QuerySet:
    return Cover.objects.filter(starts_on__lte=on, ends_on__gt=on).values_list("stand_in_id").distinct()


def version_of(register: Register, pk: int) -> Version | None:
    """A published version of this register and no other."""
    return Version.objects.filter(register=register, pk=pk, is_draft=False).first()


def cells_of(event: Event | None) -> list[tuple[str, str]]:
    """The cells of an event, by id and name; none where no event runs."""
    if event is None:
        return []
    return [(str(cell["id"]), str(cell["name"])) for cell in book(event=event.pack).table("event").get("cells", ())]


def readers_in(register: Register, rule: Rule, at: datetime) -> list[User]:
    """The people who may read a register's entries by their role, or once an entry is theirs."""
    roles = None if OWNER in rule.access.read else rule.access.read
    return list(staff_of(register.authority, timezone.localtime(at).date(), roles))


def readable(grants: Grants, register: Register, typed: Iterable[str], *, exercise: Event | None) -> list[str]:
    """Of the references that a form brought, those of entries that this person may read."""
    refs = {found for each in typed if (found := _as_ref(each))}
    seen = entries_visible_to(grants, register, exercise=exercise).filter(ref__in=refs)
    return [str(ref) for ref in seen.order_by("number").values_list("ref", flat=True)]


def _as_ref(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def bulk_of(user: User, ref: UUID, grants: Grants, *, exercise: Event | None) -> Bulk | None:
    """A change of many entries that this person prepared, live or inside this exercise."""
    held = Bulk.objects.select_related("register__current", "register__authority", "exercise")
    bulk = held.filter(ref=ref, by=user, exercise=exercise.pk if exercise else None).first()
    here = {authority for _, authority, _ in grants.memberships + grants.lent}
    return bulk if bulk and bulk.register.authority_id in here else None
