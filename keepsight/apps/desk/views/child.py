"""One child. Opening the page is an event."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from keepsight.apps.accounts.exports import offers
from keepsight.apps.accounts.permissions import Grants, Permission, requires
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.desk import record
from keepsight.apps.desk.present_child import present_child, seen_codes
from keepsight.apps.people.content import Sees, sees_of, sees_to_safety
from keepsight.apps.people.queries import decided, open_until

Shows = Callable[[int], Iterable[int]]
BRIEFLY_OPEN = {
    "break_glass": "Opened in an emergency until", "reason": "Open to you, with the reason that you gave, until"
}  # fmt: skip


def nobody_else(child_id: int) -> Iterable[int]:
    return ()


def opened(
    request: HttpRequest, ref: UUID, permission: Permission, on: date, *, source: str, shows: Shows = nobody_else
) -> dict[str, Any]:
    """
    Reach the child and keep that this person read the record: every page of a child begins here.

    ``shows`` gives the other children whom the page names, by the child's id.

    Raises
    ------
    NotPermitted
        As ``record.identity``; the refusal is kept by the middleware.
    """
    who = record.identity(request.grants, ref, permission, on)
    audit.record(
        EventKind.CHILD_OPENED, at=timezone.now(), by=request.user, authority_code=who["authority__code"],
        subject=("child", str(who["id"])), source=source, shown=shows(who["id"]),
    )  # fmt: skip
    if who["id"] in request.grants.briefly and (held := open_until(request.user.pk, who["id"], timezone.now())):
        request.open_until = {"words": BRIEFLY_OPEN[held[0]], "at": held[1]}  # the banner of every page of this child
    return who


@requires(Permission.CHILD_VIEW)
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Warnings first, then who has seen the child, the level with its reasons, and what happened."""
    on, grants = timezone.localdate(), request.grants
    family: list[dict[str, Any]] = []

    def shows(child_id: int) -> list[int]:
        family.extend(record.siblings(grants, child_id, Permission.CHILD_VIEW))
        return [each["pk"] for each in family]

    who = opened(request, ref, Permission.CHILD_VIEW, on, source="desk:child", shows=shows)
    context = in_words(grants, who, on, sees_of(grants, who), family)
    context |= {
        "may_visit": grants.may(Permission.VISIT_RECORD),
        "may_rate": grants.may(Permission.RATING_CONFIRM)
        and who["id"] not in grants.briefly
        and not context["part_only"],
        "may_restrict": grants.may(Permission.ACCESS_APPROVE) and decided(grants, ref) is not None,
        "may_sight": grants.may(Permission.SIGHTING_RECORD),
        "may_keep_safe": sees_to_safety(grants, who),
    }
    takes = offers(grants, "desk:child", ref, formats=("print",))
    return render(request, "desk/child.html", {"record": context, "takes": takes})


def in_words(
    grants: Grants, who: dict[str, Any], on: date, sees: Sees, family: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The record as its page and its print version say it, with what this person may see of it."""
    hide = who["place_confidential"] and not sees.place
    return present_child(
        who,
        on=on,
        sees=sees,
        secrets=record.secrets_of(who) if hide else frozenset(),
        alerts=record.alerts(child_id=who["id"], on=on),
        ratings=record.ratings(who["id"]),
        involvements=record.involvements(child_id=who["id"]),
        siblings=family,
        moments=record.timeline(child_id=who["id"]),
        weeks=() if hide else record.school_weeks(who["id"], on),
        codes=seen_codes(),
    )
