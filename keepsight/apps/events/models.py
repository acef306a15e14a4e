"""Emergencies: an event pack that was activated, as real or as an exercise, and its phases."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, User


class Event(models.Model):
    """One activation of an event pack in one authority. Its rules are kept as they were then."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        CLOSED = "closed", "Closed"
        DISPOSED = "disposed", "Exercise taken away"

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="events")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    pack = models.CharField(max_length=60)  # folder of the event pack
    pack_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    is_exercise = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    phase = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    settings_before = models.JSONField(default=dict, blank=True)  # of the authority; come back on closing
    learned_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    activated_at = models.DateTimeField()
    activated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    handover = models.TextField(blank=True)  # what goes on, and with whom
    keep_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["authority", "state"], name="event_of_authority")]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "pack"],
                condition=models.Q(state="active", is_exercise=False),
                name="event_live_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        """Whether it runs."""
        return self.state == self.State.ACTIVE

    @property
    def is_live(self) -> bool:
        """Whether it runs and is real."""
        return self.is_active and not self.is_exercise


class PhaseSwitch(models.Model):
    """An event came into a phase: when, by whom, and what that changed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="switches")
    phase = models.CharField(max_length=40)
    before = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=list)  # sentences, as they were shown before
