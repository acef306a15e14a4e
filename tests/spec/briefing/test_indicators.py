"""
What each indicator counts: one child, visit, day or plan a row; today is Wednesday 3 June 2020.

yes: counts above and below the line. no: below the line only. Empty: does not count at all.
Rows say only what matters; the rest is a child in need, open, Red, seen and due next week.
"""

from datetime import date

import polars as pl
import pytest

from keepsight.core.briefing import figures, read_indicators
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Indicators
from tests.tables import day, table

TODAY = date(2020, 6, 3)
BOOK = book(event="pandemic_2020")
CALENDAR = WorkingCalendar.from_table(BOOK.table("calendar"))
RULES = {rule.id: rule for rule in read_indicators(BOOK.read("indicators", Indicators))}
DAYS = ("due_on", "level_review_on", "last_seen_on", "last_other_on", "last_contact_on", "last_f2f_on", "unseen_from",
        "visit_on", "on", "contact_on")  # fmt: skip
PLAN = {
    "authority": "x", "service": "cin", "is_open": True, "level": "red", "due_on": date(2020, 6, 10),
    "level_review_on": date(2020, 6, 10), "last_seen_on": date(2020, 6, 2), "last_other_on": date(2020, 6, 2),
    "last_contact_on": date(2020, 6, 2), "last_f2f_on": date(2020, 6, 2), "unseen_from": date(2020, 7, 1),
    "f2f_in_interval": True, "district": "D", "team": "T",
}  # fmt: skip

PLANS = """
    # anyone saw the child: R6 gives the day from which nobody has
    unseen_from    | NOBODY | TO_SEE
    Wed 2020-06-03 | yes    | no
    Thu 2020-06-04 | no     | no
                   | no     | no
--
    is_open | unseen_from    | due_on         | NOBODY | OVERDUE | I21 | SEEN05
    no      | Mon 2020-06-01 | Mon 2020-06-01 |        |         |     |
--
    due_on         | OVERDUE | TO_SEE
    Tue 2020-06-02 | yes     | yes
    Wed 2020-06-03 | no      | yes
    Thu 2020-06-04 | no      | no
                   | no      | no
--
    # Monday 25 May was a bank holiday: 5 working days before 3 June is Wednesday 27 May
    last_seen_on   | SEEN05 | SEEN10 | SEEN20
    Wed 2020-06-03 | yes    | yes    | yes
    Wed 2020-05-27 | yes    | yes    | yes
    Tue 2020-05-26 | no     | yes    | yes
    Tue 2020-05-19 | no     | yes    | yes
    Mon 2020-05-18 | no     | no     | yes
    Mon 2020-05-04 | no     | no     | yes
    Fri 2020-05-01 | no     | no     | no
    Mon 1998-01-05 | no     | no     | no
                   | no     | no     | no
--
    last_other_on  | I26
    Tue 2020-05-19 | yes
    Mon 2020-05-18 | no
                   | no
--
    level   | I21 | UNRATED | I23_RED | I23_AMBER | I23_GREEN | I23_UNRATED | I22
    red     | yes | no      | yes     | no        | no        | no          | yes
    amber   | yes | no      | no      | yes       | no        | no          |
    green   | yes | no      | no      | no        | yes       | no          |
    unrated | no  | yes     | no      | no        | no        | yes         |
--
    level   | level_review_on | REVIEW_PAST
    amber   | Tue 2020-06-02  | yes
    amber   | Wed 2020-06-03  | no
    unrated | Tue 2020-06-02  |
--
    level   | f2f_in_interval | I22
    red     | yes             | yes
    red     | no              | no
    red     |                 | no
    unrated | no              |
--
    service | due_on         | I16 | I34
    cp      | Wed 2020-06-03 | yes |
    cp      | Tue 2020-06-02 | no  |
    cla     | Wed 2020-06-03 |     | yes
    cla     |                |     | no
    cin     | Wed 2020-06-03 |     |
--
    last_contact_on | I28
    Wed 2020-05-20  | yes
    Tue 2020-05-19  | no
                    | no
"""
VISITS = """
    visit_on       | outcome   | mode     | I25
    Wed 2020-06-03 | seen      | video    | yes
    Thu 2020-05-07 | seen      | phone    | yes
    Wed 2020-05-06 | seen      | phone    |
    Tue 2020-06-02 | seen      | f2f_home | no
    Tue 2020-06-02 | seen      |          |
    Tue 2020-06-02 | no_access | video    |
"""
ATTENDANCE = """
    # in school that day, or only a mark; the day before does not count
    on             | social_worker | ehcp | vulnerable | present | I51 | I51_SOCIAL | I51_EHCP
    Wed 2020-06-03 | yes           | no   | yes        | 2       | yes | yes        |
    Wed 2020-06-03 | yes           | no   | yes        | 0       | no  | no         |
    Wed 2020-06-03 | no            | yes  | no         | 1       |     |            | yes
    Wed 2020-06-03 | no            | no   | no         | 2       |     |            |
"""
EHC_PLANS = """
    is_open | risk_assessment    | I56
    yes     | safer_at_home      | yes
    yes     | as_safe_at_setting | yes
    yes     | not_done           | no
    yes     |                    | no
    no      | safer_at_home      |
"""
CONTACT_DAYS = """
    # the last full week is Monday 25 to Sunday 31 May; a year is 52 weeks
    contact_on     | contacts | referrals | I01 | I03  | I04
    Mon 2020-06-01 | 7        | 1         | 0   | 0/0  | 0/0
    Sun 2020-05-31 | 7        | 1         | 7   | 1/7  | 7/0
    Mon 2020-05-04 | 7        | 1         | 0   | 1/7  | 7/0
    Sun 2020-05-03 | 7        | 1         | 0   | 0/0  | 0/0
    Sun 2019-06-02 | 7        | 1         | 0   | 0/0  | 0/7
    Mon 2019-05-06 | 7        | 1         | 0   | 0/0  | 0/7
    Sun 2019-05-05 | 7        | 1         | 0   | 0/0  | 0/0
"""
ENTRIES = """
    # each row of the snapshot is so many entries of one register alike in these: they are added up
    register | is_open | overdue | rag   | entries | ACTIONS_OVERDUE | RISKS_RED
    action   | yes     | yes     | none  | 3       | 3               | 0
    action   | yes     | no      | none  | 3       | 0               | 0
    action   | no      | yes     | none  | 3       | 0               | 0
    risk     | yes     | yes     | red   | 4       | 0               | 4
    risk     | yes     | yes     | amber | 4       | 0               | 0
    risk     | no      | no      | red   | 4       | 0               | 0
    issue    | yes     | yes     | red   | 5       | 0               | 0
"""


def cases(kind: str, text: str, usual: dict):
    for part in text.split("--"):
        for row in table(part):
            facts = dict(usual)
            for name, cell in row.items():
                if name not in RULES:
                    facts[name] = value(name, cell)
            yield from (
                pytest.param(
                    kind, facts, name, said, id=f"{name} {' '.join(c for n, c in row.items() if n not in RULES)}"
                )
                for name, said in row.items()
                if name in RULES
            )


def value(name: str, cell: str):
    if name in DAYS:
        return day(cell)
    if cell.isdigit():
        return int(cell)
    return {"yes": True, "no": False}.get(cell, None if name == "f2f_in_interval" else cell)


ALL = [
    *cases("plans", PLANS, PLAN),
    *cases("visits", VISITS, {"authority": "x"}),
    *cases("attendance", ATTENDANCE, {"authority": "x", "district": "D", "service": "cin"}),
    *cases("ehc_plans", EHC_PLANS, {"authority": "x"}),
    *cases("contact_days", CONTACT_DAYS, {"authority": "x"}),
    *cases("entries", ENTRIES, {"authority": "x", "team": "T"}),
]
TYPES = {**dict.fromkeys(DAYS, pl.Date), "f2f_in_interval": pl.Boolean}


def of_one(kind: str, facts: dict, rule: str) -> tuple:
    frame = pl.DataFrame([facts], schema_overrides={n: t for n, t in TYPES.items() if n in facts})
    found = figures({kind: frame}, [RULES[rule]], on=TODAY, calendar=CALENDAR)
    return found.filter(breakdown="all").select("numerator", "denominator").row(0)


@pytest.mark.parametrize(("kind", "facts", "rule", "said"), ALL)
def test_what_counts(kind, facts, rule, said):
    above, below = of_one(kind, facts, rule)
    if kind in ("contact_days", "entries"):
        assert f"{above}/{below}" == said if "/" in said else above == int(said)
    else:
        assert (above, below) == {"yes": (1, 1), "no": (0, 1), "": (0, 0)}[said]


def test_every_indicator_has_a_row_here():
    assert {case.values[2] for case in ALL} == set(RULES)


def test_the_newest_school_day_is_each_authoritys_own():
    days = pl.DataFrame(
        {
            "authority": ["x", "x", "y"],
            "on": [date(2020, 6, 2), date(2020, 6, 1), date(2020, 6, 1)],
            "district": ["D"] * 3, "service": ["cin"] * 3, "present": [0, 2, 2],
            "social_worker": [True] * 3, "ehcp": [False] * 3, "vulnerable": [True] * 3,
        }
    )  # fmt: skip
    found = figures({"attendance": days}, [RULES["I51"]], on=TODAY, calendar=CALENDAR).filter(breakdown="authority")
    assert found.select("authority", "numerator", "denominator").rows() == [("x", 0, 1), ("y", 1, 1)]


@pytest.mark.parametrize(
    ("above", "below", "shown"),
    [
        (1, 8, "12.5%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 16, "6.3%"),
        (1, 800, "0.1%"),
        (0, 8, "0.0%"),
        (8, 8, "100.0%"),
    ],
)
def test_a_share_is_shown_to_one_place_and_half_goes_up(above, below, shown):
    from keepsight.core.briefing import words

    assert words.percent(100 * above / below) == shown
