"""Contacts as councils published them (RULES, test series): what was printed must come out again."""

from datetime import date, timedelta

import polars as pl
import pytest

from keepsight.core.briefing import words
from keepsight.core.briefing.contacts import change_percent, monthly, weekly
from tests.tables import table

# Cambridgeshire and Peterborough, July 2020, section 5: conversion as printed, whole per cents.
PUBLISHED = """
    area           | month   | contacts | referrals || conversion | change
    Cambridgeshire | 2019-03 | 2193     | 471       || 21%        |
    Cambridgeshire | 2019-04 | 2203     | 428       || 19%        |
    Cambridgeshire | 2019-05 | 2331     | 360       || 15%        |
    Cambridgeshire | 2019-06 | 2267     | 365       || 16%        |
    Cambridgeshire | 2020-03 | 2089     | 319       || 15%        | −4.7%
    Cambridgeshire | 2020-04 | 1446     | 233       || 16%        | −34.4%
    Cambridgeshire | 2020-05 | 1734     | 335       || 19%        | −25.6%
    Cambridgeshire | 2020-06 | 1988     | 372       || 19%        | −12.3%
    Peterborough   | 2019-03 | 1080     | 577       || 53%        |
    Peterborough   | 2019-04 | 988      | 508       || 51%        |
    Peterborough   | 2019-05 | 1175     | 456       || 39%        |
    Peterborough   | 2019-06 | 1247     | 202       || 16%        |
    Peterborough   | 2020-03 | 1110     | 203       || 18%        | +2.8%
    Peterborough   | 2020-04 | 757      | 178       || 24%        | −23.4%
    Peterborough   | 2020-05 | 936      | 203       || 22%        | −20.3%
    Peterborough   | 2020-06 | 1011     | 189       || 19%        | −18.9%
"""
# Norfolk, June 2020: contacts by week from the week of 27 January 2020.
NORFOLK = [619, 588, 676, 513, 582, 644, 614, 525, 381, 500, 400, 570, 582, 545, 468, 490]


@pytest.mark.parametrize("area", ["Cambridgeshire", "Peterborough"])
def test_conversion_and_change_come_out_as_printed(area):
    rows = [row for row in table(PUBLISHED) if row["area"] == area]
    days = pl.DataFrame(
        {
            "contact_on": [date.fromisoformat(f"{row['month']}-15") for row in rows],
            "contacts": [int(row["contacts"]) for row in rows],
            "referrals": [int(row["referrals"]) for row in rows],
        }
    )
    found = monthly(days)
    assert [words.percent(value, 0) for value in found["conversion"]] == [row["conversion"] for row in rows]
    shown = ["" if value is None else words.change(value) for value in found["change"]]
    assert shown == [row["change"] for row in rows]


def test_one_printed_figure_does_not_come_out_and_is_not_forced():
    assert words.percent(100 * 278 / 1195) == "23.3%"  # February 2020, Peterborough: printed as 23.6


def test_norfolk_by_week():
    first, last = sum(NORFOLK[:8]), sum(NORFOLK[8:])
    assert sum(NORFOLK) == 8697
    assert words.change(change_percent(last / 8, first / 8)) == "−17.3%"


def test_the_lowest_week_of_norfolk_starts_on_23_march():
    days = [
        (date(2020, 1, 27) + timedelta(weeks=week, days=day), contacts if day == 2 else 0, 0)
        for week, contacts in enumerate(NORFOLK)
        for day in range(7)
    ]
    frame = pl.DataFrame(days, schema=["contact_on", "contacts", "referrals"], orient="row")
    found = weekly(frame, on=date(2020, 5, 20), weeks=16)
    assert found["contacts"].to_list() == NORFOLK
    assert found.sort("contacts")["week_from"][0] == date(2020, 3, 23)


def test_a_week_is_set_beside_the_same_week_52_weeks_before():
    frame = pl.DataFrame(
        {"contact_on": [date(2020, 5, 27), date(2019, 5, 29)], "contacts": [6, 8], "referrals": [1, 1]}
    )
    found = weekly(frame, on=date(2020, 6, 3), weeks=2)
    assert found.rows() == [(date(2020, 5, 18), None, None, None), (date(2020, 5, 25), 6, 1, 8)]


def test_a_change_from_nought_has_no_size():
    assert change_percent(5, 0) is None
    assert words.change(None) == "–"
