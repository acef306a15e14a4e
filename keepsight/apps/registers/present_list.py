"""Entries as a list, a board and a file show them: values in words, days, tags; names only where they may be known."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from keepsight.apps.people.content import without_places
from keepsight.apps.registers.listing import SUBJECT_COLUMN, Asked, Page, Sight
from keepsight.apps.registers.queries import COUNTED, ROW, Seen
from keepsight.apps.registers.references import (
    NOTHING_HIDDEN,
    Hidden,
    Named,
    Reach,
    confidential_among,
    hidden_of,
)
from keepsight.core.registers.values import shown as in_words
from keepsight.ui.templatetags.govuk import moment, short_day

_AT = {name: place for place, name in enumerate(ROW)}
_NOBODY = UUID(int=0)
_REFERENCES = ("person", "child", "family", "setting", "provider", "team", "entry")
RAG_COLOURS = {"red": "red", "amber": "orange", "green": "green"}
NOT_NAMED = {"child": "A child", "family": "A family"}
PLACE_HIDDEN = "Confidential"
TONES = {"red": "bad", "orange": "warn", "yellow": "warn", "green": "good"}


@dataclass(frozen=True)
class Cell:
    """One value in a list."""

    label: str
    text: str
    href: str = ""
    colour: str | None = None  # of a tag; None: no tag
    late: str = ""  # what is said beside a day
    number: bool = False
    raw: Any = None  # as a file takes it


@functools.cache
def _entry_address() -> tuple[str, str]:
    before, after = reverse("registers:entry", args=[_NOBODY]).split(str(_NOBODY))
    return before, after


def entry_href(ref: Any) -> str:
    """Where an entry is opened."""
    before, after = _entry_address()
    return f"{before}{ref}{after}"


def list_href(seen: Sight, query: str = "", name: str = "list") -> str:
    """Where a list of the register is."""
    address = reverse(f"registers:{name}", args=[seen.register.authority.code, seen.register.key])
    return f"{address}?{query}" if query else address


class Rows:
    """Rows of entries in words. Everything that has to be looked up is, once for all of them, kind by kind."""

    def __init__(self, seen: Seen, columns: Sequence[str], rows: Sequence[Sequence[Any]]):
        self.seen, self.sight, self.rows = seen, seen.sight, rows
        self.headings = self.sight.columns()
        self.columns = [each for each in columns if each in self.headings]
        self.states = {each.id: each for each in self.sight.rule.states}
        self.fields = [self.sight.fields[each] for each in self.columns if each in self.sight.fields]
        reach = Reach(seen.grants, seen.register.authority, seen.on, seen.exercise)
        self.named = Named(reach).look_up(self._wanted())
        self.closed, self.hidden = self._closed(reach)

    def _subject(self, row: Sequence[Any]) -> tuple[str, Any]:
        kind = self.sight.rule.subject
        column = SUBJECT_COLUMN.get(kind, kind)
        at = _AT["cell"] if column == "cell" else _AT.get(f"{column}_id")
        return kind, row[at] if at is not None else None

    def _wanted(self) -> Mapping[str, set[int]]:
        wanted: dict[str, set[int]] = defaultdict(set)
        for row in self.rows:
            kind, about = self._subject(row)
            if "subject" in self.columns and about and kind != "cell":
                wanted[kind].add(about)
            for field in self.fields:
                if field.kind in _REFERENCES and (held := row[_AT["values"]].get(field.id)):
                    wanted[field.kind].add(int(held))
        return wanted

    def _closed(self, reach: Reach) -> tuple[frozenset[int], Hidden]:
        """
        Entries about or naming children whose place is confidential, and the words that would tell it here.

        A list names no place beside them, and their texts are read as on the page of one entry.
        """
        kinds = [("child", _AT["child_id"]), ("family", _AT["family_id"])]
        named = {kind: [each.id for each in self.sight.rule.fields if each.kind == kind] for kind, _ in kinds}
        if self.sight.rule.subject not in ("child", "family") and not any(named.values()):
            return frozenset(), NOTHING_HIDDEN
        about: dict[str, dict[int, set[int]]] = {"child": defaultdict(set), "family": defaultdict(set)}
        for row in self.rows:
            for kind, at in kinds:
                for pk in (row[at], *(row[_AT["values"]].get(each) for each in named[kind])):
                    if pk:
                        about[kind][int(pk)].add(row[_AT["id"]])
        children, families = confidential_among(about["child"], about["family"], self.seen.on)
        closed = frozenset(
            pk for kind, ids in (("child", children), ("family", families)) for each in ids for pk in about[kind][each]
        )
        return closed, hidden_of(reach, children, families) if closed else NOTHING_HIDDEN

    def _text(self, row: Sequence[Any], text: str) -> str:
        """A free text without what would tell a confidential place."""
        if row[_AT["id"]] in self.closed and self.hidden.place:
            return without_places(text, self.hidden.words)
        return text

    def shown(self) -> list[int]:
        """The children whom the rows are about or name, for the log."""
        about = [row[_AT["child_id"]] for row in self.rows if row[_AT["child_id"]]]
        return list(dict.fromkeys([*about, *self.named.shown]))

    def ticks(self) -> list[tuple[str, str]]:
        """What chooses a row to change it with others: reference and number, empty where this person may not."""
        able = self.seen.changeable([row[_AT["id"]] for row in self.rows])
        if not able:
            return []
        return [(str(r[_AT["ref"]]), self.number(r)) if r[_AT["id"]] in able else ("", "") for r in self.rows]

    def cells(self) -> list[list[Cell]]:
        """Row by row, in the order of the columns. The title leads to the entry; without it, the number does."""
        leads = "title" if "title" in self.columns else "number" if "number" in self.columns else ""
        makers = [(name, self._maker(name)) for name in self.columns]
        made = []
        for row in self.rows:
            cells = [make(self.headings[name], row) for name, make in makers]
            if leads:
                at = self.columns.index(leads)
                cells[at] = Cell(
                    cells[at].label, cells[at].text or "No title", entry_href(row[_AT["ref"]]), raw=cells[at].raw
                )
            made.append(cells)
        return made

    def _maker(self, name: str) -> Any:
        built_in = {
            "number": self._number, "title": self._title, "state": self._state, "due": self._due, "rag": self._rag,
            "subject": self._about, "owner": self._plain("owner__name"), "team": self._plain("team__name"),
            "added": self._day("added_at"), "changed": self._day("changed_at"),
        }  # fmt: skip
        if name in built_in and name not in self.sight.fields:
            return built_in[name]
        return functools.partial(self._field, self.sight.fields[name])

    def number(self, row: Sequence[Any]) -> str:
        """What an entry is called: ACT-12."""
        return f"{self.sight.rule.prefix}-{row[_AT['number']]}"

    def _number(self, label: str, row: Sequence[Any]) -> Cell:
        return Cell(label, self.number(row), raw=self.number(row))

    def title(self, row: Sequence[Any]) -> str:
        """The title, unless it is a field that this person does not see."""
        return self._text(row, row[_AT["title"]]) if self.sight.rule.title in self.sight.fields else ""

    def _title(self, label: str, row: Sequence[Any]) -> Cell:
        text = self.title(row) or self.number(row)
        return Cell(label, text, raw=text)

    def _state(self, label: str, row: Sequence[Any]) -> Cell:
        state = self.states.get(row[_AT["state"]])
        name = state.name if state else row[_AT["state"]]
        return Cell(label, name, colour=state.colour if state else "grey", raw=name)

    def _rag(self, label: str, row: Sequence[Any]) -> Cell:
        held = row[_AT["rag"]]
        return Cell(label, held.capitalize(), colour=RAG_COLOURS.get(held) if held else None, raw=held.capitalize())

    def late(self, row: Sequence[Any]) -> str:
        """What is to be said of the deadline beyond the day."""
        due_on, due_at, soon = row[_AT["due_on"]], row[_AT["due_at"]], row[_AT["soon_on"]]
        if not row[_AT["is_open"]] or due_on is None:
            return ""
        if due_on < self.seen.on or (due_at and due_at < self.seen.at):
            return "Overdue"
        return "Due soon" if soon and soon <= self.seen.on else ""

    def _due(self, label: str, row: Sequence[Any]) -> Cell:
        due_on, due_at = row[_AT["due_on"]], row[_AT["due_at"]]
        return Cell(label, moment(due_at) if due_at else short_day(due_on), late=self.late(row), raw=due_on)

    def _about(self, label: str, row: Sequence[Any]) -> Cell:
        kind, about = self._subject(row)
        if not about:
            return Cell(label, "")
        text = str(about) if kind == "cell" else self._name(kind, about)
        return Cell(label, text, raw=text)

    def _name(self, kind: str, pk: Any) -> str:
        known = self.named.names.get(("setting" if kind == "provider" else kind, int(pk)))
        return known or NOT_NAMED.get(kind, "Not named here")

    def _plain(self, column: str) -> Any:
        return lambda label, row: Cell(label, row[_AT[column]] or "", raw=row[_AT[column]])

    def _day(self, column: str) -> Any:
        def made(label: str, row: Sequence[Any]) -> Cell:
            local = timezone.localtime(row[_AT[column]])
            return Cell(label, short_day(local), raw=local)

        return made

    def _field(self, field: Any, label: str, row: Sequence[Any]) -> Cell:
        held = row[_AT["values"]].get(field.id)
        if held in (None, ""):
            return Cell(label, "")
        if field.kind in _REFERENCES:
            hidden = field.kind in ("setting", "provider") and row[_AT["id"]] in self.closed
            text = PLACE_HIDDEN if hidden else self._name(field.kind, held)
            return Cell(label, text, raw=text)
        if field.kind == "rag":
            return Cell(label, str(held).capitalize(), colour=RAG_COLOURS.get(held), raw=str(held).capitalize())
        text = in_words(field, held)
        if field.kind == "date":
            return Cell(label, short_day(held), raw=date.fromisoformat(held))
        if field.kind == "choice":
            colour = next((each.colour for each in field.choices if each.id == held), "")
            return Cell(label, text, colour=colour or None, raw=text)
        if field.kind in ("number", "money") and isinstance(held, int | float):
            return Cell(label, text, number=True, raw=held)
        text = self._text(row, text)
        return Cell(label, text if len(text) < 200 else text[:199] + "…", raw=text)


def how_many(count: int) -> str:
    """A count as a tile says it."""
    return f"{count:,}" if count <= COUNTED else f"More than {COUNTED:,}"


def tiles(seen: Seen, found: Iterable[tuple[Any, Asked, int]]) -> list[dict[str, Any]]:
    """Tiles with where they lead: exactly the entries that they count."""
    return [
        {
            "text": tile.title, "count": how_many(count), "tone": TONES.get(tile.colour, "plain"),
            "href": list_href(seen.sight, _exactly(asked)),
        }
        for tile, asked, count in found
    ]  # fmt: skip


def _exactly(asked: Asked) -> str:
    """A query that says what was asked and nothing else, so that no saved view takes its place."""
    return asked.query() or "show=open"


def narrowed_by(sight: Sight, asked: Asked, *, owners: Mapping[str, str], teams: Mapping[str, str]) -> list[str]:
    """The filters in force, in words."""
    words = []
    names = {each.id: each.name for each in sight.rule.states}
    if asked.states:
        words.append("State: " + " or ".join(names[each] for each in asked.states))
    if asked.owner:
        words.append({"me": "Given to me", "nobody": "Given to nobody"}.get(asked.owner) or
                     f"Given to {owners.get(asked.owner, 'one person')}")  # fmt: skip
    if asked.team:
        words.append(f"Team: {teams.get(asked.team, 'one team')}")
    if asked.rag:
        words.append(f"RAG: {asked.rag}")
    if asked.due:
        words.append({"overdue": "Overdue", "due_soon": "Due soon", "none": "No deadline"}[asked.due])
    for id_, how, value in asked.fields:
        field = sight.fields[id_]
        text = {"yes": "Yes", "no": "No"}.get(value, value) if field.kind == "yes_no" else value
        if field.kind in ("choice", "date"):
            text = in_words(field, value)
        if field.kind in _REFERENCES:
            text = owners.get(value) or teams.get(value) or "as chosen"
        words.append(
            f"{field.label}{ {'is': ':', 'begins': ' begins with', 'from': ' from', 'to': ' to'}[how] } {text}"
        )
    return words


# --- pages ---------------------------------------------------------------------------------------------
AREA_WORDS = {
    "command": "Command", "workforce": "Workforce", "assurance": "Quality and assurance",
    "partnership": "Partnership", "providers": "Providers", "front_door": "Front door", "contact": "Contact",
    "meetings": "Meetings", "education": "Education", "send": "SEND", "care": "Children in care", "health": "Health",
    "early_help": "Early help", "demand": "Demand",
}  # fmt: skip


def areas(figures: Sequence[tuple[Any, Sight, int, int]]) -> list[dict[str, Any]]:
    """Registers by area, in the order of the areas; which authority, where there are two."""
    several = len({register.authority_id for register, *_ in figures}) > 1
    by_area: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for register, sight, is_open, overdue in figures:
        by_area[sight.rule.area].append(
            {
                "name": sight.rule.plural, "purpose": sight.rule.purpose, "href": list_href(sight),
                "authority": register.authority.name if several else "",
                "open": how_many(is_open), "open_href": list_href(sight, "show=open"),
                "overdue": how_many(overdue), "overdue_href": list_href(sight, "due=overdue"),
                "is_late": overdue > 0, "has_clocks": bool(sight.rule.clocks),
            }
        )  # fmt: skip
    return [
        {"id": area, "heading": AREA_WORDS[area], "registers": by_area[area]} for area in AREA_WORDS if area in by_area
    ]


def at_rest(found: Sequence[tuple[Any, Sight, int]]) -> list[dict[str, Any]]:
    """Registers that are not in use now, with all that they hold."""
    several = len({register.authority_id for register, *_ in found}) > 1
    return [
        {
            "name": sight.rule.plural, "href": list_href(sight, "show=all"), "entries": how_many(count),
            "authority": register.authority.name if several else "",
        }
        for register, sight, count in found
    ]  # fmt: skip


def page(seen: Seen, asked: Asked, found: Page, rows: Rows, *, more: Mapping[str, str]) -> dict[str, Any]:
    """The list itself: headings that sort, cells, and where the pages beside this one are."""
    carried = {name: value for name, value in more.items() if value}
    asks = {"view": carried["view"]} if "view" in carried else {}
    stays = urlencode(carried) if asks else asked.query(**{**carried, "after": "", "before": ""})

    def beside(name: str, place: str) -> str:
        return f"?{stays}&{name}={place}" if stays else f"?{name}={place}"

    without_view = {name: value for name, value in carried.items() if name != "view"}
    filters = narrowed_by(seen.sight, asked, owners={}, teams={})
    return {
        **about(seen), "headings": _headings(seen.sight, asked, rows.columns, without_view), "rows": rows.cells(),
        "ticks": rows.ticks(), "choose": list_href(seen, name="bulk"),
        "after": beside("after", found.after) if found.after else "",
        "before": beside("before", found.before) if found.before else "",
        "filters": filters, "searched": seen.words,
        "hides_places": seen.sight.rule.subject in ("child", "family"),
        "open_only": not asked.states and asked.show != "all",
        "everything": list_href(seen, "show=open"),
        "with_ended": list_href(seen, asked.query(show="all", **without_view)),
        "without_ended": list_href(seen, asked.query(show="open", **without_view)),
        "narrow": list_href(seen, asked.query(**without_view), "narrow"), "search": list_href(seen, name="search"),
        "save": list_href(seen, asked.query(), "saved"), "query": asked.query(),
        "without_words": list_href(seen, asked.query()),
    }  # fmt: skip


def about(seen: Seen) -> dict[str, Any]:
    """What stands on top of every page of a register."""
    rule = seen.sight.rule
    return {
        "name": rule.name, "plural": rule.plural, "purpose": rule.purpose, "authority": seen.register.authority.name,
        "code": seen.register.authority.code, "key": seen.register.key, "add": _add_href(seen),
    }  # fmt: skip


def _add_href(seen: Seen) -> str:
    try:
        return list_href(seen, name="add")
    except NoReverseMatch:
        return ""


def _headings(sight: Sight, asked: Asked, columns: Sequence[str], more: Mapping[str, str]) -> list[dict[str, str]]:
    """Headings; one that sorts leads to the list sorted by it, and turns it round where it is already."""
    sort = asked.sort or sight.rule.list.sort
    words, sortable, found = sight.columns(), sight.sortable(), []
    for name in columns:
        if name not in sortable:
            found.append({"text": words[name], "href": "", "sorted": ""})
            continue
        now = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
        to = f"-{name}" if now == "ascending" else name
        found.append({"text": words[name], "href": f"?{asked.query(sort=to, **more)}", "sorted": now})
    return found


TABS = (("list", "List"), ("board", "Board"), ("summary", "Summary"))


def tabs(seen: Seen, current: str) -> list[dict[str, Any]]:
    """The three ways to look at a register."""
    return [{"text": text, "href": list_href(seen, name=name), "current": name == current} for name, text in TABS]


def views(seen: Seen, saved: Sequence[Any], *, current: Any, user_id: int) -> list[dict[str, Any]]:
    """Saved lists: one's own and those that others share."""
    return [
        {
            "pk": view.pk, "name": view.name, "href": list_href(seen, f"view={view.pk}"),
            "own": view.user_id == user_id, "by": view.user.name, "shared": view.shared,
            "is_default": view.is_default and view.user_id == user_id,
            "current": current is not None and view.pk == current.pk,
        }
        for view in saved
    ]  # fmt: skip


def cards(rows: Rows) -> list[dict[str, Any]]:
    """Entries on a board: what names each, whose it is and when it is due."""
    states = rows.states
    made = []
    for row in rows.rows:
        state = states.get(row[_AT["state"]])
        moves = [states[each] for each in (state.moves if state else ()) if each in states]
        made.append(
            {
                "ref": row[_AT["ref"]], "number": rows.number(row), "title": rows.title(row) or rows.number(row),
                "href": entry_href(row[_AT["ref"]]), "owner": row[_AT["owner__name"]] or "Nobody yet",
                "due": short_day(row[_AT["due_on"]]), "late": rows.late(row), "revision": row[_AT["revision"]],
                "rag": row[_AT["rag"]].capitalize() if rows.sight.sees_rag else "",
                "rag_colour": RAG_COLOURS.get(row[_AT["rag"]], ""),
                "about": rows._about("", row).text if "subject" in rows.columns else "",
                "moves": [{"value": each.id, "text": each.name} for each in moves],
                "asks_why": any(each.reason for each in moves),
            }
        )  # fmt: skip
    return made
