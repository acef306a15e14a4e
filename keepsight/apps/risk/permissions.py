"""Who may confirm a level, and who may approve one."""

from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import check_user_can_open_child
from keepsight.apps.risk.models import Confirmation
from keepsight.core.errors import NotPermitted


def check_user_can_confirm_rating(grants: Grants, child: Child) -> None:
    """Refuse unless the person may confirm ratings and this child is theirs to rate."""
    check_user_may(grants, Permission.RATING_CONFIRM)
    check_user_can_open_child(grants, child, Permission.RATING_CONFIRM)


def check_user_can_approve_rating(grants: Grants, confirmation: Confirmation, *, user_id: int) -> None:
    """
    Refuse unless the person manages this child's work and somebody else set the level.

    Raises
    ------
    NotPermitted
        Nobody approves their own lowering from Red.
    """
    check_user_may(grants, Permission.RATING_APPROVE)
    check_user_can_open_child(grants, confirmation.child, Permission.RATING_APPROVE)
    if confirmation.rated_by_user_id == user_id:
        raise NotPermitted(
            "You set this level, so another manager must look at it. Ask a manager of the same service.",
            code="own_rating",
        )
