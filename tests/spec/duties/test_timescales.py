"""How days are counted (RULES 2.1), and what the state of a duty is."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.duties import Limit, Unit, after, after_each, due_soon_on, easement_holds, state
from keepsight.core.packs import book
from tests.tables import day, ids, table

LAST_DAYS = table("""
    start            | limit           || last day in time  | because
    Mon 2020-06-01   | 1 working_days  || Tue 2020-06-02    | day 0 is the day of the event
    Fri 2020-06-05   | 1 working_days  || Mon 2020-06-08    | a weekend does not count
    Sat 2020-06-06   | 1 working_days  || Mon 2020-06-08    | an event on a Saturday counts from it
    Sun 2020-06-07   | 10 working_days || Fri 2020-06-19    | the first working day after is day 1
    Thu 2020-05-07   | 1 working_days  || Mon 2020-05-11    | in 2020 the early May holiday was Friday 8 May
    Fri 2020-05-01   | 1 working_days  || Mon 2020-05-04    | and Monday 4 May was an ordinary day
    Fri 2020-05-08   | 10 working_days || Fri 2020-05-22    | an event on a bank holiday
    Mon 2020-12-21   | 5 working_days  || Wed 2020-12-30    | Christmas Day, and Monday for Boxing Day
    Mon 2020-06-01   | 20 working_days || Mon 2020-06-29    | child in need visit
    Mon 2020-06-01   | 7 days          || Mon 2020-06-08    | days are all days
    Mon 2020-06-01   | 6 weeks         || Mon 2020-07-13    | a week is seven days
    Fri 2020-01-31   | 1 months        || Sat 2020-02-29    | months end where the month ends
    Thu 2019-01-31   | 1 months        || Thu 2019-02-28    | and in other years a day earlier
    Mon 2020-08-31   | 6 months        || Sun 2021-02-28    |
    Sat 2020-02-29   | 12 months       || Sun 2021-02-28    |
    Mon 2020-11-30   | 3 months        || Sun 2021-02-28    |
""")


@pytest.fixture(scope="module")
def england() -> WorkingCalendar:
    return WorkingCalendar.from_table(book().table("calendar"))


def limit(text: str) -> Limit:
    every, unit = text.split()
    return Limit(int(every), Unit(unit))


@pytest.mark.parametrize("row", LAST_DAYS, ids=ids(LAST_DAYS))
def test_last_day_in_time(row, england):
    frame = pl.DataFrame({"start": [day(row["start"])]})
    assert frame.select(after(pl.col("start"), limit(row["limit"]), england)).item() == day(row["last day in time"])


def test_each_row_with_a_limit_of_its_own_is_counted_alike(england):
    limits = [limit(row["limit"]) for row in LAST_DAYS]
    frame = pl.DataFrame(
        {
            "start": [day(row["start"]) for row in LAST_DAYS],
            "every": [each.every for each in limits],
            "unit": [each.unit.value for each in limits],
        }
    )
    counted = frame.select(due=after_each(pl.col("start"), pl.col("every"), pl.col("unit"), england))["due"]
    assert counted.to_list() == [day(row["last day in time"]) for row in LAST_DAYS]


def test_hours_run_by_the_clock_through_nights_and_the_change_to_summer_time(england):
    # Saturday 28 March 2020, 18:00 in London; the clocks go forward in the night.
    frame = pl.DataFrame({"start": [datetime(2020, 3, 28, 18, 0, tzinfo=UTC)]})
    last = frame.select(after(pl.col("start"), Limit(24, Unit.HOURS), england)).item()
    assert last == datetime(2020, 3, 29, 18, 0, tzinfo=UTC)  # 19:00 by the clock in London


def test_a_missed_visit_does_not_move_the_next_due_day(england):
    # Seen Monday 1 June, every seven days. A visit on 8 June found nobody; the next is still due 8 June.
    seen_on = pl.DataFrame({"visit_on": [date(2020, 6, 1), date(2020, 6, 8)], "seen": [True, False]})
    start = seen_on.filter("seen").select(pl.col("visit_on").max())
    assert start.select(after(pl.col("visit_on"), Limit(7, Unit.DAYS), england)).item() == date(2020, 6, 8)


SOON = table("""
    start          | due            || soon from       | because
    2020-06-01     | 2020-06-08     || 2020-06-07      | the last fifth of seven days
    2020-06-01     | 2020-06-15     || 2020-06-13      | of fourteen
    2020-06-01     | 2020-06-02     || 2020-06-02      | never after the day itself
    2020-06-01     | 2020-06-11     || 2020-06-09      | of ten: exactly two days
    2020-06-01     | 2020-07-13     || 2020-07-05      | of six weeks
""")


@pytest.mark.parametrize("row", SOON, ids=ids(SOON))
def test_due_soon_is_the_last_fifth(row):
    frame = pl.DataFrame({"start": [day(row["start"])], "due": [day(row["due"])]})
    assert frame.select(due_soon_on(pl.col("start"), pl.col("due"), share=0.2)).item() == day(row["soon from"])


STATES = table("""
    start      | due        | done       | exempt | eased | asked on   || state    | because
    2020-06-01 | 2020-06-08 |            |        |       | 2020-06-03 || due      |
    2020-06-01 | 2020-06-08 |            |        |       | 2020-06-07 || due_soon | the last fifth
    2020-06-01 | 2020-06-08 |            |        |       | 2020-06-08 || due_soon | the last day is in time
    2020-06-01 | 2020-06-08 |            |        |       | 2020-06-09 || overdue  |
    2020-06-01 | 2020-06-08 | 2020-06-08 |        |       | 2020-06-09 || met      | on the last day
    2020-06-01 | 2020-06-08 | 2020-06-09 |        |       | 2020-06-09 || met_late |
    2020-06-01 | 2020-06-08 | 2020-06-09 |        |       | 2020-06-08 || due_soon | what comes later is not known yet
    2020-06-01 | 2020-06-08 |            | yes    |       | 2020-06-09 || exempt   |
    2020-06-01 | 2020-06-08 |            |        | yes   | 2020-06-09 || eased    | instead of overdue
    2020-06-01 | 2020-06-08 | 2020-06-09 |        | yes   | 2020-06-10 || eased    | done, but never called in time
    2020-06-01 | 2020-06-08 | 2020-06-05 |        | yes   | 2020-06-10 || met      | in time needs no easement
    2020-06-01 | 2020-06-08 |            |        | yes   | 2020-06-03 || due      | not yet due
    2020-06-01 |            |            |        |       | 2020-06-03 ||          | no rule sets a day
""")


@pytest.mark.parametrize("row", STATES, ids=ids(STATES))
def test_state(row):
    frame = pl.DataFrame(
        {
            "start_on": [day(row["start"])],
            "due_on": [day(row["due"])],
            "met_on": [day(row["done"])],
            "exempt": [row["exempt"] == "yes"],
            "eased": [row["eased"] == "yes"],
        },
        schema_overrides={"due_on": pl.Date, "met_on": pl.Date},
    )
    columns = {name: pl.col(name) for name in frame.columns}
    found = frame.select(state(**columns, on=day(row["asked on"]), share=0.2)).item()
    assert (found or "") == row["state"]


EASED = table("""
    duty | due        | from       | to         || eased | because
    T21  | 2020-06-08 | 2020-04-24 | 2020-09-25 || yes   | valid on the due day
    T21  | 2020-09-25 | 2020-04-24 | 2020-09-25 || yes   | the last day holds
    T21  | 2020-09-26 | 2020-04-24 | 2020-09-25 ||       | the day after does not
    T21  | 2020-04-23 | 2020-04-24 |            ||       | not before it began
    T21  | 2021-06-01 | 2020-04-24 |            || yes   | no end yet
    T28  | 2020-06-08 | 2020-04-24 | 2020-09-25 ||       | a record for another duty
""")


@pytest.mark.parametrize("row", EASED, ids=ids(EASED))
def test_an_easement_needs_a_record_valid_on_the_due_day(row):
    duties = pl.DataFrame({"child": [1], "duty": [row["duty"]], "due_on": [day(row["due"])]})
    records = pl.DataFrame(
        {"child": [1], "duty": ["T21"], "valid_from": [day(row["from"])], "valid_to": [day(row["to"])]},
        schema_overrides={"valid_to": pl.Date},
    )
    assert easement_holds(duties, records).to_list() == [row["eased"] == "yes"]


def test_a_limit_in_words():
    assert Limit(10, Unit.WORKING_DAYS).words == "10 working days"
    assert Limit(1, Unit.WEEKS).words == "1 week"
