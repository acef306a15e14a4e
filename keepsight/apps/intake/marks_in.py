"""Attendance: condensed weeks onto the rolls, file by file."""

import polars as pl

from keepsight import rows
from keepsight.apps.intake import findings
from keepsight.apps.intake.learning_in import enrolments_of
from keepsight.apps.intake.work import Work
from keepsight.apps.learning.models import AttendanceWeek
from keepsight.core.learning.marks import overlay

NAME = "attendance"


def load_attendance(work: Work) -> None:
    """
    Load the weeks of every file, one file at a time; each frame is let go when it is written.

    A pupil without an enrolment at that school is named once a file, with the number of marks.
    Marks lie over those that the register has: where the file has none, the older mark stays.
    """
    if not work.delivery.weeks:
        return
    rolls = _rolls(work)
    dry: list[pl.DataFrame] = []
    while work.delivery.weeks:
        frame = work.delivery.weeks.pop(0)
        if not frame.is_empty():
            _load_file(work, frame.join(rolls, on=["upn", "urn"], how="left", maintain_order="left"), dry)


def _rolls(work: Work) -> pl.DataFrame:
    """One enrolment for each pupil and school: one that is still open, else the newest."""
    known = enrolments_of(work).filter(pl.col("upn") != "")
    last_left = pl.col("left_on").fill_null(pl.date(9999, 12, 31))
    newest = known.sort("upn", "school", last_left, "entered_on", "id", descending=[False, False, True, True, True])
    first = newest.unique(["upn", "school"], keep="first", maintain_order=True)
    return first.select("upn", urn="school", enrolment_id="id")


def _load_file(work: Work, weeks: pl.DataFrame, dry: list[pl.DataFrame]) -> None:
    _name_strangers(work, weeks.filter(pl.col("enrolment_id").is_null()))
    weeks = weeks.filter(pl.col("enrolment_id").is_not_null())
    for name, count in weeks.group_by("file").agg(pl.col("rows").sum()).iter_rows():
        work.marks_loaded[name] = work.marks_loaded.get(name, 0) + count
    current = _current(work, weeks, dry)
    met = weeks.join(current, on=["enrolment_id", "week_from"], how="left", maintain_order="left")
    met = met.with_columns(overlay(pl.col("marks"), pl.col("marks_held")).alias("marks"))
    new = met.filter(pl.col("marks_held").is_null())
    changed = met.filter(pl.col("marks") != pl.col("marks_held"))
    work.count(NAME, new=new.height, changed=changed.height, unchanged=met.height - new.height - changed.height)
    place = [pl.col("file"), pl.lit("").alias("sheet"), "row"]
    if work.load_id is None:
        dry.append(met.select("enrolment_id", "week_from", "marks"))
        return
    work.insert(AttendanceWeek, new.select("enrolment_id", "week_from", "marks", *place))
    work.alter(AttendanceWeek, changed.select("id", "marks"), changed.select("id", pl.col("marks_held").alias("marks")))


def _current(work: Work, weeks: pl.DataFrame, dry: list[pl.DataFrame]) -> pl.DataFrame:
    """Marks that the register has for the weeks of this file; in a dry run, those of earlier files too."""
    names = ["id", "enrolment_id", "week_from", "marks"]
    days = weeks["week_from"].unique().to_list()
    mine = AttendanceWeek.objects.filter(week_from__in=days, enrolment__authority=work.authority)
    held = rows.read(mine, names)
    for earlier in dry:
        again = earlier.join(weeks, on=["enrolment_id", "week_from"], how="semi")
        stays = held.join(again, on=["enrolment_id", "week_from"], how="anti")
        held = pl.concat([stays, again.select(pl.lit(0, pl.Int64).alias("id"), "enrolment_id", "week_from", "marks")])
    return held.rename({"marks": "marks_held"})


def _name_strangers(work: Work, strangers: pl.DataFrame) -> None:
    if strangers.is_empty():
        return
    pupils = strangers.group_by("file", "upn", "urn").agg(pl.col("row").min(), pl.col("rows").sum()).sort("file", "row")
    work.named.append(
        findings.of_rows(
            pupils.with_columns(pl.lit("").alias("sheet")), code="not_on_roll", severity="rejected", column="UPN",
            found=pl.format("{} at {}", "upn", "urn"), expected="A pupil on the roll of that school.",
            done=pl.format("{} marks of this pupil were not loaded; this is the first.", "rows"),
            left_out=pl.col("rows"),
        )
    )  # fmt: skip
    work.count(NAME, rejected=int(pupils["rows"].sum()))
