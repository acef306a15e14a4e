"""Snapshots and the reports made from them."""

from django.db import models

from keepsight.apps.accounts.models import User


class Snapshot(models.Model):
    """The register as at one instant: a folder of Parquet files that never changes."""

    authority_code = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    as_at = models.DateField()
    folder = models.CharField(max_length=200)  # under settings.SNAPSHOTS
    digest = models.CharField(max_length=64)
    pack_id = models.CharField(max_length=80)
    pack_hash = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)  # tables → rows, queues → children

    class Meta:
        indexes = [models.Index(fields=["authority_code", "-taken_at"], name="snapshot_newest")]


class Report(models.Model):
    """A report made from one or more snapshots."""

    name = models.CharField(max_length=40)  # morning
    authority_codes = models.CharField(max_length=200)  # comma-separated
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    snapshots = models.ManyToManyField(Snapshot, related_name="reports")
    figures = models.JSONField(default=dict)
