"""Finding a child by name, by identifier or by date of birth, never outside the person's scope."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of, rules
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import RESTRICTED, children_findable_by, children_visible_to

SHOWN = 25
LETTERS = 2  # of one word of a name at least: one letter is no search but a list


def kind_of(words: str) -> str:
    """What sort of search this was, for the log: the words themselves are never kept."""
    if _as_date(words):
        return "date of birth"
    return "identifier" if any(letter.isdigit() for letter in words) else "name"


def is_enough(words: str) -> bool:
    """Whether the words look for somebody: a name needs a word with two letters or more."""
    return kind_of(words) != "name" or any(sum(map(str.isalpha, part)) >= LETTERS for part in words.split())


def find(grants: Grants, words: str) -> tuple[list[tuple[Any, ...]], bool, frozenset[int]]:
    """
    The children who match, at most ``SHOWN``; whether there are more; ids of those who need a reason.

    Who may not know that a record exists is asked nothing of it: it is left out before anything is
    matched, counted or put in order.
    """
    words = " ".join(words.split())
    known = children_findable_by(grants)
    if born := _as_date(words):
        matching = known.filter(date_of_birth=born)
    elif kind_of(words) == "identifier":
        # A query of its own for the ids: a join would show a child once for each identifier.
        # A number that an adoption order closed finds nobody: it would lead from one record to another.
        value = {"identifiers__value__iexact": words.replace(" ", ""), "identifiers__closed_on": None}
        matching = known.filter(**value).distinct()
    else:
        matching = known.filter(_by_name(words.split(" ")))
    rows = matching.order_by("surname", "forename", "pk").values_list(
        "pk", "ref", "forename", "surname", "date_of_birth", "expected_on", "plan__level", "plan__service",
        "plan__worker__name", "plan__team__name", "authority__name",
    )[: SHOWN + 1]  # fmt: skip
    found = list(rows)
    ids = [row[0] for row in found[:SHOWN]]
    open_to = children_visible_to(grants, Permission.CHILD_VIEW).filter(pk__in=ids).values_list("pk", flat=True)
    return found[:SHOWN], len(found) > SHOWN, frozenset(ids) - frozenset(open_to)


def known(grants: Grants, *, number: str, forename: str, surname: str, born: date | None) -> list[tuple[Any, ...]]:
    """
    The children of one's authorities who are exactly this one: id, team, duty telephone, authority, and whether open.

    A restricted record is as one that is not there, unless the role is told that it exists; so is
    one's own or a relative's.
    """
    children = _asked_about(grants)
    if number:
        asked = {"identifiers__value__iexact": "".join(number.split()), "identifiers__closed_on": None}
    else:
        asked = {"forename__iexact": forename.strip(), "surname__iexact": surname.strip(), "date_of_birth": born}
    rows = children.filter(**asked).order_by("pk").distinct()
    return list(
        rows.values_list(
            "pk", "plan__team__name", "plan__team__duty_phone", "authority__name", "plan__is_open", "plan__service"
        )[:SHOWN]
    )


def _asked_about(grants: Grants) -> QuerySet[Child]:
    held = [
        (role, authority)
        for role, authority, _ in grants.memberships + grants.lent
        if Permission.KNOWN_CHECK in permissions_of(role)
    ]
    told = {authority for role, authority in held if rules()[role].restricted}
    whole = {authority for _, authority in held}
    exists = Q(authority_id__in=told) | (Q(authority_id__in=whole) & ~Q(record_class=RESTRICTED))
    return Child.objects.filter(exists).exclude(pk__in=grants.blocked)


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
