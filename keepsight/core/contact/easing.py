"""What easements in use change of a plan: the days of law that wait, the visits that may be by video."""

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.duties.easements import moved_to, moves


def ease(owed: pl.DataFrame, used: pl.DataFrame, calendar: WorkingCalendar) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Move the days that easements move, and keep the day of law beside.

    Parameters
    ----------
    owed : DataFrame
        One row for each child and rule, with ``start_on`` and ``due_on``. Only rules of law are moved.
    used : DataFrame
        ``duties.easements.EASED``.
    calendar : WorkingCalendar
        For a longer limit in working days.

    Returns
    -------
    owed : DataFrame
        The same rows with ``law_due_on``, and ``due_on`` where it is eased.
    changed : DataFrame
        One row for each use and duty of the plan: those of ``used`` with ``law_due_on``, what the duty
        is called (``duty_title``), whether its day waits (``waits``) and whether video meets it (``by_video``).
    """
    owed = owed.with_columns(law_due_on=pl.col("due_on"))
    law = owed.filter(pl.col("bound_by") == "statute").select(
        "child_id",
        "start_on",
        "law_due_on",
        duty="bound_id",
        duty_title="title",
        relaxed=pl.col("class") != pl.col("by_law"),
    )
    due = pl.col("law_due_on")
    changed = (
        used.join(law, on=["child_id", "duty"], how="inner")
        .with_columns(waits=moves(due), by_video=pl.col("remote") & pl.col("relaxed"))
        .with_columns(eased_on=pl.when("waits").then(moved_to(due, pl.col("start_on"), calendar)))
    )
    latest = changed.group_by("child_id", bound_id="duty").agg(pl.col("eased_on").max())
    eased_on = pl.when(pl.col("bound_by") == "statute").then("eased_on")
    moved = owed.join(latest, on=["child_id", "bound_id"], how="left", maintain_order="left").with_columns(
        due_on=pl.coalesce(eased_on, "due_on")
    )
    return moved.drop("eased_on"), changed
