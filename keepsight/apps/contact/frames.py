"""Rows of contact as frames: this app's one door to the core. Visits are read in ``risk.frames``."""

import functools
from collections.abc import Sequence
from datetime import date

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.contact.models import AgreedInterval
from keepsight.apps.duties.easements import eased_for
from keepsight.apps.people.frames import of_children
from keepsight.apps.risk.frames import Gathered, current_ratings, levels_in_force
from keepsight.core.contact.plan import plan
from keepsight.core.contact.rules import ContactRules, contact_rules
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import Easements
from keepsight.core.terms import ContactMode

_SEEN = [
    "child_id", "last_seen_on", "last_seen_by", "last_f2f_on", "last_contact_on", "last_other_on", "sight_lines",
    "sight_lines_named", "unseen_from",
]  # fmt: skip
_PLANNED = [
    "child_id", "service", "is_open", "team_id", "worker_id", "level", "worked_level", "due_on", "due_soon_on",
    "due_mode", "alone", "bound_by", "bound_id", "why", "f2f_due_on", "f2f_in_interval",
    "early_help", "early_help_team_id", "early_help_worker_id", "eased",
]  # fmt: skip
_TEXT = ["computed_level", "due_mode", "bound_by", "bound_id", "why", "eased", "last_seen_by", "sight_lines_named"]


def contact_rules_of(authority: Authority) -> ContactRules:
    """The contact table and the visit duties that an authority works by."""
    rules = in_force(authority)
    return _rules(rules.book, rules.contact_mode)


@functools.lru_cache(maxsize=16)
def _rules(book: Book, mode: ContactMode) -> ContactRules:
    return contact_rules(book, mode)


def easements_on(authority: Authority, on: date) -> frozenset[str]:
    """Easements that the authority has switched on for every child and that the law has in force on a day."""
    chosen = set(authority.settings.get("easements", []))
    book = in_force(authority).book
    if not chosen or "easements" not in book.tables:
        return frozenset()
    return frozenset(
        easement.id
        for easement in book.read("easements", Easements).easements
        if easement.id in chosen
        and any(window.from_ <= on and (window.to is None or on <= window.to) for window in easement.windows)
    )


def agreed_intervals(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """How often the children's own plans say that they are seen."""
    chosen = of_children(AgreedInterval.objects.filter(is_current=True), authority, children)
    return rows.read(chosen, ["child_id", "every", "unit"])


def contact_plans(gathered: Gathered, children: Sequence[int] | None = None) -> pl.DataFrame:
    """The plan of each child with something open, in the columns of ``ContactPlan`` that the core knows."""
    authority = gathered.authority
    confirmed = levels_in_force(authority, children)
    computed = current_ratings(authority, children).select("child_id", computed_level="level")
    levels = confirmed.rename({"level": "confirmed_level", "review_on": "level_review_on"}).join(
        computed, on="child_id", how="full", coalesce=True
    )
    planned = plan(
        gathered.cases,
        facts=gathered.facts,
        sight=gathered.sight,
        levels=levels,
        agreed=agreed_intervals(authority, children),
        rules=contact_rules_of(authority),
        as_at=gathered.on,
        easements=easements_on(authority, gathered.on),
        eased=eased_for(authority, gathered.on, children),
    )
    return (
        planned.select(_PLANNED)
        .join(gathered.sight.select(_SEEN), on="child_id", how="left", maintain_order="left")
        .join(levels.select("child_id", "computed_level", "level_review_on"), on="child_id", how="left")
        .with_columns(pl.col(_TEXT).fill_null(""), pl.col("sight_lines").fill_null(0))
    )
