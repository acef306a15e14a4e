"""Ratings: what the policy computed, and what a named worker confirmed. Neither is ever overwritten."""

from django.db import models
from django.db.models import Q

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit.models import Loaded
from keepsight.apps.people.models import Child


class Rating(models.Model):
    """What one version of the policy made of one child's facts at one time. Append only."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="ratings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()
    as_at = models.DateField()
    service = models.CharField(max_length=12)  # terms.Service
    level = models.CharField(max_length=8)  # computed: red, amber or green
    points = models.SmallIntegerField()  # after protection and its cap, never below 0
    confidence = models.FloatField()  # share of inputs known [0–1]
    reasons = models.JSONField(default=list)  # [[rule id, points, sentence], …]; floors have null points
    pack_id = models.CharField(max_length=80)
    pack_hash = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=Q(is_current=True), name="one_current_rating")
        ]
        indexes = [models.Index(fields=["authority", "is_current"], name="rating_current")]


class Confirmation(Loaded):
    """
    The level that a named worker set, beside the computed one.

    Where the two differ there is a reason code and a reason of 20 characters or more; going down
    from Red needs a manager. A council's own tracker spreadsheet comes in here too.
    """

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="confirmations")
    rating = models.ForeignKey(Rating, on_delete=models.SET_NULL, null=True, blank=True, related_name="confirmations")
    level = models.CharField(max_length=8)
    computed_level = models.CharField(max_length=8, blank=True)
    rated_on = models.DateField()
    rated_by = models.CharField(max_length=120)
    rated_by_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    approval = models.CharField(max_length=10, default="not_needed")  # not_needed, waiting, approved, refused
    approved_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=Q(is_current=True), name="one_current_confirmation"),
            models.CheckConstraint(
                condition=Q(approval__in=["not_needed", "waiting", "approved", "refused"]), name="confirmation_approval"
            ),
        ]
