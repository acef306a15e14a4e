"""Workforce: the out-of-hours rota and surveys. Staffing, absence and redeployment are registers."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, User, Worker
from keepsight.apps.events.models import Event


class Rota(models.Model):
    """A rota over some weeks (WRK-05): asked for, filled by the solver within stated rules, edited, published."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        REPLACED = "replaced", "Replaced"

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="rotas")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    exercise = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    rules = models.JSONField(default=dict)  # as they stood in the pack
    pack_hash = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict)  # what the solver said: proof, gap, what binds
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    revision = models.IntegerField(default=1)


class RotaPerson(models.Model):
    """Somebody who may be put on a rota, with what they can do and how much."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="people")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    can = models.JSONField(default=list)  # kinds of duty
    share = models.FloatField(default=1.0)  # of a full-time person's part
    away = models.JSONField(default=list)  # days in ISO
    before = models.FloatField(default=0.0)  # points carried from earlier rotas


class Shift(models.Model):
    """One duty on one day, and who does it."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="shifts")
    on = models.DateField()
    kind = models.CharField(max_length=40)  # id in the pack
    place = models.SmallIntegerField(default=1)  # where a duty needs more than one
    worker = models.ForeignKey(Worker, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    fixed = models.BooleanField(default=False)  # by hand: filling again leaves it
    broken = models.JSONField(default=list)  # rules that a hand-made change breaks, in sentences

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rota", "on", "kind", "place"], name="shift_once")]


class Survey(models.Model):
    """Questions put to many (WRK-09, PAR-11). Answers name nobody."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="surveys")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    exercise = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=60)  # questions/<id> of a pack
    title = models.CharField(max_length=120)
    definition = models.TextField()  # TOML, as it was put
    pack_hash = models.CharField(max_length=64, blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()


class Answered(models.Model):
    """Somebody has answered; which answer is theirs is not kept."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answered")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "user"], name="answered_once")]


class SurveyAnswer(models.Model):
    """One answer sheet, without name or time: its number is random, so the order tells nothing."""

    ref = models.UUIDField(default=uuid.uuid4, primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    team = models.CharField(max_length=120, blank=True)
    values = models.JSONField()
