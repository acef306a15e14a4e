"""
Importing entries: a file is read and shown, and only then added, all good rows in one transaction.

What a row becomes is what ``actions.add`` would make of it; only the writing is in bulk.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.registers import incoming
from keepsight.apps.registers.actions import entries as one_by_one
from keepsight.apps.registers.actions.entries import NOBODY
from keepsight.apps.registers.actions.telling import Telling
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, EntryChange, Import, ImportRow, Register
from keepsight.apps.registers.permissions import check_user_may, may
from keepsight.apps.registers.present_entry import fields_for
from keepsight.apps.registers.readers import cells_of
from keepsight.apps.registers.references import Reach
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.core.formats.files import container_of, sha256_of
from keepsight.core.packs.kinds import Register as Rule

KEPT = timedelta(days=7)  # a file that nobody adds, and rows handed back: they hold what the file held
AT_ONCE = 500  # rows written together
ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xlsm")
FOREIGN = {"child": "child_id", "family": "family_id", "setting": "setting_id", "about_team": "about_team_id",
           "service": "service_id", "worker": "worker_id", "cell": "cell"}  # fmt: skip


def keep(
    register: Register, sent: UploadedFile, *, by: User, at: datetime, event: Event | None = None
) -> Import:  # fmt: skip
    """
    Keep a file that somebody sent, outside the web root; nothing of it is read yet but its first bytes.

    Raises
    ------
    NotPermitted, BadInput
        If the person may not add to this register, or the file is no list.
    """
    check_user_may(by, at, register, "add")
    name = PureWindowsPath(PurePosixPath(sent.name or "").name).name.replace("\x00", "").lstrip(".")[-120:]
    if not name.lower().endswith(ENDINGS):
        raise BadInput(f"{name or 'The file'} is no list. Send a list as .xlsx or .csv.", code="not_a_list")
    load = Import(
        register=register, version=one_by_one._version(register), name=name, event=event, at=at, by=by,
        state=Import.State.SENT,
    )  # fmt: skip
    place = place_of(load)
    place.mkdir(parents=True, mode=0o700)
    try:
        path = place / name
        with path.open("wb") as stream:
            for chunk in sent.chunks():
                stream.write(chunk)
        path.chmod(0o600)
        container_of(path)
        load.sha256 = sha256_of(path)
        load.save(force_insert=True)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return load


def place_of(load: Import) -> Path:
    """The folder in which a file lies until it is added, dropped or a week old."""
    return _folder() / str(load.ref)


def _folder() -> Path:
    return Path(settings.VAR) / "imports"


def read(load: Import, *, by: User, at: datetime, columns: list[str] | None = None) -> Import:
    """
    Read a kept file as entries: every row as it would be added, or with what is wrong. Adds nothing.

    Parameters
    ----------
    columns : list of str, optional
        What each heading is (``incoming.targets``); by default as the headings say.
    """
    register = load.register
    grants = check_user_may(by, at, register, "add")
    asked = asked_of(load, grants)
    path = place_of(load) / load.name
    try:
        table = incoming.read_table(path, asked)
    except BadInput as trouble:
        load.state, load.trouble = Import.State.REFUSED, trouble.sentence[:300]
        load.save(update_fields=["state", "trouble"])
        shutil.rmtree(place_of(load), ignore_errors=True)
        return load
    if columns is None or len(columns) != len(table.headings):
        columns = incoming.guess(asked, table.headings)
    reach = Reach(grants, register.authority, timezone.localtime(at).date(), _exercise(load))
    with transaction.atomic():
        held = Import.objects.select_for_update().get(pk=load.pk)
        if held.state not in (Import.State.SENT, Import.State.STAGED):
            raise NotAllowedNow("This file was dealt with meanwhile.")
        held.rows.all().delete()
        good = bad = 0
        understood = zip(table.rows, incoming.understand(asked, table, columns, reach), strict=True)
        for part in _parts(understood):
            rows = [
                ImportRow(load=held, row=number, cells=[_kept(cell) for cell in cells], values=found.values,
                          trouble="\n".join(found.troubles))
                for (number, cells), found in part
            ]  # fmt: skip
            ImportRow.objects.bulk_create(rows)
            bad += sum(bool(row.trouble) for row in rows)
            good += sum(not row.trouble for row in rows)
        held.state, held.version = Import.State.STAGED, one_by_one._version(register)
        held.headings, held.columns, held.sheet = table.headings, columns, table.sheet[:100]
        held.rows_in, held.rows_good, held.rows_bad = good + bad, good, bad
        held.trouble = _left_out(table.others)
        held.save()
    return held


def asked_of(load: Import, grants: Grants) -> incoming.Asked:
    """What a file may say about entries of this register, from this person."""
    register, rule = load.register, rule_of(one_by_one._version(load.register))
    return incoming.Asked(
        replace(rule, fields=tuple(fields_for(grants, register, rule))), may(grants, register, "assign"),
        may(grants, register, "move"), dict(cells_of(load.event)),
    )  # fmt: skip


def _left_out(sheets: list[str]) -> str:
    return f"Sheets that were not read: {', '.join(sheets)}."[:300] if sheets else ""


def _kept(cell: str) -> str:
    return cell.replace("\x00", "")[: incoming.LONGEST_CELL]


def _exercise(load: Import) -> Event | None:
    return load.event if load.event and load.event.is_exercise else None


def add_rows(load: Import, *, by: User, at: datetime) -> int:
    """
    Add the good rows of a file that was read: all of them in one transaction, or none.

    Asked twice it adds once. Gives how many entries were added.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if the register or what the person reaches changed since it was read.
    """
    register = load.register
    grants = check_user_may(by, at, register, "add")
    with transaction.atomic(), audit.at_the_end():
        held = Import.objects.select_for_update(of=("self",)).select_related("event").get(pk=load.pk)
        if held.state == Import.State.ADDED:
            return held.rows_good
        if held.state != Import.State.STAGED:
            raise NotAllowedNow("This file was not read, or was put away. Send it again.")
        version = one_by_one._version(register)
        if held.version_id != version.pk:
            raise NotAllowedNow(
                "The register itself was changed after the file was read. Read it again, then add the rows."
            )
        rule = rule_of(version)
        rows = held.rows.filter(trouble="").order_by("row")
        named = incoming.children_of(rule, rows.values_list("values", flat=True))
        _check_still_reached(grants, named)
        last = _reserve(register, held.rows_good)
        made: list[Entry] = []
        for part in _parts(rows.iterator(chunk_size=AT_ONCE)):
            made += _write(part, register, rule, held, by=by, at=at, number=last + len(made))
        _tell(register, made, by=by, at=at)
        held.state, held.added_at = Import.State.ADDED, at
        held.save(update_fields=["state", "added_at"])
        held.rows.filter(trouble="").delete()  # what they say stands in the entries now
        audit.record(
            EventKind.ENTRIES_IMPORTED, at=at, by=by, authority_code=register.authority.code,
            subject=("import", str(held.pk)), source="registers:import", shown=sorted(named), register=register.key,
            added=len(made), handed_back=held.rows_bad, last=last + len(made),
        )  # fmt: skip
    shutil.rmtree(place_of(load), ignore_errors=True)
    return len(made)


def _check_still_reached(grants: Any, named: set[int]) -> None:
    every = sorted(named)
    reached = sum(
        children_visible_to(grants).filter(pk__in=every[start : start + AT_ONCE]).count()
        for start in range(0, len(every), AT_ONCE)
    )
    if reached != len(every):
        raise NotAllowedNow("What you may open has changed since the file was read. Read it again.")


def _reserve(register: Register, count: int) -> int:
    """Take so many numbers; gives the last one that was taken before."""
    Register.objects.filter(pk=register.pk).update(last_number=F("last_number") + count)
    return int(Register.objects.values_list("last_number", flat=True).get(pk=register.pk)) - count


def _write(
    rows: list[ImportRow], register: Register, rule: Rule, load: Import, *, by: User, at: datetime, number: int
) -> list[Entry]:
    entries = [
        entry_of(row.values, register, rule, number=number + place, by=by, at=at, event=load.event)
        for place, row in enumerate(rows, start=1)
    ]
    Entry.objects.bulk_create(entries, batch_size=AT_ONCE)
    EntryChange.objects.bulk_create(
        [
            EntryChange(
                entry=entry, kind=EntryChange.Kind.IMPORTED, at=at, by=by, revision=1,
                after={"state": entry.state, **row.values.get("fields", {})},
            )
            for row, entry in zip(rows, entries, strict=True)
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    return entries


def entry_of(
    values: dict[str, Any], register: Register, rule: Rule, *, number: int, by: User, at: datetime,
    event: Event | None = None,
) -> Entry:  # fmt: skip
    """One row as the entry that ``actions.add`` would make of it. Not saved."""
    about = {FOREIGN[name]: pk for name, pk in values.get("about", {}).items()}
    began = values.get("state") or rule.states[0].id
    blank = {name: value for name, value in NOBODY.columns().items() if FOREIGN[name] not in about}
    entry = Entry(
        register=register, number=number, version=register.current, event=event,
        exercise=event if event and event.is_exercise else None, owner_id=values.get("owner"),
        team_id=values.get("team"), state=began, state_since=at, values=values.get("fields", {}), added_at=at,
        added_by=by, changed_at=at, changed_by=by, **blank, **about,
    )  # fmt: skip
    one_by_one._derive(entry, rule, register, since={began: at})
    return entry


def _tell(register: Register, made: list[Entry], *, by: User, at: datetime) -> None:
    telling = Telling(register, at)
    telling.tell_together(made, "added", by=by)
    telling.tell_together([entry for entry in made if entry.owner_id], "assigned", by=by)


def refuse(load: Import, why: str) -> None:
    """Say on a file's page why it was not read."""
    waiting = Import.objects.filter(pk=load.pk, state__in=(Import.State.SENT, Import.State.STAGED))
    waiting.update(state=Import.State.REFUSED, trouble=why[:300])
    _forget(load)


def hold(load: Import, why: str) -> None:
    """Say on a file's page why its rows were not added; it can be read again."""
    Import.objects.filter(pk=load.pk, state=Import.State.STAGED).update(trouble=why[:300])


def drop(load: Import, *, by: User, at: datetime) -> None:
    """Put a file away without adding anything."""
    check_user_may(by, at, load.register, "add")
    waiting = Import.objects.filter(pk=load.pk, state__in=(Import.State.SENT, Import.State.STAGED))
    if waiting.update(state=Import.State.DROPPED):
        _forget(load)


def added_before(load: Import) -> Import | None:
    """The same file, added to the same register before."""
    same = Import.objects.filter(register=load.register, sha256=load.sha256, state=Import.State.ADDED)
    return same.exclude(pk=load.pk).exclude(sha256="").select_related("by").order_by("-added_at").first()


def forget_old(*, at: datetime) -> int:
    """Take away files and rows that are a week old; counts stay. Gives how many imports."""
    old = Import.objects.filter(at__lt=at - KEPT, rows__isnull=False).distinct()
    waiting = Import.objects.filter(at__lt=at - KEPT, state__in=(Import.State.SENT, Import.State.STAGED))
    every = {each.pk: each for each in [*old, *waiting]}
    for load in every.values():
        _forget(load)
    waiting.update(state=Import.State.DROPPED)
    _clear_added()
    return len(every)


def _clear_added() -> None:
    """Take away files whose rows were added by a process that was stopped before it could."""
    lying = [each.name for each in _folder().glob("*-*-*-*-*")]
    for load in Import.objects.filter(state=Import.State.ADDED, ref__in=lying):
        shutil.rmtree(place_of(load), ignore_errors=True)


def _forget(load: Import) -> None:
    load.rows.all().delete()
    shutil.rmtree(place_of(load), ignore_errors=True)


def _parts(rows: Any) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows:
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def import_of(user_id: int, ref: UUID) -> Import | None:
    """An import that this person sent."""
    about = ("register__current", "register__authority", "event", "version")
    return Import.objects.select_related(*about).filter(ref=ref, by=user_id).first()


def bad_rows(load: Import) -> QuerySet[ImportRow]:
    """The rows that cannot be added, in the order of the file."""
    return load.rows.exclude(trouble="").order_by("row")


def good_rows(load: Import) -> QuerySet[ImportRow]:
    """The rows that can be added, in the order of the file."""
    return load.rows.filter(trouble="").order_by("row")
