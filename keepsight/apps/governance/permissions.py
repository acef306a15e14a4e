"""Who may decide about retention, holds and subject access: whole authorities only."""

from datetime import datetime

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotPermitted

NOT_HERE = "This is not yours to decide. Information governance of the authority can tell you whose it is."


def check_user_may_in(by: User, at: datetime, permission: Permission, authority: Authority) -> Grants:
    """
    Refuse unless the person holds the permission for the whole of this authority.

    Raises
    ------
    NotPermitted
        With the same sentence whatever is asked for.
    """
    grants = grants_of(by, at)
    if authority.pk not in grants.scope(permission).authority_ids:
        raise NotPermitted(NOT_HERE, code="not_this_authority")
    return grants


def check_not_own_record(grants: Grants, child: Child) -> None:
    """Refuse a person's own record, or that of somebody close to them."""
    if child.pk in grants.blocked:
        raise NotPermitted(NOT_HERE, code="own_record")
