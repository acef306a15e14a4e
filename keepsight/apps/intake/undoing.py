"""Undoing a load: rows back to what they were, and rows that were not there gone again."""

import json
from collections import defaultdict
from datetime import datetime

import polars as pl
from django.db import connection, models, transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, Membership, Team, User, Worker
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import Change, EventKind, Load
from keepsight.apps.contact.models import AgreedInterval, ContactPlan, Sighting, Visit, VisitDraft
from keepsight.apps.frontdoor.models import Contact, ContactDay, Referral
from keepsight.apps.intake.permissions import check_user_may_load
from keepsight.apps.learning.models import (
    AttendanceWeek,
    EhcPlan,
    Enrolment,
    Exclusion,
    FreeMealPeriod,
    PupilAddress,
    TermSessions,
)  # fmt: skip
from keepsight.apps.people.actions import keep_classes
from keepsight.apps.people.holds import check_not_held
from keepsight.apps.people.models import (
    AccessKind,
    Address,
    Alert,
    AssessmentFactor,
    Child,
    Family,
    FamilyMember,
    Identifier,
    Involvement,
    MissingEpisode,
    RecordAccess,
    Restriction,
)  # fmt: skip
from keepsight.apps.places.models import District, Postcode, Setting, SettingMember
from keepsight.apps.registers.models import Entry
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.core.errors import NotAllowedNow

CREATED: tuple[type[models.Model], ...] = (
    AttendanceWeek, TermSessions, Exclusion, PupilAddress, FreeMealPeriod, EhcPlan, Confirmation, Visit, Contact,
    Referral, ContactDay, Involvement, Alert, MissingEpisode, AssessmentFactor, Address, FamilyMember, Family,
    Identifier, Enrolment,
)  # fmt: skip
"""Tables that name the load that made each row, in an order in which they can go."""
_BY_PEOPLE = (
    (Visit, "visits", {"created_load": None}),
    (Confirmation, "ratings", {"created_load": None}),
    (Sighting, "sightings", {}),
    (AgreedInterval, "agreed intervals", {}),
    (VisitDraft, "drafts", {}),
    (Restriction, "restrictions", {}),
    (Entry, "entries in registers", {"added_by__isnull": False}),
    (RecordAccess, "accesses", {"kind__in": (AccessKind.NAMED, AccessKind.REASON, AccessKind.BREAK_GLASS)}),
)
_KEYS = {Postcode._meta.label: "postcode"}
_MODELS = {model._meta.label: model for model in (*CREATED, Child, Setting, Postcode, Worker, Team, District)}


def undo(load: Load, *, at: datetime, by: User | None = None) -> Load:
    """
    Put the register back to what it was before a load.

    Ratings and contact plans of the children who stay are left; rate and plan again afterwards.
    Teams, workers and settings that people have begun to use here stay.

    Raises
    ------
    NotAllowedNow
        If the load is not committed, a newer load changed the register after it, people have
        recorded something about children whom it brought, or a legal hold stands on one that it touched.
    """
    with transaction.atomic():
        rows.lock()
        load = Load.objects.get(pk=load.pk)
        authority = Authority.objects.get(code=load.authority_code)
        check_user_may_load(by, authority, at)
        _check_can_undo(load)
        check_not_held(authority, _touched(load), f"load {load.pk} stays, with the rows that it brought")
        for model in CREATED:
            _delete_created(model, load)
        _restore(load)
        _delete_children(load)
        _delete_settings(load)
        if not _others_need_postcodes(load):
            _delete_created(Postcode, load)
        _delete_named(load)
        keep_classes(authority)
        load.changes.all().delete()
        load.state, load.undone_at = Load.State.UNDONE, at
        load.save(update_fields=["state", "undone_at"])
        record(EventKind.LOAD_UNDONE, at=at, by=by, authority_code=load.authority_code, subject=("load", str(load.pk)))
    return load


def _check_can_undo(load: Load) -> None:
    if load.state != Load.State.COMMITTED:
        raise NotAllowedNow(f"Load {load.pk} is {load.get_state_display().lower()}, so there is nothing to undo.")
    newer = Load.objects.filter(authority_code=load.authority_code, state=Load.State.COMMITTED, pk__gt=load.pk)
    for other in newer.order_by("-pk"):
        touched = sum(kinds["new"] for kinds in other.counts.values()) + other.changes.count()
        if touched:
            raise NotAllowedNow(
                f"Load {other.pk} came later and built on this one ({touched} rows). Undo load {other.pk} first.",
                code="newer_load",
            )
    for model, words, given in _BY_PEOPLE:
        count = model._base_manager.filter(child__created_load=load, **given).count()
        if count:
            raise NotAllowedNow(
                f"People have recorded {count} {words} about children whom this load brought. "
                "Undoing it would lose them, so it stays.",
                code="people_recorded",
            )
    turned = Change.objects.filter(load=load, table=Confirmation._meta.label).values_list("record_id", flat=True)
    children = Confirmation.objects.filter(pk__in=list(turned)).values("child_id")
    if Confirmation.objects.filter(child__in=children, created_load=None, is_current=True).exists():
        raise NotAllowedNow(
            "People have rated children since, whose rating this load had changed. Undoing it would lose that.",
            code="people_recorded",
        )


def _touched(load: Load) -> set[int]:
    """Children whom the load brought, and those of whom it brought or changed a row."""
    touched = set(Child.objects.filter(created_load=load).values_list("pk", flat=True))
    changes = Change.objects.filter(load=load)
    touched.update(changes.filter(table=Child._meta.label).values_list("record_id", flat=True))
    for model in CREATED:
        if any(field.name == "child" for field in model._meta.fields):
            made = model._base_manager.filter(created_load=load, child__isnull=False)
            touched.update(made.values_list("child_id", flat=True))
            changed = changes.filter(table=model._meta.label).values("record_id")
            touched.update(
                model._base_manager.filter(pk__in=changed, child__isnull=False).values_list("child_id", flat=True)
            )
    return touched


def _restore(load: Load) -> None:
    """Write back what rows were, newest change first."""
    alike: dict[tuple[str, tuple[str, ...]], list[dict]] = defaultdict(list)
    changes = Change.objects.filter(load=load).order_by("-pk").values_list("table", "record_id", "before")
    for table, record_id, before in changes.iterator(chunk_size=20_000):
        values = json.loads(before) if isinstance(before, str) else before
        if values:
            alike[table, tuple(values)].append({"id": record_id, **values})
    for (table, _), before in alike.items():
        # nobody has two current ratings, not even for a moment
        before.sort(key=lambda values: values.get("is_current") or False)
        key = _KEYS.get(table, "id")
        frame = pl.DataFrame(before, infer_schema_length=None)
        rows.update(_MODELS[table], frame if key == "id" else frame.drop("id"), key=key)


def _delete_created(model: type[models.Model], load: Load) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE created_load_id = %s', [load.pk])


def _delete_children(load: Load) -> None:
    """Children, after what was computed about them and what a declaration closed."""
    RecordAccess.objects.filter(child__created_load=load, kind=AccessKind.OWN_RECORD).delete()
    with connection.cursor() as cursor:
        for model in (Rating, ContactPlan):
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE child_id IN '
                f'(SELECT id FROM "{Child._meta.db_table}" WHERE created_load_id = %s)',
                [load.pk],
            )
    rows.delete(Child, list(Child.objects.filter(created_load=load).values_list("pk", flat=True)))


def _delete_settings(load: Load) -> None:
    """Settings, but those where people work or that registers name: they stay, as teams do, without their district."""
    made = Setting.objects.filter(created_load=load)
    used = SettingMember.objects.filter(setting__in=made).values_list("setting_id", flat=True)
    used = {*used, *Entry.objects.filter(setting__in=made).values_list("setting_id", flat=True)}
    made.filter(pk__in=used).update(district=None)
    rows.delete(Setting, list(made.exclude(pk__in=used).values_list("pk", flat=True)))


def _others_need_postcodes(load: Load) -> bool:
    """Postcodes are shared: another authority whose file named them too keeps them."""
    others = Load.objects.filter(state=Load.State.COMMITTED, pk__gt=load.pk).exclude(authority_code=load.authority_code)
    return others.filter(files__kind="postcodes").exists()


def _delete_named(load: Load) -> None:
    """Workers, teams and districts that the load made and nobody has begun to use."""
    made: dict[str, list[int]] = defaultdict(list)
    for table, record_id in Change.objects.filter(load=load, before={}).values_list("table", "record_id"):
        made[table].append(record_id)
    workers = Worker.objects.filter(pk__in=made[Worker._meta.label], user=None)
    named = set(Entry.objects.exclude(worker=None).values_list("worker_id", flat=True))
    rows.delete(Worker, [pk for pk in workers.values_list("pk", flat=True) if pk not in named])
    used = set(Membership.objects.exclude(team=None).values_list("team_id", flat=True))
    used |= set(Worker.objects.exclude(team=None).values_list("team_id", flat=True))
    for column in ("team_id", "about_team_id"):
        used |= set(Entry.objects.exclude(**{column: None}).values_list(column, flat=True))
    rows.delete(Team, [pk for pk in made[Team._meta.label] if pk not in used])
    rows.delete(District, made[District._meta.label])
