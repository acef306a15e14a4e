"""
Newsletters (PAR-04, PAR-05, WRK-15): who gets one, and an issue on its way to all of them.

An issue's words are an entry of the register of issues, agreed there by a second person; sending it
writes one message for each subscriber into the outbox, in one transaction, once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.partnership.models import Issue, IssueMessage, MailingList, Subscriber
from keepsight.apps.partnership.permissions import check_may_run
from keepsight.apps.registers import tasks
from keepsight.apps.registers.actions import change, move
from keepsight.apps.registers.models import Entry, Message
from keepsight.core.errors import NotAllowedNow

ISSUES = "newsletter_issue"  # register
READY, SENT = "approved", "sent"  # states of it
END = "\n\n—\nYou get this because you subscribed to “{title}”. To stop: {link}\n"


class WrongNews(NotAllowedNow):
    """Something about a newsletter cannot be; ``field`` names what."""

    code = "wrong_news"

    def __init__(self, sentence: str, *, field: str = ""):
        super().__init__(sentence)
        self.field = field


def begin(authority: Authority, *, title: str, words: str, by: User, at: datetime) -> MailingList:
    """Begin a newsletter."""
    check_may_run(by, at, authority)
    if MailingList.objects.filter(authority=authority, title__iexact=title.strip()).exists():
        raise WrongNews("There is a newsletter of this name already.", field="title")
    return MailingList.objects.create(authority=authority, title=title.strip(), words=words, made_at=at, made_by=by)


def subscribe(news: MailingList, lines: Iterable[str], *, by: User, at: datetime, on: date) -> tuple[int, list[str]]:
    """
    Add subscribers: one a line, an address, then a name and an organisation if known, parted by commas.

    Returns
    -------
    int, list of str
        How many were added (those who are there stay as they are; who had ended begins again), and a
        sentence for each line that holds no address.
    """
    check_may_run(by, at, news.authority)
    added, troubles = 0, []
    with transaction.atomic():
        for place, line in enumerate(lines, 1):
            if not line.strip():
                continue
            email, name, organisation = [*(part.strip() for part in line.split(",", 2)), "", ""][:3]
            try:
                validate_email(email)
            except ValidationError:
                troubles.append(f"Line {place}: “{email[:60]}” is not an e-mail address.")
                continue
            told = {"name": name[:120], "organisation": organisation[:120], "starts_on": on}
            row, made = Subscriber.objects.get_or_create(mailing_list=news, email=email.lower(), defaults=told)
            if not made and row.ended_on is not None:
                row.ended_on, made = None, True
                row.save(update_fields=["ended_on"])
            added += made
    return added, troubles


def unsubscribe(token: UUID, *, on: date) -> MailingList | None:
    """End a subscription by the link in its messages; nobody has to sign in for that."""
    row = Subscriber.objects.select_related("mailing_list").filter(token=token).first()
    if row is None:
        return None
    Subscriber.objects.filter(pk=row.pk, ended_on=None).update(ended_on=on)
    return row.mailing_list


def send(news: MailingList, entry: Entry, *, by: User, at: datetime) -> Issue:
    """
    Send an issue to everybody who subscribes.

    Raises
    ------
    NotPermitted, WrongNews
        If it is not this person's, the issue is not agreed, was sent before, belongs to an exercise, or
        nobody subscribes.
    """
    check_may_run(by, at, news.authority)
    with transaction.atomic(), audit.at_the_end():
        news = MailingList.objects.select_for_update().select_related("authority").get(pk=news.pk)
        entry = Entry.objects.select_for_update(of=("self",)).select_related("register").get(pk=entry.pk)
        if entry.register.key != ISSUES or entry.register.authority_id != news.authority_id:
            raise WrongNews("Choose an issue of this authority’s register of issues.", field="entry")
        if entry.exercise_id is not None:
            raise WrongNews("This issue belongs to an exercise. Nothing leaves an exercise.", field="entry")
        if entry.state != READY or Issue.objects.filter(entry=entry).exists():
            raise WrongNews("This issue is not agreed yet, or was sent before.", field="entry")
        people = list(news.subscribers.filter(ended_on=None).order_by("pk"))
        if not people:
            raise WrongNews("Nobody subscribes to this newsletter yet. Add subscribers first.", field="entry")
        number = (news.issues.aggregate(last=Max("number"))["last"] or 0) + 1
        issue = Issue.objects.create(
            mailing_list=news, entry=entry, number=number, sent_at=at, sent_by=by, recipients=len(people)
        )
        messages = Message.objects.bulk_create(_messages(news, entry, people, at), batch_size=500)
        IssueMessage.objects.bulk_create(
            [
                IssueMessage(issue=issue, subscriber=who, message=what)
                for who, what in zip(people, messages, strict=True)
            ],
            batch_size=500,
        )
        transaction.on_commit(tasks.ask_to_send)
        said = {"sent_on": timezone.localtime(at).date().isoformat(), "recipients": len(people)}
        entry = change(entry, said, by=by, at=at, revision=entry.revision, source="news:send")
        move(entry, SENT, by=by, at=at, source="news:send")
        audit.record(
            EventKind.NEWS_SENT, at=at, by=by, authority_code=news.authority.code, subject=("news", str(issue.pk)),
            source="news:send", recipients=len(people),
        )  # fmt: skip
    return issue


def _messages(news: MailingList, entry: Entry, people: Iterable[Subscriber], at: datetime) -> list[Message]:
    text = "\n\n".join(str(entry.values[name]) for name in ("summary", "body") if entry.values.get(name))
    subject = f"{news.title}: {entry.title}"[:200]
    rows = []
    for who in people:
        link = settings.SITE_ADDRESS + reverse("partnership:leave", args=[who.token])
        body = text + END.format(title=news.title, link=link)
        rows.append(Message(authority=news.authority, to=who.email, subject=subject, body=body, made_at=at, next_at=at))
    return rows
