"""Heads, not sessions: which known children were in school on which day."""

from datetime import date

import polars as pl

from keepsight.core.briefing.attendance import attendance_days

CODES = {"present": ["/", "\\", "L", "B"], "not_expected": ["D", "Z", "#"]}


def weeks(*rows):
    padded = [(child, date(2020, 6, 1), f"{marks}{' .' * (14 - len(marks.split()))}") for child, marks in rows]
    return pl.DataFrame(padded, schema=["child_id", "week_from", "marks"], orient="row")


def test_a_day_with_a_mark_counts_and_a_day_without_does_not():
    found = attendance_days(weeks((1, "/ \\ X X . .")), CODES)
    assert found.rows() == [(1, date(2020, 6, 1), 2, 2), (1, date(2020, 6, 2), 2, 0)]


def test_blank_closed_and_elsewhere_say_nothing():
    assert attendance_days(weeks((1, "- - # # D Z")), CODES).is_empty()


def test_a_child_in_at_one_of_two_schools_is_in():
    found = attendance_days(weeks((1, "/ \\"), (1, "N N"), (1, "D D")), CODES)
    assert found.rows() == [(1, date(2020, 6, 1), 4, 2)]


def test_late_after_the_register_closed_is_not_in_unless_the_pack_says_so():
    assert attendance_days(weeks((1, "U L")), CODES)["present"].to_list() == [1]


def test_nothing_in_nothing_out():
    types = {"child_id": pl.Int64, "week_from": pl.Date, "marks": pl.String}
    assert attendance_days(pl.DataFrame(schema=types), CODES).is_empty()
