"""Assurance: audits of samples with second opinions, and returns that are locked (QAP, RAG-11)."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.people.models import Child


class AuditRound(models.Model):
    """One audit: a tool, a population, a sample drawn from it with a seed."""

    class State(models.TextChoices):
        DRAWN = "drawn", "Sample drawn"
        OPEN = "open", "Being audited"
        CLOSED = "closed", "Closed"

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="audits")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=120)
    tool = models.CharField(max_length=60)  # questions/<id> of a pack
    definition = models.TextField()  # TOML, as it was
    pack_hash = models.CharField(max_length=64, blank=True)
    population = models.JSONField(default=dict)  # which cases, in words and as conditions
    strata = models.JSONField(default=list)  # what it is spread over
    size = models.IntegerField()
    seed = models.CharField(max_length=40)
    population_digest = models.CharField(max_length=64)  # the same population and seed give the same sample
    counts = models.JSONField(default=dict)  # stratum → population, drawn
    second_share = models.FloatField(default=0.1)
    state = models.CharField(max_length=6, choices=State, default=State.DRAWN)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)


class SampleItem(models.Model):
    """A child's case in the sample."""

    audit = models.ForeignKey(AuditRound, on_delete=models.CASCADE, related_name="items")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    order = models.IntegerField()
    stratum = models.CharField(max_length=120)
    level = models.CharField(max_length=8, blank=True)  # of risk when it was drawn: what a dip sample looks at again
    wants_second = models.BooleanField(default=False)
    auditor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    second_auditor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "child"], name="sample_item_once")]


class Judgement(models.Model):
    """What an auditor found. The second opinion is given without seeing the first."""

    item = models.ForeignKey(SampleItem, on_delete=models.CASCADE, related_name="judgements")
    is_second = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    values = models.JSONField()  # question id → answer
    grade = models.CharField(max_length=40, blank=True)
    done = models.BooleanField(default=False)  # a draft until then

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "is_second"], name="judgement_once")]


class Wave(models.Model):
    """One wave of a return to the Department, such as the vulnerable children and young people survey (QAP-04)."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        LOCKED = "locked", "Locked and sent"

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="waves")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.CharField(max_length=60)  # id in the pack
    number = models.IntegerField()
    as_at = models.DateField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    figures = models.JSONField(default=dict)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "key", "number"], name="wave_once")]
