"""
Who may: permissions, the roles that hold them, and how far each reaches.

Every view declares one permission with ``requires``; a view that declares none is refused, and a
test walks every URL to find it first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from keepsight.apps.accounts.models import Membership, Role, User, Worker
from keepsight.core.errors import NotPermitted
from keepsight.prepared import prepared


class Permission(StrEnum):
    """One thing that one may do."""

    WORK_LIST = "work_list"  # my children, who to see today
    CHILD_VIEW = "child_view"
    VISIT_RECORD = "visit_record"
    SIGHTING_RECORD = "sighting_record"
    RATING_CONFIRM = "rating_confirm"
    RATING_APPROVE = "rating_approve"
    VIRTUAL_SIGN = "virtual_sign"
    TEAM_VIEW = "team_view"
    PICTURE_VIEW = "picture_view"  # figures, without names
    PICTURE_LISTS = "picture_lists"  # the children behind a figure
    LOAD_VIEW = "load_view"
    LOAD_RUN = "load_run"
    REPORT_VIEW = "report_view"
    REPORT_MAKE = "report_make"
    SIGNED_IN = "signed_in"  # pages for anyone who has signed in
    ANYONE = "anyone"  # pages before sign-in


_EVERYONE = {Permission.SIGNED_IN, Permission.ANYONE}
_CASEWORK = {
    Permission.WORK_LIST,
    Permission.CHILD_VIEW,
    Permission.VISIT_RECORD,
    Permission.SIGHTING_RECORD,
    Permission.RATING_CONFIRM,
}
_PICTURE = {Permission.PICTURE_VIEW, Permission.REPORT_VIEW}
_MANAGE = {Permission.TEAM_VIEW, Permission.RATING_APPROVE, Permission.VIRTUAL_SIGN, Permission.PICTURE_LISTS}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.PRACTITIONER: frozenset(_EVERYONE | _CASEWORK),
    Role.TEAM_MANAGER: frozenset(_EVERYONE | _CASEWORK | _MANAGE | _PICTURE),
    Role.LEADER: frozenset(_EVERYONE | _PICTURE | _MANAGE | {Permission.CHILD_VIEW, Permission.REPORT_MAKE}),
    Role.ANALYST: frozenset(_EVERYONE | _PICTURE | {Permission.LOAD_VIEW, Permission.REPORT_MAKE}),
    Role.DATA_LOADER: frozenset(_EVERYONE | {Permission.LOAD_VIEW, Permission.LOAD_RUN}),
}


@dataclass(frozen=True)
class Scope:
    """How far a permission reaches for one person: whole authorities, single teams, own worker rows."""

    authority_ids: frozenset[int]
    team_ids: frozenset[int]
    worker_ids: frozenset[int]

    @property
    def is_empty(self) -> bool:
        """Whether the permission reaches nothing at all."""
        return not (self.authority_ids or self.team_ids or self.worker_ids)


@dataclass(frozen=True)
class Grants:
    """What one person may do on one day; read once a request."""

    memberships: tuple[tuple[str, int, int | None], ...]  # role, authority id, team id
    workers: tuple[tuple[int, int], ...]  # worker id, authority id

    def may(self, permission: Permission) -> bool:
        """Whether any role holds the permission."""
        if permission is Permission.ANYONE:
            return True
        return any(permission in ROLE_PERMISSIONS[role] for role, _, _ in self.memberships)

    def scope(self, permission: Permission) -> Scope:
        """How far it reaches: a role without a team reaches the authority, one with a team that team."""
        held = [(a, t) for role, a, t in self.memberships if permission in ROLE_PERMISSIONS[role]]
        return Scope(
            authority_ids=frozenset(a for a, t in held if t is None),
            team_ids=frozenset(t for _, t in held if t is not None),
            worker_ids=frozenset(w for w, a in self.workers if any(a == held_a for held_a, _ in held)),
        )


def grants_of(user: User, on: date) -> Grants:
    """Read what a person may do on a day: two queries."""
    held = tuple((r, a, t) for r, a, t, ends in _memberships(user_id=user.pk, on=on) if ends is None or ends > on)
    return Grants(held, tuple(_workers(user_id=user.pk)))


@prepared
def _memberships(user_id: int, on: date) -> QuerySet:
    begun = Membership.objects.filter(user_id=user_id, starts_on__lte=on)
    return begun.order_by("pk").values_list("role", "authority_id", "team_id", "ends_on")


@prepared
def _workers(user_id: int) -> QuerySet:
    return Worker.objects.filter(user_id=user_id).order_by("pk").values_list("pk", "authority_id")


def check_user_may(grants: Grants, permission: Permission) -> None:
    """
    Refuse unless one of the roles holds the permission.

    Raises
    ------
    NotPermitted
        With a sentence that says whom to ask.
    """
    if not grants.may(permission):
        raise NotPermitted("Your role does not include this page. Your team manager or data team can change your role.")


def requires(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare a view's permission and refuse everyone else. ``request.grants`` comes from the middleware."""

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            check_user_may(request.grants, permission)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return declare
