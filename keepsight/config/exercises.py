"""
Inside an exercise: which one a request is in, and what may be changed there.

Deny by default. What is sent from inside changes only the exercise; live records, live settings and
everything that knows no exercise are refused with a sentence. Reading is as outside.
"""

from typing import Any

from django.http import HttpRequest

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.events.models import Event
from keepsight.apps.events.scope import SESSION_KEY, exercise_of
from keepsight.core.errors import NotAllowedNow

READING = frozenset({"GET", "HEAD", "OPTIONS"})
# These keep what is theirs apart by exercise. Signing out and one's own password are nobody's record.
APART = frozenset({"events", "registers", "command", "workforce"})
OWN_PAGES = ("account_", "mfa_")
# Settings of every day, and what schools and providers send about themselves: nobody of theirs exercises here.
LIVE = frozenset({Permission.REGISTER_DEFINE, Permission.API_USE, Permission.PARTNER_FORM})
LIVE_PAGES = frozenset({"registers:messages", "registers:messages_again"})  # mail that could not be sent
DEFINITIONS = ("registers:definition", "registers:draft")  # what a register is: an exercise has none of its own
INSIDE = (
    "You are in an exercise, and this would change live records. Nothing was changed. "
    "Leave the exercise first: the button stands at the top of every page."
)


def exercise_in(request: HttpRequest) -> Event | None:
    """The exercise that the person works in. Without one it costs nothing."""
    if not request.user.is_authenticated:
        return None
    ref = request.session.get(SESSION_KEY)
    return exercise_of(request.grants, ref) if ref else None  # type: ignore[attr-defined]


def check_stays_inside(request: HttpRequest, view: Any) -> None:
    """
    Refuse to change anything live from inside an exercise; mark pages that show what is live.

    Raises
    ------
    NotAllowedNow
    """
    if getattr(request, "exercise", None) is None:
        return
    match = request.resolver_match
    name = match.view_name if match else ""
    apart = bool(match and match.namespace in APART) and not getattr(view, "live_only", False)
    apart = apart and not name.startswith(DEFINITIONS)
    if apart and getattr(view, "permission", None) not in LIVE and name not in LIVE_PAGES:
        return
    if request.method not in READING and not name.startswith(OWN_PAGES):
        raise NotAllowedNow(INSIDE, code="inside_an_exercise")
    request.shows_live = not name.startswith(OWN_PAGES)  # type: ignore[attr-defined]
