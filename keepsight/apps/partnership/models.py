"""Partnership: newsletters and their subscribers. Boards, briefings, feedback and agreements are registers (PAR)."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.registers.models import Entry, Message


class MailingList(models.Model):
    """A newsletter: what it is, and for whom (PAR-04, PAR-05, WRK-15)."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="mailing_lists")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=120)
    words = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "title"], name="mailing_list_once")]


class Subscriber(models.Model):
    """Somebody who gets a newsletter, until they say no."""

    mailing_list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="subscribers")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    token = models.UUIDField(default=uuid.uuid4, unique=True)  # of the link that ends it
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing_list", "email"], name="subscriber_once")]


class Issue(models.Model):
    """One issue that was sent; its words are an entry of the register of issues."""

    mailing_list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="issues")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="issue")
    number = models.IntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    recipients = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing_list", "number"], name="issue_once")]


class IssueMessage(models.Model):
    """Which message carried an issue to which subscriber."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="messages")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")
