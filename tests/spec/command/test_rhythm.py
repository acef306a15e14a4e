"""When cells meet and returns are due: tables that an emergency planning officer can check."""

from datetime import date

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.command import rhythm
from keepsight.core.packs import book
from keepsight.core.packs.kinds.events import ReturnRule, RhythmRule

CALENDAR = WorkingCalendar.from_table(book().table("calendar"))
BEGAN = date(2020, 3, 24)  # a Tuesday


def meets(**given):
    rule = {
        "id": "r",
        "title": "Leadership",
        "cell": "c",
        "days": ("mon", "wed", "fri"),
        "times": ("08:30",),
        "agenda": "a",
    }
    return RhythmRule(**{**rule, **given})


MEETINGS = [
    # what is special, from, to, the starts of the meetings
    ({}, "2020-03-30", "2020-04-03", "30/03 08:30, 01/04 08:30, 03/04 08:30"),
    ({"times": ("16:30", "08:30")}, "2020-04-01", "2020-04-01", "01/04 08:30, 01/04 16:30"),
    ({"phases": ("recovery",)}, "2020-03-30", "2020-04-03", ""),
    ({"phases": ("closure", "recovery")}, "2020-04-01", "2020-04-01", "01/04 08:30"),
    # Good Friday and Easter Monday 2020
    ({}, "2020-04-08", "2020-04-15", "08/04 08:30, 15/04 08:30"),
    ({"bank_holidays": "keep"}, "2020-04-08", "2020-04-15", "08/04 08:30, 10/04 08:30, 13/04 08:30, 15/04 08:30"),
    ({"days": ("sat", "sun")}, "2020-04-01", "2020-04-07", "04/04 08:30, 05/04 08:30"),
    # every two weeks, counted from the Monday of the week in which it began
    ({"days": ("thu",), "every_weeks": 2}, "2020-03-24", "2020-04-24", "26/03 08:30, 09/04 08:30, 23/04 08:30"),
    # over the change of the clocks the local time stays
    ({"days": ("sun", "sat"), "times": ("09:00",)}, "2020-03-28", "2020-03-29", "28/03 09:00, 29/03 09:00"),
    ({}, "2020-04-03", "2020-04-01", ""),
]


@pytest.mark.parametrize(("special", "first", "last", "starts"), MEETINGS)
def test_meetings(special, first, last, starts):
    found = rhythm.meetings(
        meets(**special), phase="closure", first=date.fromisoformat(first), last=date.fromisoformat(last),
        began=BEGAN, calendar=CALENDAR,
    )  # fmt: skip
    assert ", ".join(f"{each:%d/%m %H:%M}" for each in found) == starts


def asked(**given):
    rule = {"id": "s", "title": "Service return", "register": "service_return", "owed_by": "service", "due": "10:00",
            "days": ("mon", "tue", "wed", "thu", "fri")}  # fmt: skip
    return ReturnRule(**{**rule, **given})


ROUNDS = [
    # what is special, the day, what is due of the rounds that are open
    ({}, "2020-04-01", "01/04 10:00"),
    ({}, "2020-04-04", ""),  # a Saturday
    ({}, "2020-04-10", ""),  # Good Friday
    ({"bank_holidays": "keep"}, "2020-04-10", "10/04 10:00"),
    ({"days": ("thu",), "due": "12:00"}, "2020-04-01", ""),
    ({"days": ("thu",), "due": "12:00", "opens_days_before": 2}, "2020-04-01", "02/04 12:00"),
    ({"days": ("thu",), "due": "12:00", "opens_days_before": 2}, "2020-04-03", ""),
    ({"phases": ("after",)}, "2020-04-01", ""),
]


@pytest.mark.parametrize(("special", "on", "due"), ROUNDS)
def test_rounds(special, on, due):
    found = rhythm.rounds(asked(**special), phase="closure", on=date.fromisoformat(on), calendar=CALENDAR)
    assert ", ".join(f"{each:%d/%m %H:%M}" for each in found) == due
