"""
Easements in use: which duty of which child is eased on a day, for how long, and under which law (RULES 2.3).

What an easement may change stands in ``easements.toml`` of an event's pack, window by window. A use is
one child's record: somebody with the right to do so agreed to it, from one day to another. Here the two
meet, cut to the days on which both hold. Where the pack names no duty, or an effect that moves no day,
the use is still told of, and the duty stays whole.
"""

from datetime import date

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.columns import Column, Contract
from keepsight.core.duties.timescales import after_each
from keepsight.core.packs.kinds import Easements

USES = Contract(
    "uses of easements",
    (
        Column("child_id", pl.Int64, "The child's number in the register"),
        Column("number", pl.String, "Of the record, such as EAU-3"),
        Column("easement", pl.String, "Id in easements.toml, such as E01"),
        Column("from_on", pl.Date, "First day", "date"),
        Column("to_on", pl.Date, "Last day", "date"),
        Column("authorised_by", pl.String, "Name and post"),
        Column("authorised_on", pl.Date, "Day on which it was agreed; null: not said", "date"),
    ),
)
EASED = Contract(
    "eased duties",
    (
        *USES.columns,
        Column("duty", pl.String, "Timescale; null where the law names none that the packs hold"),
        Column("title", pl.String, "Of the easement"),
        Column("law", pl.String, "Instrument and regulation of the window in force"),
        Column("effect", pl.String, "packs.kinds.Window.effect"),
        Column("remote", pl.Boolean, "A visit may be made by video, where the contact table says so"),
        Column("every", pl.Int64, "The longer limit, where the law gives one"),
        Column("unit", pl.String, "duties.Unit of the longer limit"),
    ),
)
# An effect that moves a day. The others change who, what or how, and leave the day where it is.
POSTPONES = ("as_soon_as_practicable", "longer_limit")
_WINDOW = {
    **{column.name: column.dtype for column in EASED.columns if column.name not in USES.names},
    "easement": pl.String,
    "law_from": pl.Date,
    "law_to": pl.Date,
    "saved": pl.Boolean,
}


def eased_on(uses: pl.DataFrame, easements: Easements, on: date) -> pl.DataFrame:
    """
    Give the duties that uses ease on a day.

    Parameters
    ----------
    uses : DataFrame
        ``USES``: one row for each use that was agreed to.
    easements : Easements
        The pack's table: windows of the law, duties, effects.
    on : date
        The day asked about. [date]

    Returns
    -------
    DataFrame
        ``EASED``: one row for each use and duty. ``from_on`` and ``to_on`` are cut to the law's window.

    Notes
    -----
    A use counts on its first and last day, and only inside a window of the law. Where the law saves
    what was begun (E03 to E09), a use that began inside a window runs on to its own last day.
    """
    windows = _windows(easements)
    begun = (pl.col("law_from") <= pl.col("from_on")) & (pl.col("from_on") <= pl.col("law_to").fill_null(date.max))
    inside = (pl.col("law_from") <= on) & (on <= pl.col("law_to").fill_null(date.max))
    held = uses.filter((pl.col("from_on") <= on) & (on <= pl.col("to_on"))).join(windows, on="easement", how="inner")
    held = held.filter(inside | (pl.col("saved") & begun)).with_columns(
        from_on=pl.max_horizontal("from_on", "law_from"),
        to_on=pl.when(pl.col("saved") & begun).then("to_on").otherwise(pl.min_horizontal("to_on", "law_to")),
    )
    return EASED.check(held.unique(["child_id", "number", "duty"], keep="first", maintain_order=True))


def moves(due_on: pl.Expr) -> pl.Expr:
    """
    Tell for each row of ``EASED`` whether the easement moves this day of its duty.

    It does where its effect moves a day and where it holds on the day itself (RULES 2.1): what was due
    before the use began was late already, and stays so.
    """
    held = (pl.col("from_on") <= due_on) & (due_on <= pl.col("to_on"))
    return pl.col("effect").is_in(POSTPONES) & held


def moved_to(due_on: pl.Expr, start_on: pl.Expr, calendar: WorkingCalendar) -> pl.Expr:
    """Give the day to which such a duty waits: the last of the easement, or the longer limit where that is sooner."""
    longer = after_each(start_on, pl.col("every"), pl.col("unit"), calendar)
    return pl.max_horizontal(due_on, pl.min_horizontal("to_on", longer))


def _windows(easements: Easements) -> pl.DataFrame:
    """One row for each duty and window of the law, in the order of the pack."""
    rows = [
        {
            "easement": easement.id, "title": easement.title, "duty": duty, "law": window.source,
            "effect": window.effect, "remote": window.remote, "every": window.every, "unit": window.unit or None,
            "law_from": window.from_, "law_to": window.to, "saved": bool(easement.saving),
        }
        for easement in easements.easements
        for window in easement.windows
        for duty in (easement.duties or (None,))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_WINDOW, orient="row")
