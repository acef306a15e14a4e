"""Wording of the log's pages. The log names no child, and neither do they: a number, where one may know it."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from keepsight.apps.accounts.permissions import rules
from keepsight.apps.audit.models import EventKind
from keepsight.apps.governance.models import LookReview
from keepsight.apps.governance.queries.looked import Look
from keepsight.apps.people.models import AccessKind
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Access

KINDS = dict(EventKind.choices)
PAGES = {
    "desk:my_work": "My work", "desk:child": "Child’s page", "desk:find": "Find a child", "desk:team": "Team",
    "desk:teams": "Teams", "desk:approvals": "Waiting for the manager", "desk:record_visit": "Recording a visit",
    "desk:confirm_rating": "Confirming a level", "desk:approve": "Approving a level",
    "desk:record_sighting": "Someone else saw the child", "desk:vulnerable_learners": "Vulnerable learners",
    "desk:sign_virtual": "Signing for a virtual visit", "governance:looked_child": "Who looked",
    "governance:looked_person": "What a person opened", "governance:looked": "Who looked: search",
    "governance:looked_sample": "Sample of the month", "governance:looked_log": "State of the log",
    "governance:looked_review": "One look of the sample",
    "desk:safe_contact": "Safe contact",
    "desk:change_safe_contact": "Changing safe contact", "desk:end_safe_contact": "Ending safe contact",
    "desk:visit_recorded": "Visit recorded",
    "governance:ask": "Asking to be named", "governance:requests": "Named access",
    "governance:request": "A request to be named", "governance:named": "Who is named",
    "governance:emergencies": "Records opened in an emergency",
    "governance:emergency_week": "Records opened in an emergency: one week",
    "governance:emergency_review": "A record opened in an emergency", "governance:restricted": "Restricted records",
    "governance:watched": "Restricted records of the council",
    "governance:blocked": "Cases that need another worker", "governance:declarations": "Declared relatives",
    "governance:declaration": "A declaration", "governance:retention_list": "Retention: a list",
    "governance:disposal": "A list to destroy", "governance:disposal_preview": "What would go",
    "governance:certificate": "Certificate", "governance:holds": "Legal holds",
    "governance:subject_access_one": "A subject-access request", "accounts:person": "A person’s account",
    "accounts:people_csv": "People", "briefing:download": "Taking a report away", "intake:load": "A load",
    "portal:extract": "Extract without names", "portal:figures": "Figures for members",
    "portal:pupils": "School’s page", "portal:placements": "Provider’s page",
    "governance:reason": "Asking for the reason", "governance:restriction": "Who may open this record",
    "governance:emergency": "Opening in an emergency", "desk:child_print": "Printing a record",
    "desk:known": "Is a child known?",
}  # fmt: skip
COLOURS = {
    LookReview.Outcome.IN_ORDER: "green", LookReview.Outcome.ASKED: "yellow", LookReview.Outcome.CONCERN: "red",
}  # fmt: skip


def present_looks(
    looks: Iterable[Look], *, numbers: Mapping[int, str] | None = None, restricted: Iterable[int] = ()
) -> list[dict[str, Any]]:
    """Rows of a table of events."""
    hidden = frozenset(restricted)
    return [
        {
            "at": look.at,
            "who": look.actor_name or "The system",
            "roles": roles_of(look.actor_roles),
            "what": KINDS.get(look.kind, look.kind),
            "more": _more(look),
            "where": page_of(look.source) or ("A page" if look.address else "Command or service"),
            "address": look.address,
            "reason": "" if look.kind == EventKind.DENIED else _grounds().get(look.reason, look.reason),
            "about": _about(look, numbers or {}, hidden),
            "seq": look.seq,
        }
        for look in looks
    ]


@cache
def _grounds() -> dict[str, str]:
    """Reasons, emergencies and kinds of access in words, by what the log keeps of them."""
    pack = book().read("access", Access)
    chosen = (*pack.reasons, *pack.emergencies, *pack.named, *pack.restricted_because)
    return dict(AccessKind.choices) | {one.id: one.name for one in chosen}


def roles_of(ids: str) -> str:
    """The roles held then, in words."""
    known = rules()
    return ", ".join(known[role].name if role in known else role for role in ids.split(",") if role)


def page_of(source: str) -> str:
    """The page in words; nothing where the event does not name one."""
    if source.startswith("desk:list "):
        return f"List: {source.removeprefix('desk:list ').replace('-', ' ')}"
    page = source.split(":", 1)[-1].replace("_", " ").capitalize()
    return PAGES.get(source, page)


def _more(look: Look) -> str:
    shown = look.detail.get("shown", ())
    if shown:
        return f"{len(shown)} children shown" if len(shown) > 1 else "1 child shown"
    return ""


def _about(look: Look, numbers: Mapping[int, str], restricted: frozenset[int]) -> str:
    if look.subject_type != "child" or not look.subject_id.isdecimal():
        return "" if look.subject_type != "child_ref" else "A record that is not there"
    child = int(look.subject_id)
    if child in restricted:
        return "A restricted record"
    return numbers.get(child) or "A child without a number"


def present_sample(
    looks: Iterable[Look],
    reviews: Mapping[int, LookReview],
    *,
    grounds: Mapping[int, str],
    numbers: Mapping[int, str],
    restricted: Iterable[int],
) -> list[dict[str, Any]]:
    """Rows of the sample, each with what was found when somebody looked at it."""
    listed = list(looks)
    rows = present_looks(listed, numbers=numbers, restricted=restricted)
    for row, look in zip(rows, listed, strict=True):
        review, ground = reviews.get(look.seq), grounds.get(look.seq, "")
        row["reason"] = row["reason"] or _grounds().get(ground, ground)
        row["review"] = review and {
            "words": review.get_outcome_display(), "colour": COLOURS[LookReview.Outcome(review.outcome)],
            "by": review.by.name, "at": review.at, "note": review.note,
        }  # fmt: skip
    return rows


def present_check(check: Look | None) -> dict[str, Any] | None:
    """The newest check of the log, in words."""
    if check is None:
        return None
    return {
        "at": check.at,
        "by": check.actor_name or "Command line",
        "fits": bool(check.detail.get("fits")),
        "said": check.detail.get("said", ""),
        "guards": len(check.detail.get("guards_missing", ())),
    }
