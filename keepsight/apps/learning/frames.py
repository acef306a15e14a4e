"""Rows of education as frames: this app's one door to the core."""

from collections.abc import Sequence

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.learning.models import AttendanceWeek, EhcPlan, Enrolment
from keepsight.apps.people.frames import of_children


def enrolments_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Rolls that known children are on: ``FactTables.enrolments``."""
    chosen = Enrolment.objects.filter(authority_id=authority.pk)
    chosen = chosen.filter(child__isnull=False) if children is None else chosen.filter(child_id__in=children)
    return rows.read(chosen, ["id", "child_id", "setting_id", "left_on"])


def attendance_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Register marks of known children, one row a week and roll: ``FactTables.attendance``."""
    chosen = AttendanceWeek.objects.all()
    if children is None:
        chosen = chosen.filter(enrolment__authority_id=authority.pk, enrolment__child__isnull=False)
    else:
        chosen = chosen.filter(enrolment__child_id__in=children)
    frame = rows.read(chosen, ["enrolment__child_id", "week_from", "marks"])
    return frame.rename({"enrolment__child_id": "child_id"})


def ehc_plans_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Education, health and care plans: ``FactTables.ehc_plans``."""
    chosen = of_children(EhcPlan.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "plan_on", "ceased_on", "primary_need", "risk_assessment"])
