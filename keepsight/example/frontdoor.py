"""Contacts and referrals: three years of days, with weeks, holidays and the drop of an emergency."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from keepsight.example import words
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile
from keepsight.example.spells import WINDOW

YEARS = 3
WEEKDAY = (1.22, 1.28, 1.26, 1.22, 1.16, 0.50, 0.36)  # Monday to Sunday; mean 1 · assumed
IN_HOLIDAYS = 0.78  # schools send a fifth of what comes in · assumed
HOLIDAYS = (
    (1, 1, 1, 4),
    (2, 13, 2, 21),
    (4, 1, 4, 15),
    (5, 25, 6, 1),
    (7, 23, 9, 2),
    (10, 23, 10, 31),
    (12, 19, 12, 31),
)
KNOWN = 0.45  # contacts, beyond each child's first, that concern a child with a worker · assumed


@dataclass(frozen=True)
class FrontDoor:
    """``contacts``: child, contact_on, source, referral (six months). ``history``: day, source, contacts, referrals."""

    contacts: pl.DataFrame
    history: pl.DataFrame


def invent(council: Profile, cases: pl.DataFrame, *, as_at: date, dice: Dice) -> FrontDoor:
    """Invent the front door's days; the last six months are the contacts of list 1, counted."""
    since = as_at - timedelta(days=WINDOW)
    days = _days(council, as_at, dice.of("days"))
    referrals = _referrals(council, cases, since, dice.of("referrals"))
    contacts = _contacts(council, cases, days.filter(pl.col("day") >= since), referrals, dice.of("contacts"))
    share = contacts["referral"].mean() if contacts.height else 0.25
    before = days.filter(pl.col("day") < since).select(pl.col("day").repeat_by("n").explode()).drop_nulls()
    past = before.with_columns(
        source=_sources(council, before.height, dice.of("past")),
        referral=dice.of("converted").happens(before.height, float(share or 0.25)),  # type: ignore[arg-type]
    )
    every = pl.concat([past, contacts.select(pl.col("contact_on").alias("day"), "source", "referral")])
    history = (
        every.group_by("day", "source")
        .agg(contacts=pl.len().cast(pl.Int64), referrals=pl.col("referral").sum().cast(pl.Int64))
        .sort("day", "source")
    )
    return FrontDoor(contacts, history)


def weight(day: date) -> float:
    """Give how busy a day is beside the mean day."""
    holiday = any((m1, d1) <= (day.month, day.day) <= (m2, d2) for m1, d1, m2, d2 in HOLIDAYS)
    return WEEKDAY[day.weekday()] * (IN_HOLIDAYS if holiday else 1.08)


def _days(council: Profile, as_at: date, dice: Dice) -> pl.DataFrame:
    """Every day of three years with its number of contacts."""
    shape = council.own["contacts"]
    mean = council.own["six_months"]["contacts"] * council.scale / WINDOW
    days = [as_at - timedelta(days=back) for back in range(365 * YEARS, 0, -1)]
    rates = []
    for day in days:
        back = (as_at - day).days
        week = (back - 1) // 7
        drop = shape["drop"][-1 - week] if week < len(shape["drop"]) else 0.0
        rates.append(mean * weight(day) * (1 - drop) / (1 + shape["year_on_year"]) ** (back / 365))
    return pl.DataFrame({"day": days, "n": dice.poisson(pl.Series(rates, dtype=pl.Float64))})


def _sources(council: Profile, n: int, dice: Dice) -> pl.Series:
    chance = {}
    for group, count in council.own["referral_source"].items():
        for code, share in words.SOURCE_CODES[group].items():
            chance[code] = count * share
    return dice.choose(n, chance).alias("source")


def _referrals(council: Profile, cases: pl.DataFrame, since: date, dice: Dice) -> pl.DataFrame:
    """The referrals of the window: one for each case that began in it."""
    rows = cases.filter(pl.col("referral_on") >= since).select("child", contact_on="referral_on")
    return rows.with_columns(source=_sources(council, rows.height, dice), referral=pl.lit(True))


def _contacts(
    council: Profile, cases: pl.DataFrame, days: pl.DataFrame, referrals: pl.DataFrame, dice: Dice
) -> pl.DataFrame:
    """Fill each day up to its number with contacts that went no further."""
    taken = referrals.group_by("contact_on").len("taken")
    rest = days.join(taken, left_on="day", right_on="contact_on", how="left", maintain_order="left").with_columns(
        more=(pl.col("n") - pl.col("taken").fill_null(0).cast(pl.Int64)).clip(0)
    )
    slots = rest.select(contact_on=pl.col("day").repeat_by("more").explode()).drop_nulls()
    slots = slots[dice.order(slots.height).to_list()] if slots.height else slots
    others = cases.filter(pl.col("group") == "contact")["child"]
    once = others.gather(dice.order(len(others)))[: slots.height]
    more = slots.height - len(once)
    known = cases.filter(pl.col("group").is_in(["cin", "cp", "early_help", "assessment", "ended"]))["child"]
    again = dice.pick(more, known).zip_with(dice.happens(more, KNOWN), dice.pick(more, others)) if more else known[:0]
    slots = slots.with_columns(
        child=pl.concat([once, again]),
        source=_sources(council, slots.height, dice.of("sources")),
        referral=pl.lit(False),
    )
    both = pl.concat([referrals, slots.select(referrals.columns)])
    return both.sort("contact_on", "child", "source")
