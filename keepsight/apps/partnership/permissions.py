"""Whose newsletters a person writes, sends and reads."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.partnership.models import MailingList
from keepsight.apps.people.permissions import grants_of
from keepsight.core.errors import NotPermitted

NOT_YOURS = "This newsletter is not yours to send. Communications of the authority can tell you whose it is."


def lists_visible_to(grants: Grants) -> QuerySet[MailingList]:
    """The newsletters of the authorities for which a person runs them, with how many get each."""
    whole = grants.scope(Permission.NEWS_RUN).authority_ids
    found = MailingList.objects.filter(authority_id__in=whole).select_related("authority")
    return found.annotate(number=Count("subscribers", filter=Q(subscribers__ended_on=None))).order_by("title")


def check_may_run(by: User, at: datetime, authority: Authority) -> Grants:
    """
    Refuse unless the person runs newsletters of this authority.

    Raises
    ------
    NotPermitted
        With the same sentence whatever is asked for.
    """
    grants = grants_of(by, at)
    if authority.pk not in grants.scope(Permission.NEWS_RUN).authority_ids:
        raise NotPermitted(NOT_YOURS)
    return grants
