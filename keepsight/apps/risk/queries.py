"""Answers about ratings: the one in force, why, what was before, what waits for a manager."""

from typing import Any

from django.db.models import Count, Q

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.apps.risk.policies import Overriding

_RATING = ("level", "points", "confidence", "reasons", "service", "as_at", "rated_at", "pack_id", "pack_hash")
_CONFIRMATION = (
    "level", "computed_level", "rated_on", "rated_by", "reason_code", "reason", "approval", "approved_by",
    "approved_at", "review_on", "is_current",
)  # fmt: skip


def current_rating(child: Child) -> dict[str, Any] | None:
    """What the policy last made of the child, with its reasons."""
    return Rating.objects.filter(child=child, is_current=True).values(*_RATING).first()


def rating_history(child: Child) -> list[dict[str, Any]]:
    """Every rating that the policy made, newest first."""
    return list(Rating.objects.filter(child=child).order_by("-rated_at", "-pk").values(*_RATING, "is_current"))


def level_history(child: Child) -> list[dict[str, Any]]:
    """Every level that a named worker set, newest first, with what the manager said."""
    return list(Confirmation.objects.filter(child=child).order_by("-rated_on", "-pk").values(*_CONFIRMATION))


def level_in_force(child: Child) -> str:
    """The confirmed level that holds now; empty where no named worker has set one (R7)."""
    held = Confirmation.objects.filter(child=child, approval__in=("not_needed", "approved"))
    newest = held.order_by("-is_current", "-rated_on", "-pk").values_list("level", flat=True).first()
    return newest or ""


def waiting_approvals(grants: Grants) -> list[dict[str, Any]]:
    """Levels that wait for a manager, oldest first, among the children whom the person manages."""
    theirs = children_visible_to(grants, Permission.RATING_APPROVE)
    waiting = Confirmation.objects.filter(approval="waiting", is_current=True, child__in=theirs)
    return list(waiting.order_by("rated_on", "pk").values("pk", "child__ref", *_CONFIRMATION))


def override_reasons(authority: Authority) -> dict[str, str]:
    """Codes and words of the reasons for another level than the computed one."""
    return Overriding.from_table(in_force(authority).book.table("rating")).reasons


def coverage(authority: Authority) -> dict[str, int]:
    """How many children have a current rating, and at which level the policy puts them."""
    levels = {level: Count("pk", filter=Q(level=level)) for level in ("red", "amber", "green")}
    return Rating.objects.filter(authority=authority, is_current=True).aggregate(rated=Count("pk"), **levels)
