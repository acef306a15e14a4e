"""Legal holds, lists of what is to be destroyed with their approval and certificate, and subject access."""

from django.db import models

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.events.models import Event
from keepsight.apps.people.models import Child
from keepsight.apps.registers.models import Entry


class LegalHold(models.Model):
    """Nothing of this child, or of the whole authority when no child is named, is destroyed while it stands."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="holds")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    why = models.CharField(max_length=300)  # inquiry, court, subject access open
    placed_by = models.CharField(max_length=120)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=300, blank=True)


class Disposal(models.Model):
    """A list of records past their time: proposed, approved by the owner or refused, destroyed with a certificate."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for the owner"
        APPROVED = "approved", "Approved: not yet destroyed"
        REFUSED = "refused", "Refused"
        DESTROYED = "destroyed", "Destroyed"

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="disposals")
    rule = models.CharField(max_length=30)  # id in the retention pack
    action = models.CharField(max_length=12, default="destroy")  # or anonymise
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    pack_id = models.CharField(max_length=80)
    pack_hash = models.CharField(max_length=64)
    as_at = models.DateField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    certificate = models.JSONField(default=dict, blank=True)  # counts by table, digest of the list; no name


class DisposalItem(models.Model):
    """One record of such a list. After destruction only its pseudonym stays."""

    disposal = models.ForeignKey(Disposal, on_delete=models.CASCADE, related_name="items")
    child = models.ForeignKey(Child, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(
        Entry, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )  # of a register
    emergency = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    pseudonym = models.CharField(max_length=40)
    counted_from = models.DateField()
    kept_until = models.DateField()
    outcome = models.CharField(max_length=30, blank=True)  # destroyed, anonymised, held, re_opened, left_out

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disposal", "pseudonym"], name="disposal_item_once")]


class SubjectAccess(models.Model):
    """A request by somebody for what is held about a child, and the bundle that answered it."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="subject_access")
    asked_on = models.DateField()
    due_on = models.DateField()  # one month (T58)
    reference = models.CharField(max_length=40, blank=True)
    asker = models.CharField(max_length=20)  # child, parent: decides what a safe-contact record leaves out
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)
    items = models.JSONField(default=dict, blank=True)  # counts by table, given and left out
    sha256 = models.CharField(max_length=64, blank=True)  # of the bundle as it was handed over
    kept_until = models.DateField(null=True, blank=True)  # the bundle's file; empty once it is deleted


class LookReview(models.Model):
    """One opening of a record by somebody outside the child's team, drawn for the month's sample and looked at."""

    class Outcome(models.TextChoices):
        IN_ORDER = "in_order", "In order: the work explains it"
        ASKED = "asked", "The person or their manager has been asked"
        CONCERN = "concern", "A concern: passed on"

    event_seq = models.BigIntegerField(unique=True)  # number of the event in the log
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="look_reviews")
    month = models.DateField()  # its first day
    outcome = models.CharField(max_length=10, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
