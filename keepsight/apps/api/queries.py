"""What a list of the interface asks."""

from collections.abc import Mapping, Sequence

from keepsight.apps.registers.forms.filters import LETTERS
from keepsight.apps.registers.keeping import WrongEntry
from keepsight.apps.registers.listing import Asked, Page, Sight, asked
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.queries import ROW, Seen

ROWS_AT_MOST = 200
BESIDE = frozenset({"after", "before", "rows", "exercise"})
_ID = ROW.index("id")


def narrowed(sight: Sight, params: Mapping[str, Sequence[str]]) -> Asked:
    """
    What was asked of a list.

    A page forgives a filter that the register does not know; a program that misspells one would take
    everything for what it asked for, and so is told.

    Raises
    ------
    WrongEntry
        Naming each filter that narrows nothing.
    """
    found = asked(sight, params)
    known = {(name, value) for name, value in found.pairs() if name != "col"}
    lost = {
        name[:60]: "There is no such filter here, or it has no such value."
        for name, values in params.items()
        if name not in BESIDE and any(value.strip() and (name, value.strip()) not in known for value in values)
    }
    if lost:
        raise WrongEntry(lost)
    return found


def words_asked(typed: str) -> str:
    """
    What is searched for; empty where nothing is.

    Raises
    ------
    WrongEntry
        If it is longer than on the page.
    """
    if len(typed) > LETTERS:
        raise WrongEntry({"Search-Words": f"Search for at most {LETTERS} letters."})
    return typed.replace("\x00", "").strip()


def entries_by_number(seen: Seen, page: Page) -> list[Entry]:
    """The entries of a page, in its order: of those that the person may read, once more."""
    ids = [row[_ID] for row in page.rows]
    if not ids:
        return []
    held = seen.entries(Asked(show="all")).filter(pk__in=ids)
    found = held.select_related("owner", "team", "setting", "about_team", "service", "worker").in_bulk()
    return [found[pk] for pk in ids if pk in found]
