"""What the picture shows now: counts from the very sets that the lists show, a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.core.cache import caches
from django.db.models import Count, Max, Q, Sum

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission, permissions_of
from keepsight.apps.audit.models import Load
from keepsight.apps.briefing import frames
from keepsight.apps.briefing.models import Report, Snapshot
from keepsight.apps.contact.models import QUEUES, ContactPlanQuerySet
from keepsight.apps.frontdoor.models import ContactDay
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan
from keepsight.apps.people.content import DISTRICT_NOT_SHOWN, DISTRICT_NOT_SHOWN_WORDS, district_told
from keepsight.apps.places.models import Setting
from keepsight.core.briefing.attendance import attendance_days
from keepsight.core.briefing.contacts import YEAR
from keepsight.core.briefing.morning import NEVER_SEEN, SEEN_BUCKETS, WEEKS
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import Book

COUNTED = ("open", "nobody", "to-see", "overdue", "red", "red-not-seen", "unrated", "review-expired")


@dataclass(frozen=True)
class Place:
    """A district or team: children of one queue there, and all open cases."""

    authority_id: int
    authority: str
    id: int | None
    name: str
    children: int
    of: int


def authorities_seen(grants: Grants, permission: Permission) -> list[Authority]:
    """Authorities in which a person holds a permission, for all of it or for a team."""
    held = {authority for role, authority, _ in grants.memberships + grants.lent if permission in permissions_of(role)}
    return list(Authority.objects.filter(pk__in=held).order_by("name"))


def places(plans: ContactPlanQuerySet, on: date) -> tuple[list[Place], list[Place]]:
    """Children whom nobody has seen by district, and overdue contact by team: one query for both."""
    grouped = (
        plans.open_cases()
        .annotate(district_told=district_told(on))
        .values_list(
            "authority_id", "authority__name", "district_told", "child__district__name", "team_id", "team__name"
        )
        .annotate(nobody=_children("nobody", on), overdue=_children("overdue", on), of=Count("pk"))
        .order_by()
    )
    rows_ = list(grouped)
    told = [(*row[:2], *_district(row[2], row[3]), row[6], row[8]) for row in rows_]
    districts = _places(told, "District not known")
    return districts, _places([(*row[:2], *row[4:6], row[7], row[8]) for row in rows_], "No team named")


def _district(pk: int | None, name: str | None) -> tuple[int | None, str | None]:
    return (pk, DISTRICT_NOT_SHOWN_WORDS) if pk == DISTRICT_NOT_SHOWN else (pk, name)


def _children(queue: str, on: date) -> Count:
    return Count("pk", filter=QUEUES[queue](on))


def _places(rows_: Sequence[tuple[Any, ...]], none: str) -> list[Place]:
    """Add up rows of authority, its name, place, its name, children, open cases."""
    found: dict[tuple[int, int | None], list[Any]] = {}
    for authority_id, authority, place_id, name, children, of in rows_:
        sums = found.setdefault((authority_id, place_id), [authority, name or none, 0, 0])
        sums[2] += children
        sums[3] += of
    return [Place(a, authority, p, name, *numbers) for (a, p), (authority, name, *numbers) in found.items()]


def levels(plans: ContactPlanQuerySet) -> list[tuple[str, str, int]]:
    """Open cases by service and level."""
    return list(plans.open_cases().values_list("service", "level").annotate(Count("pk")).order_by("service", "level"))


def last_seen(plans: ContactPlanQuerySet, on: date, calendar: WorkingCalendar) -> list[tuple[str, int]]:
    """Open cases by how long ago anyone saw them, each child in one bucket."""
    asked = {}
    for name, low, high in SEEN_BUCKETS:
        within = Q(last_seen_on__isnull=False) if high is None else Q(last_seen_on__gte=calendar.since(on, high))
        asked[name] = within & (Q(last_seen_on__lt=calendar.since(on, low - 1)) if low else Q())
    asked[NEVER_SEEN] = Q(last_seen_on=None)
    names = {f"bucket_{place}": name for place, name in enumerate(asked)}
    found = plans.open_cases().aggregate(**{key: Count("pk", filter=asked[name]) for key, name in names.items()})
    return [(name, found[key]) for key, name in names.items()]


def schools(authority_ids: Sequence[int]) -> list[tuple[str, str, float, float]]:
    """Authority, district, latitude and longitude of each open school."""
    chosen = Setting.objects.filter(authority_id__in=authority_ids, closed_on=None, latitude__isnull=False)
    return list(chosen.exclude(district=None).values_list("authority__name", "district__name", "latitude", "longitude"))


def contact_days(authority_ids: Sequence[int], on: date) -> pl.DataFrame:
    """Contacts and referrals a day, of the weeks shown and of the same weeks a year before."""
    monday = on - timedelta(days=on.weekday())
    now, before = (monday - timedelta(weeks=WEEKS), monday), (monday - timedelta(weeks=WEEKS) - YEAR, monday - YEAR)
    wanted = Q(contact_on__gte=now[0], contact_on__lt=now[1]) | Q(contact_on__gte=before[0], contact_on__lt=before[1])
    grouped = (
        ContactDay.objects.filter(wanted, authority_id__in=authority_ids)
        .values_list("contact_on")
        .annotate(contacts=Sum("contacts"), referrals=Sum("referrals"))
    )
    schema = {"contact_on": pl.Date, "contacts": pl.Int64, "referrals": pl.Int64}
    return pl.DataFrame(list(grouped), schema=schema, orient="row")


def attendance(plans: ContactPlanQuerySet, authority_ids: Sequence[int], on: date, book: Book) -> pl.DataFrame:
    """
    Known children in school, one row a child and day, as ``frames.with_reasons`` says.

    Register marks come by loads only, so the answer is kept until the next load.
    """
    states = Load.objects.aggregate(loads=Count("pk", filter=Q(state="committed")), newest=Max("pk"))
    newest = f"{states['loads']}.{states['newest']}"
    key = f"attendance:{newest}:{on}:{book.hash[:12]}:{hash(str(plans.query))}"
    kept: pl.DataFrame | None = caches["memory"].get(key)
    if kept is None:
        kept = _attendance(plans, authority_ids, on, book)
        caches["memory"].set(key, kept, 600)
    return kept


def _attendance(plans: ContactPlanQuerySet, authority_ids: Sequence[int], on: date, book: Book) -> pl.DataFrame:
    known = rows.read(plans, ["child_id", "child__district__name", "service", "is_open"])
    known = frames.with_districts_told(known.rename({"child__district__name": "district"}), on)
    ehcp = rows.read(frames.plans_in_force(EhcPlan.objects, authority_ids, on), ["child_id", "risk_assessment"])
    weeks = rows.read(
        AttendanceWeek.objects.filter(
            enrolment__authority_id__in=authority_ids,
            enrolment__child__isnull=False,
            week_from__gt=on - timedelta(weeks=frames.ATTENDANCE_WEEKS + 1),
            week_from__lte=on,
        ),
        ["enrolment__child_id", "week_from", "marks"],
    ).rename({"enrolment__child_id": "child_id"})
    mine = weeks.join(known.select("child_id"), on="child_id", how="semi")
    return frames.with_reasons(attendance_days(mine, frames.head_count(book)), known, frames.safer_there(ehcp))


def earlier_snapshots(codes: Sequence[str], on: date) -> list[Snapshot]:
    """The last snapshots of the newest earlier day on which every authority has one; none if there is no such day."""
    taken = Snapshot.objects.filter(authority_code__in=codes, as_at__lt=on).order_by("-as_at", "-taken_at", "-pk")
    days: dict[date, dict[str, Snapshot]] = {}
    for snapshot in taken[: 40 * len(codes)]:
        days.setdefault(snapshot.as_at, {}).setdefault(snapshot.authority_code, snapshot)
    return next((list(day.values()) for day in days.values() if len(day) == len(set(codes))), [])


def reports_seen(codes: set[str]) -> list[dict[str, Any]]:
    """Reports about these authorities and no other, newest first."""
    listed = Report.objects.order_by("-made_at", "-pk").values(
        "pk", "name", "authority_codes", "made_at", "made_by__name"
    )
    return [report for report in listed[:200] if set(report["authority_codes"].split(",")) <= codes]


def report_seen(pk: int, codes: set[str]) -> Report | None:
    """A report, when it is about these authorities and no other."""
    found = Report.objects.filter(pk=pk).first()
    return found if found is not None and set(found.authority_codes.split(",")) <= codes else None
