"""How long each record is kept, and counted from what (RULES §5). For an information governance officer to check."""
# ruff: noqa: E501 (a row of a table stays one line)

import pytest

from keepsight.core.packs import book
from keepsight.core.packs.kinds import Retention
from keepsight.core.retention import ENTRIES, FACTS, bind, lists, parts
from tests.tables import day, ids, table
from tests.worlds import frame

SCHEDULE = book().read("retention", Retention).schedule
MARKS = {
    "in care": "looked_after", "plan": "on_plan", "in need": "in_need", "early help": "early_help",
    "contact": "contact", "EHCP": "ehcp", "marker": "health", "seen by others": "extras",
}  # fmt: skip
NO = dict.fromkeys(("open", *MARKS.values()), False)


def facts_of(row):
    said = {MARKS[word.strip()]: True for word in row["ever"].split(",") if word.strip() and word.strip() != "open"}
    said["open"] = "open" in row["ever"]
    dates = {
        "born_on": "born",
        "died_on": "died",
        "order_on": "order",
        "closed_on": "closed",
        "event_on": "marker ended",
    }
    days = {column: day(row[name]) for column, name in dates.items() if row.get(name)}
    return frame(FACTS, [{"child": 1, **NO, **said, **days}])


RECORDS = table("""
    born       | died       | order      | closed     | ever                      || rule                 | counted from | kept up to and with
    # children in care and care leavers: the 75th birthday
    2005-05-01 |            |            | 2020-06-01 | in care                   || looked_after         | 2005-05-01   | 2080-05-01
    2005-05-01 |            |            | 2020-06-01 | in care, plan, in need    || looked_after         | 2005-05-01   | 2080-05-01
    # died under 18: fifteen years after death; the day before the birthday, and on it
    2005-05-01 | 2018-03-09 |            | 2018-03-09 | in care                   || looked_after         | 2018-03-09   | 2033-03-09
    2005-05-01 | 2023-04-30 |            | 2020-06-01 | in care                   || looked_after         | 2023-04-30   | 2038-04-30
    2005-05-01 | 2023-05-01 |            | 2020-06-01 | in care                   || looked_after         | 2005-05-01   | 2080-05-01
    # died young, and another rule keeps the record longer
    2005-05-01 | 2006-01-02 |            | 2006-01-02 | in care, plan             || child_protection     | 2005-05-01   | 2030-05-01
    # an adoption order: a hundred years from the order
    2015-05-01 |            | 2018-02-14 | 2018-02-14 | in care, plan             || adoption_order       | 2018-02-14   | 2118-02-14
    # plans, children in need, assessments: the 25th birthday
    2005-05-01 |            |            | 2020-06-01 | plan                      || child_protection     | 2005-05-01   | 2030-05-01
    2005-05-01 |            |            | 2020-06-01 | in need, contact          || child_in_need        | 2005-05-01   | 2030-05-01
    # close to the age of majority a contact later outlasts the birthday
    2005-05-01 |            |            | 2029-06-01 | in need, contact          || contact              | 2029-06-01   | 2035-06-01
    # contacts and early help alone: six years from closure
    2012-05-01 |            |            | 2014-06-03 | contact                   || contact              | 2014-06-03   | 2020-06-03
    2012-05-01 |            |            | 2014-06-03 | early help                || early_help           | 2014-06-03   | 2020-06-03
    2012-05-01 |            |            | 2014-06-03 | early help, contact       || contact              | 2014-06-03   | 2020-06-03
    # early help that was stepped up: to age 25
    2012-05-01 |            |            | 2014-06-03 | early help, in need       || child_in_need        | 2012-05-01   | 2037-05-01
    # an education, health and care plan: the 35th birthday
    2005-05-01 |            |            | 2023-06-01 | EHCP                      || ehcp                 | 2005-05-01   | 2040-05-01
    2005-05-01 |            |            | 2023-06-01 | EHCP, plan                || ehcp                 | 2005-05-01   | 2040-05-01
    2005-05-01 |            |            | 2023-06-01 | EHCP, in care             || looked_after         | 2005-05-01   | 2080-05-01
    # born or closed on 29 February: 1 March in a year without one, never a day less
    2004-02-29 |            |            | 2020-06-01 | plan                      || child_protection     | 2004-02-29   | 2029-03-01
    2012-05-01 |            |            | 2016-02-29 | contact                   || contact              | 2016-02-29   | 2022-03-01
    2012-02-29 |            |            | 2020-06-01 | EHCP                      || ehcp                 | 2012-02-29   | 2047-03-01
    1945-02-28 |            |            | 1962-06-01 | in care                   || looked_after         | 1945-02-28   | 2020-02-28
""")


@pytest.mark.parametrize("row", RECORDS, ids=ids(RECORDS))
def test_which_rule_binds_and_until_when(row):
    found = bind(facts_of(row), SCHEDULE).row(0, named=True)
    assert (found["rule"], found["counted_from"], found["kept_until"], found["state"]) == (
        row["rule"], day(row["counted from"]), day(row["kept up to and with"]), "kept",
    )  # fmt: skip


KEPT = table("""
    born       | closed     | ever             || state     | because
    2005-05-01 | 2020-06-01 | plan, open       || open      | Something is open, so nothing is counted yet.
               | 2014-06-03 | contact, open    || open      | Something is open, so nothing is counted yet.
               | 2020-06-01 | plan             || not_known | Child protection plan: counts from the date of birth, which is not known, so it is kept.
    # six years have passed for the contact, and the birthday that the plan counts from is not known
               | 2010-06-01 | plan, contact    || not_known | Child protection plan: counts from the date of birth, which is not known, so it is kept.
    2005-05-01 |            | contact          || not_known | Contact without further action: counts from the day of closure, which is not known, so it is kept.
    2005-05-01 | 2020-06-01 |                  || no_rule   | No rule of the schedule speaks of this record, so it is kept.
""")


@pytest.mark.parametrize("row", KEPT, ids=ids(KEPT))
def test_what_is_kept_until_people_decide(row):
    found = bind(facts_of(row), SCHEDULE).row(0, named=True)
    assert (found["state"], found["kept_until"], found["why"]) == (row["state"], None, row["because"])


PARTS = table("""
    closed     | marker ended | ever                  || rule      | state     | kept up to and with
    2018-06-01 | 2020-06-03   | marker                || health    | kept      | 2021-06-03
    # a marker's year runs also while the case is open
               | 2020-06-03   | marker, open          || health    | kept      | 2021-06-03
               | 2020-02-29   | marker, open          || health    | kept      | 2021-03-01
    # a marker that still holds
               |              | marker, open          || health    | not_known |
    # what other professionals wrote: a year after closure, never while something is open
    2020-06-03 |              | seen by others        || emergency | kept      | 2021-06-03
    2020-06-03 |              | seen by others, open  || emergency | open      |
""")


@pytest.mark.parametrize("row", PARTS, ids=ids(PARTS))
def test_parts_of_a_record_that_go_before_it(row):
    found = parts(facts_of(row), SCHEDULE).row(0, named=True)
    assert (found["rule"], found["state"], found["kept_until"]) == (
        row["rule"], row["state"], day(row["kept up to and with"]),
    )  # fmt: skip


def test_the_reason_is_a_sentence_with_its_source():
    row = {"born": "2005-05-01", "died": "2018-03-09", "closed": "2018-03-09", "ever": "in care"}
    assert bind(facts_of(row), SCHEDULE)["why"][0] == (
        "Looked after, and care leavers: kept for 15 years from the death of a child under 18, 9 March 2018, up to "
        "9 March 2033. Care Planning Regulations 2010 regulation 50."
    )


FROM_LAW = table("""
    rule                 | years | months | after death | counted from
    adoption_order       | 100   | 0      | 0           | order
    looked_after         | 75    | 0      | 15          | birth
    child_protection     | 25    | 0      | 0           | birth
    child_in_need        | 25    | 0      | 0           | birth
    contact              | 6     | 0      | 0           | closure
    early_help           | 6     | 0      | 0           | closure
    early_help_escalated | 25    | 0      | 0           | birth
    ehcp                 | 35    | 0      | 0           | birth
    health               | 0     | 12     | 0           | event
    emergency            | 0     | 12     | 0           | closure
    audit                | 7     | 0      | 0           | event
    decision             | 0     | 0      | 0           | never
    event_record         | 10    | 0      | 0           | event
    staff_record         | 6     | 0      | 0           | closure
    register_record      | 6     | 0      | 0           | closure
""")


def test_the_schedule_says_what_the_rules_say():
    held = [(r.id, str(r.years), str(r.months), str(r.after_death_years), r.counted_from) for r in SCHEDULE]
    assert held == [tuple(row.values()) for row in FROM_LAW]


LISTS = table("""
    rule            | open | closed     | emergency ended || counted from | kept up to and with | state
    # of an emergency: ten years from its end, whenever the entry itself ended
    event_record    |      | 2020-05-01 | 2021-07-19      || 2021-07-19   | 2031-07-19          | kept
    event_record    | yes  |            | 2021-07-19      ||              |                     | open
    event_record    |      | 2020-05-01 |                 ||              |                     | not_known
    # staff and every day: six years from the day on which the entry ended
    staff_record    |      | 2020-02-29 |                 || 2020-02-29   | 2026-03-01          | kept
    register_record |      | 2020-05-01 | 2021-07-19      || 2020-05-01   | 2026-05-01          | kept
    # an outbreak: a year after its end
    health          |      |            | 2020-05-01      || 2020-05-01   | 2021-05-01          | kept
    # decisions: until people decide
    decision        |      | 2020-05-01 | 2021-07-19      ||              |                     | not_known
    # a rule that no schedule has
    nothing_like_it |      | 2020-05-01 | 2021-07-19      ||              |                     | no_rule
""")


@pytest.mark.parametrize("row", LISTS, ids=ids(LISTS))
def test_entries_of_registers_are_kept_as_long_as_their_rule_says(row):
    facts = {"rule": row["rule"], "open": row["open"] == "yes", "closed_on": day(row["closed"]),
             "event_on": day(row["emergency ended"])}  # fmt: skip
    found = lists(frame(ENTRIES, [facts]), SCHEDULE).row(0, named=True)
    expected = (day(row["counted from"]), day(row["kept up to and with"]), row["state"])
    assert (found["counted_from"], found["kept_until"], found["state"]) == expected
