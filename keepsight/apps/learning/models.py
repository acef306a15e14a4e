"""Education: who is on which roll, who was in school, and who has an education, health and care plan."""

from django.db import models

from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Loaded
from keepsight.apps.people.models import Child
from keepsight.apps.places.models import Setting


class Enrolment(Loaded):
    """A pupil on a school's roll. ``child`` is set when a service knows the pupil."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolments")
    school = models.CharField(max_length=20)  # as the file writes it, when it is no setting's URN
    child = models.ForeignKey(Child, on_delete=models.SET_NULL, null=True, blank=True, related_name="enrolments")
    pupil_key = models.CharField(max_length=40)
    upn = models.CharField(max_length=13, blank=True)
    former_upn = models.CharField(max_length=13, blank=True)
    forename = models.CharField(max_length=100, blank=True)
    surname = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    year_group = models.CharField(max_length=2, blank=True)
    enrol_status = models.CharField(max_length=1, blank=True)
    sen_provision = models.CharField(max_length=1, blank=True)
    fsm = models.BooleanField(null=True, blank=True)
    entered_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    postcode = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "pupil_key", "school"], name="enrolment_once")]
        indexes = [models.Index(fields=["authority", "upn"], name="enrolment_upn")]


class AttendanceWeek(Loaded):
    """
    One pupil's register marks of one week at one school.

    ``marks`` holds fourteen codes separated by spaces, Monday AM to Sunday PM; ``.`` where the
    file had none and ``-`` where the code was blank.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="weeks", db_index=False)
    week_from = models.DateField()  # a Monday
    marks = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "week_from"], name="attendance_week_once")]


class TermSessions(Loaded):
    """Sessions of one attendance code in a term, from the school census."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="term_sessions")
    code = models.CharField(max_length=4, blank=True)
    sessions = models.IntegerField(null=True, blank=True)
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "code", "number"], name="term_sessions_once")]


class Exclusion(Loaded):
    """A suspension or permanent exclusion, from the school census."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="exclusions")
    started_on = models.DateField(null=True, blank=True)
    sessions = models.IntegerField(null=True, blank=True)
    category = models.CharField(max_length=4, blank=True)
    reason = models.CharField(max_length=4, blank=True)
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "started_on", "category", "number"], name="exclusion_once")
        ]


class PupilAddress(Loaded):
    """A pupil's home postcode, from the school census."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="addresses")
    uprn = models.CharField(max_length=12, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "uprn", "postcode", "number"], name="pupil_address_once")
        ]


class FreeMealPeriod(Loaded):
    """A time when a pupil was eligible for free school meals, from the school census."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="free_meal_periods")
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=3, blank=True)
    number = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "started_on", "country", "number"], name="free_meals_once")
        ]


class EhcPlan(Loaded):
    """An education, health and care plan, with the risk assessment of where the child is safer."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="ehc_plans")
    setting = models.ForeignKey(Setting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    send_id = models.CharField(max_length=40, blank=True)
    plan_on = models.DateField(null=True, blank=True)
    ceased_on = models.DateField(null=True, blank=True)
    primary_need = models.CharField(max_length=5, blank=True)
    last_review_on = models.DateField(null=True, blank=True)
    risk_assessment = models.CharField(max_length=20, blank=True)
    risk_assessed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "send_id"], name="ehc_plan_once")]
