"""Counting rules of RULES §2.1, and a slow twin."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepsight.core.calendars import CalendarTooShort, WorkingCalendar
from keepsight.core.packs import book
from tests.tables import day, ids, table

ENGLAND = WorkingCalendar.from_table(book().table("calendar"))

DAYS = table("""
    start          | working days || day
    # the bank holiday of early May 2020 was moved to Friday 8 May; Monday 4 May counted
    Fri 2020-05-01 | 1  || Mon 2020-05-04
    Thu 2020-05-07 | 1  || Mon 2020-05-11
    # Easter 2020
    Thu 2020-04-09 | 1  || Tue 2020-04-14
    Mon 2020-03-23 | 10 || Mon 2020-04-06
    Mon 2020-03-23 | 20 || Wed 2020-04-22
    # an event on a day that does not count starts from it: the first working day after is day 1
    Sat 2020-05-02 | 1  || Mon 2020-05-04
    Sun 2020-05-03 | 5  || Mon 2020-05-11
    Sat 2020-05-02 | 0  || Sat 2020-05-02
    # Christmas 2021: both days were moved
    Fri 2021-12-24 | 1  || Wed 2021-12-29
    Tue 2020-04-14 | -1 || Thu 2020-04-09
    Sat 2020-05-02 | -1 || Fri 2020-05-01
""")


@pytest.mark.parametrize("row", DAYS, ids=ids(DAYS))
def test_the_nth_working_day(row):
    start, n = day(row["start"]), int(row["working days"])
    assert ENGLAND.add_working_days(start, n) == day(row["day"])
    if n > 0:
        assert ENGLAND.working_days_between(start, day(row["day"])) == n


def slowly(start: date, n: int) -> date:
    step = timedelta(days=1 if n > 0 else -1)
    while n:
        start += step
        if start.weekday() < 5 and start not in ENGLAND.holidays:
            n -= 1 if n > 0 else -1
    return start


DATES = st.dates(date(2013, 1, 1), date(2029, 12, 31))


@given(start=DATES, n=st.integers(-60, 60))
def test_counting_day_by_day_gives_the_same(start, n):
    assert ENGLAND.add_working_days(start, n) == slowly(start, n)


@given(start=DATES, days=st.integers(0, 200), n=st.integers(1, 60))
def test_since_is_the_edge_of_the_window(start, days, n):
    on = min(start + timedelta(days=days), ENGLAND.last_day)
    passed = ENGLAND.working_days_between(start, on)
    assert (passed <= n) == (start >= ENGLAND.since(on, n))
    assert ENGLAND.working_days_between(start, on, at_most=n) == min(passed, n)


def test_days_numbers_series_and_expressions_agree():
    frame = pl.DataFrame({"start": [date(2020, 5, 2), None, date(2020, 4, 9)], "n": [1, 2, 3]})
    by_row = [None if s is None else ENGLAND.add_working_days(s, n) for s, n in frame.iter_rows()]
    start, n = pl.col("start"), pl.col("n")
    assert ENGLAND.add_working_days(frame["start"], frame["n"]).to_list() == by_row
    assert frame.select(ENGLAND.add_working_days(start, n)).to_series().to_list() == by_row
    assert frame.select(ENGLAND.working_days_between(start, date(2020, 5, 8))).to_series().to_list() == [4, None, 18]
    assert frame.select(ENGLAND.is_working(start)).to_series().to_list() == [False, None, True]


@pytest.mark.parametrize("start", [date(2011, 12, 31), date(2031, 1, 1)])
def test_a_day_outside_the_calendar_is_refused(start):
    with pytest.raises(CalendarTooShort, match="The calendar runs from 01/01/2012 to 31/12/2030"):
        ENGLAND.working_days_between(start, date(2020, 1, 1))


def test_an_answer_outside_the_calendar_is_refused():
    with pytest.raises(CalendarTooShort):
        ENGLAND.add_working_days(date(2030, 12, 30), 5)


def test_a_very_old_day_is_at_least_the_limit_away():
    old = pl.Series([date(1990, 1, 1), date(2020, 4, 29), None])
    assert ENGLAND.working_days_between(old, date(2020, 4, 30), at_most=50).to_list() == [50, 1, None]
