"""What the first page tells: broken glass, to who answers for the record; and that relatives are to be declared."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.desk.presenters import RESTRICTED_RECORD, name
from keepsight.apps.people.policies import choices
from keepsight.apps.people.queries import named_among, notices

DECLARE = "declare"  # in the session: written at sign-in, when a year has passed since the last declaration
DECLARE_WORDS = (
    "Once a year: say under Access, Yourself and your relatives, whose records must be closed to you, "
    "or that nothing is to be added."
)


def remind_of_declaration(request: HttpRequest) -> None:
    """Remind once a sign-in, on the first page, whoever sees children and has not declared for a year."""
    if request.session.pop(DECLARE, False):
        messages.info(request, DECLARE_WORDS)


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
