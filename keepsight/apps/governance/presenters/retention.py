"""Words for retention: rules, phases, lists and certificates. No queries here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.urls import reverse

from keepsight.apps.accounts.models import Authority
from keepsight.apps.governance.models import Disposal, DisposalItem, LegalHold, SubjectAccess
from keepsight.apps.governance.queries.retention import REGISTERS
from keepsight.core.packs.kinds import RetentionRule
from keepsight.core.packs.kinds.access import PARTS

PHASE_WORDS = {
    "past": ("Past its time", "Past their time today, and free to go."),
    "soon": ("Within twelve months", "Their time is over within the next twelve months."),
    "later": ("Later", "Kept for longer than the next twelve months."),
    "held": ("On hold", "A legal hold stands. Nothing goes while it does."),
    "open": ("Open", "Something is open, so nothing is counted yet."),
    "undecided": ("Kept until decided", "The day to count from is not known, or no rule speaks of the record."),
}  # fmt: skip
NO_RULE = "No rule speaks of it"
STATE_COLOURS = {"proposed": "yellow", "approved": "blue", "refused": "grey", "destroyed": "green"}
OUTCOME_WORDS = {
    "destroyed": "destroyed", "anonymised": "made anonymous", "held": "left out: on hold",
    "re_opened": "left out: open again", "not_due": "left out: its time is no longer over",
    "gone": "left out: already gone",
}  # fmt: skip
ASKERS = {
    "child": "The child or young person",
    "parent": "A parent or carer",
    "other": "Somebody who acts for the child",
}


def length(rule: RetentionRule) -> str:
    """How long, from what: “25 years from birth”."""
    counted = [(rule.years, "year"), (rule.months, "month")]
    said = " and ".join(f"{n} {one if n == 1 else one + 's'}" for n, one in counted if n)
    if not said:
        return "Kept until people decide"
    froms = {"birth": "birth", "order": "the order", "closure": "closure", "event": "its end"}
    death = f"; {rule.after_death_years} years from death under 18" if rule.after_death_years else ""
    return f"{said} from {froms.get(rule.counted_from, rule.counted_from)}{death}"


def counts_of(found: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Rule and phase → how many records."""
    return {(rule, phase): n for rule, phase, n in found.group_by("rule", "phase").len().iter_rows()}


def present_rules(
    authority: Authority, rules: Sequence[RetentionRule], counts: Mapping[tuple[str, str], int], *, before: str = ""
) -> list[dict[str, Any]]:
    """One row a rule, with how many stand in each phase; each count leads to its list. ``before`` the id in it."""
    named = [(before + rule.id, rule.name, length(rule), rule) for rule in rules]
    if any(rule == "" for rule, _ in counts) and not before:
        named.append(("", NO_RULE, "Kept", None))  # type: ignore[arg-type]
    return [
        {
            "name": name, "length": how, "part": rule is not None and rule.applies in PARTS and not before,
            "cells": [_cell(authority, rule_id, phase, counts.get((rule_id, phase), 0)) for phase in PHASE_WORDS],
        }
        for rule_id, name, how, rule in named
    ]  # fmt: skip


def _cell(authority: Authority, rule: str, phase: str, count: int) -> dict[str, Any]:
    address = reverse("governance:retention_list", args=(authority.code, rule or "none", phase))
    return {"label": PHASE_WORDS[phase][0], "count": count, "href": address if count else ""}


def present_entries(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Entries and emergencies by their number: no title stands here."""
    return [
        {"reference": row["name"], "counted_from": row["counted_from"], "kept_until": row["kept_until"],
         "why": row["why"]}
        for row in rows
    ]  # fmt: skip


def present_rows(
    rows: Sequence[Mapping[str, Any]], references: Mapping[int, str], numbers: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Records by reference and number: no name stands here."""
    return [
        {
            "reference": references[row["child"]], "number": numbers.get(row["child"], ""),
            "counted_from": row["counted_from"], "kept_until": row["kept_until"], "why": row["why"],
        }
        for row in rows
    ]  # fmt: skip


def present_disposal(disposal: Disposal, rule: RetentionRule | None) -> dict[str, Any]:
    """A list in words."""
    certificate = disposal.certificate
    return {
        "pk": disposal.pk, "href": reverse("governance:disposal", args=(disposal.pk,)),
        "authority": disposal.authority.name,
        "rule": rule.name if rule else disposal.rule.replace("_", " "), "length": length(rule) if rule else "",
        "source": rule.source if rule else "", "of_registers": disposal.rule.startswith(REGISTERS),
        "anonymise": disposal.action == "anonymise", "state": _state(disposal),
        "colour": STATE_COLOURS[disposal.state], "waits": disposal.state == Disposal.State.PROPOSED,
        "approved": disposal.state == Disposal.State.APPROVED, "done": disposal.state == Disposal.State.DESTROYED,
        "proposed_by": disposal.proposed_by.name, "proposed_at": disposal.proposed_at, "as_at": disposal.as_at,
        "decided_by": disposal.decided_by.name if disposal.decided_by else "", "decided_at": disposal.decided_at,
        "decision": disposal.decision, "done_by": disposal.done_by.name if disposal.done_by else "",
        "done_at": disposal.done_at, "pack_id": disposal.pack_id, "pack_hash": disposal.pack_hash,
        "counts": list(certificate.get("counts", {}).items()),
        "outcomes": [(OUTCOME_WORDS.get(k, k), n) for k, n in certificate.get("outcomes", {}).items()],
        "records": certificate.get("records", 0), "digest": certificate.get("digest", ""),
        "snapshots": certificate.get("snapshots", 0),
    }  # fmt: skip


def present_items(items: Iterable[DisposalItem]) -> list[dict[str, Any]]:
    """The records of a list by their references."""
    return [
        {
            "reference": item.pseudonym, "counted_from": item.counted_from, "kept_until": item.kept_until,
            "outcome": OUTCOME_WORDS.get(item.outcome, "").capitalize() or "Waits",
        }
        for item in items
    ]  # fmt: skip


def _state(disposal: Disposal) -> str:
    if disposal.action == "anonymise":
        words = {"approved": "Approved: not yet carried out", "destroyed": "Made anonymous"}
        return words.get(disposal.state, disposal.get_state_display())
    return disposal.get_state_display()


def present_hold(hold: LegalHold, references: Mapping[int, str], numbers: Mapping[int, str]) -> dict[str, Any]:
    """A hold in words, without a name."""
    whose = f"{numbers.get(hold.child_id) or references[hold.child_id]}" if hold.child_id else "Every record"
    return {
        "pk": hold.pk, "what": whose, "authority": hold.authority.name, "why": hold.why, "placed_by": hold.placed_by,
        "placed_at": hold.placed_at, "lifted_by": hold.lifted_by, "lifted_at": hold.lifted_at,
        "lifted_because": hold.lifted_because, "stands": hold.lifted_at is None,
    }  # fmt: skip


def present_request(request: SubjectAccess, number: str, reference: str, on: Any) -> dict[str, Any]:
    """A request in words, without a name."""
    left = (request.due_on - on).days
    return {
        "pk": request.pk, "href": reverse("governance:subject_access_one", args=(request.pk,)),
        "number": number or reference, "authority": request.child.authority.name, "asked_on": request.asked_on,
        "due_on": request.due_on, "asker": ASKERS.get(request.asker, request.asker), "reference": request.reference,
        "made_at": request.made_at, "made_by": request.made_by.name, "sha256": request.sha256,
        "kept_until": request.kept_until, "given": list(request.items.get("given", {}).items()),
        "left_out": request.items.get("left_out", {}),
        "late": left < 0 and not request.made_at, "left": left,
        "restricted": request.child.record_class == "restricted",
    }  # fmt: skip
