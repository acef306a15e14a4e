"""Which parts of a record a person may see: the classes of content of RULES §5. Rows and roles, no HTTP."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When

from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of, rules
from keepsight.apps.people.models import Alert, Child, FamilyMember, SafeContact
from keepsight.apps.people.permissions import opened_for, places_of_work
from keepsight.core.packs import book
from keepsight.core.terms import AlertKind, Provenance, Service

HEALTH_HELD_BACK = "A reason that only the care team sees"
PLACE_HELD_BACK = "A reason that would tell where the child lives or goes to school"
PART_HELD_BACK = "A reason that only the social work team sees"
POLICE_HELD_BACK = "Police intelligence: held back"
NOT_SHOWN = "[not shown]"
DISTRICT_NOT_SHOWN = -1  # in place of a district's number
DISTRICT_NOT_SHOWN_WORDS = "District not shown"
SOCIAL_CARE = frozenset({Service.CP, Service.CLA, Service.CIN, Service.CARE_LEAVER})
_TELEPHONE = re.compile(r"(?<!\d)(?:\+44 ?|0)\d(?:[ -]?\d){8,9}(?!\d)")
_HOUSE = re.compile(r"^(?:flat |unit )?\d+[a-z]?\s+", re.IGNORECASE)
_KIND_OF_SCHOOL = re.compile(
    r"(?:\s+(?:the|infant|junior|primary|secondary|high|middle|nursery|special|community|academy|college|school))+$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sees:
    """What of one record's content one person may see."""

    place: bool = False  # where a child lives and learns whose address is confidential
    code_word: bool = False
    health: bool = False
    police: bool = False  # what a note tagged as police intelligence says
    early_help_only: bool = False  # of a case stepped up to social care


EVERYTHING = Sees(place=True, code_word=True, health=True, police=True)


def sees_of(grants: Grants, who: Mapping[str, Any]) -> Sees:
    """
    What a person may see of one record.

    Parameters
    ----------
    who : mapping
        The child's ``id``, ``authority_id``, ``plan__worker_id``, ``plan__team_id`` and ``plan__service``.
    """

    early_help_only = _early_help_only(grants, who)
    return Sees(
        place=_close(grants, Permission.SAFE_CONTACT_VIEW, who),
        code_word=_close(grants, Permission.CODE_WORD_VIEW, who),
        health=_close(grants, Permission.HEALTH_VIEW, who),
        police=not early_help_only and _reaches_of_itself(grants, who),
        early_help_only=early_help_only,
    )


def sees_to_safety(grants: Grants, who: Mapping[str, Any]) -> bool:
    """Whether a person may write down how a family is reached safely: who manages the case."""
    return _close(grants, Permission.SAFE_CONTACT_EDIT, who)


def _close(grants: Grants, permission: Permission, who: Mapping[str, Any]) -> bool:
    return is_close(
        grants, permission, child_id=who["id"], authority_id=who["authority_id"], worker_id=who["plan__worker_id"],
        team_id=who["plan__team_id"],
    )  # fmt: skip


def is_close(
    grants: Grants,
    permission: Permission,
    *,
    child_id: int,
    authority_id: int,
    worker_id: int | None,
    team_id: int | None,
) -> bool:
    """
    Whether a person works with the child in a role that holds the permission, or had the record opened for it.

    Works with: as the child's worker, or in (or over) the team that has the case. A role for a whole
    authority works with nobody by itself.
    """
    if child_id in grants.blocked:
        return False
    workers, teams = places_of_work(grants, permission)
    if worker_id in workers or team_id in teams:
        return True
    return child_id in opened_for(grants, permission) and authority_id in grants.authorities_with_reason(permission)


def _reaches_of_itself(grants: Grants, who: Mapping[str, Any]) -> bool:
    """As worker, manager, leader or by name, and not because a reason or broken glass opened the record."""
    if who["id"] in grants.opened and who["id"] not in grants.briefly:
        return True
    scope = grants.scope(Permission.CHILD_VIEW)
    return (
        who["plan__worker_id"] in scope.worker_ids
        or who["plan__team_id"] in scope.team_ids
        or who["authority_id"] in scope.authority_ids
    )


def _early_help_only(grants: Grants, who: Mapping[str, Any]) -> bool:
    """
    Whether only early help leads to a record that social care now works with.

    As early help practitioner, or as the team or worker of early help that goes on beside social care.
    """
    own = {worker for worker, _ in grants.workers + grants.covering}
    if who["plan__service"] not in SOCIAL_CARE or who["plan__worker_id"] in own or who["id"] in grants.opened:
        return False
    roles = {
        role
        for role, authority, place in grants.memberships + grants.lent
        if authority == who["authority_id"]
        and place in (None, who["plan__team_id"])
        and Permission.CHILD_VIEW in permissions_of(role)
    }
    return not any(rules()[role].social_care for role in roles)


def marked_confidential(on: date) -> QuerySet:
    """Ids of the children whose own record says that the place is confidential."""
    alerts = Alert.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), kind=AlertKind.ADDRESS_CONFIDENTIAL, started_on__lte=on
    )
    held = SafeContact.objects.values("child_id")
    return Child.objects.filter(Q(pk__in=alerts.values("child_id")) | Q(pk__in=held)).values("pk")


def confidential_children(on: date, *, child: str = "pk") -> Q:
    """
    ``permissions.place_is_confidential`` for long lists: the few marked children are looked up once, not for each row.

    ``child`` leads to the child's id.
    """
    marked = marked_confidential(on)
    families = FamilyMember.objects.filter(family__members__child__in=marked).values("child_id")
    return Q(**{f"{child}__in": marked}) | Q(**{f"{child}__in": families})


def district_told(on: date) -> Case:
    """
    The number of the district in which lists and figures put the child of a contact plan.

    The same for every reader, so that a count and its list are equal, and nobody learns a place
    from two lists that differ.
    """
    hidden = When(confidential_children(on, child="child_id"), then=Value(DISTRICT_NOT_SHOWN))
    return Case(hidden, default=F("child__district_id"), output_field=BigIntegerField())


@functools.cache
def rules_of_health() -> frozenset[str]:
    """Rules of the policy whose reason tells of somebody's health, from the standing pack."""
    return _flagged("health")


@functools.cache
def rules_of_place() -> frozenset[str]:
    """Rules of the policy whose reason tells of home or school, from the standing pack."""
    return _flagged("place")


def _flagged(flag: str) -> frozenset[str]:
    table = book().table("rating")
    rows = (row for kind in ("points", "floors", "prompts") for row in table.get(kind, ()))
    return frozenset(row["id"] for row in rows if row.get(flag))


def reason_held_back(rule: str, sees: Sees, *, confidential: bool) -> str:
    """What stands in place of a rating's reason that this person may not read; empty where they may."""
    if sees.early_help_only:
        return PART_HELD_BACK
    if rule in rules_of_health() and not sees.health:
        return HEALTH_HELD_BACK
    if confidential and rule in rules_of_place() and not sees.place:
        return PLACE_HELD_BACK
    return ""


def note_held_back(provenance: str, sees: Sees) -> str:
    """What stands in place of a note that this person may not read; empty where they may."""
    return POLICE_HELD_BACK if provenance == Provenance.POLICE and not sees.police else ""


def without_places(text: str, secrets: Iterable[str]) -> str:
    """A free text without what would tell where a child is: these words, and anything like a postcode or telephone."""
    if not text:
        return text
    for secret in sorted(secrets, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(secret)}\b", NOT_SHOWN, text, flags=re.IGNORECASE)
    return _TELEPHONE.sub(NOT_SHOWN, _POSTCODE.sub(NOT_SHOWN, text))


def telling_words(*texts: str) -> frozenset[str]:
    """
    The parts of addresses, names of schools and numbers that would tell a place, long enough to mean something.

    A street tells it without the number of the house, and a school without the word school.
    """
    parts = [part.strip() for text in texts for part in re.split(r"[,;\n]", text or "")]
    shorter = [_HOUSE.sub("", part) for part in parts] + [_KIND_OF_SCHOOL.sub("", part) for part in parts]
    return frozenset(part for part in (*parts, *shorter) if len(part) > 3)
