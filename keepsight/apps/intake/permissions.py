"""Who may load, undo, and look at loads, and of which authorities."""

from datetime import datetime

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotPermitted


def authorities_whose_loads(grants: Grants) -> dict[str, str]:
    """Code and name of the authorities whose loads a person may see."""
    reach = grants.scope(Permission.LOAD_VIEW)
    return dict(Authority.objects.filter(pk__in=reach.authority_ids).order_by("name").values_list("code", "name"))


def authorities_to_load_for(grants: Grants) -> dict[str, str]:
    """Code and name of the authorities whose files a person may load."""
    reach = grants.scope(Permission.LOAD_RUN)
    return dict(Authority.objects.filter(pk__in=reach.authority_ids).order_by("name").values_list("code", "name"))


def may_see_values(grants: Grants, code: str) -> bool:
    """
    Whether a person may see what stood in the cells of an authority's files: names, UPNs, days of birth.

    Who loads the files has them anyway. An analyst works with pseudonyms (RULES §5) and sees where
    and what kind, not whose.
    """
    reach = grants.scope(Permission.LOAD_RUN)
    return Authority.objects.filter(pk__in=reach.authority_ids, code=code).exists()


def check_user_may_load(user: User | None, authority: Authority, at: datetime) -> None:
    """
    Refuse a person without the data loader's role in this authority. The command line may.

    Raises
    ------
    NotPermitted
        With the authority's name.
    """
    if user is not None and authority.pk not in grants_of(user, at).scope(Permission.LOAD_RUN).authority_ids:
        raise NotPermitted(f"Your role does not include loading files for {authority.name}, or undoing its loads.")
