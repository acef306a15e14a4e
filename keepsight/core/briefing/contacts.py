"""The front door over time: contacts and referrals by week and by month, beside the year before."""

from datetime import date, timedelta

import polars as pl

YEAR = timedelta(weeks=52)  # the same days of the week a year before


def change_percent(now: float, before: float) -> float | None:
    """
    Give the change from before to now. [%]

    Null where there was nothing before: a change from nought has no size.
    """
    return None if before == 0 else 100 * (now - before) / before


def weekly(days: pl.DataFrame, *, on: date, weeks: int) -> pl.DataFrame:
    """
    Give contacts of each of the last full weeks and of the same week a year before.

    Parameters
    ----------
    days : DataFrame
        ``contact_on``, ``contacts``, ``referrals``; several rows a day are summed.
    on : date
        Today; the week that it lies in is not full and is left out. [date]
    weeks : int
        How many weeks back. [weeks]

    Returns
    -------
    DataFrame
        ``week_from`` (Monday), ``contacts``, ``referrals``, ``contacts_before``, oldest first.
        Null where the list has no row at all in that week: not delivered is not nought.
    """
    monday = on - timedelta(days=on.weekday())
    mondays = pl.DataFrame({"week_from": [monday - timedelta(weeks=n) for n in range(weeks, 0, -1)]})
    sums = _summed(days.with_columns(week_from=pl.col("contact_on").dt.truncate("1w")), "week_from")
    before = sums.select(week_from=pl.col("week_from") + YEAR, contacts_before="contacts")
    return mondays.join(sums, on="week_from", how="left", maintain_order="left").join(
        before, on="week_from", how="left", maintain_order="left"
    )


def monthly(days: pl.DataFrame) -> pl.DataFrame:
    """
    Give contacts, referrals and conversion of each month, beside the same month a year before.

    Returns
    -------
    DataFrame
        ``month_from`` (its first day), ``contacts``, ``referrals``, ``conversion`` [%],
        ``contacts_before``, ``change`` [%]; oldest first. Months as delivered: a part month counts
        what is there.
    """
    sums = _summed(days.with_columns(month_from=pl.col("contact_on").dt.truncate("1mo")), "month_from")
    before = sums.select(month_from=pl.col("month_from").dt.offset_by("1y"), contacts_before="contacts")
    joined = sums.join(before, on="month_from", how="left", maintain_order="left")
    earlier = pl.col("contacts_before")
    return joined.with_columns(
        conversion=pl.when(pl.col("contacts") > 0).then(100 * pl.col("referrals") / pl.col("contacts")),
        change=pl.when(earlier > 0).then(100 * (pl.col("contacts") - earlier) / earlier),
    ).sort("month_from")


def _summed(days: pl.DataFrame, key: str) -> pl.DataFrame:
    return days.group_by(key).agg(pl.col("contacts").sum(), pl.col("referrals").sum()).sort(key)
