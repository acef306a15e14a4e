"""The state of a duty on a day, vectorised: due, due soon, overdue, met, met late, exempt, eased."""

from datetime import date

import polars as pl

from keepsight.core.terms import DutyState


def due_soon_on(start_on: pl.Expr, due_on: pl.Expr, *, share: float) -> pl.Expr:
    """
    Give the first day on which a duty is due soon.

    Parameters
    ----------
    start_on, due_on : Expr of date
        Day 0 and the last day in time. [date]
    share : float
        Last part of the interval that counts as soon, such as 0.2. [0–1]

    Returns
    -------
    Expr of date
        Never after ``due_on``. Null where either day is null. [date]

    Notes
    -----
    With ``n`` calendar days between the two, the day is ``start_on + ⌈(1 − share) · n⌉``. Of seven
    days the last two are soon, of fourteen the last three: the due day is always one of them.
    """
    days = (due_on - start_on).dt.total_days()
    # Rounded first, because 0.8 times 10 is 8.000000000000002 to a computer.
    waiting = (days * (1 - share)).round(6).ceil().cast(pl.Int64)
    return start_on + pl.duration(days=waiting)


def state(
    *,
    start_on: pl.Expr,
    due_on: pl.Expr,
    met_on: pl.Expr,
    exempt: pl.Expr,
    eased: pl.Expr,
    on: date,
    share: float,
) -> pl.Expr:
    """
    Name the state of each duty on a day.

    Parameters
    ----------
    start_on, due_on, met_on : Expr of date
        Day 0, last day in time, and the day on which it was done; null where not done. [date]
    exempt : Expr of bool
        The duty does not apply to this child.
    eased : Expr of bool
        An easement record is valid on ``due_on``: see ``easement_holds``.
    on : date
        The day asked about; what happened after it is not known yet. [date]
    share : float
        Last part of the interval that is due soon. [0–1]

    Returns
    -------
    Expr of str
        ``terms.DutyState``; null where there is no due day and no exemption.

    Notes
    -----
    Exempt beats all. What was done in time is met, eased or not. Past its day, an easement that
    was valid on the due day makes it eased, whether or not it was done later: never overdue, and
    never called met in time.
    """
    done = met_on.is_not_null() & (met_on <= on)
    return (
        pl.when(exempt.fill_null(False))
        .then(pl.lit(DutyState.EXEMPT.value))
        .when(due_on.is_null())
        .then(pl.lit(None, dtype=pl.String))
        .when(done & (met_on <= due_on))
        .then(pl.lit(DutyState.MET.value))
        .when(eased.fill_null(False) & (due_on < on))
        .then(pl.lit(DutyState.EASED.value))
        .when(done)
        .then(pl.lit(DutyState.MET_LATE.value))
        .when(due_on < on)
        .then(pl.lit(DutyState.OVERDUE.value))
        .when(due_soon_on(start_on, due_on, share=share) <= on)
        .then(pl.lit(DutyState.DUE_SOON.value))
        .otherwise(pl.lit(DutyState.DUE.value))
    )


def easement_holds(duties: pl.DataFrame, easements: pl.DataFrame) -> pl.Series:
    """
    Tell for each duty whether an easement record is valid on its due day.

    Parameters
    ----------
    duties : DataFrame
        Columns ``child``, ``duty`` (timescale id) and ``due_on``; one row a duty.
    easements : DataFrame
        Columns ``child``, ``duty``, ``valid_from`` and ``valid_to`` (both included; a null end is
        open). One row a record.

    Returns
    -------
    Series of bool
        In the order of ``duties``.
    """
    numbered = duties.with_row_index("place")
    valid = numbered.join(easements, on=["child", "duty"], how="inner").filter(
        (pl.col("valid_from") <= pl.col("due_on"))
        & (pl.col("valid_to").is_null() | (pl.col("due_on") <= pl.col("valid_to")))
    )
    return numbered["place"].is_in(valid["place"].unique()).alias("eased")
