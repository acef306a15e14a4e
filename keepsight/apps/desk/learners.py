"""Vulnerable learners by school: children a service knows, on a roll, and whether they were in (SEE-11)."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.desk.queries import WHOSE
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan, Enrolment
from keepsight.apps.people.content import confidential_children
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import children_counted_for
from keepsight.apps.places.models import Setting
from keepsight.core.terms import Service

SOCIAL_WORKER = (Service.CP, Service.CLA, Service.CIN)
HIDDEN, UNKNOWN = "hidden", "unknown"  # in place of a school's number: it is confidential, or no list names it
NO_SCHOOL_SHOWN = {
    HIDDEN: "School hidden: the address is confidential",
    UNKNOWN: "A school that no loaded list of schools names",
}


def _plans_now(child: str, on: date) -> Any:
    """Education, health and care plans in force on a day."""
    return EhcPlan.objects.filter(Q(ceased_on=None) | Q(ceased_on__gt=on), child_id=OuterRef(child))


def _on_roll(grants: Grants, on: date) -> Any:
    """Enrolments of today of children with an open case or a plan, within the person's scope."""
    counted = children_counted_for(grants, Permission.CHILD_VIEW)
    known = counted.filter(Q(plan__is_open=True) | Exists(_plans_now("pk", on))).values("pk")
    return Enrolment.objects.filter(Q(left_on=None) | Q(left_on__gt=on), child_id__in=known).annotate(
        has_plan=Exists(_plans_now("child_id", on))
    )


def _school_hidden(on: date) -> Any:
    """
    Children whose school no list tells: whoever knows the school can wait at its gate.

    Those who work with the child find it on the page of safe contact, where each view is logged.
    """
    return Child.objects.filter(confidential_children(on)).values("pk")


def schools(grants: Grants, on: date) -> list[dict[str, Any]]:
    """Each school with vulnerable learners on its roll: how many, and why they are on the list."""
    worker = Q(child__plan__is_open=True, child__plan__service__in=SOCIAL_WORKER)
    early_help = Q(child__plan__is_open=True, child__plan__service=Service.EARLY_HELP)
    counts = {
        "children": Count("child", distinct=True),
        "social_worker": Count("child", distinct=True, filter=worker),
        "ehcp": Count("child", distinct=True, filter=Q(has_plan=True)),
        "early_help": Count("child", distinct=True, filter=early_help),
        "red": Count("child", distinct=True, filter=Q(child__plan__is_open=True, child__plan__level="red")),
    }
    enrolled, hidden = _on_roll(grants, on), _school_hidden(on)
    named = enrolled.exclude(child_id__in=hidden)
    shown = list(
        named.values("setting_id", "setting__name", "setting__phase", "setting__district__name")
        .annotate(**counts)
        .order_by("-children", "setting__name")
    )
    for row in shown:
        if row["setting_id"] is None:
            row |= {"setting_id": UNKNOWN, "setting__name": NO_SCHOOL_SHOWN[UNKNOWN]}
    apart = enrolled.filter(child_id__in=hidden).aggregate(**counts)
    if apart["children"]:
        shown.append({"setting_id": HIDDEN, "setting__name": NO_SCHOOL_SHOWN[HIDDEN], **apart})
    return shown


def school_name(grants: Grants, pk: int) -> str | None:
    """The school's name, when it stands in an authority where this person has children."""
    scope = grants.scope(Permission.CHILD_VIEW)
    places = scope.authority_ids | {authority for _, authority, _ in grants.memberships + grants.lent}
    return Setting.objects.filter(pk=pk, authority_id__in=places).values_list("name", flat=True).first()


def learners_at(grants: Grants, school: str, on: date) -> tuple[list[tuple[Any, ...]], dict[int, str], date | None]:
    """
    The learners of one school, their marks in the newest week with any, and that week's Monday.

    ``school`` is its number, ``HIDDEN`` or ``UNKNOWN``.
    """
    hidden = _school_hidden(on)
    if school == HIDDEN:
        enrolled = _on_roll(grants, on).filter(child_id__in=hidden)
    else:
        enrolled = _on_roll(grants, on).exclude(child_id__in=hidden)
        enrolled = enrolled.filter(setting_id=None if school == UNKNOWN else int(school))
    rows = list(
        enrolled
        .order_by("child__surname", "child__forename", "pk")
        .values_list(
            "pk", "child__ref", "child__forename", "child__surname", "year_group", "child__plan__service",
            "child__plan__is_open", "child__plan__level", "has_plan", "child__plan__worker__name", *WHOSE,
        )
    )  # fmt: skip
    week = enrolled.aggregate(newest=Max("weeks__week_from"))["newest"]
    marks = AttendanceWeek.objects.filter(enrolment__in=[row[0] for row in rows], week_from=week)
    return rows, dict(marks.values_list("enrolment_id", "marks")), week
