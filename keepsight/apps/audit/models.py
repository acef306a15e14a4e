"""
What happened, and which file brought which row.

Text identifiers and no foreign keys out of this app: history never blocks or follows a deletion.
"""

from typing import Any, Self

from django.db import connection, models
from django.db.models.expressions import RawSQL


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
    PRINTED = "printed", "Printed"
    LOCKED_OUT = "locked_out", "Was locked out"
    SESSIONS_ENDED = "sessions_ended", "Signed out everywhere"
    SECOND_FACTOR_ADDED = "second_factor_added", "Added a second factor"
    SECOND_FACTOR_REMOVED = "second_factor_removed", "Removed a second factor"
    PASSWORD_CHANGED = "password_changed", "Changed a password"
    TERMS_ACCEPTED = "terms_accepted", "Accepted the terms of use"
    PERSON_MADE = "person_made", "Made an account"
    PERSON_CHANGED = "person_changed", "Changed an account"
    PERSON_ENDED = "person_ended", "Ended an account"
    ROLE_GIVEN = "role_given", "Gave a role"
    ROLE_ENDED = "role_ended", "Ended a role"
    COVER_ARRANGED = "cover_arranged", "Arranged cover"
    COVER_ENDED = "cover_ended", "Ended cover"
    REASON_GIVEN = "reason_given", "Opened a record with a reason"
    KNOWN_CHECKED = "known_checked", "Asked whether a child is known"
    ACCESS_ASKED = "access_asked", "Asked to be named on a record"
    ACCESS_GRANTED = "access_granted", "Named somebody on a record"
    ACCESS_REFUSED = "access_refused", "Refused to name somebody on a record"
    ACCESS_ENDED = "access_ended", "Ended somebody's access to a record"
    BREAK_GLASS = "break_glass", "Opened a record in an emergency"
    BREAK_GLASS_REVIEWED = "break_glass_reviewed", "Looked at a record opened in an emergency"
    RESTRICTED = "restricted", "Restricted a record"
    RESTRICTION_REVIEWED = "restriction_reviewed", "Looked at a restriction again"
    RESTRICTION_ENDED = "restriction_ended", "Ended a restriction"
    RELATIVE_DECLARED = "relative_declared", "Declared a relative"
    OWN_RECORD_BLOCKED = "own_record_blocked", "Blocked an own record"
    OWN_RECORD_FREED = "own_record_freed", "Ended the block of an own record"
    SAFE_CONTACT_VIEWED = "safe_contact_viewed", "Saw safe-contact details"
    SAFE_CONTACT_CHANGED = "safe_contact_changed", "Changed safe-contact details"
    POST_ADOPTION_MADE = "post_adoption_made", "Began a record after adoption"
    PORTAL_OPENED = "portal_opened", "Opened a page for schools, providers or members"
    AUDIT_VIEWED = "audit_viewed", "Read the log"
    AUDIT_VERIFIED = "audit_verified", "Checked the log"
    AUDIT_ANCHORED = "audit_anchored", "Anchored the log"
    AUDIT_PRUNED = "audit_pruned", "Removed events past their time from the log"
    HOLD_PLACED = "hold_placed", "Placed a legal hold"
    HOLD_LIFTED = "hold_lifted", "Lifted a legal hold"
    DISPOSAL_PROPOSED = "disposal_proposed", "Proposed what to destroy"
    DISPOSAL_APPROVED = "disposal_approved", "Approved what to destroy"
    DISPOSAL_REFUSED = "disposal_refused", "Refused what was to be destroyed"
    DESTROYED = "destroyed", "Destroyed a record"
    ANONYMISED = "anonymised", "Made a closed record anonymous"
    SUBJECT_ACCESS_MADE = "subject_access_made", "Put together a subject-access bundle"
    REGISTERS_INSTALLED = "registers_installed", "Installed registers"
    REGISTER_EDITED = "register_edited", "Edited a register"
    REGISTER_VIEWED = "register_viewed", "Read a register"
    ENTRY_VIEWED = "entry_viewed", "Opened an entry of a register"
    ENTRY_ADDED = "entry_added", "Added an entry"
    ENTRY_CHANGED = "entry_changed", "Changed an entry"
    ENTRY_MOVED = "entry_moved", "Moved an entry to another state"
    ENTRY_ASSIGNED = "entry_assigned", "Gave an entry to somebody"
    ENTRY_COMMENTED = "entry_commented", "Commented on an entry"
    ENTRY_LINKED = "entry_linked", "Linked an entry"
    ATTACHMENT_ADDED = "attachment_added", "Attached a file"
    ATTACHMENT_OPENED = "attachment_opened", "Opened an attached file"
    ATTACHMENT_TAKEN_AWAY = "attachment_taken_away", "Took an attached file away"
    ENTRIES_IMPORTED = "entries_imported", "Imported entries"
    MESSAGE_SENT = "message_sent", "Sent messages"
    EVENT_ACTIVATED = "event_activated", "Activated an event"
    EVENT_PHASE = "event_phase", "Switched the phase of an event"
    EVENT_CLOSED = "event_closed", "Closed an event"
    EXERCISE_DISPOSED = "exercise_disposed", "Took an exercise away"
    POSITION_GIVEN = "position_given", "Gave a duty position"
    POSITION_ENDED = "position_ended", "Ended a duty position"
    COMMAND_VIEWED = "command_viewed", "Read the command pages"
    MEETING_KEPT = "meeting_kept", "Kept the record of a meeting"
    RETURN_CHASED = "return_chased", "Chased a return"
    COMMAND_REPORT_MADE = "command_report_made", "Put an operating picture together"
    COMMAND_REPORT_SIGNED = "command_report_signed", "Signed off an operating picture"
    STAFFING_VIEWED = "staffing_viewed", "Read staffing levels"
    ROTA_CHANGED = "rota_changed", "Made or changed a rota"
    SURVEY_PUT = "survey_put", "Put a survey"
    SURVEY_READ = "survey_read", "Read the results of a survey"
    SAMPLE_DRAWN = "sample_drawn", "Drew a sample"
    CASE_AUDITED = "case_audited", "Audited a case"
    WAVE_LOCKED = "wave_locked", "Locked a return to the Department"
    NEWS_SENT = "news_sent", "Sent a newsletter"
    TOKEN_MADE = "token_made", "Made a token for the interface"
    TOKEN_ENDED = "token_ended", "Ended a token for the interface"
    KEYS_ROTATED = "keys_rotated", "Sealed fields with a new key"


class EventQuerySet(models.QuerySet["Event"]):
    """What may be asked of the log."""

    def about(self, child_id: int, ref: str) -> Self:
        """Events whose subject is this child; a refusal may have known only the address that was tried."""
        return self.filter(
            models.Q(subject_type="child", subject_id=str(child_id))
            | models.Q(subject_type="child_ref", subject_id=ref)
        )

    def showing(self, child_id: int) -> Self:
        """Lists, searches and exports that put this child before somebody."""
        if connection.vendor == "postgresql":  # as the index ``audit_event_shown`` is written
            held = RawSQL(
                "detail ? 'shown' AND (detail -> 'shown') @> %s::jsonb", [f"[{int(child_id)}]"], models.BooleanField()
            )
        else:
            held = RawSQL(
                # The text is looked at first: it costs a tenth of taking the list apart.
                "(detail LIKE %s AND EXISTS (SELECT 1 FROM json_each(detail, '$.shown') WHERE value = %s))",
                [f"%{int(child_id)}%", child_id],
                models.BooleanField(),
            )
        return self.filter(held)

    def between(self, since: Any, until: Any) -> Self:
        """Events of a time, its end left out."""
        return self.filter(at__gte=since, at__lt=until)


class Event(models.Model):
    """
    One thing that one person did, or read. Append only: triggers refuse a change or a deletion.

    ``content`` binds what the row says, with a key that the database does not hold; ``link`` binds
    it to the row before. Both are checked by ``keepsight audit verify``.
    """

    at = models.DateTimeField()
    actor_id = models.CharField(max_length=40, blank=True)  # user id; empty for the command line
    actor_name = models.CharField(max_length=120, blank=True)
    actor_roles = models.CharField(max_length=200, blank=True)  # ids of the roles held then, comma-separated
    kind = models.CharField(max_length=30)  # EventKind
    authority_code = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)  # never a name
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=60, blank=True)  # page name or command
    address = models.CharField(max_length=45, blank=True)  # of the network
    detail = models.JSONField(default=dict, blank=True)  # counts, filters, ids of children shown; nothing that names
    seq = models.BigIntegerField(null=True, unique=True)  # without gaps; given by the database
    content = models.CharField(max_length=64, blank=True)
    link = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
            models.Index(fields=["at"], name="event_at"),
        ]


class ChainHead(models.Model):
    """The newest link of the log: one row, which only the log's own trigger writes."""

    seq = models.BigIntegerField(default=0)
    link = models.CharField(max_length=64, blank=True)


class Anchor(models.Model):
    """
    The log's link at a moment, sealed with the key and also written to a file outside the database.

    Or the start of the log, or a bridge over events that were removed with approval: see ``core.chain``.
    """

    kind = models.CharField(max_length=10, default="anchor")
    log = models.CharField(max_length=16, blank=True)  # the beginning of the log's start link
    first = models.BigIntegerField(default=0)  # of a bridge: the first event removed
    seq = models.BigIntegerField()
    link = models.CharField(max_length=64)
    at = models.DateTimeField()
    written_to = models.CharField(max_length=200, blank=True)
    seal = models.CharField(max_length=64, blank=True)


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
