"""Answers about access to records: who asked, who is named, what is restricted, whom broken glass is told."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from keepsight.apps.accounts.models import Membership
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.people.actions.relatives import plain
from keepsight.apps.people.models import (
    AccessKind,
    Child,
    DeclaredRelative,
    GlassNotice,
    Identifier,
    RecordAccess,
    Restriction,
)
from keepsight.apps.people.permissions import (
    RESTRICTED,
    children_decided_by,
    children_findable_by,
    children_opened_with_reason_by,
    children_visible_to,
)
from keepsight.core.terms import IdentifierScheme
from keepsight.prepared import prepared

State = RecordAccess.State
SHOWN = 200
A_YEAR = timedelta(days=365)


# --- one record ----------------------------------------------------------------------------------------
def exactly(
    authorities: Iterable[int], *, number: str = "", forename: str = "", surname: str = "", born: date | None = None
) -> Child | None:
    """
    The one child with this number, or with just this name and date of birth.

    Nobody where several match: whoever asks must know the record, not go through those like it.
    """
    here = Child.objects.filter(authority_id__in=set(authorities)).select_related("authority")
    if number:
        held = Identifier.objects.filter(value=plain(number), closed_on=None).values("child_id")
        found = list(here.filter(pk__in=held)[:2])
    elif forename and surname and born:
        wanted = (forename.strip().casefold(), surname.strip().casefold())
        alike = here.filter(date_of_birth=born)
        found = [child for child in alike if (child.forename.casefold(), child.surname.casefold()) == wanted]
    else:
        found = []
    return found[0] if len(found) == 1 else None


def by_ref(ref: UUID) -> Child | None:
    """A child by the number of its address, whoever asks: for actions, which check for themselves."""
    return Child.objects.select_related("authority").filter(ref=ref).first()


def findable(grants: Grants, ref: UUID) -> Child | None:
    """A child of whom the person may learn that there is a record."""
    return children_findable_by(grants).select_related("authority", "plan__team").filter(ref=ref).first()


def may_open(grants: Grants, child: Child) -> bool:
    """Whether the record is open to the person as things are."""
    return children_visible_to(grants).filter(pk=child.pk).exists()


def opens_with_reason(grants: Grants, child: Child) -> bool:
    """Whether a reason would open the record."""
    return children_opened_with_reason_by(grants).filter(pk=child.pk).exists()


def leads_to_reason(grants: Grants, ref: UUID) -> bool:
    """Whether a refused person is asked why they need the record, instead of being told that there is none."""
    if not grants.may(Permission.CHILD_FIND):
        return False
    return children_findable_by(grants).filter(ref=ref).exists()


def decided(grants: Grants, ref: UUID) -> Child | None:
    """A child for whose record the person answers."""
    return children_decided_by(grants).select_related("authority", "plan__team").filter(ref=ref).first()


def open_until(user_id: int, child_id: int, at: datetime) -> tuple[str, datetime] | None:
    """Why a record is briefly open to somebody, and until when: the later of a reason and of broken glass."""
    held = RecordAccess.objects.filter(
        user_id=user_id, child_id=child_id, state=State.GRANTED, starts_at__lte=at, ends_at__gt=at,
        kind__in=(AccessKind.REASON, AccessKind.BREAK_GLASS),
    )  # fmt: skip
    return held.order_by("-ends_at").values_list("kind", "ends_at").first()


# --- rows of lists -------------------------------------------------------------------------------------
def _number(child: str = "child_id") -> Subquery:
    known = Identifier.objects.filter(child=OuterRef(child), scheme=IdentifierScheme.LA_CHILD_ID)
    return Subquery(known.order_by(F("closed_on").desc(nulls_first=True)).values("value")[:1])


OF_CHILD = {
    "ref": F("child__ref"), "forename": F("child__forename"), "surname": F("child__surname"),
    "authority": F("child__authority__name"), "team": F("child__plan__team__name"), "number": _number(),
}  # fmt: skip


def named_among(grants: Grants, children: Iterable[int]) -> set[int]:
    """Those of these children whose name the person may read."""
    return set(children_visible_to(grants).filter(pk__in=list(children)).values_list("pk", flat=True))


def requests_waiting(grants: Grants, user_id: int) -> list[dict[str, Any]]:
    """Requests that wait for this person, the oldest first; their own wait for somebody else."""
    waiting = RecordAccess.objects.filter(state=State.ASKED, child__in=children_decided_by(grants))
    waiting = waiting.exclude(user_id=user_id).order_by("asked_at", "pk")
    return list(waiting.values("pk", "child_id", "because", "reason", "asked_by", "asked_at", **OF_CHILD)[:SHOWN])


def request_to_decide(grants: Grants, pk: int) -> RecordAccess | None:
    """One access to a record for which the person answers."""
    held = RecordAccess.objects.filter(pk=pk, kind=AccessKind.NAMED, child__in=children_decided_by(grants))
    return held.select_related("child__authority", "child__plan__team", "user").first()


def asked_by(user_id: int) -> list[dict[str, Any]]:
    """
    What somebody asked for: when, for how long, and whether it was given.

    Read from the log, where every request stands, also one for a record that does not exist; so
    that a refusal and a record that is not there look the same.
    """
    events = Event.objects.filter(actor_id=str(user_id), kind=EventKind.ACCESS_ASKED).order_by("-at", "-pk")[:20]
    asked = [{"at": event.at, "because": event.reason, "access": event.detail.get("access")} for event in events]
    given = RecordAccess.objects.filter(pk__in=[each["access"] for each in asked if each["access"]]).exclude(
        starts_at=None
    )
    ends = {pk: (state, ends_at) for pk, state, ends_at in given.values_list("pk", "state", "ends_at")}
    return [each | {"given": ends.get(each["access"])} for each in asked]


def named_on_records(grants: Grants, at: datetime) -> list[dict[str, Any]]:
    """Who is named now on each record for which the person answers, the first to end in front."""
    held = RecordAccess.objects.filter(
        kind=AccessKind.NAMED, state=State.GRANTED, ends_at__gt=at, child__in=children_decided_by(grants)
    )
    return list(
        held.order_by("ends_at", "pk").values(
            "pk", "child_id", "because", "reason", "ends_at", "decided_by", whom=F("user__name"), **OF_CHILD
        )[:SHOWN]
    )  # fmt: skip


def restricted_records(grants: Grants) -> list[dict[str, Any]]:
    """
    Restricted records that this person looks at again, the longest overdue first.

    A record that a list brought has nobody's reason and no day: it was never reviewed and is due.
    """
    watched = grants.scope(Permission.RESTRICTED_REVIEW).authority_ids
    mine = Q(authority_id__in=watched) | Q(pk__in=children_decided_by(grants).values("pk"))
    standing = Restriction.objects.filter(child=OuterRef("pk"), ended_at=None)
    children = Child.objects.filter(mine, record_class=RESTRICTED).exclude(pk__in=grants.blocked)
    return list(
        children.annotate(
            category=Subquery(standing.values("category")[:1]), review_on=Subquery(standing.values("review_on")[:1]),
            placed_by=Subquery(standing.values("placed_by")[:1]), number=_number("pk"),
        )
        .order_by(F("review_on").asc(nulls_first=True), "pk")
        .values(
            "pk", "ref", "forename", "surname", "category", "review_on", "placed_by", "number",
            council=F("authority__name"), team=F("plan__team__name"),
        )
    )  # fmt: skip


def restricted_record(grants: Grants, ref: UUID) -> Child | None:
    """One record that the person restricts, keeps restricted or opens again."""
    watched = grants.scope(Permission.RESTRICTED_REVIEW).authority_ids
    mine = Q(authority_id__in=watched, record_class=RESTRICTED) | Q(pk__in=children_decided_by(grants).values("pk"))
    found = Child.objects.filter(mine, ref=ref).exclude(pk__in=grants.blocked)
    return found.select_related("authority", "plan__team").first()


def restrictions_of(child: Child) -> list[Restriction]:
    """Every restriction of a record, the newest first."""
    return list(Restriction.objects.filter(child=child).order_by("-placed_at", "-pk"))


def number_of(child: Child) -> str:
    """The case system's number, for who may not read the name."""
    known = Identifier.objects.filter(child=child, scheme=IdentifierScheme.LA_CHILD_ID)
    return known.values_list("value", flat=True).first() or ""


# --- broken glass --------------------------------------------------------------------------------------
def notices(user_id: int) -> list[tuple[Any, ...]]:
    """Broken glass that somebody who answers for the record has not read yet."""
    return _notices(user_id=user_id)


@prepared
def _notices(user_id: int) -> QuerySet:
    unread = GlassNotice.objects.filter(user_id=user_id, read_at=None).order_by("access__asked_at", "pk")
    return unread.values_list(
        "pk", "access__child_id", "access__child__ref", "access__child__forename", "access__child__surname",
        "access__asked_by", "access__because", "access__reason", "access__starts_at", "access__ends_at",
    )  # fmt: skip


def broken_glass(
    grants: Grants, *, since: datetime | None = None, until: datetime | None = None, waiting: bool | None = None
) -> list[dict[str, Any]]:
    """Broken glass of the councils that somebody watches, as ``broken_glass_in``."""
    places = grants.scope(Permission.BREAK_GLASS_REVIEW).authority_ids
    return broken_glass_in(places, since=since, until=until, waiting=waiting)


def broken_glass_in(
    places: Iterable[int], *, since: datetime | None = None, until: datetime | None = None, waiting: bool | None = None
) -> list[dict[str, Any]]:
    """Broken glass of some councils, newest first (what waits: oldest first), without names of children."""
    broken = RecordAccess.objects.filter(kind=AccessKind.BREAK_GLASS, child__authority_id__in=set(places))
    if since is not None:
        broken = broken.filter(asked_at__gte=since)
    if until is not None:
        broken = broken.filter(asked_at__lt=until)
    if waiting is not None:
        broken = broken.filter(reviewed_at__isnull=waiting)
    order = ("asked_at", "pk") if waiting else ("-asked_at", "-pk")
    listed = broken.order_by(*order).values(
        "pk", "user_id", "child_id", "because", "reason", "asked_by", "asked_at", "starts_at", "ends_at",
        "reviewed_by", "reviewed_at", "review", record_class=F("child__record_class"),
        authority=F("child__authority__name"), team=F("child__plan__team__name"), number=_number(),
    )[:SHOWN]  # fmt: skip
    rows = list(listed)
    details = Event.objects.filter(kind=EventKind.BREAK_GLASS, at__in=[row["asked_at"] for row in rows])
    said = {event.detail.get("access"): event for event in details}
    for row in rows:
        event = said.get(row["pk"])
        row["nth"] = event.detail.get("nth_in_a_day", 1) if event else 1
        row["roles"] = event.actor_roles if event else ""
    return rows


def glass_to_review(grants: Grants, pk: int) -> RecordAccess | None:
    """One broken glass of a council that somebody watches."""
    places = grants.scope(Permission.BREAK_GLASS_REVIEW).authority_ids
    broken = RecordAccess.objects.filter(pk=pk, kind=AccessKind.BREAK_GLASS, child__authority_id__in=places)
    return broken.select_related("child__authority", "child__plan__team").first()


# --- own records ---------------------------------------------------------------------------------------
def declared_by(user_id: int) -> list[DeclaredRelative]:
    """What somebody has declared and not taken back."""
    return list(DeclaredRelative.objects.filter(user_id=user_id, ended_at=None).order_by("declared_at", "pk"))


def own_declaration(user_id: int, pk: int) -> DeclaredRelative | None:
    """One declaration of one's own."""
    return DeclaredRelative.objects.filter(pk=pk, user_id=user_id, ended_at=None).first()


def last_declared(user_id: int) -> datetime | None:
    """When somebody last made or confirmed their declaration."""
    said = Event.objects.filter(actor_id=str(user_id), kind=EventKind.RELATIVE_DECLARED)
    return said.exclude(detail__has_key="checked").order_by("-at").values_list("at", flat=True).first()


def declaration_is_due(last: datetime | None, now: datetime) -> bool:
    """Whether somebody is asked, once a year, whose records must be closed to them."""
    return last is None or last + A_YEAR < now


def _watched_declarations(grants: Grants, user_id: int) -> QuerySet[DeclaredRelative]:
    places = grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids
    theirs = Membership.objects.filter(authority_id__in=places).values("user_id")
    return DeclaredRelative.objects.filter(user_id__in=theirs).exclude(user_id=user_id).select_related("user")


def declarations(grants: Grants, user_id: int) -> list[DeclaredRelative]:
    """Declarations that information governance looks after: those not looked at yet in front."""
    standing = _watched_declarations(grants, user_id).filter(Q(ended_at=None) | Q(blocks__state=State.GRANTED))
    counted = standing.annotate(closed=Count("blocks", filter=Q(blocks__state=State.GRANTED), distinct=True))
    return list(counted.order_by(F("checked_at").asc(nulls_first=True), "declared_at", "pk")[:SHOWN])


def declaration(grants: Grants, user_id: int, pk: int) -> DeclaredRelative | None:
    """One declaration that information governance looks after."""
    return _watched_declarations(grants, user_id).filter(pk=pk).first()


def blocks_of(grants: Grants, declared: DeclaredRelative) -> list[dict[str, Any]]:
    """The records that a declaration closed: numbers, never names."""
    places = grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids
    held = RecordAccess.objects.filter(relative=declared, child__authority_id__in=places).order_by("asked_at", "pk")
    parts = {"team": OF_CHILD["team"], "authority": OF_CHILD["authority"], "number": OF_CHILD["number"]}
    return list(held.values("pk", "child_id", "because", "state", "asked_at", "decided_by", "decision", **parts))


def block_to_free(grants: Grants, pk: int) -> RecordAccess | None:
    """One closed record that information governance may open again."""
    places = grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids
    held = RecordAccess.objects.filter(pk=pk, kind=AccessKind.OWN_RECORD, child__authority_id__in=places)
    return held.select_related("child__authority", "user", "relative").first()


def blocked_workers(grants: Grants) -> list[dict[str, Any]]:
    """Cases whose own worker cannot open them, for who answers for the record: it needs another worker."""
    closed = RecordAccess.objects.filter(
        kind=AccessKind.OWN_RECORD, state=State.GRANTED, child__plan__worker__user_id=F("user_id"),
        child__plan__is_open=True, child__in=children_decided_by(grants),
    )  # fmt: skip
    return list(
        closed.order_by("asked_at", "pk").values("pk", "child_id", "asked_at", whom=F("user__name"), **OF_CHILD)
    )
