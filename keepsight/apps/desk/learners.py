"""Vulnerable learners by school: children a service knows, on a roll, and whether they were in (SEE-11)."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan, Enrolment
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.places.models import Setting
from keepsight.core.terms import Service

SOCIAL_WORKER = (Service.CP, Service.CLA, Service.CIN)
_PLAN_NOW = Q(child__ehc_plans__isnull=False, child__ehc_plans__ceased_on=None)


def _on_roll(grants: Grants, on: date) -> Any:
    """Enrolments of today of children with an open case or a plan, within the person's scope."""
    plan_now = EhcPlan.objects.filter(child_id=OuterRef("pk"), ceased_on=None)
    visible = children_visible_to(grants, Permission.CHILD_VIEW)
    known = visible.filter(Q(plan__is_open=True) | Exists(plan_now)).values("pk")
    return Enrolment.objects.filter(Q(left_on=None) | Q(left_on__gt=on), child_id__in=known, setting__isnull=False)


def schools(grants: Grants, on: date) -> list[dict[str, Any]]:
    """Each school with vulnerable learners on its roll: how many, and why they are on the list."""
    worker = Q(child__plan__is_open=True, child__plan__service__in=SOCIAL_WORKER)
    early_help = Q(child__plan__is_open=True, child__plan__service=Service.EARLY_HELP)
    return list(
        _on_roll(grants, on)
        .values("setting_id", "setting__name", "setting__phase", "setting__district__name")
        .annotate(
            children=Count("child", distinct=True),
            social_worker=Count("child", distinct=True, filter=worker),
            ehcp=Count("child", distinct=True, filter=_PLAN_NOW),
            early_help=Count("child", distinct=True, filter=early_help),
            red=Count("child", distinct=True, filter=Q(child__plan__is_open=True, child__plan__level="red")),
        )
        .order_by("-children", "setting__name")
    )


def school(grants: Grants, pk: int) -> Setting | None:
    """The school, when it stands in an authority where this person has children."""
    scope = grants.scope(Permission.CHILD_VIEW)
    places = scope.authority_ids | {authority for _, authority, _ in grants.memberships}
    return Setting.objects.filter(pk=pk, authority_id__in=places).first()


def learners_at(grants: Grants, setting_id: int, on: date) -> tuple[list[tuple[Any, ...]], dict[int, str], date | None]:
    """The learners of one school, their marks in the newest week with any, and that week's Monday."""
    plan_now = EhcPlan.objects.filter(child_id=OuterRef("child_id"), ceased_on=None)
    enrolled = _on_roll(grants, on).filter(setting_id=setting_id)
    rows = list(
        enrolled.annotate(has_plan=Exists(plan_now))
        .order_by("child__surname", "child__forename", "pk")
        .values_list(
            "pk", "child__ref", "child__forename", "child__surname", "year_group", "child__plan__service",
            "child__plan__is_open", "child__plan__level", "has_plan", "child__plan__worker__name",
        )
    )  # fmt: skip
    week = enrolled.aggregate(newest=Max("weeks__week_from"))["newest"]
    marks = AttendanceWeek.objects.filter(enrolment__in=[row[0] for row in rows], week_from=week)
    return rows, dict(marks.values_list("enrolment_id", "marks")), week
