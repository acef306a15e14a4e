"""
How long a record is kept: one row of facts a child → the rule that binds, and until when (RULES §5).

Of the rules that apply to a child the longest binds. A record is never destroyed by what this says:
it only says whose time is over, and people decide.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.packs.kinds.access import PARTS, RECORDS, RetentionRule

DAY, YES = pl.Date, pl.Boolean
_EIGHTEEN = 18 * 12  # months
_SOURCE = "retention"
FACTS = Contract(
    "retention_facts",
    (
        Column("child", pl.Int64, "Number of the child in the register"),
        Column("born_on", DAY, "Date of birth; null where not known, or not born yet", "date"),
        Column("died_on", DAY, "Date of death", "date"),
        Column("order_on", DAY, "Day of the adoption order", "date"),
        Column("closed_on", DAY, "Day on which the last piece of work, contact or plan ended", "date"),
        Column("event_on", DAY, "Day on which the first of its health markers ended; null while none has", "date"),
        Column("open", YES, "Something is open: work, a plan, or a spell without an end"),
        Column("looked_after", YES, "Ever looked after, or a care leaver"),
        Column("on_plan", YES, "Ever on a child protection plan"),
        Column("in_need", YES, "Ever a child in need, assessed, enquired about, or referred for it"),
        Column("early_help", YES, "Ever in early help"),
        Column("contact", YES, "Ever the subject of a contact or referral"),
        Column("ehcp", YES, "Ever had an education, health and care plan"),
        Column("health", YES, "Has a health marker: symptoms, tests or shielding"),
        Column("extras", YES, "Holds names or notes of other professionals who saw the child"),
    ),
)
BOUND = Contract(
    "retention",
    (
        Column("child", pl.Int64, "Number of the child in the register"),
        Column("rule", pl.String, "The rule that binds; empty where none speaks of the record"),
        Column("counted_from", DAY, "The day from which it counts", "date"),
        Column("kept_until", DAY, "Kept up to and with this day; null: kept until people decide", "date"),
        Column("state", pl.String, "kept, open, not_known or no_rule"),
        Column("why", pl.String, "In a sentence"),
    ),
)
ENTRIES = Contract(
    "retention_entries",
    (
        Column("rule", pl.String, "Rule of the schedule that the register, or the emergency's pack, names"),
        Column("open", YES, "The entry's state does not end it; the emergency goes on"),
        Column("closed_on", DAY, "Day on which it came into the state that ended it", "date"),
        Column("event_on", DAY, "Day on which its emergency was closed; of none, the day on which it ended", "date"),
    ),
)
_FROM = {"birth": "born_on", "order": "order_on", "closure": "closed_on", "event": "event_on"}
_WORDS = {
    "birth": "the date of birth", "order": "the day of the order", "closure": "the day of closure",
    "event": "the day on which it ended", "year_end": "the end of the year", "never": "no day",
}  # fmt: skip
_DAY = "%-d %B %Y"


def anniversary(start: pl.Expr, months: int) -> pl.Expr:
    """
    Give the same day so many months later.

    Parameters
    ----------
    start : Expr of date
        The day that is counted from. [date]
    months : int
        A whole number of years, in months. [months]

    Notes
    -----
    The anniversary of 29 February is 1 March in a year without one: kept a day longer, never a
    day less.
    """
    moved = start.dt.offset_by(f"{months}mo")
    leapt = (start.dt.month() == 2) & (start.dt.day() == 29) & (moved.dt.day() == 28)
    return pl.when(leapt).then(moved + pl.duration(days=1)).otherwise(moved)


def bind(facts: pl.DataFrame, rules: Sequence[RetentionRule]) -> pl.DataFrame:
    """
    Say of each child which rule binds the record, and until when it is kept.

    Parameters
    ----------
    facts : DataFrame
        As ``FACTS``: one row a child.
    rules : sequence of RetentionRule
        The schedule of the pack; rules that are not about whole records are left aside.

    Returns
    -------
    DataFrame
        As ``BOUND``, one row a child, by child. A record is past its time from the day after
        ``kept_until``. While something is open, where the day to count from is not known, and where
        no rule speaks of the record, ``kept_until`` is null: kept, until people decide.
    """
    told = [_row(facts, rule, nth) for nth, rule in enumerate(rules) if rule.applies in RECORDS]
    empty = facts.clear().select("child", **_columns(None), order=pl.lit(0, pl.Int64))
    longest = (
        pl.concat([empty, *told])
        .sort("child", "kept_until", "order", descending=[False, True, False], nulls_last=False)
        .unique("child", keep="first", maintain_order=True)
    )
    bound = facts.select("child", "open").join(longest, on="child", how="left")
    is_open, no_rule = pl.col("open"), pl.col("rule").is_null()
    state = (
        pl.when(is_open).then(pl.lit("open")).when(no_rule).then(pl.lit("no_rule"))
        .when(pl.col("kept_until").is_null()).then(pl.lit("not_known")).otherwise(pl.lit("kept"))
    )  # fmt: skip
    why = (
        pl.when(is_open).then(pl.lit("Something is open, so nothing is counted yet."))
        .when(no_rule).then(pl.lit("No rule of the schedule speaks of this record, so it is kept."))
        .otherwise(pl.col("why"))
    )  # fmt: skip
    return bound.select(
        "child", pl.col("rule").fill_null(""), pl.when(~is_open).then(pl.col("counted_from")).alias("counted_from"),
        pl.when(~is_open).then(pl.col("kept_until")).alias("kept_until"), state.alias("state"), why.alias("why"),
    ).sort("child")  # fmt: skip


def parts(facts: pl.DataFrame, rules: Sequence[RetentionRule]) -> pl.DataFrame:
    """
    Say until when those parts of records are kept that go before the record does.

    Returns
    -------
    DataFrame
        As ``BOUND``, one row for each child and part. A health marker counts from its end, whether
        or not the case is open; what other professionals wrote counts from closure.
    """
    told = []
    for rule in rules:
        if rule.applies in PARTS:
            row = _row(facts, rule, 0).join(facts.select("child", "open"), on="child")
            waits = pl.col("open") if rule.counted_from == "closure" else pl.lit(False)
            until = pl.when(~waits).then(pl.col("kept_until"))
            state = (
                pl.when(waits).then(pl.lit("open")).when(until.is_null()).then(pl.lit("not_known"))
                .otherwise(pl.lit("kept"))
            )  # fmt: skip
            told.append(row.with_columns(kept_until=until, state=state).select(BOUND.names))
    return pl.concat(told).sort("child", "rule") if told else pl.DataFrame(schema=BOUND.schema)


def lists(facts: pl.DataFrame, rules: Sequence[RetentionRule]) -> pl.DataFrame:
    """
    Say until when entries of registers and records of emergencies are kept.

    Parameters
    ----------
    facts : DataFrame
        As ``ENTRIES``, and whatever else the rows are known by.
    rules : sequence of RetentionRule
        The schedule. A rule that counts from a birth or an order says nothing of an entry: kept until decided.

    Returns
    -------
    DataFrame
        The rows with counted_from, kept_until, state and why, as ``BOUND``.
    """
    told = []
    for rule in rules:
        counts = rule.counted_from in ("closure", "event")
        said = replace(rule, after_death_years=0, counted_from=rule.counted_from if counts else "never")
        columns = _columns(said)
        if not counts:
            columns["why"] = pl.lit(f"{rule.name}: kept until people decide. {rule.source}.")
        told.append(facts.filter(pl.col("rule") == rule.id).with_columns(**columns))
    known = [rule.id for rule in rules]
    rest = facts.filter(~pl.col("rule").is_in(known)).with_columns(**{**_columns(None), "rule": pl.lit("")})
    bound, is_open = pl.concat([rest, *told]), pl.col("open")
    state = (
        pl.when(is_open).then(pl.lit("open")).when(pl.col("rule") == "").then(pl.lit("no_rule"))
        .when(pl.col("kept_until").is_null()).then(pl.lit("not_known")).otherwise(pl.lit("kept"))
    )  # fmt: skip
    why = pl.when(is_open).then(pl.lit("It is open, so nothing is counted yet.")).otherwise(pl.col("why"))
    return bound.with_columns(
        pl.when(~is_open).then(pl.col("counted_from")).alias("counted_from"),
        pl.when(~is_open).then(pl.col("kept_until")).alias("kept_until"),
        state=state,
        why=why.fill_null("No rule of the schedule speaks of this register, so it is kept."),
    )


def _columns(rule: RetentionRule | None) -> dict[str, pl.Expr]:
    """What one rule says of a child to whom it applies."""
    if rule is None:
        return {
            "rule": pl.lit(None, pl.String), "counted_from": pl.lit(None, DAY), "kept_until": pl.lit(None, DAY),
            "why": pl.lit(None, pl.String),
        }  # fmt: skip
    months = 12 * rule.years + rule.months
    start = pl.col(_FROM[rule.counted_from]) if rule.counted_from in _FROM else pl.lit(None, DAY)
    until, words = anniversary(start, months), pl.lit(_length(rule.years, rule.months))
    what = pl.lit(_WORDS[rule.counted_from])
    if rule.after_death_years:
        young = pl.col("died_on") < anniversary(pl.col("born_on"), _EIGHTEEN)
        after_death = anniversary(pl.col("died_on"), 12 * rule.after_death_years)
        until = pl.when(young).then(after_death).otherwise(until)
        words = pl.when(young).then(pl.lit(_length(rule.after_death_years, 0))).otherwise(words)
        what = pl.when(young).then(pl.lit("the death of a child under 18")).otherwise(what)
        start = pl.when(young).then(pl.col("died_on")).otherwise(start)
    known = pl.format(
        "{}: kept for {} from {}, {}, up to {}. {}.",
        pl.lit(rule.name), words, what, start.dt.strftime(_DAY), until.dt.strftime(_DAY), pl.lit(rule.source),
    )  # fmt: skip
    unknown = pl.lit(f"{rule.name}: counts from {_WORDS[rule.counted_from]}, which is not known, so it is kept.")
    why = pl.when(until.is_null()).then(unknown).otherwise(known)
    return {"rule": pl.lit(rule.id), "counted_from": start, "kept_until": until, "why": why}


def _row(facts: pl.DataFrame, rule: RetentionRule, order: int) -> pl.DataFrame:
    return facts.filter(_applies(rule.applies)).select("child", **_columns(rule), order=pl.lit(order, pl.Int64))


def _applies(to: str) -> pl.Expr:
    if to == "adoption_order":
        return pl.col("order_on").is_not_null()
    if to == "escalated":
        return pl.col("early_help") & (pl.col("in_need") | pl.col("on_plan") | pl.col("looked_after"))
    return pl.col(to)


def _length(years: int, months: int) -> str:
    counts = (years, "year"), (months, "month")
    said = [f"{count} {one if count == 1 else one + 's'}" for count, one in counts if count]
    return " and ".join(said) or "no time"
