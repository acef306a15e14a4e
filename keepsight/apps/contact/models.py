"""Contact: visits, who else saw the child, and when and how the child must next be seen."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date

from django.db import models
from django.db.models import Q

from keepsight.apps.accounts.models import Authority, Team, User, Worker
from keepsight.apps.audit.models import Loaded
from keepsight.apps.people.models import Child, SafeContact
from keepsight.core.terms import Level, SightLine, VisitMode, VisitOutcome


class Visit(Loaded):
    """A visit or virtual contact by the child's service, made or tried."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="visits")
    number = models.CharField(max_length=48, blank=True)  # the case system's id
    group = models.UUIDField(default=uuid.uuid4)  # siblings seen in one go share it
    visit_on = models.DateField()
    outcome = models.CharField(max_length=12, choices=[(o.value, o.value) for o in VisitOutcome])
    mode = models.CharField(max_length=20, choices=[(m.value, m.value) for m in VisitMode], blank=True)
    seen = models.BooleanField(null=True, blank=True)
    seen_alone = models.BooleanField(null=True, blank=True)
    not_alone_reason = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=100, blank=True)
    purpose = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    provenance = models.CharField(max_length=12, blank=True)  # terms.Provenance: the note is left out of subject access
    service = models.CharField(max_length=12, blank=True)  # terms.Service, or the export's table
    worker_name = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    virtual_reason = models.TextField(blank=True)  # why not face to face
    virtual_signed_by = models.CharField(max_length=120, blank=True)  # manager
    virtual_signed_at = models.DateTimeField(null=True, blank=True)
    submission = models.UUIDField(null=True, blank=True)  # the form's token: a second send records nothing

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "submission"], name="visit_sent_once"),
            models.UniqueConstraint(
                fields=["child", "number"], condition=~models.Q(number=""), name="visit_number_once"
            ),
        ]
        indexes = [models.Index(fields=["child", "-visit_on"], name="visit_of_child")]


class VisitDraft(models.Model):
    """What someone has typed of a visit and not yet sent. Never lost."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "child"], name="one_draft")]


class Sighting(models.Model):
    """Another professional saw or heard the child (RAG-12)."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="sightings")
    seen_on = models.DateField()
    line = models.CharField(max_length=12, choices=[(s.value, s.value) for s in SightLine])
    who = models.CharField(max_length=120, blank=True)  # name and role
    face_to_face = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    provenance = models.CharField(max_length=12, blank=True)  # terms.Provenance
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["child", "-seen_on"], name="sighting_of_child")]


class AgreedInterval(models.Model):
    """How often the child's own plan says that the child is seen. Beats the table when shorter."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="agreed_intervals")
    every = models.SmallIntegerField()
    unit = models.CharField(max_length=14)  # days or working_days
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child"], condition=models.Q(is_current=True), name="one_agreed_interval")
        ]


def lapsed_since_planned(on: date) -> Q:
    """Seen face to face in time when last planned, and no longer: midnight needs no new plan to say so."""
    return Q(f2f_in_interval=True, f2f_due_on__gte=models.F("planned_for"), f2f_due_on__lt=on)


# Each queue, as what must be true of a case on a day. The one definition of every count and list.
QUEUES: dict[str, Callable[[date], Q]] = {
    "open": lambda on: Q(is_open=True),
    "to-see": lambda on: Q(is_open=True, due_on__lte=on),  # due today or overdue
    "overdue": lambda on: Q(is_open=True, due_on__lt=on),
    "due-soon": lambda on: Q(is_open=True, due_on__gt=on, due_soon_on__lte=on),
    "nobody": lambda on: Q(is_open=True, unseen_from__lte=on),  # no professional of any kind, in time (R6)
    "red": lambda on: Q(is_open=True, level=Level.RED),
    "red-not-seen": lambda on: Q(is_open=True, level=Level.RED) & (Q(f2f_in_interval=False) | lapsed_since_planned(on)),
    "amber": lambda on: Q(is_open=True, level=Level.AMBER),
    "green": lambda on: Q(is_open=True, level=Level.GREEN),
    "unrated": lambda on: Q(is_open=True, level=Level.UNRATED),
    "review-expired": lambda on: Q(is_open=True, level_review_on__lt=on) & ~Q(level=Level.UNRATED),  # R8
    "worker-left": lambda on: (
        Q(is_open=True) & (Q(worker__user__is_active=False) | Q(worker__user__expires_on__lte=on))
    ),
    # How the family is reached safely is to be looked at again, also after the case has closed.
    "safe-contact-review": lambda on: Q(pk__in=SafeContact.objects.filter(review_on__lte=on).values("pk")),
}


class ContactPlanQuerySet(models.QuerySet["ContactPlan"]):
    """The queues. A count on any page is ``.count()`` of the very set that its list shows."""

    def queue(self, name: str, on: date) -> "ContactPlanQuerySet":
        """The children of one queue on a day."""
        return self.filter(QUEUES[name](on))

    def counts(self, names: Iterable[str], on: date) -> dict[str, int]:
        """How many stand in each queue, in one query over the same conditions as the lists."""
        return dict(zip(names, self.counted(names, on).get(), strict=True))

    def counted(self, names: Iterable[str], on: date) -> models.QuerySet:
        """The same as one row of numbers, in the order of the names: for a query that is prepared."""
        counts = {name: models.Count("pk", filter=QUEUES[name](on)) for name in names}
        all_in_one = self.order_by().annotate(all_in_one=models.Value(1)).values("all_in_one")
        return all_in_one.annotate(**counts).values_list(*counts)

    def open_cases(self) -> "ContactPlanQuerySet":
        """Open cases of social care and early help."""
        return self.filter(is_open=True)

    def to_see(self, on: date) -> "ContactPlanQuerySet":
        """Due today or overdue."""
        return self.queue("to-see", on)

    def overdue(self, on: date) -> "ContactPlanQuerySet":
        return self.queue("overdue", on)

    def due_soon(self, on: date) -> "ContactPlanQuerySet":
        return self.queue("due-soon", on)

    def nobody_has_seen(self, on: date) -> "ContactPlanQuerySet":
        """Open cases whom no professional of any kind has seen in time (R6)."""
        return self.queue("nobody", on)

    def at_level(self, level: str) -> "ContactPlanQuerySet":
        return self.filter(is_open=True, level=level)

    def unrated(self) -> "ContactPlanQuerySet":
        return self.filter(is_open=True, level=Level.UNRATED)

    def review_expired(self, on: date) -> "ContactPlanQuerySet":
        """Rated, and past the day by which the rating was to be looked at again (R8)."""
        return self.queue("review-expired", on)


class ContactPlan(models.Model):
    """
    When and how one child must next be seen, and who has seen them. Derived; one row a child.

    States are read against today: overdue when ``due_on`` < today, due soon from ``due_soon_on``.
    Nobody has seen the child when ``unseen_from`` ≤ today.
    """

    child = models.OneToOneField(Child, on_delete=models.CASCADE, primary_key=True, related_name="plan")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Early help that is open, alone or beside social care: who gives it keeps their part when a case is stepped up.
    early_help = models.BooleanField(default=False)
    early_help_team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    early_help_worker = models.ForeignKey(Worker, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    service = models.CharField(max_length=12)  # terms.Service
    is_open = models.BooleanField()  # an open case of social care or early help
    level = models.CharField(max_length=8)  # confirmed; or unrated, worked as Red; EHCP only: computed
    worked_level = models.CharField(max_length=8)  # the level whose intervals apply
    computed_level = models.CharField(max_length=8, blank=True)
    level_review_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)  # the next contact of any kind that is owed
    due_soon_on = models.DateField(null=True, blank=True)
    due_mode = models.CharField(max_length=12, blank=True)  # f2f_home, f2f, seen or contact
    alone = models.BooleanField(default=False)  # the child is to be seen alone
    bound_by = models.CharField(max_length=10, blank=True)  # table, plan or statute: which one was shortest
    bound_id = models.CharField(max_length=12, blank=True)  # the timescale or table cell
    why = models.CharField(max_length=300, blank=True)  # one sentence
    eased = models.TextField(blank=True)  # what is eased, until when, by which law, who agreed
    f2f_due_on = models.DateField(null=True, blank=True)
    last_seen_on = models.DateField(null=True, blank=True)  # by anyone
    last_seen_by = models.CharField(max_length=12, blank=True)  # terms.SightLine
    last_f2f_on = models.DateField(null=True, blank=True)  # by the child's service
    last_contact_on = models.DateField(null=True, blank=True)  # by the child's service, any seen mode
    last_other_on = models.DateField(null=True, blank=True)  # by any other professional
    sight_lines = models.SmallIntegerField(default=0)
    sight_lines_named = models.CharField(max_length=120, blank=True)  # comma-separated terms.SightLine
    unseen_from = models.DateField(null=True, blank=True)  # the day from which nobody has seen the child in time
    f2f_in_interval = models.BooleanField(null=True, blank=True)  # as at planned_for
    planned_for = models.DateField()
    planned_at = models.DateTimeField()
    pack_id = models.CharField(max_length=80)
    pack_hash = models.CharField(max_length=64)

    objects = ContactPlanQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["worker", "due_on"], name="plan_of_worker"),
            models.Index(fields=["authority", "is_open", "due_on"], name="plan_due"),
            models.Index(fields=["authority", "is_open", "level"], name="plan_level"),
            models.Index(fields=["authority", "unseen_from"], name="plan_unseen"),
            models.Index(fields=["team", "due_on"], name="plan_of_team"),
        ]
