"""Who has seen a child, and from when nobody has (RULES 4.3 R6)."""
# ruff: noqa: E501 (a row of a table stays one line)

from datetime import date

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.contact.cases import cases
from keepsight.core.contact.sight import SightRules, sightings, summary
from keepsight.core.packs import book
from tests.tables import day, ids, table
from tests.worlds import tables, week

AS_AT = date(2020, 6, 3)  # a Wednesday


def sight_of(service: str, *, opened_on=date(2020, 1, 6), as_at=AS_AT, details=None, **rows):
    """The summary of one child with one open spell."""
    if service != "ehcp":
        spell = {"child_id": 1, "kind": service, "started_on": opened_on, "details": details}
        rows["involvements"] = [spell]
    else:
        rows["ehc_plans"] = [{"child_id": 1, "plan_on": opened_on}]
    facts = tables([1], **{name: [{"child_id": 1, **row} for row in given] for name, given in rows.items()})
    standing = book()
    rules = SightRules.from_table(standing.table("sight"))
    calendar = WorkingCalendar.from_table(standing.table("calendar"))
    seen = sightings(facts, rules, as_at=as_at)
    return summary(cases(facts, as_at=as_at), seen, rules=rules, calendar=calendar, as_at=as_at).row(0, named=True)


UNSEEN = table("""
    service    | case opened    | last seen       || nobody has from | because
    cp         | 2020-01-06     | Tue 2020-05-19  || Thu 2020-06-04  | the 11th working day after: 25 May was a holiday
    cin        | 2020-01-06     | Tue 2020-05-19  || Thu 2020-06-18  | 20 working days for all others
    cla        | 2020-01-06     | Sat 2020-05-30  || Mon 2020-06-29  | seen on a Saturday: Monday is day 1
    cp         | 2020-06-01     |                 || Tue 2020-06-16  | never seen: from the opening of the case
    early_help | 2020-05-07     |                 || Tue 2020-06-09  | 8 and 25 May do not count
    cin        | 2020-06-01     | Mon 2020-01-06  || Tue 2020-06-30  | a new case has its full time
""")


@pytest.mark.parametrize("row", UNSEEN, ids=ids(UNSEEN))
def test_nobody_has_seen_the_child_from(row):
    seen = [{"seen_on": day(row["last seen"]), "line": "police"}] if row["last seen"] else []
    found = sight_of(row["service"], opened_on=day(row["case opened"]), sightings=seen)
    assert found["unseen_from"] == day(row["nobody has from"])


WHAT_COUNTS = table("""
    mode                | seen || sighting | at home | face to face | child seen | contact | because
    f2f_home            | yes  || yes      | yes     | yes          | yes        | yes     |
    f2f_doorstep_garden | yes  || yes      |         | yes          | yes        | yes     |
    f2f_setting         | yes  || yes      |         | yes          | yes        | yes     |
    video               | yes  || yes      |         |              | yes        | yes     |
    phone               | yes  || yes      |         |              |            | yes     | heard, not seen
    message             | yes  ||          |         |              |            | yes     | neither seen nor heard
                        | yes  || yes      | yes     | yes          | yes        | yes     | statutory visit, mode not recorded
    f2f_home            | no   ||          |         |              |            |         | a failed attempt counts for nothing
    no_access           | no   ||          |         |              |            |         |
    f2f_home            |      ||          |         |              |            |         | nobody said that the child was seen
""")


@pytest.mark.parametrize("row", WHAT_COUNTS, ids=ids(WHAT_COUNTS))
def test_what_a_visit_counts_as(row):
    seen = {"yes": True, "no": False}.get(row["seen"])
    on = date(2020, 6, 1)
    found = sight_of("cp", visits=[{"visit_on": on, "mode": row["mode"], "seen": seen, "service": "cp"}])
    columns = {
        "sighting": "last_seen_on",
        "at home": "last_home_on",
        "face to face": "last_f2f_on",
        "child seen": "last_child_seen_on",
        "contact": "last_contact_on",
    }
    assert {name: found[column] == on for name, column in columns.items()} == {
        name: row[name] == "yes" for name in columns
    }
    assert found["assumed"] == (row["mode"] == "")


MARKS = table("""
    marks, Monday to Friday           || last seen by the school | because
    / \\ / \\ / \\ / \\ / \\           || Fri 2020-05-29           |
    / \\ / \\ L \\ X X X X             || Wed 2020-05-27           |
    / \\ . . . . . . . .               || Mon 2020-05-25           | no mark is no sighting
    . \\ - - - - - - - -               || Mon 2020-05-25           | a blank mark is none
    I I I I I I N N I I                ||                          | ill, or nobody knows why
    B B X X X X X X X X                || Mon 2020-05-25           | off site, with somebody whom the school sent
    U X X X X X X X X X                || Mon 2020-05-25           | late, but seen
    Y Y X X E E # # Z Z                ||                          |
""")  # fmt: skip


@pytest.mark.parametrize("row", MARKS, ids=ids(MARKS))
def test_register_marks(row):
    codes = row["marks, Monday to Friday"].replace("\\\\", "\\").split()
    found = sight_of("cin", attendance=[week(date(2020, 5, 25), dict(enumerate(codes)))])
    assert found["last_other_on"] == day(row["last seen by the school"])
    assert (found["last_seen_by"] == "school") == bool(row["last seen by the school"])


def test_sight_lines_are_services_not_sightings():
    found = sight_of(
        "cp",
        visits=[
            {"visit_on": date(2020, 6, 1), "mode": "f2f_home", "seen": True, "service": "cp"},
            {"visit_on": date(2020, 6, 2), "mode": "phone", "seen": True, "service": "cp"},
        ],
        sightings=[
            {"seen_on": date(2020, 5, 28), "line": "health"},
            {"seen_on": date(2020, 5, 29), "line": "health"},
            {"seen_on": date(2020, 5, 1), "line": "police"},
        ],
    )
    assert (found["sight_lines"], found["sight_lines_named"]) == (2, "social_care,health")  # police: long ago
    assert (found["last_seen_on"], found["last_seen_by"]) == (date(2020, 6, 2), "social_care")
    assert (found["last_other_on"], found["last_other_by"]) == (date(2020, 5, 29), "health")


def test_the_window_of_a_sight_line_is_ten_working_days():
    inside, outside = date(2020, 5, 19), date(2020, 5, 18)  # 25 May is a holiday
    assert sight_of("cp", sightings=[{"seen_on": inside, "line": "hub"}])["sight_lines"] == 1
    assert sight_of("cp", sightings=[{"seen_on": outside, "line": "hub"}])["sight_lines"] == 0


def test_lists_say_when_the_child_was_last_seen_but_not_how():
    found = sight_of("cp", details={"last_visit_on": "2020-05-28"})
    assert found["last_home_on"] == date(2020, 5, 28)
    assert found["assumed"]


def test_a_care_leaver_in_touch_was_in_contact_and_no_more():
    found = sight_of("care_leaver", details={"last_contact_on": "2020-05-28", "in_touch": "YES"})
    assert found["last_contact_on"] == date(2020, 5, 28)
    assert found["last_child_seen_on"] is None


def test_no_list_says_since_when_a_care_leaver_is_known_so_the_clock_is_the_last_contact():
    heard_of = date(2020, 6, 1)
    seen = sight_of("care_leaver", opened_on=heard_of, details={"last_contact_on": "2020-04-01"})
    assert seen["unseen_from"] == date(2020, 5, 4)
    never = sight_of("care_leaver", opened_on=heard_of)
    assert never["unseen_from"] == heard_of


BY_WHOM = table("""
    visit listed as | on         || early help's own | another professional's | because
    early_help      | 2020-06-01 || yes              |                        |
    cin             | 2020-06-01 || yes              |                        | no table for early help: listed among those in need
    cin             | 2020-05-01 ||                  | yes                    | before early help began: a social worker's
""")


@pytest.mark.parametrize("row", BY_WHOM, ids=ids(BY_WHOM))
def test_whose_visit_it_was_to_a_child_in_early_help(row):
    visit = {"visit_on": day(row["on"]), "mode": "f2f_home", "seen": True, "service": row["visit listed as"]}
    found = sight_of("early_help", opened_on=date(2020, 5, 18), visits=[visit])
    assert (found["last_f2f_on"] is not None) == (row["early help's own"] == "yes")
    assert (found["last_other_by"] == "social_care") == (row["another professional's"] == "yes")


def test_a_child_with_an_ehc_plan_and_no_worker_is_seen_by_the_school():
    found = sight_of("ehcp", attendance=[week(date(2020, 6, 1), {2: "/"})])
    assert found["last_f2f_on"] == date(2020, 6, 2)


def test_what_happens_later_is_not_known_yet():
    found = sight_of("cp", sightings=[{"seen_on": date(2020, 6, 4), "line": "school"}])
    assert found["last_seen_on"] is None


def test_a_case_older_than_the_calendar_is_unseen_and_no_trouble():
    found = sight_of("cla", opened_on=date(2009, 3, 2))
    assert found["unseen"]
    assert found["any_seen_wd"] is None


def test_nobody_is_asked_to_have_seen_a_child_who_is_not_born_yet():
    facts = tables(
        [{"id": 1, "expected_on": date(2020, 8, 1)}],
        involvements=[{"child_id": 1, "kind": "cp", "started_on": date(2020, 3, 2)}],
    )
    standing = book()
    found = summary(
        cases(facts, as_at=AS_AT),
        sightings(facts, SightRules.from_table(standing.table("sight")), as_at=AS_AT),
        rules=SightRules.from_table(standing.table("sight")),
        calendar=WorkingCalendar.from_table(standing.table("calendar")),
        as_at=AS_AT,
    )
    assert found["unseen_from"].to_list() == [None]
