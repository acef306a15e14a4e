"""Broken glass, told to those who answer for the record on the first page that they open."""

from typing import Any

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.desk.presenters import RESTRICTED_RECORD, name
from keepsight.apps.people.policies import choices
from keepsight.apps.people.queries import named_among, notices


def glass_notices(grants: Grants, user_id: int) -> list[dict[str, Any]]:
    """What this person has not read yet: one query, and another only where there is something."""
    rows = notices(user_id)
    if not rows:
        return []
    names = named_among(grants, [row[1] for row in rows])
    why = choices("emergencies")
    return [
        {
            "pk": pk, "name": name(forename, surname) if child in names else RESTRICTED_RECORD,
            "href": f"/children/{ref}/" if child in names else "", "by": by, "why": why.get(because, because),
            "reason": reason, "at": begins, "until": ends,
        }
        for pk, child, ref, forename, surname, by, because, reason, begins, ends in rows
    ]  # fmt: skip
