"""
A register as a list: what was asked of it, in which order it stands, and one page of it.

Pages go by key, never by offset: a page begins after the last row of the one before, so the tenth
thousand costs what the first page costs, and nothing is shown twice when somebody adds an entry
meanwhile. A list is a row of *segments*, each in the order of one index: first those that have a
value, then those without; states and RAG in the order of their meaning.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import BUILT_IN, FieldRule, TileRule
from keepsight.sealed import CannotOpen, seal, unseal

ROWS = 50
RAGS = ("red", "amber", "green")
DUES = ("overdue", "due_soon", "none")
SUBJECT_COLUMN = {"provider": "setting", "team": "about_team"}  # where the column has another name
_PLACE = "registers.listing"  # what a place in a list is sealed for
_TYPED = "registers.typed"  # what a word that a list is narrowed by is sealed for
_SORTS = {
    "number": "number", "title": "title", "owner": "owner__name", "team": "team__name", "due": "due_on",
    "added": "number", "changed": "changed_at",
}  # fmt: skip  # numbers are given in the order of adding


@dataclass(frozen=True)
class Sight:
    """A register as one person sees it: without the fields that are shown to other roles only."""

    register: Register
    rule: Rule
    fields: Mapping[str, FieldRule]
    slots: Mapping[str, str]

    def sortable(self) -> tuple[str, ...]:
        """What the list may be sorted by."""
        named = tuple(each for each in BUILT_IN if each not in ("title", "subject", "rag") or self._may_sort(each))
        return named + tuple(id_ for id_, each in self.fields.items() if id_ in self.slots or each.kind == "rag")

    def _may_sort(self, name: str) -> bool:
        if name == "rag":
            return self.sees_rag
        return self.rule.title in self.fields if name == "title" else self.rule.subject != "none"

    def typed(self) -> tuple[str, ...]:
        """The indexed fields whose words somebody typed: narrowed by their beginning, which no address shows."""
        return tuple(id_ for id_ in self.slots if self.fields[id_].kind == "text")

    @property
    def sees_rag(self) -> bool:
        """Whether there is a RAG that this person sees."""
        return any(each.kind == "rag" for each in self.fields.values())

    def columns(self) -> dict[str, str]:
        """Every column that may be chosen, with its heading."""
        headings = {
            "number": "Number", "title": self.rule.name, "state": "State", "owner": "Owner", "team": "Team",
            "subject": SUBJECT_WORDS.get(self.rule.subject, "About"), "rag": "RAG", "due": "Due", "added": "Added",
            "changed": "Last changed",
        }  # fmt: skip
        if self.rule.subject == "none":
            del headings["subject"]
        if not self.sees_rag:
            del headings["rag"]
        return headings | {id_: each.label for id_, each in self.fields.items() if id_ != self.rule.title}


SUBJECT_WORDS = {
    "child": "Child", "family": "Family", "setting": "Setting", "provider": "Provider", "team": "About team",
    "cell": "Cell", "service": "Service", "worker": "Worker",
}  # fmt: skip


def sight_of(grants: Grants, register: Register) -> Sight:
    """What this person sees of a register, by the roles held in its authority."""
    assert register.current is not None, "A register that is not installed has no rules."
    rule = rule_of(register.current)
    roles = {role for role, authority, _ in grants.memberships + grants.lent if authority == register.authority_id}
    fields = {f.id: f for f in rule.fields if not f.shown_to or roles & set(f.shown_to)}
    return Sight(register, rule, fields, {id_: slot for id_, slot in register.slots.items() if id_ in fields})


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see. Never holds search words: those are kept in the session."""

    states: tuple[str, ...] = ()
    owner: str = ""  # me, nobody, or the id of a user
    team: str = ""
    rag: str = ""
    due: str = ""
    show: str = ""  # all: ended ones too; open, as empty: only what has not ended, where no state is chosen
    fields: tuple[tuple[str, str, str], ...] = ()  # field id; is, begins, from or to; value
    sort: str = ""
    columns: tuple[str, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """As the query of an address; ``asked`` reads it back."""
        found = [("state", each) for each in self.states]
        found += [
            (name, getattr(self, name)) for name in ("owner", "team", "rag", "due", "show") if getattr(self, name)
        ]
        found += [
            (f"f_{id_}" if how == "is" else f"f_{id_}_{how}", hidden_word(value) if how == "begins" else value)
            for id_, how, value in self.fields
        ]
        found += [("sort", self.sort)] if self.sort else []
        return found + [("col", each) for each in self.columns]

    def told(self) -> dict[str, str]:
        """As the log keeps it: that words were typed, and never which."""
        return {name: "yes" if name.endswith("_begins") else value for name, value in self.pairs()}

    def saved(self) -> "Asked":
        """As a saved list keeps it: without words that somebody typed."""
        return replace(self, fields=tuple(each for each in self.fields if each[1] != "begins"))

    def query(self, **more: str) -> str:
        """The address's query with something added or replaced; an empty text takes it away."""
        kept = [(name, value) for name, value in self.pairs() if name not in more]
        return urlencode(kept + [(name, value) for name, value in more.items() if value])

    @property
    def narrows(self) -> bool:
        """Whether anything is left out but what has ended."""
        return bool(self.states or self.owner or self.team or self.rag or self.due or self.fields)


def asked(sight: Sight, params: Mapping[str, Sequence[str]]) -> Asked:
    """
    Read the query of an address, a saved view or a call of the interface.

    What the register does not know filters nothing: a saved view outlives the field that it named.
    """

    def one(name: str) -> str:
        values = params.get(name) or ()
        return str(values[-1]).strip() if values else ""

    def of(name: str, known: Sequence[str]) -> str:
        return one(name) if one(name) in known else ""

    states = {each.id for each in sight.rule.states}
    owner = one("owner")
    return Asked(
        states=tuple(dict.fromkeys(each for each in params.get("state", ()) if each in states)),
        owner=owner if owner in ("me", "nobody") or _is_id(owner) else "",
        team=one("team") if _is_id(one("team")) else "",
        rag=of("rag", RAGS if sight.sees_rag else ()),
        due=of("due", DUES),
        show=of("show", ("all", "open")),
        fields=tuple(_fields_asked(sight, one)),
        sort=of("sort", [sign + each for each in sight.sortable() for sign in ("", "-")]),
        columns=tuple(dict.fromkeys(each for each in params.get("col", ()) if each in sight.columns())),
    )


def _fields_asked(sight: Sight, one: Any) -> list[tuple[str, str, str]]:
    found = []
    for id_, slot in sight.slots.items():
        if (value := one(f"f_{id_}")) and _reads(slot, value) is not None:
            found.append((id_, "is", value))
        if id_ in sight.typed() and (word := _shown_word(one(f"f_{id_}_begins"))):
            found.append((id_, "begins", word))
        for how in ("from", "to"):
            if slot[0] != "k" and (value := one(f"f_{id_}_{how}")) and _reads(slot, value) is not None:
                found.append((id_, how, value))
    return found


def hidden_word(word: str) -> str:
    """A word that was typed, as an address carries it: sealed."""
    return seal(word, _TYPED)


def _shown_word(token: str) -> str:
    """The word that an address carries; empty where nobody sealed one here."""
    try:
        return unseal(token, _TYPED)[:60].replace("\x00", "").strip() if token else ""
    except ValueError:
        return ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _reads(slot: str, text: str) -> Any:
    """A filter's value as its column holds it; None where it is none."""
    if slot[0] == "k":
        return text[:60].replace("\x00", "")
    try:
        number = date.fromisoformat(text) if slot[0] == "d" else float(text)
    except ValueError:
        return None
    return number if slot[0] == "d" or abs(cast(float, number)) < 1e300 else None  # neither endless nor no number


def asked_by(tile: TileRule, sight: Sight) -> Asked | None:
    """Exactly the entries that a tile counts; None where it counts by a field that this person does not see."""
    found = Asked(states=tile.states, due=tile.due)
    if not tile.field:
        return found
    rule = sight.fields.get(tile.field)
    if rule is None:
        return None
    if rule.kind == "rag":
        return replace(found, rag=tile.value)
    slot = sight.slots.get(tile.field)
    if slot is None or _reads(slot, tile.value) is None:
        return None
    return replace(found, fields=((tile.field, "is", tile.value),))


# --- narrowing -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Wanted:
    """What was asked, as the columns of entries hold it."""

    states: tuple[str, ...] = ()
    only_open: bool = False
    owner: int | str = ""  # an id, nobody, or empty: anybody's
    team: int | str = ""
    rag: str = ""
    due: str = ""
    fields: tuple[tuple[str, Any], ...] = ()  # a condition's name and its value


@dataclass(frozen=True)
class Today:
    """By which day deadlines are told."""

    on: date
    furthest: date  # the last day that may be due soon
    at: datetime | None = None  # where the register has clocks in hours


def wanted(asked: Asked, sight: Sight, user_id: int) -> Wanted:
    """Read what was asked."""
    fields = []
    for id_, how, value in asked.fields:
        slot = sight.slots[id_]
        fields.append(
            (slot + {"is": "", "begins": "__istartswith", "from": "__gte", "to": "__lte"}[how], _reads(slot, value))
        )
    owner: int | str = {"me": user_id, "nobody": "nobody"}.get(asked.owner, asked.owner)
    return Wanted(
        asked.states, not asked.states and (asked.show != "all" or bool(asked.due)),
        int(owner) if owner not in ("", "nobody") else owner, int(asked.team) if asked.team else "", asked.rag,
        asked.due, tuple(fields),
    )  # fmt: skip


def today(rule: Rule, on: date, at: datetime) -> Today:
    """The days that deadlines are told by in a register."""
    furthest = on + timedelta(days=max((clock.soon_days for clock in rule.clocks), default=0))
    return Today(on, furthest, at if any(clock.unit == "hours" for clock in rule.clocks) else None)


def narrow(entries: QuerySet[Entry], wanted: Wanted, today: Today) -> QuerySet:
    """The entries that were asked for, of those that the person may read."""
    if wanted.states:
        entries = entries.filter(state=wanted.states[0]) if len(wanted.states) == 1 else entries.filter(
            state__in=wanted.states
        )  # fmt: skip
    elif wanted.only_open:
        entries = entries.filter(is_open=True)
    if wanted.owner:
        entries = entries.filter(owner=None) if wanted.owner == "nobody" else entries.filter(owner_id=wanted.owner)
    if wanted.team:
        entries = entries.filter(team_id=wanted.team)
    if wanted.rag:
        entries = entries.filter(rag=wanted.rag)
    if wanted.due:
        entries = entries.filter(due_is(wanted.due, today))
    return entries.filter(**dict(wanted.fields)) if wanted.fields else entries


def due_is(due: str, today: Today) -> Q:
    """The condition of one answer about deadlines, written so that the index by due day serves it."""
    late = Q(due_on__lt=today.on)
    if due == "overdue":
        return Q(due_on__lte=today.on) & (late | Q(due_at__lt=today.at)) if today.at else late
    if due == "due_soon":
        soon = Q(due_on__gte=today.on, due_on__lte=today.furthest, soon_on__lte=today.on)
        return soon & (Q(due_at=None) | Q(due_at__gte=today.at)) if today.at else soon
    return Q(due_on=None)


# --- order ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Segment:
    """A part of the list that one index gives in order: by ``key``, then by number."""

    within: Q
    key: str = ""
    down: bool = False
    number_down: bool = True


def segments(sight: Sight, asked: Asked) -> list[Segment]:
    """The list from its beginning to its end. Entries without the value stand last, whichever way it is sorted."""
    sort = asked.sort or sight.rule.list.sort
    down, name = sort.startswith("-"), sort.removeprefix("-")
    if name not in sight.sortable():  # the register begins by what this person does not see
        down, name = True, "number"
    rule = sight.fields.get(name)
    if name == "state":
        known = _states(sight, asked)
        return _in_order("state", known, down, [] if asked.states else [~Q(state__in=known)])
    if name == "rag" or (rule is not None and rule.kind == "rag"):
        return _in_order("rag", [asked.rag] if asked.rag else RAGS, down, [] if asked.rag else [Q(rag="")])
    if name in ("number", "added") or not _sorts_by(sight, name):
        return [Segment(Q(), number_down=down or name not in ("number", "added"))]
    key = _sorts_by(sight, name)
    blank = _is_words(key) and "__" not in key
    filled = Q(**{f"{key}__gt": ""}) if blank else Q(**{f"{key}__isnull": False})
    empty = Q(**{key: ""}) if blank else Q(**{f"{key}__isnull": True})
    first = Segment(filled, key, down, number_down=not down)
    if key == "changed_at":
        return [replace(first, within=Q())]
    if key == "due_on" and asked.due in ("overdue", "due_soon"):
        return [first]
    return [first, Segment(empty)]


def _states(sight: Sight, asked: Asked) -> list[str]:
    ends = () if asked.show == "all" and not asked.due else {each.id for each in sight.rule.states if each.ends}
    known = [each.id for each in sight.rule.states]
    return [each for each in known if (each in asked.states if asked.states else each not in ends)]


def _in_order(column: str, values: Sequence[str], down: bool, rest: Sequence[Q]) -> list[Segment]:
    ordered = list(reversed(values)) if down else list(values)
    parts = [Segment(Q(**{column: value}), number_down=not down) for value in ordered]
    return [*parts, *(Segment(each) for each in rest)]


def _sorts_by(sight: Sight, name: str) -> str:
    if name == "subject":
        column = SUBJECT_COLUMN.get(sight.rule.subject, sight.rule.subject)
        return "cell" if column == "cell" else f"{column}_id"  # never by a name that not everybody may read
    return _SORTS.get(name) or sight.slots.get(name, "")


def _is_words(key: str) -> bool:
    return key[0] == "k" or key in ("title", "cell", "owner__name", "team__name")


# --- pages ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """Where a page begins or ends: which segment, the value there, and the entry's number."""

    segment: int
    value: Any
    number: int


@dataclass(frozen=True)
class Page:
    """Rows in order, and where the next and the previous page begin; empty where there is none."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    after: str = ""
    before: str = ""


def page(
    entries: QuerySet,
    order: Sequence[Segment],
    columns: Sequence[str],
    *,
    after: str = "",
    before: str = "",
    rows: int = ROWS,
    first: Callable[[Segment, int], list[tuple[Any, ...]]] | None = None,
) -> Page:
    """
    One page of a list, at most one query for each segment that it touches.

    ``first`` reads the beginning of a segment in a quicker way, where there is one.

    ``columns`` are those of a row; the number and the value that the list is sorted by are read beside
    them. A place that was tampered with, or comes from another order, begins at the front.
    """
    start = _place(after or before, order)
    back = bool(before and not after and start is not None)
    turned = [_turned(each) for each in reversed(order)] if back else list(order)
    at = (len(order) - 1 - start.segment if back else start.segment) if start else 0
    found: list[tuple[int, tuple[Any, ...]]] = []
    for which in range(at, len(turned)):
        want = rows + 1 - len(found)
        part = turned[which]
        own = len(turned) - 1 - which if back else which
        if first is not None and not (start is not None and which == at):
            found += [(own, row) for row in first(part, want)]
        else:
            chosen = entries.filter(part.within)
            if start is not None and which == at:
                chosen = chosen.filter(_beyond(part, start))
            found += [(own, row) for row in ordered(chosen, part).values_list(*_read(columns, part))[:want]]
        if len(found) > rows:
            break
    more, kept = len(found) > rows, found[:rows]
    if back:
        kept.reverse()
    if not kept:
        return Page() if start is None or back else Page(before="")
    first, last = _written(kept[0], order, columns), _written(kept[-1], order, columns)
    return Page(
        [row[: len(columns)] for _, row in kept],
        after=last if (more or back) else "",
        before=first if (more if back else start is not None) else "",
    )


def _read(columns: Sequence[str], part: Segment) -> list[str]:
    """
    What a row is read with: the columns asked for, its number and the value it stands by.

    Named in a way of their own, because a column may be asked for already.
    """
    return [*columns, "number", *([part.key] if part.key else [])]


def _turned(part: Segment) -> Segment:
    return replace(part, down=not part.down, number_down=not part.number_down)


def ordered(entries: QuerySet, part: Segment) -> QuerySet:
    """The entries of a segment in its order."""
    by = ["-number" if part.number_down else "number"]
    if part.key:
        by.insert(0, f"-{part.key}" if part.down else part.key)
    return entries.order_by(*by)


def _beyond(part: Segment, start: Place) -> Q:
    further = Q(**{f"number__{'lt' if part.number_down else 'gt'}": start.number})
    if not part.key:
        return further
    way = "lt" if part.down else "gt"  # both conditions: the first is what the index is entered by
    return Q(**{f"{part.key}__{way}e": start.value}) & (Q(**{f"{part.key}__{way}": start.value}) | further)


def _written(found: tuple[int, tuple[Any, ...]], order: Sequence[Segment], columns: Sequence[str]) -> str:
    """A place as an address carries it: sealed where it holds words of an entry."""
    which, row = found
    number = row[len(columns)]
    key = order[which].key
    value = row[len(columns) + 1] if key else None
    text = json.dumps([which, value.isoformat() if isinstance(value, date) else value, number])
    sealed = "s" + seal(text, _PLACE) if key and _is_words(key) else "p" + text
    return base64.urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def _place(token: str, order: Sequence[Segment]) -> Place | None:
    if not token or len(token) > 3000:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        text = unseal(sealed[1:], _PLACE) if sealed[:1] == "s" else sealed[1:]
        which, value, number = json.loads(text)
        part = order[which] if which >= 0 else order[len(order)]
        return Place(which, _value(part.key, value), int(number))
    except (ValueError, TypeError, IndexError, KeyError, CannotOpen, binascii.Error, RecursionError, OverflowError):
        return None


def _value(key: str, value: Any) -> Any:
    """The value of a place as its column compares it. [ValueError where it is none]"""
    if not key:
        return None
    if _is_words(key):
        return str(value)
    if key == "changed_at":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if key == "due_on" or key[0] == "d":
        return date.fromisoformat(value)
    return float(value) if key[0] == "n" else int(value)
