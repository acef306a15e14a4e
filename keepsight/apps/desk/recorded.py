"""What came of sending a visit: the children it was recorded for, and when each is next due."""

from datetime import date
from typing import Any
from uuid import UUID

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.models import Visit
from keepsight.apps.desk.present_child import OUTCOMES
from keepsight.apps.desk.presenters import how, name, when_due
from keepsight.apps.desk.queries import numbers_of
from keepsight.apps.people.permissions import children_visible_to
from keepsight.core.terms import LABELS, VIRTUAL


def outcome_of(grants: Grants, submission: UUID, on: date) -> dict[str, Any]:
    """The visits that one sending recorded, within the person's scope."""
    children = children_visible_to(grants, Permission.VISIT_RECORD)
    rows = Visit.objects.filter(submission=submission, child__in=children).order_by("pk")
    found = list(
        rows.values(
            "child_id", "child__ref", "child__forename", "child__surname", "outcome", "mode", "visit_on", "seen",
            "child__plan__due_on", "child__plan__due_mode", "child__plan__alone", "child__plan__why",
        )
    )  # fmt: skip
    numbers = numbers_of([(row["child_id"], "", row["child__forename"], row["child__surname"]) for row in found])
    shown = [
        {
            "pk": row["child_id"],
            "href": f"/children/{row['child__ref']}/",
            "name": name(row["child__forename"], row["child__surname"], numbers.get(row["child_id"], "")),
            "due": row["child__plan__due_on"],
            "when": when_due(row["child__plan__due_on"], on),
            "how": how(row["child__plan__due_mode"] or "", bool(row["child__plan__alone"])),
            "why": row["child__plan__why"] or "",
        }
        for row in found
    ]
    first = found[0] if found else {}
    return {
        "children": shown,
        "what": OUTCOMES.get(first.get("outcome", ""), ""),
        "mode": LABELS.get(first.get("mode", ""), ""),
        "visit_on": first.get("visit_on"),
        "counts": bool(first.get("seen")),
        "virtual": bool(first.get("seen")) and first.get("mode") in VIRTUAL,
    }
