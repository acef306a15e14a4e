"""
Who may what with which entries. Every page, action, export and call of the interface comes here.

A definition names roles (or ``owner``) for each thing that one may do. Beyond that an entry about a
child or a family is there only for who may open that child's record, an entry about a setting for
its own people only where they come from outside, and an exercise's entries only inside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission, rules
from keepsight.apps.events.models import Event
from keepsight.apps.events.packs import registers_needed_by
from keepsight.apps.people.models import FamilyMember
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import OWNER
from keepsight.prepared import prepared

Verb = Literal["read", "add", "change", "move", "assign", "export", "define"]
NOT_IN_USE = "This register is not in use now. What it holds can be read, and nothing is added to it."
NOT_YOURS = "This register is not among those your role may use for that. Its owner can tell you who may."


def roles_for(
    grants: Grants, register: Register, verb: Verb, *, rule: Rule | None = None
) -> list[tuple[str, int | str | None]]:
    """The roles by which a person may do this in a register, each with the team it is held in (None: everywhere)."""
    allowed = getattr((rule or rule_of(_current(register))).access, verb)
    held = grants.memberships + grants.lent
    return [(role, team) for role, authority, team in held if authority == register.authority_id and role in allowed]


def may(grants: Grants, register: Register, verb: Verb, *, rule: Rule | None = None) -> bool:
    """Whether a person may do this to some entry of the register; which ones, ``entries_visible_to`` says."""
    rule = rule or rule_of(_current(register))
    here = any(authority == register.authority_id for _, authority, _ in grants.memberships + grants.lent)
    return here and (OWNER in getattr(rule.access, verb) or bool(roles_for(grants, register, verb, rule=rule)))


def check_may(grants: Grants, register: Register, verb: Verb) -> None:
    """
    Refuse unless the register lets this person.

    Raises
    ------
    NotPermitted
        With the same sentence for every register, there or not.
    """
    if not may(grants, register, verb):
        raise NotPermitted(NOT_YOURS)


def may_define_in(grants: Grants, authority_id: int) -> bool:
    """Whether a person may edit every register of an authority, and begin new ones."""
    return authority_id in grants.scope(Permission.REGISTER_DEFINE).authority_ids


def may_define(grants: Grants, register: Register) -> bool:
    """Whether a person may edit this register: as one of those who edit all, or as its definition says."""
    if may_define_in(grants, register.authority_id):
        return True
    return register.current is not None and bool(roles_for(grants, register, "define"))


def authorities_defined_by(grants: Grants) -> list[Authority]:
    """The authorities in which a person may begin registers."""
    reach = grants.scope(Permission.REGISTER_DEFINE).authority_ids
    return list(Authority.objects.filter(pk__in=reach).order_by("name"))


def registers_definable_by(grants: Grants) -> list[Register]:
    """The registers that a person may edit, switched on or not, begun ones too. One query."""
    authorities = {authority for _, authority, _ in grants.memberships + grants.lent}
    here = Register.objects.filter(authority_id__in=authorities).select_related("current", "authority")
    return [register for register in here.order_by("authority__name", "key") if may_define(grants, register)]


def used_in(register: Register, exercise: Event | None) -> bool:
    """Whether a register is worked with: switched on, or inside an exercise one of those that it needs."""
    return register.is_on or _needed(register, exercise)


def check_used(register: Register, exercise: Event | None) -> None:
    """
    Refuse to add to a register that is not worked with.

    Raises
    ------
    NotAllowedNow
        To be called once the person is known to have a right there.
    """
    if not used_in(register, exercise):
        raise NotAllowedNow(NOT_IN_USE, code="register_off")


def _needed(register: Register, exercise: Event | None) -> bool:
    return (
        exercise is not None
        and register.authority_id == exercise.authority_id
        and register.key in registers_needed_by(exercise.pack)
    )


def registers_visible_to(grants: Grants, *, exercise: Event | None = None) -> list[Register]:
    """The registers that a person may read and that are worked with, by name. One query."""
    here = _in_reach(grants)
    if exercise is None:
        here = here.filter(is_on=True)
    return _by_name(each for each in here if used_in(each, exercise) and may(grants, each, "read"))


def registers_at_rest(grants: Grants, *, exercise: Event | None = None) -> list[Register]:
    """
    The registers that are switched off and hold entries, as those of an event that is over, by name. One query.

    They stay to be read; nothing is added to them.
    """
    held = Entry.objects.filter(register=OuterRef("pk"), exercise=exercise.pk if exercise else None)
    here = _in_reach(grants).filter(Exists(held), is_on=False)
    return _by_name(each for each in here if not _needed(each, exercise) and may(grants, each, "read"))


def register_seen_by(
    grants: Grants, code: str, key: str, verb: Verb = "read", *, exercise: Event | None = None
) -> Register | None:
    """
    One register by authority and key, if this person may do that with it; nothing tells why not.

    One that is not worked with can be read and exported while it holds entries, and nothing is added.
    """
    register = _in_reach(grants).filter(authority__code=code, key=key).first()
    if register is None or not (may(grants, register, "read") and may(grants, register, verb)):
        return None
    if used_in(register, exercise):
        return register
    held = Entry.objects.filter(register=register, exercise=exercise.pk if exercise else None)
    return register if verb != "add" and held.exists() else None


def _in_reach(grants: Grants) -> QuerySet[Register]:
    authorities = {authority for _, authority, _ in grants.memberships + grants.lent}
    here = Register.objects.filter(authority_id__in=authorities, current__isnull=False)
    return here.select_related("current", "authority")


def _by_name(registers: Iterable[Register]) -> list[Register]:
    return sorted(registers, key=lambda register: (rule_of(_current(register)).plural, register.authority.name))


def entries_visible_to(
    grants: Grants, register: Register, verb: Verb = "read", *, exercise: Event | None = None
) -> QuerySet[Entry]:
    """
    The entries of a register that a person may read, or do something else with.

    Deny by default: no role, no row. What may be done to an entry may be done only to one that may
    also be read.
    """
    found = reach_of(grants, register, verb)
    return entries_within(found, grants, register_id=register.pk, exercise_id=exercise.pk if exercise else None)


@dataclass(frozen=True)
class Reached:
    """How far the roles that allow something reach in one register: decided here, once, and not in a query."""

    everything: bool = False
    own: bool = False  # what is given to, was added by or is about the person
    settings: tuple[int, ...] = ()  # of somebody from outside: the entries of their own settings only
    teams: tuple[int, ...] = ()


@dataclass(frozen=True)
class ReachOf:
    """How far somebody reads in a register, and does something with what they read."""

    verbs: tuple[Reached, ...]
    about_children: bool  # then only entries about children whose record they may open


def reach_of(grants: Grants, register: Register, verb: Verb) -> ReachOf:
    """Decide how far a person reads and does something in a register."""
    rule = rule_of(_current(register))
    verbs: tuple[Verb, ...] = ("read",) if verb == "read" else ("read", verb)
    reached = tuple(_reached(grants, register, rule, each) for each in verbs)
    return ReachOf(reached, rule.subject in ("child", "family"))


def _reached(grants: Grants, register: Register, rule: Rule, verb: Verb) -> Reached:
    """By role and its reach, or as owner."""
    held = roles_for(grants, register, verb, rule=rule)
    inside = [team for role, team in held if not rules()[role].portal]
    as_owner = OWNER in getattr(rule.access, verb) and may(grants, register, verb, rule=rule)
    if rule.access.reach != "own" and inside and (rule.access.reach == "authority" or None in inside):
        return Reached(everything=True)
    teams = tuple(dict.fromkeys(team for team in inside if isinstance(team, int))) if rule.access.reach != "own" else ()
    own = as_owner or bool(teams) or (rule.access.reach == "own" and bool(inside))
    return Reached(own=own, settings=grants.settings if len(inside) < len(held) else (), teams=teams)


def entries_within(reach: ReachOf, grants: Grants, *, register_id: int, exercise_id: int | None) -> QuerySet[Entry]:
    """The entries within a reach. Decides nothing on a number, so that its SQL may be kept (``prepared``)."""
    entries = Entry.objects.filter(register_id=register_id, exercise=exercise_id)
    if reach.about_children:
        theirs = children_visible_to(grants)
        members = FamilyMember.objects.filter(family=OuterRef("family"), child__in=theirs)
        about = Q(child=None) | Q(child__in=theirs)
        entries = entries.filter(about & (Q(family=None) | Exists(members)))
    for each in reach.verbs:
        entries = entries.filter(_condition(each, grants))
    return entries


def _condition(reached: Reached, grants: Grants) -> Q:
    if reached.everything:
        return Q()
    found = Q(pk__in=())
    if reached.own:
        me = grants.user_id
        found |= Q(owner_id=me) | Q(added_by_id=me) | Q(worker__user_id=me)
    if reached.settings:
        found |= Q(setting__in=reached.settings)
    if reached.teams:
        teams = reached.teams
        found |= Q(team__in=teams) | Q(about_team__in=teams) | Q(worker__team__in=teams)
    return found


def may_do_with(grants: Grants, entry: Entry, *verbs: Verb, exercise: Event | None = None) -> dict[Verb, bool]:
    """Which of these a person may do with one entry: as ``entries_visible_to``, one query for all of them."""
    rule = rule_of(_current(entry.register))
    reached = tuple(_reached(grants, entry.register, rule, each) for each in verbs)
    reads = reach_of(grants, entry.register, "read")
    found = _done_with(
        entry_id=entry.pk, register_id=entry.register_id, exercise_id=exercise.pk if exercise else None,
        reads=reads, reached=reached,
        grants=grants if reads.about_children else Grants((), (), user_id=grants.user_id),  # enough, and one shape
    )  # fmt: skip
    done = found[0][1:] if found else (False,) * len(verbs)
    return dict(zip(verbs, done, strict=True))


@prepared
def _done_with(
    entry_id: int,
    register_id: int,
    exercise_id: int | None,
    reads: ReachOf,
    reached: tuple[Reached, ...],
    grants: Grants,
) -> QuerySet:
    """The entry, if it may be read, and beside it what may be done with it."""
    readable = entries_within(reads, grants, register_id=register_id, exercise_id=exercise_id).filter(pk=entry_id)
    return readable.order_by().values_list("pk", *(_as_column(each, grants) for each in reached))


def _as_column(reached: Reached, grants: Grants) -> Any:
    if reached.everything:
        return Value(True, output_field=BooleanField())
    return Case(When(_condition(reached, grants), then=True), default=False, output_field=BooleanField())


def whole_register(grants: Grants, register: Register, verb: Verb) -> bool:
    """Whether a role reaches every entry of the register, so that none has to be asked for."""
    return reach_of(grants, register, verb).verbs[-1].everything


def check_user_may(by: User, at: datetime, register: Register, verb: Verb, entry: Entry | None = None) -> Grants:
    """
    Refuse an action unless the person may do this: in the register, and to this entry.

    Raises
    ------
    NotPermitted
        An entry out of reach and one that is not there look the same.
    """
    grants = grants_of(by, at)
    check_may(grants, register, verb)
    if entry is not None:
        visible = entries_visible_to(grants, register, verb, exercise=entry.exercise)
        if not visible.filter(pk=entry.pk).exists():
            raise NotPermitted(NOT_YOURS)
    return grants


def _current(register: Register):  # noqa: ANN202 – a version
    assert register.current is not None, "A register that is not installed has no rules."
    return register.current
