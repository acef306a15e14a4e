"""
What happened, and which file brought which row.

Text identifiers and no foreign keys out of this app: history never blocks or follows a deletion.
"""

from django.db import models


class EventKind(models.TextChoices):
    """What a person did. Reading a child's record is an event too."""

    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGNED_OUT = "signed_out", "Signed out"
    CHILD_OPENED = "child_opened", "Opened a child's record"
    LIST_OPENED = "list_opened", "Opened a list"
    SEARCHED = "searched", "Searched"
    EXPORTED = "exported", "Exported"
    DENIED = "denied", "Was refused"
    VISIT_RECORDED = "visit_recorded", "Recorded a visit"
    SIGHTING_RECORDED = "sighting_recorded", "Recorded that someone saw the child"
    RATING_CONFIRMED = "rating_confirmed", "Confirmed a rating"
    RATING_OVERRIDDEN = "rating_overridden", "Set a level that differs from the computed one"
    RATING_APPROVED = "rating_approved", "Approved a rating"
    VIRTUAL_APPROVED = "virtual_approved", "Signed the reason for a virtual visit"
    LOAD_STAGED = "load_staged", "Staged a load"
    LOAD_COMMITTED = "load_committed", "Committed a load"
    LOAD_UNDONE = "load_undone", "Undid a load"
    RATED = "rated", "Rated children"
    PLANNED = "planned", "Planned contact"
    SNAPSHOT_TAKEN = "snapshot_taken", "Took a snapshot"
    REPORT_MADE = "report_made", "Made a report"


class Event(models.Model):
    """One thing that one person did, or read. Append only."""

    at = models.DateTimeField()
    actor_id = models.CharField(max_length=40, blank=True)  # user id; empty for the command line
    actor_name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=30, choices=EventKind)
    authority_code = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)  # never a name
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=60, blank=True)  # page name or command
    detail = models.JSONField(default=dict, blank=True)  # counts and filters; nothing that identifies

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
        ]


class Load(models.Model):
    """One delivery of files from one authority, loaded as a whole or not at all."""

    class State(models.TextChoices):
        STAGED = "staged", "Staged: nothing changed yet"
        COMMITTED = "committed", "Committed"
        UNDONE = "undone", "Undone"
        REFUSED = "refused", "Refused: nothing changed"

    authority_code = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State, default=State.STAGED)
    as_at = models.DateField()  # the day that the files describe
    digest = models.CharField(max_length=64)  # of the files' names and contents
    started_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    by_name = models.CharField(max_length=120, blank=True)
    counts = models.JSONField(
        default=dict, blank=True
    )  # table → {new, changed, ended, unchanged, not_in_file, conflicting}
    rows_in = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    refusal = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["authority_code", "-id"], name="load_newest")]


class LoadFile(models.Model):
    """One sheet of one file of a load."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    sheet = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    rows_in = models.IntegerField(default=0)
    rows_loaded = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)  # left out; rows_in = rows_loaded + rows_rejected


class Finding(models.Model):
    """Something in a file that is not as it should be, in a sentence."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="findings")
    file = models.CharField(max_length=200)
    sheet = models.CharField(max_length=100, blank=True)
    row = models.IntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=10)
    found = models.CharField(max_length=80, blank=True)
    expected = models.CharField(max_length=300, blank=True)
    done = models.CharField(max_length=300, blank=True)
    rows_left_out = models.IntegerField(default=0)  # rows of the file that were not loaded and that this stands for

    class Meta:
        indexes = [models.Index(fields=["load", "severity", "code", "id"], name="finding_of_load")]


class Change(models.Model):
    """
    What a row was before a load changed it, so that the load can be undone.

    An empty ``before`` means that the row was not there (for tables that do not name their load).
    """

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)  # model label, such as people.Child
    record_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["load", "table", "record_id"], name="change_of_load")]


class Loaded(models.Model):
    """A row that a file brought: which load made it, and the file and row that last said so."""

    created_load = models.ForeignKey(Load, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(
        LoadFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    source_row = models.IntegerField(null=True, blank=True)
    not_in_file_since = models.DateField(null=True, blank=True)  # open here, gone from the newest file

    class Meta:
        abstract = True
