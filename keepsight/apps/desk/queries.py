"""What the lists of the desk show: plain rows, a fixed number of queries however long the caseload."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Max, Min, Q, QuerySet, Value, When

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.models import QUEUES, ContactPlan, ContactPlanQuerySet, Visit, VisitDraft
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.people.content import (
    DISTRICT_NOT_SHOWN,
    DISTRICT_NOT_SHOWN_WORDS,
    confidential_children,
    district_told,
)
from keepsight.apps.people.models import Alert, Identifier, SafeContact
from keepsight.apps.people.permissions import children_visible_to, may_name, places_of_work
from keepsight.apps.risk.models import Confirmation
from keepsight.core.terms import HEALTH_ALERTS, VIRTUAL, AlertKind, IdentifierScheme
from keepsight.prepared import prepared

# What one must know before knocking, in the order of telling.
WARNINGS: tuple[str, ...] = (
    AlertKind.ADDRESS_CONFIDENTIAL, AlertKind.VISIT_IN_PAIRS, AlertKind.VIOLENCE, AlertKind.DOG, AlertKind.MARAC,
    AlertKind.DOMESTIC_ABUSE, AlertKind.SHIELDING, AlertKind.CANNOT_TELL, AlertKind.INTERPRETER,
)  # fmt: skip
NO_TEAM = NO_WORKER = 0  # stands for children whose case names none
TILES = ("to-see", "overdue", "due-soon", "nobody", "unrated", "review-expired")
ROW = (
    "child_id", "child__ref", "child__forename", "child__surname", "child__date_of_birth", "child__expected_on",
    "service", "level", "computed_level", "due_on", "due_mode", "alone", "why", "eased", "last_seen_on", "last_seen_by",
    "level_review_on", "unseen_from", "worker__name", "team__name",
    "child__record_class", "worker_id", "worker__team_id", "team_id",
)  # fmt: skip
WHOSE = (
    "child_id",
    "child__record_class",
    "child__plan__worker_id",
    "child__plan__worker__team_id",
    "child__plan__team_id",
)
BY_RISK = Case(
    When(worked_level="red", then=Value(0)), When(worked_level="amber", then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


def own_plans(grants: Grants) -> ContactPlanQuerySet:
    """The children whose worker is this person, whatever else they may see."""
    return _of_workers(own_workers(grants))


def own_workers(grants: Grants) -> tuple[int, ...]:
    """The worker rows that are this person."""
    return tuple(sorted(grants.scope(Permission.WORK_LIST).worker_ids))


def _of_workers(workers: tuple[int, ...]) -> ContactPlanQuerySet:
    return ContactPlan.objects.filter(worker_id__in=workers)


@prepared
def my_rows(workers: tuple[int, ...], on: date) -> QuerySet:
    """The rows of ``rows_of`` for these workers: who is to be seen today."""
    return rows_of(_of_workers(workers).queue("to-see", on))


@prepared
def _my_counts(workers: tuple[int, ...], on: date) -> QuerySet:
    return _of_workers(workers).counted(("open", *TILES), on)


def my_counts(workers: tuple[int, ...], on: date) -> dict[str, int]:
    """How many stand in each queue of these workers, and how many are open."""
    found = _my_counts(workers=workers, on=on)
    return dict(zip(("open", *TILES), found[0] if found else (0,) * (len(TILES) + 1), strict=True))


def rows_of(plans: ContactPlanQuerySet) -> QuerySet:
    """One row a child, the gravest first, then the longest overdue, as ``ROW`` names its parts."""
    return plans.order_by(BY_RISK, F("due_on").asc(nulls_last=True), "child_id").values_list(*ROW)


def hidden_among(
    grants: Grants, permission: Permission, rows: Iterable[tuple[Any, ...]], *, child_at: int = -5
) -> frozenset[Any]:
    """
    First parts (ids) of the rows that may not name their child. A row ends as ``WHOSE`` does.

    A row of ``ROW`` has the child's id in front: ``child_at=0``.
    """
    return frozenset(
        row[0]
        for row in rows
        if not may_name(
            grants, permission, child_id=row[child_at], record_class=row[-4], worker_id=row[-3],
            worker_team_id=row[-2], team_id=row[-1],
        )
    )  # fmt: skip


def in_care_of(grants: Grants, rows: Iterable[tuple[Any, ...]]) -> frozenset[int]:
    """Children among rows of ``ROW`` with whom the person works, and whose health they so may know of."""
    workers, teams = places_of_work(grants, Permission.HEALTH_VIEW)
    return frozenset(row[0] for row in rows if row[-3] in workers or row[-1] in teams)


def warnings_of(children: Iterable[int], on: date, *, care: frozenset[int] = frozenset()) -> dict[int, list[str]]:
    """
    The kinds of warning in force for each of these children, the one to know first in front.

    Those of the health class only for the children in ``care``: see ``in_care_of``.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for child, kind in _warnings(children=_padded(children), on=on):
        if kind not in HEALTH_ALERTS or child in care:
            found[child].append(kind)
    for kinds in found.values():
        kinds.sort(key=WARNINGS.index)
    return found


@prepared
def _warnings(children: tuple[int, ...], on: date) -> QuerySet:
    alerts = Alert.objects.filter(child_id__in=children, kind__in=WARNINGS, started_on__lte=on)
    in_force = alerts.filter(Q(ended_on=None) | Q(ended_on__gt=on)).values_list("child_id", "kind")
    warned = Value(AlertKind.ADDRESS_CONFIDENTIAL, output_field=CharField())
    kept_safe = SafeContact.objects.filter(child_id__in=children).annotate(kind=warned)
    return in_force.union(kept_safe.values_list("child_id", "kind"))  # each kind once a child


def _padded(children: Iterable[int]) -> tuple[int, ...]:
    """Make the list one of a few lengths, so that few shapes of the query are kept; repeats match nothing more."""
    ids = list(children)
    length = next(length for length in (8, 16, 32, 64, 128, 256, len(ids)) if length >= len(ids))
    return tuple(ids + [-1 - extra for extra in range(length - len(ids))])


def numbers_of(rows: Iterable[Sequence[Any]], *, child_at: int = 0, forename_at: int = 2) -> dict[int, str]:
    """
    The case system's numbers of those children in the rows who have no name, so that each can be told apart.

    No query where everybody has a name. The surname stands beside the forename.
    """
    nameless = [row[child_at] for row in rows if not (row[forename_at] or row[forename_at + 1])]
    if not nameless:
        return {}
    known = Identifier.objects.filter(child_id__in=nameless, scheme=IdentifierScheme.LA_CHILD_ID)
    return dict(known.values_list("child_id", "value"))


def drafts_of(grants: Grants, user_id: int) -> list[tuple[Any, ...]]:
    """Visits that this person has begun to write and not yet sent, to children who are still theirs to visit."""
    return _drafts(user_id=user_id, grants=grants)


@prepared
def _drafts(user_id: int, grants: Grants) -> QuerySet:
    theirs = children_visible_to(grants, Permission.VISIT_RECORD)
    drafts = VisitDraft.objects.filter(user_id=user_id, child__in=theirs.values("pk")).order_by("changed_at")
    return drafts.values_list("child__ref", "child__forename", "child__surname", "changed_at", "child_id")


def worker_rows(plans: ContactPlanQuerySet, on: date) -> list[dict[str, Any]]:
    """One row a worker: how many children, how many Red, overdue and by how long, seen by nobody."""
    return list(
        plans.open_cases()
        .values("worker_id", "worker__name")
        .annotate(
            children=Count("pk"),
            red=Count("pk", filter=QUEUES["red"](on)),
            unrated=Count("pk", filter=QUEUES["unrated"](on)),
            to_see=Count("pk", filter=QUEUES["to-see"](on)),
            overdue=Count("pk", filter=QUEUES["overdue"](on)),
            oldest=Min("due_on", filter=QUEUES["overdue"](on)),
            nobody=Count("pk", filter=QUEUES["nobody"](on)),
        )
        .order_by("-overdue", "-red", "worker__name")
    )


def team_rows(plans: ContactPlanQuerySet, on: date) -> list[dict[str, Any]]:
    """One row a team, with the same figures as its own page."""
    return list(
        plans.open_cases()
        .values("team_id", "team__name", "authority_id", "authority__name")
        .annotate(
            children=Count("pk"),
            red=Count("pk", filter=QUEUES["red"](on)),
            overdue=Count("pk", filter=QUEUES["overdue"](on)),
            nobody=Count("pk", filter=QUEUES["nobody"](on)),
            unrated=Count("pk", filter=QUEUES["unrated"](on)),
            planned_at=Max("planned_at"),
        )
        .order_by("authority__name", "team__name")
    )


def approvals_waiting(grants: Grants, team_id: int | None = None) -> list[tuple[Any, ...]]:
    """Levels that wait for a manager: id, child, names, computed and wanted level, reason, who and when."""
    plans = plans_visible_to(grants, Permission.RATING_APPROVE)
    if team_id is not None:
        plans = plans.filter(team_id=team_id)
    waiting = Confirmation.objects.filter(approval="waiting", is_current=True, child__plan__in=plans)
    return list(
        waiting.order_by("rated_on", "pk").values_list(
            "pk", "child__ref", "child__forename", "child__surname", "computed_level", "level", "reason_code",
            "reason", "rated_by", "rated_on", "rated_by_user_id", *WHOSE,
        )
    )  # fmt: skip


def virtual_unsigned(grants: Grants, on: date, team_id: int | None = None) -> list[tuple[Any, ...]]:
    """
    Virtual visits recorded here whose reason no manager has signed yet, however long ago (O1).

    The reason is None where the child's place is confidential: it may tell the place, and is read
    on the page of the visit.
    """
    plans = plans_visible_to(grants, Permission.VIRTUAL_SIGN)
    if team_id is not None:
        plans = plans.filter(team_id=team_id)
    visits = Visit.objects.filter(
        mode__in=VIRTUAL, seen=True, virtual_signed_at=None, recorded_at__isnull=False, child__plan__in=plans
    )
    telling = When(confidential_children(on, child="child_id"), then=Value(None))
    visits = visits.annotate(reason_told=Case(telling, default=F("virtual_reason")))
    return list(
        visits.order_by("visit_on", "pk").values_list(
            "pk", "child__ref", "child__forename", "child__surname", "mode", "visit_on", "reason_told",
            "worker_name", *WHOSE,
        )
    )  # fmt: skip


def places_of(plans: ContactPlanQuerySet, on: date) -> dict[str, list[tuple[int, str]]]:
    """
    The authorities, districts and teams among these children, for filters: one query.

    Children whose place is confidential stand in no district, for anybody: see ``in_district``.
    """
    names = ("authority_id", "authority__name", "district_told", "child__district__name", "team_id", "team__name")
    found: dict[str, dict[int, str]] = {"authority": {}, "district": {}, "team": {}}
    for row in plans.order_by().annotate(district_told=district_told(on)).values_list(*names).distinct():
        for kind, pk, name in zip(found, row[::2], row[1::2], strict=True):
            if kind == "district" and pk == DISTRICT_NOT_SHOWN:
                found[kind][pk] = DISTRICT_NOT_SHOWN_WORDS
            elif pk is not None or kind == "team":
                found[kind][pk or NO_TEAM] = name or "No team"
    return {kind: sorted(places.items(), key=lambda place: place[1]) for kind, places in found.items()}
