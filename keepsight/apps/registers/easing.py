"""
Uses of easements, told to the plan of contact: the one place that knows these two registers by their fields.

A use eases from the day that somebody else authorised it, on the terms that were authorised: what was
changed since waits until it is authorised again. It eases only while the council's own decision to use
that easement stands, and if it was authorised as high up as that decision asks. Entries of an exercise,
and those of a register that is not in use, ease nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.contact import actions as contact
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, EntryChange
from keepsight.core.duties.easements import USES
from keepsight.core.registers import shown

USE, DECISION = "easement_use", "easement_decision"
AUTHORISED = ("authorised", "extended")  # states of a use that a second person moves it to
DECIDED = ("in_force",)  # and of a decision
STANDS = ("in_force", "reviewed", "reviewed_again")
USED = ("used", "limited")
POSTS = ("team", "head", "ad", "director")  # from the lowest


def uses_of(authority: Authority, on: date, children: Sequence[int] | None = None) -> pl.DataFrame:
    """The uses that ease something for these children on a day: ``duties.easements.USES``."""
    uses = _uses(authority)
    found = list(uses if children is None else uses.filter(child_id__in=children))
    decisions = _decisions(authority, on) if found else {}
    agreed = _as_agreed(found, AUTHORISED)
    rows = []
    for entry in found:
        values, by = agreed.get(entry.pk, ({}, ""))
        decision = decisions.get(values.get("easement", ""))
        if decision is None or not _high_enough(values, decision):
            continue
        rule = rule_of(entry.version)
        post = next((shown(each, values[each.id]) for each in rule.fields if each.id == "authoriser_post"), "")
        rows.append({
            "child_id": entry.child_id, "number": f"{rule.prefix}-{entry.number}",
            "easement": values["easement"].upper(), "from_on": _day(values["from_on"]),
            "to_on": min(_day(values["to_on"]), _day(decision.get("law_to")) or date.max),
            "authorised_by": ", ".join(filter(None, (by, post))), "authorised_on": _day(values.get("authorised_on")),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=USES.schema, orient="row")


def follow(entry: Entry, *, by: User | None, at: datetime) -> None:
    """Plan the contact anew of the children for whom this entry, added or changed just now, may ease something."""
    if entry.exercise_id or entry.register.key not in (USE, DECISION):
        return
    authority = entry.register.authority
    if entry.register.key == USE:
        children = [] if entry.state in ("asked", "refused") else [entry.child_id]
    else:
        children = list(_uses(authority).values_list("child_id", flat=True))
    _plan(authority, children, by=by, at=at)


def renew(*, at: datetime) -> int:
    """
    Plan again whose easement may have begun or ended since the day that was planned for; give how many.

    A day has only to come once: planned today, nobody is planned again until tomorrow.
    """
    today = timezone.localtime(at).date()
    planned = 0
    registers = Entry.objects.filter(register__key=USE, state__in=AUTHORISED).values("register__authority").distinct()
    for authority in Authority.objects.filter(pk__in=registers):
        plans = dict(
            ContactPlan.objects.filter(child__in=_uses(authority).values("child"), planned_for__lt=today)
            .values_list("child_id", "planned_for")
        )  # fmt: skip
        uses = _uses(authority).filter(child_id__in=plans)
        children = {use.child_id for use in uses if _day(use.values["to_on"]) >= plans[use.child_id]}
        planned += len(children)
        _plan(authority, sorted(children), by=None, at=at)
    return planned


def _plan(authority: Authority, children: Sequence[int], *, by: User | None, at: datetime) -> None:
    if children:
        contact.plan(authority, on=timezone.localtime(at).date(), at=at, by=by, children=sorted(set(children)))


def _uses(authority: Authority) -> QuerySet[Entry]:
    """Uses that somebody authorised and nobody ended, live, about children of the authority itself."""
    live = Entry.objects.filter(register__authority=authority, register__key=USE, register__is_on=True, exercise=None)
    held = live.filter(state__in=AUTHORISED, child__authority=authority)
    return held.select_related("version").order_by("number")


def _decisions(authority: Authority, on: date) -> dict[str, Mapping[str, Any]]:
    """Easement → the values of the council's newest decision on it, where that is to use it and its law is in force."""
    live = Entry.objects.filter(register__authority=authority, register__key=DECISION, exercise=None, state__in=STANDS)
    entries = list(live.order_by("number"))
    agreed = _as_agreed(entries, DECIDED)
    known = [agreed[entry.pk][0] for entry in entries if entry.pk in agreed]
    newest = {values.get("easement", ""): values for values in sorted(known, key=_decided_on)}
    return {
        name: values
        for name, values in newest.items()
        if values.get("decided") in USED
        and (_day(values.get("law_from")) or date.min) <= on <= (_day(values.get("law_to")) or date.max)
    }


def _as_agreed(entries: Sequence[Entry], states: Sequence[str]) -> dict[int, tuple[dict[str, Any], str]]:
    """
    Entry → its values when somebody last moved it to one of these states, and who that was.

    Read back from its history. One that nobody moved there (a file brought it so) is left out.
    """
    kinds = (EntryChange.Kind.CHANGED, EntryChange.Kind.MOVED)
    held: dict[int, dict[str, Any]] = {entry.pk: dict(entry.values) for entry in entries}
    agreed: dict[int, tuple[dict[str, Any], str]] = {}
    changes = EntryChange.objects.filter(entry__in=list(held), kind__in=kinds).order_by("-id")
    for entry, kind, before, after, by in changes.values_list("entry_id", "kind", "before", "after", "by__name"):
        if entry in agreed:
            continue
        if kind == EntryChange.Kind.CHANGED:
            held[entry] = {name: value for name, value in held[entry].items() if name not in after} | before
        elif after.get("state") in states:
            agreed[entry] = (held[entry], by or "")
    return agreed


def _high_enough(values: Mapping[str, Any], decision: Mapping[str, Any]) -> bool:
    post, asked = values.get("authoriser_post"), decision.get("authoriser")
    return post in POSTS and asked in POSTS and POSTS.index(post) >= POSTS.index(asked)


def _decided_on(values: Mapping[str, Any]) -> str:
    return str(values.get("decided_on", ""))


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if value else None
