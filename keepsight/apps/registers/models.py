"""
Registers: the one engine for all tracker-like lists (ARCHITECTURE §4).

What a register is stands in a definition (TOML, ``core.packs.kinds.Register``); an entry keeps the
version that it was last written with, and its values by field id. Values that may be filtered and
sorted by are also kept in the columns ``k1`` to ``k4`` (words), ``d1`` to ``d3`` (days) and ``n1`` to
``n3`` (numbers): which field has which column stands in ``Register.slots`` and never changes.
"""

import uuid

from django.db import models
from django.db.models import Q

from keepsight.apps.accounts.models import Authority, Service, Team, User, Worker
from keepsight.apps.events.models import Event
from keepsight.apps.people.models import Child, Family
from keepsight.apps.places.models import Setting


class Register(models.Model):
    """One register of one authority."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="registers")
    key = models.SlugField(max_length=60)  # id of the definition
    slots = models.JSONField(default=dict)  # field id → k1 … n3
    is_on = models.BooleanField(default=True)  # a register that an event needs lies idle until then
    told_at = models.DateTimeField(null=True, blank=True)  # up to when what is due was looked for and told
    last_number = models.IntegerField(default=0)
    current = models.ForeignKey("Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "key"], name="register_once")]


class Version(models.Model):
    """A definition as it was from a moment on. Published ones never change."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()  # 0 while it is a draft
    definition = models.TextField()  # TOML
    from_pack = models.CharField(max_length=80, blank=True)  # id of the packs in force; empty: edited here
    pack_hash = models.CharField(max_length=64, blank=True)
    is_draft = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)  # why
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"], condition=Q(is_draft=False), name="register_version_once"
            )
        ]


class Entry(models.Model):
    """One entry of a register."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="entries", db_index=False)
    ref = models.UUIDField(default=uuid.uuid4, unique=True)  # what addresses carry
    number = models.IntegerField()  # within the register: ACT-12
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    exercise = models.ForeignKey(  # the event again where it is an exercise: nothing live ever shows it
        Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=40)
    state_since = models.DateTimeField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    # whom or what it is about
    child = models.ForeignKey(Child, on_delete=models.CASCADE, null=True, blank=True, related_name="register_entries")
    family = models.ForeignKey(Family, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cell = models.CharField(max_length=40, blank=True)  # id in the event's pack
    values = models.JSONField(default=dict)  # field id → value; days in ISO, choices by id, persons and places by id
    rag = models.CharField(max_length=8, blank=True)
    due_on = models.DateField(null=True, blank=True)  # the next clock
    due_at = models.DateTimeField(null=True, blank=True)  # of a clock in hours
    soon_on = models.DateField(null=True, blank=True)  # from when it is due soon
    due_clock = models.CharField(max_length=40, blank=True)
    is_open = models.BooleanField(default=True)  # its state does not end it
    k1 = models.CharField(max_length=60, blank=True)
    k2 = models.CharField(max_length=60, blank=True)
    k3 = models.CharField(max_length=60, blank=True)
    k4 = models.CharField(max_length=60, blank=True)
    d1 = models.DateField(null=True, blank=True)
    d2 = models.DateField(null=True, blank=True)
    d3 = models.DateField(null=True, blank=True)
    n1 = models.FloatField(null=True, blank=True)
    n2 = models.FloatField(null=True, blank=True)
    n3 = models.FloatField(null=True, blank=True)
    words = models.TextField(blank=True)  # what a search looks in: the title and texts that name nobody
    revision = models.IntegerField(default=1)  # goes up with each change: who changes an older one is shown the other's
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="entry_number_once")]
        indexes = [  # of what is live: an exercise is small, and one index serves it
            models.Index(fields=["register", "number"], name="live_newest", condition=Q(exercise=None)),
            models.Index(
                fields=["register", "number"], name="live_open_newest", condition=Q(exercise=None, is_open=True)
            ),
            models.Index(  # an entry that has ended is due never
                fields=["register", "due_on", "-number"],
                name="live_by_due",
                condition=Q(exercise=None, due_on__isnull=False),
            ),
            models.Index(
                fields=["exercise", "register", "number"], name="of_exercise", condition=Q(exercise__isnull=False)
            ),
            *(
                models.Index(fields=["register", key, "-number"], name=f"live_by_{key}", condition=Q(exercise=None))
                for key in ("state", "owner", "team", "rag", "changed_at", "title", "k1", "k2", "k3", "k4")
            ),
            *(  # a register that keeps nothing there pays nothing for it
                models.Index(
                    fields=["register", slot, "-number"],
                    name=f"live_by_{slot}",
                    condition=Q(**{"exercise": None, f"{slot}__isnull": False}),
                )
                for slot in ("d1", "d2", "d3", "n1", "n2", "n3")
            ),
        ]


class EntryChange(models.Model):
    """One line of an entry's history. Append only."""

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        CHANGED = "changed", "Changed"
        MOVED = "moved", "Moved"
        ASSIGNED = "assigned", "Given to"
        COMMENTED = "commented", "Commented"
        ATTACHED = "attached", "Attached"
        TAKEN_AWAY = "taken_away", "Took away"
        LINKED = "linked", "Linked"
        UNLINKED = "unlinked", "Unlinked"
        IMPORTED = "imported", "Imported"
        CHASED = "chased", "Chased"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revision = models.IntegerField()
    before = models.JSONField(default=dict, blank=True)  # only what changed
    after = models.JSONField(default=dict, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["entry", "id"], name="change_of_entry")]


class Comment(models.Model):
    """What somebody says about an entry. Never changed; may be taken back, which shows."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = models.ManyToManyField(User, related_name="mentioned_in", blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)


class Link(models.Model):
    """An entry goes with another entry, a child, a family, a setting, a team or a meeting."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, blank=True, related_name="linked_from")
    child = models.ForeignKey(Child, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    setting = models.ForeignKey(Setting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    meeting_id = models.BigIntegerField(null=True, blank=True)  # command stands above this floor
    address = models.URLField(max_length=500, blank=True)  # evidence kept elsewhere
    words = models.CharField(max_length=120, blank=True)  # how they go together: escalated to, evidence for
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["meeting_id"], name="link_of_meeting")]


class Attachment(models.Model):
    """A file with an entry, stored outside the web root under a name that says nothing."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="attachments")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=200)  # as it was sent
    stored_as = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)  # found in the file itself, not believed from its name
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_away_at = models.DateTimeField(null=True, blank=True)
    taken_away_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")


class FileToDelete(models.Model):
    """A file in the store whose line is gone or says that it was taken away: deleted soon, tried again until it is."""

    stored_as = models.CharField(max_length=200, unique=True)  # a random name
    tries = models.IntegerField(default=0)


class SavedView(models.Model):
    """A list as somebody likes it: filters, sort and columns under a name."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)  # filters, sort, columns; never search words
    shared = models.BooleanField(default=False)  # with everyone who may read the register
    is_default = models.BooleanField(default=False)  # how the list begins for this person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "user", "name"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["register", "user"], condition=Q(is_default=True), name="saved_view_default_once"
            ),
        ]


class Editing(models.Model):
    """Somebody has the form of an entry open."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="editing_once")]


class Notice(models.Model):
    """Something that somebody is told of, on their page of notices. Holds no words of the entry."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    alert = models.CharField(max_length=40)  # added, assigned, moved, mentioned, due_soon, overdue, editing, …
    said = models.CharField(max_length=200)  # Action ACT-12 is overdue
    at = models.DateTimeField()
    once = models.CharField(max_length=120, blank=True)  # told once for this: entry, alert and due day
    read_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=8, blank=True)  # daily or weekly: waits for the next digest
    digested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["digest", "digested_at"], name="notice_for_digest"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "once"], condition=~Q(once=""), name="notice_once")]


class MailChoice(models.Model):
    """Whether somebody wants mail about a register, or (without one) about any. Without a row: yes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    register = models.ForeignKey(Register, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "register"], name="mail_choice_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(register=None), name="mail_choice_of_all"),
        ]


class Message(models.Model):
    """A message that leaves: by e-mail or GOV.UK Notify. Kept until it was taken, tried again when not."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be sent"
        SENT = "sent", "Sent"
        GIVEN_UP = "given_up", "Could not be sent"

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="+")
    to = models.EmailField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200)
    body = models.TextField()  # says that something waits, and where; never what the entry says
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True)
    notify_id = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"], name="message_waiting")]


class Import(models.Model):
    """A file of entries: read, shown, and then added or not. Rows that cannot be added are handed back."""

    class State(models.TextChoices):
        SENT = "sent", "Sent; not read yet"
        REFUSED = "refused", "Could not be read"
        STAGED = "staged", "Read; nothing added yet"
        ADDED = "added", "Added"
        DROPPED = "dropped", "Not added"

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="imports")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=200)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.STAGED)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)  # what each heading is: a field's id, "subject" and the like; empty: left
    sheet = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file: sent twice, it warns
    trouble = models.CharField(max_length=300, blank=True)  # why the file as a whole could not be read
    rows_in = models.IntegerField(default=0)
    rows_good = models.IntegerField(default=0)
    rows_bad = models.IntegerField(default=0)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(null=True, blank=True)


class ImportRow(models.Model):
    """One row of such a file: as read, as understood, and what is wrong with it."""

    load = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_column="import_id")
    row = models.IntegerField()  # of the sheet
    cells = models.JSONField()
    values = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)  # sentences; empty: good
    entry = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["load", "row"], name="import_row_once")]


class Bulk(models.Model):
    """One change of many entries: shown first, then done. It is its own journal: what is done stands in its items."""

    class Kind(models.TextChoices):
        MOVE = "move", "Move"
        ASSIGN = "assign", "Give to somebody"
        SET = "set", "Change one answer"

    class State(models.TextChoices):
        SHOWN = "shown", "Shown; nothing changed yet"
        RUNNING = "running", "At work"
        DONE = "done", "Done"

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="bulks")
    ref = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    what = models.JSONField(default=dict)  # to and why; owner; field and value
    exercise = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    moved_at = models.DateTimeField(null=True, blank=True)  # when it was confirmed, or something of it last done
    done_at = models.DateTimeField(null=True, blank=True)


class BulkItem(models.Model):
    """One entry of it: as it was when it was shown, and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "", "Waits"
        DONE = "done", "Changed"
        REFUSED = "refused", "Not changed"

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    revision = models.IntegerField()  # as it was shown: one that changed since is left alone
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "entry"], name="bulk_item_once")]
