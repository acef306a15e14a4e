"""Rating children by the policy in force: many at once, history kept."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl
from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.risk.frames import Gathered, current_ratings, gather
from keepsight.apps.risk.models import Rating
from keepsight.core import risk
from keepsight.core.terms import Service

_COMPARED = ["service", "level", "points", "reasons", "pack_hash"]


@transaction.atomic
def rate(
    authority: Authority,
    *,
    on: date,
    at: datetime,
    by: User | None = None,
    children: Sequence[int] | None = None,
    gathered: Gathered | None = None,
) -> int:
    """
    Rate the children of an authority, or these few, and give how many ratings are new.

    A rating is written only where service, level, points, reasons or rules have changed. The one
    before stays, no longer current. A child with nothing open any more has no current rating.
    Confirmed levels are never touched.

    Parameters
    ----------
    gathered : Gathered, optional
        What was read already for the same children and day.
    """
    rows.lock()
    known = gathered or gather(authority, on=on, children=children)
    computed = _computed(known)
    before = current_ratings(authority, children)
    same = computed.join(before, on=["child_id", *_COMPARED], how="semi", nulls_equal=True)
    new = computed.join(same, on="child_id", how="anti")
    gone = before.join(same, on="child_id", how="anti")
    rows.update(Rating, gone.select("id", is_current=pl.lit(False)))
    _insert(new, known, at)
    events.record(EventKind.RATED, at=at, by=by, authority_code=authority.code, rated=computed.height, new=new.height)
    return new.height


def _computed(known: Gathered) -> pl.DataFrame:
    """What the policy makes of each child with something open."""
    with_work = known.facts.filter(pl.col("service") != Service.NONE.value)
    rated = risk.rate(with_work, known.rules.policy)
    reasons = [_as_text(each) for each in rated["reasons"]]
    return rated.select(
        child_id="child",
        service="service",
        level="level",
        points=pl.col("points").cast(pl.Int64),
        confidence="confidence",
        reasons=pl.Series(reasons, dtype=pl.String),
        pack_hash=pl.lit(known.rules.book.hash),
    )


def _as_text(reasons: pl.Series | list) -> str:
    """Rule, points and sentence of each reason, as JSON holds them."""
    return json.dumps([[each["rule"], each["points"], each["sentence"]] for each in reasons])


def _insert(new: pl.DataFrame, known: Gathered, at: datetime) -> None:
    first = rows.next_id(Rating)
    rows.insert(
        Rating,
        new.with_row_index("id", offset=first).with_columns(
            pl.col("id").cast(pl.Int64),
            authority_id=pl.lit(known.authority.pk, dtype=pl.Int64),
            rated_at=pl.lit(at.astimezone(UTC).replace(tzinfo=None)),
            as_at=pl.lit(known.on),
            pack_id=pl.lit(known.rules.book.id),
            is_current=pl.lit(True),
        ),
    )
