"""What a person sees of their own account, in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from keepsight.apps.accounts import second_factors
from keepsight.apps.accounts.models import Cover, Membership, Session, TermsAccepted, User
from keepsight.apps.accounts.permissions import Grants, Permission, rules
from keepsight.apps.accounts.sessions import device_in_words


def roles_of(user: User, on: date) -> list[dict[str, Any]]:
    """The roles that a person holds, in words: where, and until when."""
    held = Membership.objects.filter(user=user, starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gt=on))
    held = held.select_related("authority", "team", "service", "partnership").order_by("role", "authority__name", "pk")
    return [_role(each) for each in held]


def _role(held: Membership) -> dict[str, Any]:
    rule = rules().get(held.role)
    where = held.partnership or held.service or held.team or f"All of {held.authority.name}"
    return {
        "name": rule.name if rule else held.role,
        "words": rule.words if rule else "No pack knows this role any more: it opens nothing.",
        "where": f"{held.authority.name}, own cases only" if held.own_only else str(where),
        "ends_on": held.ends_on,
        "given_by": held.given_by,
    }


def covers_of(user: User, on: date) -> list[dict[str, Any]]:
    """For whom a person stands in, until when."""
    covers = Cover.objects.filter(stand_in=user, starts_on__lte=on, ends_on__gt=on, ended_at=None)
    return [{"name": each.absent.name, "ends_on": each.ends_on} for each in covers.select_related("absent")]


def factors_in_words(user: User) -> list[dict[str, Any]]:
    """Second factors by the name that the person knows."""
    return [
        {"name": second_factors.name_of(each), "kind": each.type, "added": each.created_at, "used": each.last_used_at,
         "pk": each.pk}
        for each in second_factors.factors_of(user)
    ]  # fmt: skip


def sessions_in_words(sessions: Iterable[Session], here: str | None) -> list[dict[str, Any]]:
    """Where a person is signed in; the session that asks comes first."""
    rows = [
        {"mark": each.mark, "device": device_in_words(each.device), "address": each.address, "begun": each.begun_at,
         "used": each.last_used_at, "here": each.session_key == here}
        for each in sessions
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row["here"])


def terms_accepted_by(user: User) -> TermsAccepted | None:
    """The version of the terms that a person accepted last."""
    return TermsAccepted.objects.filter(user=user).order_by("-accepted_at", "-pk").first()


def page_for_tokens(grants: Grants) -> str:
    """Where tokens of the JSON interface are made, for who may use it."""
    return reverse("api:tokens") if grants.may(Permission.API_USE) else ""


def page_for_relatives() -> str:
    """Where relatives are declared, if that page is there."""
    try:
        return reverse("governance:relatives")
    except NoReverseMatch:
        return ""
