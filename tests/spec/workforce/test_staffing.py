"""Who is at work, and from when a team is short (WRK-01)."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepsight.core.packs import book
from keepsight.core.packs.kinds import StaffingRules
from keepsight.core.workforce.staffing import Minimum, first_short, levels, until
from tests.tables import day, ids, table

RULES = book().read("staffing", StaffingRules)
MONDAY = date(2020, 4, 6)
SCHEMA = {"worker": pl.Int64, "kind": pl.String, "from_on": pl.Date, "back_on": pl.Date, "remote": pl.Boolean}


def absences(*rows):
    return pl.DataFrame([(*row, None)[:5] for row in rows], schema=SCHEMA, orient="row")


STAFF = pl.DataFrame({"worker": [1, 2, 3, 4, 5], "team": [10, 10, 10, 10, 10]})

ENDS = table("""
    kind      | from       | first day back | from home || last day away | works
    sick      | 2020-04-06 | 2020-04-09     |           || 2020-04-08    | no
    sick      | 2020-04-06 |                |           || 2020-04-12    | no
    isolating | 2020-04-06 |                |           || 2020-04-19    | remote
    isolating | 2020-04-06 |                | no        || 2020-04-19    | no
    shielding | 2020-04-06 |                | yes       || 2020-06-28    | remote
    leave     | 2020-04-06 |                |           ||               | no
    training  | 2020-04-06 | 2020-04-07     |           || 2020-04-06    | no
""")


@pytest.mark.parametrize("row", ENDS, ids=ids(ENDS))
def test_until_when_an_absence_lasts(row):
    remote = {"yes": True, "no": False, "": None}[row["from home"]]
    spell = (1, row["kind"], day(row["from"]), day(row["first day back"]), remote)
    known = until(absences(spell), RULES).row(0, named=True)
    assert (known["last_on"], known["works"]) == (day(row["last day away"]), row["works"])


def test_a_team_is_short_on_the_days_on_which_too_few_work_and_not_after():
    away = absences(
        (1, "sick", MONDAY, MONDAY + timedelta(days=2)),
        (2, "isolating", MONDAY, None, False),
        (3, "isolating", MONDAY, None),
    )
    counted = levels(STAFF, away, {10: Minimum(people=4)}, RULES, on=MONDAY, days=16)
    rows = {row["on"]: row for row in counted.iter_rows(named=True)}
    first = rows[MONDAY]
    assert (first["in_work"], first["remote"], first["absent"], first["short_by"], first["call"]) == (
        2,
        1,
        2,
        1,
        "short",
    )
    assert rows[MONDAY + timedelta(days=2)]["call"] == "close"
    assert rows[MONDAY + timedelta(days=14)]["absent"] == 0
    assert first_short(counted) == {10: MONDAY}


def test_without_a_minimum_of_its_own_a_team_has_the_share_of_the_pack():
    assert Minimum().of(5, RULES) == 3
    assert Minimum(share=0.5).of(5, RULES) == 3
    assert Minimum(people=2).of(5, RULES) == 2


rows = st.lists(
    st.tuples(
        st.integers(1, 5), st.sampled_from([kind.id for kind in RULES.absences]),
        st.dates(MONDAY - timedelta(days=30), MONDAY + timedelta(days=20)),
        st.one_of(st.none(), st.integers(1, 20)),
    ),
    max_size=12,
)  # fmt: skip


@given(rows)
def test_every_person_is_counted_once_on_every_day_as_a_slow_twin_counts(given_rows):
    spells = [(w, k, f, f + timedelta(days=n) if n else None) for w, k, f, n in given_rows]
    counted = levels(STAFF, absences(*spells), {}, RULES, on=MONDAY, days=14)
    usual = {kind.id: (kind.works, kind.days) for kind in RULES.absences}
    for row in counted.iter_rows(named=True):
        assert row["in_work"] + row["remote"] + row["absent"] == row["staff"] == 5
        gone, remote = set(), set()
        for worker, kind, start, back in spells:
            works, length = usual[kind]
            last = back - timedelta(days=1) if back else (start + timedelta(days=length - 1) if length else date.max)
            if start <= row["on"] <= last:
                (gone if works == "no" else remote).add(worker)
        assert (row["absent"], row["remote"]) == (len(gone), len(remote - gone))
