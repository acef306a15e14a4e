"""
What schools and providers read: plain rows, a fixed number of queries however long the roll.

Nothing is read that the page must not say: no level, no rating, no reason, no note, no address.
"""

from datetime import date
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.learning.models import EhcPlan, Enrolment
from keepsight.apps.people.models import Involvement
from keepsight.apps.places.models import Setting, SettingMember
from keepsight.core.terms import InvolvementKind

LEAD = ("worker__name", "team__name", "team__duty_phone")
PUPIL = (
    "pk", "forename", "surname", "child__forename", "child__surname", "year_group", "child_id", "child__record_class",
    "child__plan__service", "child__plan__is_open", *(f"child__plan__{name}" for name in LEAD), "has_plan", "assessed",
)  # fmt: skip
PLACEMENT = (
    "child_id", "child__forename", "child__surname", "child__record_class", "placed_on", "started_on",
    *(f"child__plan__{name}" for name in LEAD),
)  # fmt: skip


def pupils_of(setting: Setting, on: date) -> list[dict[str, Any]]:
    """Everybody on a school's roll on a day."""
    plans = EhcPlan.objects.filter(
        Q(plan_on=None) | Q(plan_on__lte=on), Q(ceased_on=None) | Q(ceased_on__gt=on), child_id=OuterRef("child_id")
    )
    newest = plans.order_by(F("plan_on").desc(nulls_last=True), "-pk").values("risk_assessment")[:1]
    on_roll = Enrolment.objects.filter(
        Q(entered_on=None) | Q(entered_on__lte=on), Q(left_on=None) | Q(left_on__gt=on), setting=setting
    )
    assessed = Coalesce(Subquery(newest), Value(""), output_field=CharField())
    rows = on_roll.annotate(has_plan=Exists(plans), assessed=assessed).order_by("pk").values_list(*PUPIL)
    return [dict(zip(PUPIL, row, strict=True)) for row in rows]


def authorities_of(grants: Grants, permission: Permission) -> list[Authority]:
    """Authorities where a role of this person holds a permission for all of it."""
    places = grants.scope(permission).authority_ids
    return list(Authority.objects.filter(pk__in=places).order_by("name"))


def member_rows(members: QuerySet[SettingMember], on: date) -> QuerySet:
    """Who works where, now or from a later day, by setting and name."""
    rows = members.filter(Q(ends_on=None) | Q(ends_on__gt=on)).order_by("setting__name", "user__name", "pk")
    return rows.values(
        "pk", "user__name", "user__email", "setting__name", "setting__urn", "setting__type",
        "setting__authority__name", "starts_on", "ends_on",
    )  # fmt: skip


def placements_of(provider: Setting) -> list[dict[str, Any]]:
    """Children looked after who are placed with a provider now, by the number that their placement carries."""
    placed = Involvement.objects.filter(
        kind=InvolvementKind.CLA, ended_on=None, child__authority_id=provider.authority_id, child__died_on=None,
        details__placement_urn=provider.urn,
    )  # fmt: skip
    rows = placed.annotate(placed_on=F("details__placement_started_on")).order_by("child__surname", "child__forename")
    return [dict(zip(PLACEMENT, row, strict=True)) for row in rows.values_list(*PLACEMENT)]
