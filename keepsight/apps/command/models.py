"""Command: who leads an emergency, when they meet, what is returned to them, and the picture they sign."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Membership, Team, User
from keepsight.apps.events.models import Event
from keepsight.apps.places.models import Setting
from keepsight.apps.registers.models import Entry


class Cell(models.Model):
    """A group of the command structure (CMD-01)."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="cells")
    key = models.CharField(max_length=40)  # id in the pack
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=12)
    remit = models.TextField()
    reports_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="below")
    multi_agency = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    handed_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="cell_once")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A duty position of a cell."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="positions")
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="positions")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=30)  # opened for the term
    words = models.TextField()
    days = models.SmallIntegerField()
    is_chair = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="position_once")]


class Term(models.Model):
    """Somebody holds a position for a time; the role ends with it."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="terms")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="terms_held")
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()  # first day on which it no longer holds
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class CellMember(models.Model):
    """Somebody who sits in a cell, from the council or from a partner."""

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)  # of a partner who does not sign in
    organisation = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)


class Meeting(models.Model):
    """One meeting of a cell (CMD-04)."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        AGREED = "agreed", "Record agreed"
        CANCELLED = "cancelled", "Cancelled"

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="meetings")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=120)
    rhythm = models.CharField(max_length=40, blank=True)  # id in the pack
    planned_for = models.DateTimeField(null=True, blank=True)  # what the rhythm says, if it was moved since
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    revision = models.IntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)  # it was cancelled
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "starts_at"], name="meeting_once")]
        indexes = [models.Index(fields=["cell", "starts_at"], name="meeting_of_cell")]


class AgendaItem(models.Model):
    """One item of a meeting's agenda, with what was said. Actions and decisions are entries linked to the meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    order = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    notes = models.TextField(blank=True)


class Attendance(models.Model):
    """Who was there, and who sent apologies."""

    class Was(models.TextChoices):
        EXPECTED = "expected", "Expected"
        PRESENT = "present", "Present"
        APOLOGIES = "apologies", "Apologies"
        ABSENT = "absent", "Absent"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=120, blank=True)
    was = models.CharField(max_length=9, choices=Was, default=Was.EXPECTED)


class ReturnRound(models.Model):
    """One asking for a return: all who owe it, by one moment (CMD-05, CMD-07, COM-02)."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rounds")
    key = models.CharField(max_length=40)  # id in the pack
    title = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key", "due_at"], name="return_round_once")]


class ReturnSlip(models.Model):
    """What one of them owes in a round; ``entry`` is the return when it came."""

    round = models.ForeignKey(ReturnRound, on_delete=models.CASCADE, related_name="slips")
    owed_by = models.CharField(max_length=200)  # a service, department, team, provider or cell by name
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    setting = models.ForeignKey(Setting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    responsible = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    came_at = models.DateTimeField(null=True, blank=True)
    chased = models.SmallIntegerField(default=0)
    chased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "owed_by"], name="return_slip_once")]


class CommandReport(models.Model):
    """A Common Operating Picture, or another report of an event: numbered, signed off, never changed after."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed off"
        REPLACED = "replaced", "Replaced by a newer one"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reports")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.CharField(max_length=40)  # id in the pack
    title = models.CharField(max_length=120)
    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    body = models.JSONField()  # blocks as assembled, with the entries, returns and snapshot that they cite
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key", "number"], name="command_report_once")]


class Tick(models.Model):
    """One item of a checklist, done."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="ticks")
    checklist = models.CharField(max_length=40)
    item = models.SmallIntegerField()
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "checklist", "item"], name="tick_once")]
