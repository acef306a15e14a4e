"""A tracker as one would write it for itself: real columns, and an index for each that is filtered by."""

from django.conf import settings
from django.db import models


class Person(models.Model):
    """Who owns an action."""

    name = models.CharField(max_length=120)


class Team(models.Model):
    """Whose action it is."""

    name = models.CharField(max_length=120)


class Action(models.Model):
    """One action."""

    number = models.IntegerField()
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=40)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, db_index=False)
    rag = models.CharField(max_length=8)
    due_on = models.DateField(null=True)
    is_open = models.BooleanField()
    came_from = models.CharField(max_length=60)
    promised_on = models.DateField(null=True)
    cost = models.FloatField(null=True)
    words = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["number"], name="plain_number"),
            models.Index(fields=["number"], name="plain_open", condition=models.Q(is_open=True)),
            models.Index(fields=["due_on", "-number"], name="plain_due", condition=models.Q(due_on__isnull=False)),
            *(
                models.Index(fields=[name, "-number"], name=f"plain_{name}")
                for name in ("state", "owner", "team", "rag", "came_from", "promised_on", "cost")
            ),
        ]


class Look(models.Model):
    """Who read which list when: one plain row a page."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    source = models.CharField(max_length=60)
    rows = models.IntegerField()
    filters = models.JSONField()
