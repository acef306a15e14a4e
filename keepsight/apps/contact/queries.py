"""Answers about contact. The lists of the desk are in ``desk.queries``, over the queues in ``models``."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.contact.models import AgreedInterval, ContactPlan, Sighting, VisitDraft
from keepsight.apps.people.models import Child, Identifier, Involvement
from keepsight.apps.people.permissions import RESTRICTED
from keepsight.core.terms import InvolvementKind


def draft_of(user: User, child: Child) -> dict[str, Any]:
    """What this person has typed of a visit to this child and not yet sent; empty where nothing."""
    return VisitDraft.objects.filter(user=user, child=child).values_list("answers", flat=True).first() or {}


def seen_by_others(child: Child) -> list[tuple[Any, ...]]:
    """Recorded sightings, newest first: day, line, who, face to face, note."""
    found = Sighting.objects.filter(child=child).order_by("-seen_on", "-pk")
    return list(found.values_list("seen_on", "line", "who", "face_to_face", "note"))


def agreed_interval_of(child: Child) -> tuple[int, str, str] | None:
    """How often the child's own plan says that they are seen: number, unit, reason."""
    found = AgreedInterval.objects.filter(child=child, is_current=True)
    return found.values_list("every", "unit", "reason").first()


def open_and_not_planned(authority: Authority, on: date) -> tuple[set[int], set[int]]:
    """
    Children with open work who stand in no list: to be looked for, and those whom the register has as died.

    Read from the spells themselves, one by one, so that nothing between a load and a list can hide
    a child: not a rating that was not run, not a join, not a wrong day of death.
    """
    spells = Involvement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), child__authority=authority, started_on__lte=on
    ).exclude(kind=InvolvementKind.EHCP)
    working = spells.values_list("child_id", "kind", "details", "child__died_on")
    died, alive = set(), set()
    for child, kind, details, died_on in working.iterator():
        if kind != InvolvementKind.SECTION_47 or not _enquiry_closed(details or {}, on):
            (died if died_on and died_on <= on else alive).add(child)
    planned = set(ContactPlan.objects.filter(authority=authority, is_open=True).values_list("pk", flat=True))
    return alive - planned, died - planned


def _enquiry_closed(details: dict[str, Any], on: date) -> bool:
    """A section 47 enquiry closes with its conference, or when none was found necessary."""
    held = str(details.get("icpc_on") or "")[:10]
    return str(details.get("icpc_unnecessary")).lower() == "true" or bool(held and held <= on.isoformat())


def counts(authority: Authority, queues: Iterable[str], on: date) -> dict[str, int]:
    """How many children of an authority stand in each queue on a day, in one query."""
    return ContactPlan.objects.filter(authority=authority).counts(queues, on)


def listed(authority: Authority, queue: str, on: date, *, names: bool) -> list[dict[str, Any]]:
    """
    The children of one queue, longest overdue first: ref, the case system's number, why. Names only if asked.

    The command line knows no person, so a restricted record has a line and no name, ref or number.
    """
    number = Identifier.objects.filter(child=OuterRef("child_id"), scheme="la_child_id").values("value")[:1]
    plans = ContactPlan.objects.filter(authority=authority).queue(queue, on)
    rows = plans.order_by(F("due_on").asc(nulls_last=True), "child_id").values(
        "level", "due_on", "due_mode", "why", "last_seen_on", ref=F("child__ref"), number=Subquery(number),
        forename=F("child__forename"), surname=F("child__surname"), record_class=F("child__record_class"),
    )  # fmt: skip
    found = []
    for row in rows:
        name = f"{row.pop('forename')} {row.pop('surname')}".strip()
        if row.pop("record_class") == RESTRICTED:
            row |= {"ref": "", "number": "Restricted record"}
            name = ""
        found.append({**row, "ref": str(row["ref"]), **({"name": name} if names else {})})
    return found
