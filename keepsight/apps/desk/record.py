"""One child's record for the page: seven queries, whatever is in it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.models import Sighting, Visit
from keepsight.apps.desk.queries import numbers_of
from keepsight.apps.frontdoor.models import Contact, Referral
from keepsight.apps.learning.models import EhcPlan, Enrolment
from keepsight.apps.people.content import Sees, telling_words, without_places
from keepsight.apps.people.models import (
    Address,
    Alert,
    Child,
    FamilyMember,
    Identifier,
    Involvement,
    MissingEpisode,
    SafeContact,
)
from keepsight.apps.people.permissions import children_visible_to, place_is_confidential
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.core.errors import NotPermitted
from keepsight.prepared import prepared

WEEKS_SHOWN = 6
MOMENTS_SHOWN = 60
PLAN = (
    "service", "is_open", "level", "worked_level", "computed_level", "level_review_on", "due_on", "due_mode", "alone",
    "bound_by", "why", "eased", "f2f_due_on", "last_seen_on", "last_seen_by", "last_f2f_on", "last_contact_on",
    "last_other_on", "sight_lines", "sight_lines_named", "unseen_from", "worker_id", "team_id", "worker__name",
    "team__name",
)  # fmt: skip
IDENTITY = (
    "id", "ref", "forename", "surname", "sex", "date_of_birth", "expected_on", "died_on", "disabled", "uasc",
    "authority_id", "authority__name", "authority__code", "district__name",
)  # fmt: skip
COLUMNS = (
    *IDENTITY, *(f"plan__{name}" for name in PLAN), "address_lines", "address_postcode", "la_child_id", "upn",
    "ehcp_assessed", "ehcp_id", "confirmed__rated_by", "confirmed__rated_on", "confirmed__approval",
    "confirmed__reason", "place_confidential",
)  # fmt: skip
# Kind, day, two codes, who, words, whose words they are (terms.Provenance), and which service's part it is.
MOMENT = ("kind", "happened_on", "first", "second", "by", "words", "provenance_of", "part")
RATING = ("level", "points", "confidence", "reasons", "as_at", "rated_at", "pack_id", "pack_hash", "is_current")
SIBLING = (
    "pk", "ref", "forename", "surname", "date_of_birth", "expected_on", "plan__level", "plan__due_on", "plan__is_open",
    "plan__worker__name",
)  # fmt: skip


def reach_child(grants: Grants, ref: UUID, permission: Permission) -> QuerySet[Child]:
    """The one child, if this permission reaches so far; an empty set otherwise."""
    return children_visible_to(grants, permission).filter(ref=ref)


def identity(grants: Grants, ref: UUID, permission: Permission, on: date) -> dict[str, Any]:
    """
    Who the child is, the plan, the level in force and the latest address.

    Raises
    ------
    NotPermitted
        Whether the child is another team's or does not exist: the answer must not tell which.
    """
    for row in _identity(ref=ref, on=on, grants=grants, permission=permission.value):
        return dict(zip(COLUMNS, row, strict=True))
    raise NotPermitted(
        "This child is not among those you work with. The child's team manager can add you.", code="child_not_yours"
    )


@prepared
def _identity(ref: UUID, on: date, grants: Grants, permission: str) -> QuerySet:
    current = FilteredRelation("confirmations", condition=Q(confirmations__is_current=True))
    address = Address.objects.filter(child=OuterRef("pk")).order_by(F("ended_on").desc(nulls_first=True), "-started_on")
    plans = EhcPlan.objects.filter(Q(ceased_on=None) | Q(ceased_on__gt=on), child=OuterRef("pk"))
    ehcp = plans.order_by("-plan_on")
    known_as = Identifier.objects.filter(child=OuterRef("pk"))
    return (
        reach_child(grants, ref, Permission(permission))
        .annotate(
            confirmed=current,
            address_lines=Subquery(address.values("lines")[:1]),
            address_postcode=Subquery(address.values("postcode")[:1]),
            la_child_id=Subquery(known_as.filter(scheme="la_child_id").values("value")[:1]),
            upn=Subquery(known_as.filter(scheme="upn").values("value")[:1]),
            ehcp_assessed=Subquery(ehcp.values("risk_assessment")[:1]),
            ehcp_id=Subquery(ehcp.values("pk")[:1]),
            place_confidential=ExpressionWrapper(place_is_confidential(on), output_field=BooleanField()),
        )
        .values_list(*COLUMNS)[:1]
    )


def secrets_of(who: Mapping[str, Any]) -> frozenset[str]:
    """
    The words that would tell where a child is whose address is confidential: addresses, schools, safe contact.

    Those of brothers and sisters too: one child's place is told by the other's.
    """
    family = FamilyMember.objects.filter(family__members__child=who["id"]).values_list("child_id", flat=True)
    several = {who["id"], *family}
    lived = Address.objects.filter(child__in=several).values_list("lines", "postcode", "district__name")
    learned = Enrolment.objects.filter(child__in=several).values_list("setting__name", "setting__district__name")
    held = SafeContact.objects.filter(child__in=several).values_list("address", "phone", "code_word")
    found = [text for row in (*lived, *learned, *held) for text in row]
    return telling_words(who["district__name"] or "", *(text for text in found if text))


def places(who: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Where the child lives and learns, as the lists say: for the page of safe contact."""
    enrolled = Enrolment.objects.filter(Q(left_on=None) | Q(left_on__gt=on), child_id=who["id"])
    named = enrolled.order_by("pk").values_list("setting__name", "school")
    lived = [part for part in (who["address_lines"], who["address_postcode"]) if part]
    return {
        "address": ", ".join(lived),
        "district": who["district__name"] or "",
        "schools": [name or f"School {number}" for name, number in named],
    }


def without_secrets(text: str, who: Mapping[str, Any], sees: Sees) -> str:
    """A free text as this person may read it: without what would tell a confidential place."""
    if not text or not who["place_confidential"] or sees.place:
        return text
    return without_places(text, secrets_of(who))


def ratings(child_id: int) -> list[dict[str, Any]]:
    """What the policy computed, newest first."""
    return [dict(zip(RATING, row, strict=True)) for row in _ratings(child_id=child_id)]


@prepared
def _ratings(child_id: int) -> QuerySet:
    return Rating.objects.filter(child_id=child_id).order_by("-is_current", "-rated_at").values_list(*RATING)[:30]


@prepared
def involvements(child_id: int) -> QuerySet:
    """Spells of work, open ones first."""
    rows = Involvement.objects.filter(child_id=child_id).order_by(F("ended_on").desc(nulls_first=True), "-started_on")
    return rows.values_list("kind", "started_on", "ended_on", "worker__name", "team__name", "not_in_file_since")[:40]


@prepared
def alerts(child_id: int, on: date) -> QuerySet:
    """Markers in force: kind, note, since when, and whose words the note holds."""
    rows = Alert.objects.filter(child_id=child_id, started_on__lte=on).filter(Q(ended_on=None) | Q(ended_on__gt=on))
    return rows.order_by("kind").values_list("kind", "note", "started_on", "provenance")


def siblings(grants: Grants, child_id: int, permission: Permission) -> list[dict[str, Any]]:
    """Children of the same family whom this person may see."""
    rows = _siblings(child_id=child_id, grants=grants, permission=permission.value)
    numbers = numbers_of(rows)
    return [dict(zip(SIBLING, row, strict=True), number=numbers.get(row[0], "")) for row in rows]


@prepared
def _siblings(child_id: int, grants: Grants, permission: str) -> QuerySet:
    visible = children_visible_to(grants, Permission(permission))
    family = visible.filter(families__family__members__child=child_id).exclude(pk=child_id)
    return family.order_by("date_of_birth", "pk").distinct().values_list(*SIBLING)


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _as_moments(rows: QuerySet, kind: str, on: str, *codes: Any) -> QuerySet:
    """Rows of one table in the shape that all moments share: ``MOMENT``; what a table does not tell is empty."""
    told = (*codes, *[_text("")] * (len(MOMENT) - 2 - len(codes)))
    parts = {"kind": _text(kind), "happened_on": F(on), **dict(zip(MOMENT[2:], told, strict=True))}
    cast = {name: part if name == "happened_on" else Cast(part, TextField()) for name, part in parts.items()}
    return rows.order_by().annotate(**cast).values_list(*cast)


@prepared
def timeline(child_id: int) -> QuerySet:
    """What happened, newest first, out of six tables in one query: rows of ``MOMENT``."""

    def of(model: Any) -> QuerySet:
        return model.objects.filter(child_id=child_id)

    seen = (F("line"), F("face_to_face"), F("who"), F("note"), F("provenance"), F("line"))
    visited = (F("outcome"), F("mode"), F("worker_name"), F("note"), F("provenance"), F("service"))
    rated = (F("level"), F("computed_level"), F("rated_by"), F("reason"))
    others = (
        _as_moments(of(Sighting), "sighting", "seen_on", *seen),
        _as_moments(of(Confirmation), "confirmed", "rated_on", *rated),
        _as_moments(of(MissingEpisode), "missing", "started_on", F("ended_on")),
        _as_moments(of(Contact), "contact", "contact_on", F("source_code")),
        _as_moments(of(Referral), "referral", "referred_on", F("source_code")),
    )
    visits = _as_moments(of(Visit), "visit", "visit_on", *visited)
    return visits.union(*others, all=True).order_by("-happened_on", "kind")[:MOMENTS_SHOWN]


def school_weeks(child_id: int, on: date) -> list[tuple[Any, ...]]:
    """Schools that have the child on roll, each with its newest weeks of marks: name, year group, Monday, marks."""
    since = on - timedelta(weeks=WEEKS_SHOWN, days=on.weekday())
    return _school_weeks(child_id=child_id, on=on, since=since)


@prepared
def _school_weeks(child_id: int, on: date, since: date) -> QuerySet:
    enrolled = Enrolment.objects.filter(Q(left_on=None) | Q(left_on__gt=on), child_id=child_id)
    recent = FilteredRelation("weeks", condition=Q(weeks__week_from__gte=since))
    rows = enrolled.annotate(recent=recent).order_by("pk", "-recent__week_from")
    return rows.values_list("setting__name", "school", "year_group", "recent__week_from", "recent__marks")
