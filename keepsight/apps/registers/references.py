"""
Whom and what an entry names: found within the reach of who asks, and named only to who may know.

``find`` reads what was typed into a box (a number, or a full name with a date of birth) and gives the
row. What is out of reach and what is not there get the same answer. ``Named`` names many rows at
once, each kind in one query, however many entries a page shows.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from keepsight.apps.accounts.models import Authority, Membership, Service, Team, User, Worker
from keepsight.apps.accounts.permissions import Grants, rules
from keepsight.apps.events.models import Event
from keepsight.apps.learning.models import Enrolment
from keepsight.apps.people.content import sees_of, telling_words
from keepsight.apps.people.models import Address, Child, Family, FamilyMember, Identifier, SafeContact
from keepsight.apps.people.permissions import children_visible_to, place_is_confidential
from keepsight.apps.places.models import PROVIDER, Setting
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import Verb, entries_visible_to, may_do_with
from keepsight.core.errors import BadInput
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.prepared import prepared

NOT_FOUND = "Nothing that you may open is called that. Check the number, or ask who may open it to name it here."
NAMED_AT_MOST = 5
_LAST_DAY = re.compile(r"^(?P<name>.+?)[\s,]+(?P<day>\d{1,2})[/ .-](?P<month>\d{1,2})[/ .-](?P<year>\d{4})$")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)$")


class NotFound(BadInput):
    """What was typed names nothing that this person may open."""

    code = "reference_not_found"


@dataclass(frozen=True)
class Reach:
    """Who looks, in which authority, live or inside an exercise, on which day."""

    grants: Grants
    authority: Authority
    on: date
    exercise: Event | None = None

    def children(self) -> QuerySet[Child]:
        return children_visible_to(self.grants).filter(authority=self.authority)

    def families(self) -> QuerySet[Family]:
        members = FamilyMember.objects.filter(family=OuterRef("pk"), child__in=children_visible_to(self.grants))
        return Family.objects.filter(Exists(members), authority=self.authority)

    def settings(self) -> QuerySet[Setting]:
        return Setting.objects.filter(authority=self.authority)

    def teams(self) -> QuerySet[Team]:
        return Team.objects.filter(authority=self.authority).order_by("name")

    def services(self) -> QuerySet[Service]:
        return Service.objects.filter(authority=self.authority).order_by("name")

    def workers(self) -> QuerySet[Worker]:
        return Worker.objects.filter(authority=self.authority).order_by("name")

    def people(self) -> QuerySet[User]:
        """Staff of the authority: nobody from outside."""
        return staff_of(self.authority, self.on)

    def entries(self, key: str = "") -> QuerySet[Entry]:
        """The entries of a register of this authority that the person may read."""
        register = Register.objects.select_related("current").filter(
            authority=self.authority, key=key, current__isnull=False
        )
        for each in register:
            return entries_visible_to(self.grants, each, exercise=self.exercise)
        return Entry.objects.none()

    def any_entry(self, pk: int) -> Entry | None:
        """One entry of any register of this authority, if the person may read it."""
        for held in Entry.objects.filter(pk=pk, register__authority=self.authority).values_list("register__key"):
            return self.entries(held[0]).filter(pk=pk).select_related("register__current").first()
        return None


def staff_of(authority: Authority, on: date, roles: Iterable[str] | None = None) -> QuerySet[User]:
    """Who works in an authority today (in one of these roles), by name; nobody from a school, provider or council."""
    inside = [role for role, rule in rules().items() if not rule.portal and (roles is None or role in set(roles))]
    here = Q(authority=authority) | Q(partnership__authorities=authority)
    held = Membership.objects.filter(here, Q(ends_on=None) | Q(ends_on__gt=on), role__in=inside, starts_on__lte=on)
    able = User.objects.filter(is_active=True).filter(Q(expires_on=None) | Q(expires_on__gt=on))
    return able.filter(pk__in=held.values("user_id")).order_by("name", "pk")


def entry_visible_to(grants: Grants, ref: UUID, verb: Verb = "read", *, exercise: Event | None = None) -> Entry | None:
    """One entry by its reference, if this person may do that with it; nothing tells why not."""
    for entry in _whole(ref=ref):
        return entry if may_do_with(grants, entry, verb, exercise=exercise)[verb] else None
    return None


@prepared
def _whole(ref: UUID) -> QuerySet[Entry]:
    """An entry with what its pages tell beside it."""
    return Entry.objects.filter(ref=ref).select_related(
        "register__current", "register__authority", "version__register", "owner", "team", "added_by", "changed_by",
        "child", "family", "setting", "about_team", "service", "worker", "exercise", "event",
    )  # fmt: skip


# --- finding what was typed -----------------------------------------------------------------------------
def find(kind: str, typed: str, reach: Reach, *, register: str = "") -> Any:
    """
    Find the row that was meant.

    Raises
    ------
    NotFound
        With the same sentence for what is not there and what the person may not open.
    """
    words = " ".join(typed.split())
    finder = {"child": _child, "family": _family, "setting": _setting, "provider": _provider}.get(kind)
    return _entry(words, reach, register) if finder is None else finder(words, reach)


def _one(rows: QuerySet, what: str) -> Any:
    found = list(rows[: NAMED_AT_MOST + 1])
    if not found:
        raise NotFound(NOT_FOUND)
    if len(found) > 1:
        raise NotFound(f"More than one {what} is meant by that. Use the number.")
    return found[0]


def _child(words: str, reach: Reach) -> Child:
    given = _LAST_DAY.match(words)
    children = reach.children().order_by("pk")
    if given is None:
        number = {"identifiers__value__iexact": words.replace(" ", ""), "identifiers__closed_on": None}
        return _one(children.filter(**number).distinct(), "child")
    try:
        born = date(int(given["year"]), int(given["month"]), int(given["day"]))
    except ValueError:
        raise NotFound("The date of birth must be a real day, like 1/5/2012.") from None
    forename, _, surname = given["name"].rstrip(",").partition(" ")
    exact = Q(forename__iexact=forename, surname__iexact=surname.strip())
    for cut in range(2, len(parts := given["name"].rstrip(",").split(" "))):  # Mary Ann Smith, Ives van Dorn
        exact |= Q(forename__iexact=" ".join(parts[:cut]), surname__iexact=" ".join(parts[cut:]))
    return _one(children.filter(exact, date_of_birth=born), "child")


def _family(words: str, reach: Reach) -> Family:
    for family in reach.families().filter(number__iexact=words)[:1]:
        return family
    child = _child(words, reach)
    return _one(reach.families().filter(members__child=child).order_by("pk"), "family")


def _setting(words: str, reach: Reach, *, only: Q | None = None) -> Setting:
    settings = reach.settings().filter(only or Q())
    bracketed = _IN_BRACKETS.search(words)
    number = bracketed[1].strip() if bracketed else words
    for setting in settings.filter(Q(urn__iexact=number) | Q(laestab=number.replace("/", ""))).order_by("pk")[:1]:
        return setting
    exact = list(settings.filter(name__iexact=words).order_by("pk")[:2])
    found = exact if len(exact) == 1 else list(settings.filter(name__icontains=words).order_by("name", "pk")[:6])
    if not found or len(words) < 2:  # one letter is no search but a list
        raise NotFound("No setting of this authority is called that. Type part of its name, or its number.")
    if len(found) > 1:
        names = ", ".join(f"{each.name} ({each.urn})" for each in found[:NAMED_AT_MOST])
        raise NotFound(f"Several are called that: {names}{' and more' if len(found) > NAMED_AT_MOST else ''}. "
                       "Type the number of the one that you mean.")  # fmt: skip
    return found[0]


def _provider(words: str, reach: Reach) -> Setting:
    return _setting(words, reach, only=Q(type=PROVIDER))


def _entry(words: str, reach: Reach, register: str) -> Entry:
    """ACT-12 of a named register, or of whichever has that prefix; or its number alone."""
    prefix, dash, number = words.rpartition("-")
    if not number.isdecimal() or len(number) > 9:
        raise NotFound("Type the number of the entry, like ACT-12.")
    here = Register.objects.select_related("current", "authority").filter(
        authority=reach.authority, current__isnull=False
    )
    for each in here.filter(key=register) if register else here:
        if dash and rule_of(each.current).prefix.casefold() != prefix.casefold():  # type: ignore[arg-type]
            continue
        if not dash and not register:
            break
        seen = entries_visible_to(reach.grants, each, exercise=reach.exercise)
        for entry in seen.filter(number=int(number)).select_related("register__current"):
            return entry
    raise NotFound(NOT_FOUND)


# --- naming what is kept --------------------------------------------------------------------------------
def as_typed(kind: str, row: Any) -> str:
    """What would be typed to find a row again: stands in the box when a form is opened."""
    if kind == "child":
        held = Identifier.objects.filter(child=row, closed_on=None).order_by("scheme", "pk").values_list("value")
        for (value,) in held[:1]:
            return str(value)
        born = row.date_of_birth
        return f"{row.forename} {row.surname} {born.day}/{born.month}/{born.year}" if born else ""
    if kind == "family":
        return str(row.number)
    if kind == "entry":
        return f"{rule_of(row.register.current).prefix}-{row.number}"
    return f"{row.name} ({row.urn})"


NOT_NAMED = "Somebody or something that you may not open"


@dataclass
class Named:
    """Names of rows by kind and id, as far as this person may know them. ``shown`` are the children it named."""

    reach: Reach
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    refs: dict[tuple[str, int], str] = field(default_factory=dict)
    shown: list[int] = field(default_factory=list)

    def __call__(self, kind: str, pk: Any) -> str:
        return self.names.get((_family_of(kind), int(pk)), NOT_NAMED)

    def ref(self, kind: str, pk: Any) -> str:
        """The random reference of a child or entry that was named; empty for others."""
        return self.refs.get((_family_of(kind), int(pk)), "")

    def look_up(self, wanted: Mapping[str, Iterable[int]]) -> "Named":
        """Name these rows, one query a kind."""
        merged: dict[str, set[int]] = defaultdict(set)
        for kind, ids in wanted.items():
            merged[_family_of(kind)] |= {int(each) for each in ids}
        for kind, ids in merged.items():
            if ids:
                _LOOK_UPS[kind](self, ids)
        return self


def _family_of(kind: str) -> str:
    return "setting" if kind == "provider" else kind


def _name_children(named: Named, ids: set[int]) -> None:
    rows = children_visible_to(named.reach.grants).filter(pk__in=ids).values_list("pk", "ref", "forename", "surname")
    for pk, ref, forename, surname in rows:
        named.names["child", pk] = f"{forename} {surname}"
        named.refs["child", pk] = str(ref)
        named.shown.append(pk)


def _name_families(named: Named, ids: set[int]) -> None:
    for pk, number in named.reach.families().filter(pk__in=ids).values_list("pk", "number"):
        named.names["family", pk] = f"Family {number}"


def _name_entries(named: Named, ids: set[int]) -> None:
    held = Entry.objects.filter(pk__in=ids).values_list("register_id", flat=True)
    registers = Register.objects.select_related("current").filter(pk__in=held, current__isnull=False)
    for register in registers:
        rule = rule_of(register.current)  # type: ignore[arg-type]
        seen = entries_visible_to(named.reach.grants, register, exercise=named.reach.exercise).filter(pk__in=ids)
        rows = list(seen.values_list("pk", "ref", "number", "title", "child_id", "family_id"))
        titled = _reads_title(named.reach.grants, register, rule)
        children, families = confidential_among(
            {row[4] for row in rows} - {None}, {row[5] for row in rows} - {None}, named.reach.on
        )
        for pk, ref, number, title, child, family in rows:
            told = titled and child not in children and family not in families
            named.names["entry", pk] = f"{rule.prefix}-{number} {title}" if told else f"{rule.prefix}-{number}"
            named.refs["entry", pk] = str(ref)
            named.shown += [child] if told and child else []  # the title tells of the child


def _reads_title(grants: Grants, register: Register, rule: Rule) -> bool:
    """Whether the field that names an entry is shown to one of this person's roles."""
    field = next((each for each in rule.fields if each.id == rule.title), None)
    roles = {role for role, authority, _ in grants.memberships + grants.lent if authority == register.authority_id}
    return field is None or not field.shown_to or bool(roles & set(field.shown_to))


def _plainly(kind: str, rows: QuerySet) -> Any:
    def look_up(named: Named, ids: set[int]) -> None:
        for pk, name in rows.filter(pk__in=ids).values_list("pk", "name"):
            named.names[kind, pk] = name

    return look_up


_LOOK_UPS = {
    "child": _name_children, "family": _name_families, "entry": _name_entries,
    "person": _plainly("person", User.objects.all()), "setting": _plainly("setting", Setting.objects.all()),
    "team": _plainly("team", Team.objects.all()), "service": _plainly("service", Service.objects.all()),
    "worker": _plainly("worker", Worker.objects.all()),
}  # fmt: skip


# --- places that are confidential -----------------------------------------------------------------------
@dataclass(frozen=True)
class Hidden:
    """What must not be told on this page: whether settings are hidden, and words that would tell the place."""

    place: bool = False
    words: frozenset[str] = frozenset()


NOTHING_HIDDEN = Hidden()


def confidential_among(children: Iterable[int], families: Iterable[int], on: date) -> tuple[set[int], set[int]]:
    """Which of these children's places are confidential, and which of these families have such a child."""
    asked, of_families = tuple(children), tuple(families)
    found = {pk for (pk,) in _confidential(children=asked, on=on)} if asked else set()
    kin = {pk for (pk,) in _of_confidential(families=of_families, on=on)} if of_families else set()
    return found, kin & set(of_families)


@prepared
def _confidential(children: tuple[int, ...], on: date) -> QuerySet:
    return Child.objects.filter(place_is_confidential(on), pk__in=children).order_by().values_list("pk")


@prepared
def _of_confidential(families: tuple[int, ...], on: date) -> QuerySet:
    kin = Child.objects.filter(place_is_confidential(on), families__family__in=families)
    return kin.order_by().values_list("families__family")


def hidden_of(reach: Reach, children: Iterable[int], families: Iterable[int] = ()) -> Hidden:
    """What an entry about these children may not tell this person: their place, where it is confidential (RULES §5)."""
    about, of_families = tuple(children), tuple(families)
    if not about and not of_families:
        return NOTHING_HIDDEN
    rows = [
        dict(zip(_OF_PLACE, row, strict=True)) for row in _hidden(children=about, families=of_families, on=reach.on)
    ]
    closed = [row for row in rows if not sees_of(reach.grants, row).place]
    if not closed:
        return NOTHING_HIDDEN
    ids = [row["id"] for row in closed]
    kin = FamilyMember.objects.filter(family__members__child__in=ids).values_list("child_id", flat=True)
    several = {*ids, *kin}
    lived = Address.objects.filter(child__in=several).values_list("lines", "postcode", "district__name")
    learned = Enrolment.objects.filter(child__in=several).values_list("setting__name", "setting__district__name")
    held = SafeContact.objects.filter(child__in=several)
    safe = [(each.address, each.phone, each.code_word) for each in held]
    texts = [text for row in (*lived, *learned, *safe) for text in row if text]
    return Hidden(True, telling_words(*(row["district__name"] or "" for row in closed), *texts))


_OF_PLACE = ("id", "authority_id", "plan__worker_id", "plan__team_id", "plan__service", "district__name")


@prepared
def _hidden(children: tuple[int, ...], families: tuple[int, ...], on: date) -> QuerySet:
    of_family = FamilyMember.objects.filter(family__in=families).values("child_id")
    about = Child.objects.filter(Q(pk__in=children) | Q(pk__in=of_family))
    return about.filter(place_is_confidential(on)).values_list(*_OF_PLACE)


def references_in(fields: Iterable[FieldRule], values: Mapping[str, Any]) -> dict[str, set[int]]:
    """The rows that an entry's values name, by kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for each in fields:
        if each.kind in ("person", "child", "family", "setting", "provider", "team", "entry") and values.get(each.id):
            wanted[each.kind].add(int(values[each.id]))
    return wanted
