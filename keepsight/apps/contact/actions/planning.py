"""Planning contact: when and how each child must next be seen."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import polars as pl
from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.contact.frames import contact_plans
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.people.models import Child
from keepsight.apps.risk import actions as risk
from keepsight.apps.risk.frames import Gathered, gather


@transaction.atomic
def plan(
    authority: Authority,
    *,
    on: date,
    at: datetime,
    by: User | None = None,
    children: Sequence[int] | None = None,
    gathered: Gathered | None = None,
) -> int:
    """
    Plan the contact of an authority's children, or of these few, and give how many have a plan.

    The plan is derived: what stood there before is replaced, and a child with nothing open any
    more has none. Team and worker are those of the first open spell that names a worker.
    """
    rows.lock()
    known = gathered or gather(authority, on=on, children=children)
    planned = contact_plans(known, children)
    before = ContactPlan.objects.filter(authority=authority)
    if children is not None:
        before = before.filter(child_id__in=children)
    before._raw_delete(before.db)  # nothing points to a plan, so nothing need be collected first
    rows.insert(
        ContactPlan,
        planned.with_columns(
            authority_id=pl.lit(authority.pk, dtype=pl.Int64),
            planned_for=pl.lit(on),
            planned_at=pl.lit(at.astimezone(UTC).replace(tzinfo=None)),
            pack_id=pl.lit(known.rules.book.id),
            pack_hash=pl.lit(known.rules.book.hash),
        ),
    )
    events.record(EventKind.PLANNED, at=at, by=by, authority_code=authority.code, planned=planned.height)
    return planned.height


@transaction.atomic
@events.at_the_end()
def rate_and_plan(
    authority: Authority,
    *,
    on: date,
    at: datetime,
    by: User | None = None,
    children: Sequence[int] | None = None,
) -> tuple[int, int]:
    """Rate, then plan, reading the register once: how many ratings are new, how many plans were made."""
    rows.lock()
    known = gather(authority, on=on, children=children)
    rated = risk.rate(authority, on=on, at=at, by=by, children=children, gathered=known)
    return rated, plan(authority, on=on, at=at, by=by, children=children, gathered=known)


def renew(children: Iterable[Child], *, on: date, at: datetime, by: User | None) -> None:
    """Rate and plan these few again, each with the rules of their own authority."""
    by_authority: dict[Authority, list[int]] = {}
    for child in children:
        by_authority.setdefault(child.authority, []).append(child.pk)
    for authority, ids in by_authority.items():
        rate_and_plan(authority, on=on, at=at, by=by, children=sorted(ids))
