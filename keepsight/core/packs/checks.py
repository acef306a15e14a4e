"""What must be true of a table beyond its keys: days in order, known facts, sentences that can be filled."""

import string
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from keepsight.core.packs import kinds
from keepsight.core.packs.conditions import compile_condition, nearest
from keepsight.core.packs.schema import Table, read
from keepsight.core.packs.trouble import PackError
from keepsight.core.people.facts import FACTS, WORDS
from keepsight.core.registers.checking import NOTHING, Known, check_register


def check(
    name: str, table: Mapping[str, Any], *, where: str, partial: bool = False, known: Known = NOTHING
) -> Table | None:
    """
    Check one table of a pack.

    Parameters
    ----------
    name : str
        Kind of table: the stem of its file.
    table : mapping
        What the file holds.
    where : str
        File, for the sentence.
    partial : bool
        Keys may be missing, because a lower layer gives them.
    known : Known
        Roles, retention and other registers, which a register's definition may name.

    Returns
    -------
    Table or None
        The table as its dataclass; None where the kind is not one that packs know, or ``partial``.

    Raises
    ------
    PackError
        Naming file, table and key.
    """
    kind = kinds.kind_of(name)
    if kind is None:
        return None
    if partial:
        for key in ("source", "owner", "review_on"):
            if key not in table:
                raise PackError(f"{where}: {key} is missing.")
    whole = read(kind, table, where=where, partial=partial)
    if more := _MORE.get(name.partition("/")[0]):
        more(whole, where)
    if isinstance(whole, kinds.Register) and not partial:  # of a part, a lower layer may hold what it names
        check_register(whole, where, known)
    return None if partial else whole


def _in_order(first: date | None, last: date | None, names: tuple[str, str], where: str) -> None:
    if first is not None and last is not None and last < first:
        raise PackError(f"{where}: {names[1]} ({last}) is before {names[0]} ({first}).")


def _ask(text: str | None, where: str) -> None:
    """Check a condition where there is one."""
    if text:
        compile_condition(text, FACTS, where=f"{where}: when", words=WORDS)


def placeholders(sentence: str) -> list[str]:
    """Give the words that stand in braces in a sentence."""
    return [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]


def _check_sentence(sentence: str | None, where: str, key: str) -> None:
    try:
        names = placeholders(sentence or "")
    except ValueError as trouble:
        raise PackError(f"{where}: {key} has a brace that does not close.") from trouble
    for name in names:
        # Windows of facts.toml may be named too; whether one is there shows when the policy is made.
        if name not in FACTS.names and not name.endswith(("_days", "_months", "_weeks", "_wd")):
            raise PackError(f"{where}: {key} names no known fact: {{{name}}}.{nearest(name, FACTS.names)}")


def _check_calendar(table: kinds.Calendar, where: str) -> None:
    _in_order(table.first_day, table.last_day, ("first_day", "last_day"), where)
    days = [holiday.day for holiday in table.holidays or ()]
    for earlier, later in zip(days, days[1:], strict=False):
        if later <= earlier:
            raise PackError(f"{where}: holidays must be in order, and {later} follows {earlier}.")


def _check_rating(table: kinds.Rating, where: str) -> None:
    rows: Iterable[tuple[str, kinds.PointsRule | kinds.FloorRule | kinds.PromptRule]] = [
        *(("points", row) for row in table.points or ()),
        *(("floors", row) for row in table.floors or ()),
        *(("prompts", row) for row in table.prompts or ()),
    ]
    seen: dict[str, str] = {}
    for list_name, row in rows:
        place = f"{where}: {list_name} {row.id}"
        if row.id in seen:
            raise PackError(f"{place} has the id of a row of {seen[row.id]}.")
        seen[row.id] = list_name
        _ask(row.when, place)
        _check_sentence(row.because, place, "because")
        _check_sentence(row.because_unknown, place, "because_unknown")
    for review in table.review or ():
        if review.days is not None and review.days < 1:
            raise PackError(f"{where}: review {review.id}: days must be 1 or more, and is {review.days}.")
    _check_levels(table, where)


def _check_levels(table: kinds.Rating, where: str) -> None:
    thresholds, protection, completeness = table.thresholds, table.protection, table.completeness
    both = thresholds and thresholds.amber is not None and thresholds.red is not None
    if both and thresholds.red <= thresholds.amber:
        raise PackError(f"{where}: thresholds: red ({thresholds.red}) must be more than amber ({thresholds.amber}).")
    if protection:
        if protection.cap is not None and protection.cap > 0:
            raise PackError(f"{where}: protection: cap must be 0 or less, and is {protection.cap}.")
        if protection.ignored_when:
            compile_condition(protection.ignored_when, FACTS, where=f"{where}: protection: ignored_when", words=WORDS)
    if completeness and completeness.check_below is not None and not 0 <= completeness.check_below <= 1:
        raise PackError(
            f"{where}: completeness: check_below must be between 0 and 1, and is {completeness.check_below}."
        )


def _check_contact(table: kinds.Contact, where: str) -> None:
    for row in table.requirements or ():
        if row.every is not None and row.every < 1:
            raise PackError(f"{where}: requirements {row.id}: every must be 1 or more, and is {row.every}.")
    share = table.due_soon.share if table.due_soon else None
    if share is not None and not 0 <= share <= 1:
        raise PackError(f"{where}: due_soon: share must be between 0 and 1, and is {share}.")


def _check_timescales(table: kinds.Timescales, where: str) -> None:
    for row in table.timescales or ():
        if row.every is not None and row.every < 1:
            raise PackError(f"{where}: timescales {row.id}: every must be 1 or more, and is {row.every}.")
        _ask(row.when, f"{where}: timescales {row.id}")


def _check_phases(table: kinds.Phases, where: str) -> None:
    for list_name, rows in (("phases", table.phases), ("days", table.days)):
        for row in rows or ():
            _in_order(row.from_, row.to, ("from", "to"), f"{where}: {list_name} {row.id}")


def _check_easements(table: kinds.Easements, where: str) -> None:
    for row in table.easements or ():
        for place, window in enumerate(row.windows or (), 1):
            _in_order(window.from_, window.to, ("from", "to"), f"{where}: easements {row.id}: windows entry {place}")


def _check_definitions(table: kinds.Definitions, where: str) -> None:
    for row in table.definitions or ():
        _ask(row.when, f"{where}: definitions {row.id}")


_MORE: dict[str, Callable[[Any, str], None]] = {
    "calendar": _check_calendar,
    "rating": _check_rating,
    "contact": _check_contact,
    "timescales": _check_timescales,
    "phases": _check_phases,
    "easements": _check_easements,
    "definitions": _check_definitions,
}
