"""Laws of figures: groups make up the whole, councils make up both, order does not matter."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.briefing import figures, read_indicators
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Indicators

TODAY = date(2020, 6, 3)
BOOK = book(event="pandemic_2020")
CALENDAR = WorkingCalendar.from_table(BOOK.table("calendar"))
RULES = [rule for rule in read_indicators(BOOK.read("indicators", Indicators)) if rule.table == "plans"]
DAY = st.none() | st.integers(-60, 30).map(lambda days: TODAY + timedelta(days=days))
PAST = st.none() | st.integers(-900, 0).map(lambda days: TODAY + timedelta(days=days))
ROW = st.fixed_dictionaries(
    {
        "authority": st.sampled_from(["x", "y"]),
        "district": st.none() | st.sampled_from(["D", "E"]),
        "team": st.none() | st.sampled_from(["T", "U"]),
        "service": st.sampled_from(["cp", "cla", "cin", "ehcp"]),
        "is_open": st.booleans(),
        "level": st.sampled_from(["red", "amber", "green", "unrated"]),
        "level_review_on": DAY,
        "due_on": DAY,
        "unseen_from": DAY,
        "last_seen_on": PAST,
        "last_other_on": PAST,
        "last_contact_on": PAST,
        "last_f2f_on": PAST,
        "f2f_in_interval": st.none() | st.booleans(),
    }
)
DAYS = ("level_review_on", "due_on", "unseen_from", "last_seen_on", "last_other_on", "last_contact_on", "last_f2f_on")
TYPES = {**dict.fromkeys(DAYS, pl.Date), "f2f_in_interval": pl.Boolean, "district": pl.String, "team": pl.String}


def worked_out(rows):
    frame = pl.DataFrame(rows, schema_overrides=TYPES)
    return figures({"plans": frame}, RULES, on=TODAY, calendar=CALENDAR)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_the_parts_make_up_the_whole(rows):
    found = worked_out(rows)
    for rule in RULES:
        mine = found.filter(indicator=rule.id)
        whole = mine.filter(breakdown="all").select("numerator", "denominator").row(0)
        for breakdown in ("authority", *rule.by):
            parts = mine.filter(pl.col("breakdown") == breakdown, pl.col("authority") != "")
            assert (parts["numerator"].sum(), parts["denominator"].sum()) == whole, (rule.id, breakdown)


@settings(max_examples=20, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_order_does_not_matter(rows, dice):
    mixed = list(rows)
    dice.shuffle(mixed)
    assert worked_out(mixed).equals(worked_out(rows))


@settings(max_examples=20, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_shares_lie_between_nought_and_a_hundred_and_levels_make_a_hundred(rows):
    whole = worked_out(rows).filter(breakdown="all")
    shares = whole.filter(pl.col("indicator").is_in([rule.id for rule in RULES if rule.unit == "percent"]))["value"]
    assert shares.drop_nulls().is_between(0, 100).all()
    levels = whole.filter(pl.col("indicator").str.starts_with("I23_"))
    assert levels["numerator"].sum() == sum(row["is_open"] for row in rows)
