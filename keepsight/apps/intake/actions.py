"""
Loading a folder: stage (look, change nothing), commit (all or nothing), undo.

Files are read before anything is locked. Then one transaction compares them with the register and
writes, so that a load that is stopped at any moment leaves the register as it was.
"""

from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import polars as pl
from django.db import transaction

from keepsight import rows
from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit.actions import record
from keepsight.apps.audit.models import EventKind, Finding, Load, LoadFile
from keepsight.apps.intake import findings
from keepsight.apps.intake.delivery import Delivery, Progress, digest_of, read_delivery
from keepsight.apps.intake.permissions import check_user_may_load
from keepsight.apps.intake.targets import STEPS
from keepsight.apps.intake.undoing import undo
from keepsight.apps.intake.work import SOURCES, Work
from keepsight.apps.people.actions import block_declared
from keepsight.core.errors import BadInput, NotAllowedNow

__all__ = ["commit", "load_folder", "stage", "undo"]


def stage(
    authority: Authority, folder: Path, *, as_at: date, at: datetime, by: User | None = None,
    progress: Progress | None = None,
) -> Load:  # fmt: skip
    """
    Say what a folder would change, and change nothing but the list of loads.

    Returns
    -------
    Load
        In state *staged*, with counts and findings. A newer staging replaces it.

    Raises
    ------
    BadInput
        If a file as a whole cannot be used; a load in state *refused* says so too.
    """
    check_user_may_load(by, authority, at)
    delivery = _read(authority, folder, as_at, at, by, progress)
    with transaction.atomic():
        rows.lock()
        work = Work(authority, as_at, delivery)
        seconds = _run(work, progress)
        Load.objects.filter(authority_code=authority.code, state=Load.State.STAGED).delete()
        load = _new_load(authority, as_at, at, by, Load.State.STAGED)
        _write_down(load, work)
        record(EventKind.LOAD_STAGED, at=at, by=by, authority_code=authority.code, subject=("load", str(load.pk)))
    load.seconds = seconds  # type: ignore[attr-defined]
    return load


def load_folder(
    authority: Authority, folder: Path, *, as_at: date, at: datetime, by: User | None = None,
    progress: Progress | None = None,
) -> Load:  # fmt: skip
    """Stage and commit in one go. Raises what ``stage`` raises; then nothing is changed."""
    check_user_may_load(by, authority, at)
    started = perf_counter()
    delivery = _read(authority, folder, as_at, at, by, progress)
    reading = perf_counter() - started
    with transaction.atomic():
        rows.lock()
        load = _new_load(authority, as_at, at, by, Load.State.COMMITTED)
        seconds = _commit(load, authority, delivery, at, by, progress)
    load.seconds = {"Reading files": reading, **seconds}  # type: ignore[attr-defined]
    return load


def commit(load: Load, folder: Path, *, at: datetime, by: User | None = None, progress: Progress | None = None) -> Load:
    """
    Commit a staged load.

    Raises
    ------
    NotAllowedNow
        If the load is not staged, or the files are no longer those that were staged.
    """
    authority = Authority.objects.get(code=load.authority_code)
    check_user_may_load(by, authority, at)
    if load.state != Load.State.STAGED:
        raise NotAllowedNow(f"Load {load.pk} is {load.get_state_display().lower()}, so it cannot be committed.")
    if digest_of(folder) != load.digest:
        raise NotAllowedNow("The files have changed since they were staged. Stage them again.", code="files_changed")
    delivery = read_delivery(folder, progress)
    with transaction.atomic():
        rows.lock()
        load.files.all().delete()
        load.findings.all().delete()
        load.state, load.committed_at = Load.State.COMMITTED, at
        seconds = _commit(load, authority, delivery, at, by, progress)
    load.seconds = seconds  # type: ignore[attr-defined]
    return load


def _read(
    authority: Authority, folder: Path, as_at: date, at: datetime, by: User | None, progress: Progress | None
) -> Delivery:
    try:
        return read_delivery(Path(folder), progress)
    except BadInput as trouble:
        load = _new_load(authority, as_at, at, by, Load.State.REFUSED)
        load.refusal = trouble.sentence
        load.save(update_fields=["refusal"])
        raise


def _new_load(authority: Authority, as_at: date, at: datetime, by: User | None, state: Load.State) -> Load:
    return Load.objects.create(
        authority_code=authority.code, state=state, as_at=as_at, started_at=at, by_name=by.name if by else "",
        committed_at=at if state == Load.State.COMMITTED else None,
    )  # fmt: skip


def _commit(
    load: Load, authority: Authority, delivery: Delivery, at: datetime, by: User | None, progress: Progress | None
) -> dict[str, float]:
    work = Work(authority, load.as_at, delivery, load_id=load.pk)
    files = _files_of(load, delivery)
    rows.insert(LoadFile, files)
    work.sources = files.select(file="name", sheet="sheet", source_id="id")
    seconds = _run(work, progress)
    _write_down(load, work, files)
    record(EventKind.LOAD_COMMITTED, at=at, by=by, authority_code=authority.code, subject=("load", str(load.pk)))
    block_declared(at=at, authority=authority)  # a child loaded now may be somebody's own
    return seconds


def _run(work: Work, progress: Progress | None) -> dict[str, float]:
    """Go through every list; gives how long each part took. [s]"""
    seconds = {}
    for done, step in enumerate(STEPS):
        if progress:
            progress(step.says, done, len(STEPS))
        started = perf_counter()
        step.run(work)
        seconds[step.says] = perf_counter() - started
    return seconds


def _files_of(load: Load, delivery: Delivery) -> pl.DataFrame:
    start = rows.next_id(LoadFile)
    return pl.DataFrame(
        [
            (start + nth, load.pk, sheet.kind, sheet.name[:200], sheet.sheet[:100], sheet.sha256, sheet.rows_in, 0, 0)
            for nth, sheet in enumerate(delivery.sheets)
        ],
        schema={"id": pl.Int64, "load_id": pl.Int64, "kind": pl.String, "name": pl.String, "sheet": pl.String,
                "sha256": pl.String, "rows_in": pl.Int64, "rows_loaded": pl.Int64, "rows_rejected": pl.Int64},
        orient="row",
    )  # fmt: skip


def _write_down(load: Load, work: Work, files: pl.DataFrame | None = None) -> None:
    """Write the findings, the sums of each sheet and the counts of each table."""
    if files is None:
        files = _files_of(load, work.delivery)
        rows.insert(LoadFile, files)
    loaded = pl.concat(work.loaded) if work.loaded else pl.DataFrame(schema={**SOURCES, "row": pl.Int64})
    named = findings.settled(pl.concat([work.delivery.findings, *work.named]), loaded)
    text = ("file", "sheet", "column", "code", "severity", "found", "expected", "done")
    width = {field.attname: field.max_length for field in Finding._meta.concrete_fields if field.attname in text}
    ready = named.with_columns(pl.col(name).fill_null("").str.slice(0, width[name]) for name in text)
    rows.insert(Finding, ready.with_columns(pl.lit(load.pk, pl.Int64).alias("load_id")))

    rows.update(LoadFile, _sums(work, files, loaded, named))
    load.counts = work.counts
    load.digest = work.delivery.digest
    load.rows_in = int(files["rows_in"].sum())
    load.rows_rejected = int(named["rows_left_out"].sum())
    load.save()


def _sums(work: Work, files: pl.DataFrame, loaded: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Rows of each sheet that reached a table, and rows that stand in a finding instead."""
    sheet = ["file", "sheet"]
    marks = [(name, "", count) for name, count in work.marks_loaded.items()]
    schema = {"file": pl.String, "sheet": pl.String, "rows_loaded": pl.Int64}
    marks_reached = pl.DataFrame(marks, schema=schema, orient="row")
    reached = loaded.unique().group_by(sheet).agg(pl.len().cast(pl.Int64).alias("rows_loaded"))
    reached = pl.concat([reached, marks_reached]).group_by(sheet).agg(pl.col("rows_loaded").sum())
    left = named.group_by(sheet).agg(pl.col("rows_left_out").sum().alias("rows_rejected"))
    sums = files.select("id", file="name", sheet="sheet")
    sums = sums.join(reached, on=sheet, how="left").join(left, on=sheet, how="left")
    return sums.select("id", pl.col("rows_loaded", "rows_rejected").fill_null(0))
