"""The one register of children: who they are, how they are known, where they live, who works with them."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, Team, Worker
from keepsight.apps.audit.models import Loaded
from keepsight.apps.places.models import District
from keepsight.core.terms import AlertKind, IdentifierScheme, InvolvementKind


class Child(Loaded):
    """
    A child known to a service: social care, early help or SEND.

    Pupils whom no service knows are ``learning.Enrolment`` rows only (ADR 3). Rows of many lists
    are linked to a child through ``Identifier``; children are linked, never merged.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="children")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)  # what URLs carry
    forename = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    ethnicity = models.CharField(max_length=8, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)  # of birth, for a child not yet born
    died_on = models.DateField(null=True, blank=True)
    disabled = models.BooleanField(null=True, blank=True)
    uasc = models.BooleanField(null=True, blank=True)
    record_class = models.CharField(max_length=20, default="standard")  # RULES §5
    district = models.ForeignKey(District, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "children"
        indexes = [models.Index(fields=["authority", "surname", "forename"], name="child_by_name")]


class Identifier(Loaded):
    """A value by which some system knows a child. One value names one child of an authority."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20, choices=[(s.value, s.value) for s in IdentifierScheme])
    value = models.CharField(max_length=48)
    checked = models.BooleanField(default=False)  # its check digit is right

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "scheme", "value"], name="identifier_once")]


class Family(models.Model):
    """A family as the case system groups it."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=48)
    created_load = models.ForeignKey("audit.Load", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "families"
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="family_once")]


class FamilyMember(Loaded):
    """A child's place in a family."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="members")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="families")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["family", "child"], name="family_member_once")]


class Address(Loaded):
    """Where a child lives or lived."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="addresses")
    lines = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    lsoa = models.CharField(max_length=9, blank=True)
    idaci_decile = models.SmallIntegerField(null=True, blank=True)
    district = models.ForeignKey(District, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["child", "postcode", "lines", "started_on"], name="address_once")
        ]


class Involvement(Loaded):
    """One spell of one kind of work with a child. Open while ``ended_on`` is empty."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="involvements")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in InvolvementKind])
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    details = models.JSONField(default=dict, blank=True)  # the list's other columns, by canonical name; dates in ISO

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "kind", "started_on"], name="involvement_once")]
        indexes = [models.Index(fields=["kind", "ended_on"], name="involvement_open")]


class AssessmentFactor(Loaded):
    """A factor found at the end of an assessment (CIN census codes 1A to 24A)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="factors")
    assessed_on = models.DateField()
    factor = models.CharField(max_length=4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "assessed_on", "factor"], name="factor_once")]


class MissingEpisode(Loaded):
    """A time when a child was missing."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="missing_episodes")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    return_interview_offered = models.BooleanField(null=True, blank=True)
    return_interview_accepted = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "started_on"], name="missing_once")]


class Alert(Loaded):
    """A marker on a child's record: a warning before the address, or a fact for the rating."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=30, choices=[(k.value, k.value) for k in AlertKind])
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "kind", "started_on"], name="alert_once")]
