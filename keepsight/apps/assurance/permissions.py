"""Whose audits a person draws, sees and carries out."""

from datetime import datetime

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.assurance.models import AuditRound, SampleItem
from keepsight.apps.contact.models import ContactPlanQuerySet
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.events.scope import authorities_where
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import RESTRICTED, grants_of
from keepsight.core.errors import NotPermitted

NOT_YOURS = "This audit is not yours. Who leads quality assurance can tell you whose it is."


def cases_drawn_by(grants: Grants) -> ContactPlanQuerySet:
    """The open cases from which somebody may draw a sample: never a restricted record, an own one, or a relative's."""
    cases = plans_visible_to(grants, Permission.ASSURANCE_RUN).filter(is_open=True)
    return cases.exclude(child__record_class=RESTRICTED).exclude(child__in=grants.blocked)


def audits_visible_to(grants: Grants) -> QuerySet[AuditRound]:
    """The audits of the authorities whose results a person sees."""
    whole = grants.scope(Permission.ASSURANCE_VIEW).authority_ids
    return AuditRound.objects.filter(authority_id__in=whole).select_related("authority", "made_by")


def items_given_to(grants: Grants) -> QuerySet[SampleItem]:
    """The cases that were given to a person, of audits that are open; those that were restricted since are gone."""
    if not grants.may(Permission.CASE_AUDIT):
        return SampleItem.objects.none()
    mine = Q(auditor_id=grants.user_id) | Q(second_auditor_id=grants.user_id)
    here = authorities_where(grants, Permission.CASE_AUDIT)
    items = SampleItem.objects.filter(mine, audit__state=AuditRound.State.OPEN, audit__authority_id__in=here)
    items = items.exclude(child__record_class=RESTRICTED).exclude(child__in=grants.blocked)
    return items.select_related("audit__authority", "child")


def auditors_of(authority: Authority, at: datetime) -> list[User]:
    """The people who may audit cases of an authority."""
    from keepsight.apps.accounts.permissions import permissions_of, rules

    roles = [role for role in rules() if Permission.CASE_AUDIT in permissions_of(role)]
    day = at.date()
    held = User.objects.filter(
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=day), memberships__authority=authority,
        memberships__role__in=roles, memberships__starts_on__lte=day, is_active=True,
    )  # fmt: skip
    return list(held.distinct().order_by("name"))


def check_may_run(by: User, at: datetime, authority: Authority) -> Grants:
    """
    Refuse unless the person runs audits of this whole authority.

    Raises
    ------
    NotPermitted
        With the same sentence whatever is asked for.
    """
    grants = grants_of(by, at)
    if authority.pk not in grants.scope(Permission.ASSURANCE_RUN).authority_ids:
        raise NotPermitted(NOT_YOURS)
    return grants


def may_open_case(grants: Grants, child: Child) -> bool:
    """Whether a case that was drawn may still be shown to somebody at all."""
    return child.record_class != RESTRICTED and child.pk not in grants.blocked
