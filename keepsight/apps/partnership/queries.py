"""Answers about newsletters across tables."""

from django.db.models import Count, Q, QuerySet

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.partnership.actions.news import ISSUES, READY
from keepsight.apps.partnership.models import Issue, MailingList
from keepsight.apps.registers.models import Entry, Message, Register
from keepsight.apps.registers.permissions import entries_visible_to

State = Message.State


def running_authorities(grants: Grants) -> list[Authority]:
    """The authorities whose newsletters a person runs."""
    whole = grants.scope(Permission.NEWS_RUN).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))


def issues_ready(grants: Grants, authority: Authority) -> list[Entry]:
    """Issues that were agreed and not sent."""
    register = Register.objects.select_related("current").filter(authority=authority, key=ISSUES).first()
    if register is None or register.current is None:
        return []
    seen = entries_visible_to(grants, register).filter(state=READY, issue=None)
    return list(seen.order_by("-number")[:50])


def issues_of(news: MailingList) -> QuerySet[Issue]:
    """The issues of a newsletter, newest first, each with what became of its messages."""
    counts = {
        name: Count("messages", filter=Q(messages__message__state=state))
        for name, state in (("arrived", State.SENT), ("waiting", State.WAITING), ("failed", State.GIVEN_UP))
    }
    return news.issues.select_related("entry", "sent_by").annotate(**counts).order_by("-number")


def archive(grants: Grants) -> list[Issue]:
    """The issues that were sent in a person's authorities."""
    here = {authority for _, authority, _ in grants.memberships}
    found = Issue.objects.filter(mailing_list__authority_id__in=here).select_related("mailing_list__authority", "entry")
    return list(found.order_by("-sent_at")[:200])
