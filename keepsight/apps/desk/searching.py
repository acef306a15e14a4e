"""Finding a child by name, by identifier or by date of birth, never outside the person's scope."""

from datetime import date
from typing import Any

from django.db.models import Q

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.people.permissions import children_visible_to

SHOWN = 25


def kind_of(words: str) -> str:
    """What sort of search this was, for the log: the words themselves are never kept."""
    if _as_date(words):
        return "date of birth"
    return "identifier" if any(letter.isdigit() for letter in words) else "name"


def find(grants: Grants, words: str) -> tuple[list[tuple[Any, ...]], bool]:
    """The children who match, at most ``SHOWN``, and whether there are more."""
    words = " ".join(words.split())
    visible = children_visible_to(grants, Permission.CHILD_VIEW)
    if born := _as_date(words):
        matching = visible.filter(date_of_birth=born)
    elif kind_of(words) == "identifier":
        # A query of its own for the ids: a join would show a child once for each identifier.
        matching = visible.filter(identifiers__value__iexact=words.replace(" ", "")).distinct()
    else:
        matching = visible.filter(_by_name(words.split(" ")))
    rows = matching.order_by("surname", "forename", "pk").values_list(
        "ref", "forename", "surname", "date_of_birth", "expected_on", "plan__level", "plan__service",
        "plan__worker__name", "plan__team__name", "authority__name",
    )[: SHOWN + 1]  # fmt: skip
    found = list(rows)
    return found[:SHOWN], len(found) > SHOWN


def _by_name(parts: list[str]) -> Q:
    """Every part begins a forename or a surname, in any order."""
    condition = Q()
    for part in parts:
        condition &= Q(surname__istartswith=part) | Q(forename__istartswith=part)
    return condition


def _as_date(words: str) -> date | None:
    parts = words.replace("/", " ").replace("-", " ").replace(".", " ").split()
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    day, month, year = numbers if numbers[0] < 1000 else reversed(numbers)
    try:
        return date(year, month, day)
    except ValueError:
        return None
