"""The one register of children: who they are, how they are known, where they live, who works with them."""

import uuid

from django.db import models

from keepsight.apps.accounts.models import Authority, Team, User, Worker
from keepsight.apps.audit.models import Loaded
from keepsight.apps.places.models import District
from keepsight.core.terms import AlertKind, IdentifierScheme, InvolvementKind, RecordClass
from keepsight.sealed import SealedTextField


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
    record_class = models.CharField(max_length=20, default=RecordClass.STANDARD)  # RULES §5
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
    closed_on = models.DateField(null=True, blank=True)  # by an adoption order: no row of a file is matched by it

    class Meta:
        constraints = [  # a closed one may come back with the child's new record, and nothing joins the two
            models.UniqueConstraint(
                fields=["authority", "scheme", "value"], condition=models.Q(closed_on=None), name="identifier_once"
            )
        ]


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
    provenance = models.CharField(max_length=12, blank=True)  # terms.Provenance: left out of subject access

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "kind", "started_on"], name="alert_once")]


class SafeContact(models.Model):
    """
    How to reach a family without putting them in danger. Sealed in the database (RULES §5, safe-contact).

    Held beside the marker ``ADDRESS_CONFIDENTIAL``; the code word is for those who contact the family.
    """

    child = models.OneToOneField(Child, on_delete=models.CASCADE, primary_key=True, related_name="safe_contact")
    address = SealedTextField(blank=True)
    phone = SealedTextField(blank=True)
    code_word = SealedTextField(blank=True)
    how = SealedTextField(blank=True)  # when to ring, who may answer, what not to say
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    review_on = models.DateField()


class Restriction(models.Model):
    """Why a record is restricted, who said so, and when it is looked at again. One open at a time."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="restrictions")
    category = models.CharField(max_length=30)  # access.restricted_because
    reason = models.CharField(max_length=300)
    class_before = models.CharField(max_length=20, default=RecordClass.STANDARD)  # comes back when it ends
    placed_by = models.CharField(max_length=120)
    placed_at = models.DateTimeField()
    review_on = models.DateField()
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=models.Q(ended_at=None), name="one_restriction")
        ]


class AccessKind(models.TextChoices):
    """Why one record is open, or closed, to one person."""

    NAMED = "named", "Named on the record"
    REASON = "reason", "Gave a reason"
    BREAK_GLASS = "break_glass", "Opened in an emergency"
    OWN_RECORD = "own_record", "Own record or a relative's: blocked"


class DeclaredRelative(models.Model):
    """Somebody close to a worker, whose record the worker must never open."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="relatives")
    forename = SealedTextField()
    surname = SealedTextField()
    date_of_birth = SealedTextField(blank=True)  # ISO
    number = SealedTextField(blank=True)  # a UPN, NHS or case number, if known
    relation = models.CharField(max_length=60)  # myself, my child, in my household, …
    declared_at = models.DateTimeField()
    checked_by = models.CharField(max_length=120, blank=True)  # information governance looked for the record
    checked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)


class RecordAccess(models.Model):
    """
    One record opened to one person, or closed to them, beyond what their roles say.

    Asked for → granted or refused → ended. Holds while ``state`` is granted and the moment lies
    between ``starts_at`` and ``ends_at``; ``last_day`` only makes looking it up cheap.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waits for an answer"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Ended early"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="record_access")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="record_access")
    kind = models.CharField(max_length=12, choices=AccessKind)
    state = models.CharField(max_length=8, choices=State)
    because = models.CharField(max_length=30, blank=True)  # id in the access pack: reason, emergency, length of naming
    reason = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    relative = models.ForeignKey(
        DeclaredRelative, on_delete=models.CASCADE, null=True, blank=True, related_name="blocks"
    )
    reviewed_by = models.CharField(max_length=120, blank=True)  # break-glass: who looked at it afterwards
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "record accesses"
        indexes = [
            models.Index(fields=["user", "state", "last_day"], name="access_of_user"),
            models.Index(fields=["child", "kind"], name="access_of_child"),
            models.Index(fields=["state", "kind", "asked_at"], name="access_waiting"),
        ]


class GlassNotice(models.Model):
    """Somebody answers for a record whose glass was broken: stands on their first page until they have read it."""

    access = models.ForeignKey(RecordAccess, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="glass_notices")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["access", "user"], name="glass_notice_once")]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="glass_notice_unread"),
        ]


class DestroyedNumber(models.Model):
    """
    A number by which a destroyed record was known, as a keyed digest that nobody can read back.

    A later file that brings the number again is then not taken in silence.
    """

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    destroyed_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "digest"], name="destroyed_number_once")]
