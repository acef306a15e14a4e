"""Words, tags and links for the desk's rows. No queries here, and no clock: the day is given."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from keepsight.apps.desk.wording import QUEUE_WORDS
from keepsight.core.terms import LABELS

WARNING_WORDS = {
    "address_confidential": "Address is confidential",
    "visit_in_pairs": "Visit in pairs",
    "violence": "Violence",
    "dog": "Dog",
    "marac": "MARAC case",
    "domestic_abuse": "Domestic abuse: ask who may hear before you speak",
    "shielding": "Someone is shielding",
    "cannot_tell": "The child cannot tell: see them yourself",
    "interpreter": "Needs an interpreter",
}
SHORT_WARNINGS = {
    **WARNING_WORDS,
    "address_confidential": "Confidential address",
    "domestic_abuse": "Domestic abuse",
    "shielding": "Shielding",
    "cannot_tell": "Cannot tell",
    "interpreter": "Interpreter",
}
HOW = {
    "f2f_home": "Face to face at home",
    "f2f": "Face to face",
    "seen": "See the child; video counts",
    "contact": "Speak with the young person",
}
SEEN_BY = {
    "social_care": "social care",
    "early_help": "early help",
    "school": "school",
    "health": "health",
    "youth_work": "youth work",
    "police": "police",
    "hub": "a hub",
    "other": "another professional",
}


def age(born: date | None, on: date, expected: date | None = None) -> str:
    """“7 years”, “4 months”, “Unborn, due 3 May 2020”; babies in weeks, because weeks matter."""
    if born is None:
        return "Unborn" if expected else "Age not known"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 0:
        return "Unborn"
    if months < 3:
        return words((on - born).days // 7, "week")
    if months < 24:
        return f"{months} months"
    return f"{months // 12} years"


def words(count: int, one: str, many: str = "") -> str:
    """“1 day”, “3 days”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def when_due(due: date | None, on: date) -> str:
    """“3 days overdue”, “today”, “in 2 days”."""
    if due is None:
        return "No contact is due"
    gap = (due - on).days
    if gap < 0:
        return f"{words(-gap, 'day')} overdue"
    return ("Today", "Tomorrow")[gap] if gap < 2 else f"In {gap} days"


def days_ago(day: date | None, on: date) -> str:
    """“today”, “yesterday”, “9 days ago”, “never”."""
    if day is None:
        return "never"
    gap = (on - day).days
    return ("today", "yesterday")[gap] if 0 <= gap < 2 else f"{gap} days ago"


def how(mode: str, alone: bool) -> str:
    """How the next contact must be made."""
    return HOW.get(mode, "Any contact") + (", alone" if alone and mode != "contact" else "")


def name(forename: str, surname: str, number: str = "") -> str:
    """A child's name, or the case system's number; never empty, so that a link always has words."""
    return f"{forename} {surname}".strip() or (f"Case {number}" if number else "Name not known")


_NO_NUMBERS: Mapping[int, str] = MappingProxyType({})
RESTRICTED_RECORD = "Restricted record"  # in place of a name; such a row has no link and says nothing of the person


def present_rows(
    rows: list[tuple[Any, ...]],
    warnings: dict[int, list[str]],
    on: date,
    *,
    hidden: Set[int] = frozenset(),
    numbers: Mapping[int, str] = _NO_NUMBERS,
) -> list[dict[str, Any]]:
    """Rows of ``queries.ROW`` as a list template needs them. ``hidden``: children whom they may not name."""
    return [_present_row(row, warnings, on, numbers) | (_UNNAMED if row[0] in hidden else {}) for row in rows]


_UNNAMED: dict[str, Any] = {
    "child": None, "href": "", "name": RESTRICTED_RECORD, "age": "", "warnings": [], "why": "", "eased": "",
}  # fmt: skip


def _present_row(
    row: tuple[Any, ...], warnings: dict[int, list[str]], on: date, numbers: Mapping[int, str]
) -> dict[str, Any]:
    (child, ref, forename, surname, born, expected, service, level, computed, due, mode, alone, why, eased, seen_on,
     seen_by, review_on, unseen_from, worker, team, *_) = row  # fmt: skip
    return {
        "child": child,
        "href": f"/children/{ref}/",
        "name": name(forename, surname, numbers.get(child, "")),
        "age": age(born, on, expected),
        "service": LABELS.get(service, service),
        "level": level,
        "computed": computed if computed and computed != level and level != "unrated" else "",
        "when": when_due(due, on),
        "late": due is not None and due < on,
        "due": due,
        "how": how(mode, alone) if due else "",
        "why": why,
        "eased": eased,
        "eased_until": eased.partition(":")[0],
        "seen": days_ago(seen_on, on).capitalize(),
        "seen_by": SEEN_BY.get(seen_by, ""),
        "unseen": unseen_from is not None and unseen_from <= on,
        "review": review_on,
        "worker": worker or "No worker",
        "team": team or "No team",
        "warnings": [SHORT_WARNINGS[kind] for kind in warnings.get(child, ())],
    }


def shown(*lists: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of the children whom these lists name, for the log."""
    return [row["child"] for rows in lists for row in rows if row["child"] is not None]


def tiles(counts: dict[str, int], query: str = "") -> list[dict[str, Any]]:
    """Counts as tiles that open their lists."""
    return [
        {
            "count": count,
            "text": QUEUE_WORDS[queue].tile,
            "href": f"/lists/{queue}/{query}",
            "tone": QUEUE_WORDS[queue].tone if count else "good",
        }
        for queue, count in counts.items()
    ]


def sentence(row: dict[str, Any], on: date) -> str:
    """“17 children, 3 Red; 2 overdue, the longest by 6 days; 1 nobody has seen.”"""
    text = words(row["children"], "child", "children")
    text += f", {row['red']} Red" if row["red"] else ", none Red"
    if row.get("unrated"):
        text += f", {row['unrated']} unrated"
    if row["overdue"]:
        oldest = row.get("oldest")
        text += f"; {row['overdue']} overdue"
        if oldest:
            text += f"{', the longest' if row['overdue'] > 1 else ''} by {words((on - oldest).days, 'day')}"
    else:
        text += "; none overdue"
    if row["nobody"]:
        text += f"; {row['nobody']} nobody has seen"
    return text + "."


def child_href(ref: UUID) -> str:
    """The child's page."""
    return f"/children/{ref}/"


def present_drafts(drafts: list[tuple[Any, ...]], numbers: Mapping[int, str] = _NO_NUMBERS) -> list[dict[str, Any]]:
    """Drafts with their links."""
    return [
        {
            "href": f"{child_href(ref)}visit/",
            "name": name(forename, surname, numbers.get(child, "")),
            "at": changed_at,
        }
        for ref, forename, surname, changed_at, child in drafts
    ]


def present_found(
    rows: list[tuple[Any, ...]],
    on: date,
    *,
    with_reason: Set[int] = frozenset(),
    numbers: Mapping[int, str] = _NO_NUMBERS,
) -> list[dict[str, Any]]:
    """Children that a search found. ``with_reason``: until one gives a reason, only name, age and team are told."""
    return [
        {
            "child": child, "href": child_href(ref), "name": name(forename, surname, numbers.get(child, "")),
            "age": age(born, on, expected), "born": born, "level": level or "",
            "service": LABELS.get(service or "", "Nothing open"), "worker": worker or "No worker",
            "team": team or "", "authority": authority, "with_reason": child in with_reason,
        } | (_WITHHELD if child in with_reason else {})
        for child, ref, forename, surname, born, expected, level, service, worker, team, authority in rows
    ]  # fmt: skip


_WITHHELD: dict[str, Any] = {"born": None, "level": "", "service": "", "worker": ""}


def present_known(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Whom to call about a child who is known; nothing of the record."""
    return [
        {"team": (team if is_open else "") or "", "phone": (phone if is_open else "") or "", "authority": authority}
        for _, team, phone, authority, is_open, _ in rows
    ]


def present_approvals(
    rows: list[tuple[Any, ...]],
    *,
    user_id: int,
    reasons: dict[str, str],
    hidden: Set[int] = frozenset(),
    numbers: Mapping[int, str] = _NO_NUMBERS,
) -> list[dict[str, Any]]:
    """Levels that wait. One's own waits for another manager, and says so."""
    return [
        {
            "child": child, "href": f"/ratings/{pk}/approval/",
            "name": name(forename, surname, numbers.get(child, "")), "computed": computed, "level": level,
            "why": reasons.get(code, code), "reason": reason, "by": by, "on": on, "own": user == user_id,
        } | (_UNNAMED | {"reason": ""} if pk in hidden else {})
        for pk, _, forename, surname, computed, level, code, reason, by, on, user, child, *_ in rows
    ]  # fmt: skip


def present_unsigned(
    rows: list[tuple[Any, ...]], *, hidden: Set[int] = frozenset(), numbers: Mapping[int, str] = _NO_NUMBERS
) -> list[dict[str, Any]]:
    """Virtual visits whose reason waits for a signature."""
    return [
        {
            "child": child, "href": f"/visits/{pk}/reason/",
            "name": name(forename, surname, numbers.get(child, "")), "mode": LABELS.get(mode, mode), "on": on,
            "reason": "The place is confidential: open the visit to read the reason" if reason is None else reason,
            "by": by,
        } | (_UNNAMED | {"reason": "Restricted"} if pk in hidden else {})
        for pk, _, forename, surname, mode, on, reason, by, child, *_ in rows
    ]  # fmt: skip
