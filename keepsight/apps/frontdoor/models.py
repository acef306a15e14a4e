"""The front door: contacts and referrals."""

from django.db import models

from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Loaded
from keepsight.apps.people.models import Child


class Contact(Loaded):
    """A message at the front door about a child (Annex A list 1)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="contacts")
    contact_on = models.DateField()
    source_code = models.CharField(max_length=3, blank=True)
    number = models.SmallIntegerField(default=1)  # several rows of one child, day and source

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "contact_on", "source_code", "number"], name="contact_once")
        ]


class Referral(Loaded):
    """A contact accepted for a social-work response (Annex A list 3)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="referrals")
    referred_on = models.DateField()
    source_code = models.CharField(max_length=3, blank=True)
    nfa = models.BooleanField(null=True, blank=True)
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "referred_on", "number"], name="referral_once")]


class ContactDay(Loaded):
    """Contacts and referrals of one day from one source: the years before (contacts history)."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    contact_on = models.DateField()
    source_code = models.CharField(max_length=3, blank=True)
    contacts = models.IntegerField()
    referrals = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "contact_on", "source_code"], name="contact_day_once")
        ]
