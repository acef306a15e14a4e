"""When a use of an easement holds (RULES 2.3): inside its own days and inside a window of the law."""
# ruff: noqa: E501 (a row of a table stays one line)

import polars as pl
import pytest

from keepsight.core.duties.easements import USES, eased_on
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Easements
from tests.tables import day, ids, table

LAW = book(event="pandemic_2020").read("easements", Easements)


def eased(easement, first, last, on):
    row = (1, "EAU-1", easement, day(first), day(last), "Vera Hall, Team manager", day(first))
    return eased_on(pl.DataFrame([row], schema=USES.schema, orient="row"), LAW, day(on))


HELD = table("""
    easement | from       | to         | on         || holds until | effect                    | by video | because
    E01      | 2020-06-01 | 2020-06-14 | 2020-06-03 || 2020-06-14  | as_soon_as_practicable    | yes      | inside the first window: SI 2020/445
    E01      | 2020-06-01 | 2020-06-14 | 2020-06-01 || 2020-06-14  | as_soon_as_practicable    | yes      | its first day counts
    E01      | 2020-06-01 | 2020-06-14 | 2020-06-14 || 2020-06-14  | as_soon_as_practicable    | yes      | and its last
    E01      | 2020-06-01 | 2020-06-14 | 2020-05-31 ||             |                           |          | not before it
    E01      | 2020-06-01 | 2020-06-14 | 2020-06-15 ||             |                           |          | nor after
    E01      | 2020-04-20 | 2020-05-04 | 2020-04-23 ||             |                           |          | the law began on 24 April 2020
    E01      | 2020-09-10 | 2020-10-08 | 2020-09-24 || 2020-09-24  | as_soon_as_practicable    | yes      | a use ends with its window
    E01      | 2020-09-10 | 2020-10-08 | 2020-09-25 || 2020-10-08  | remote_if_not_practicable | yes      | the timescale is back; SI 2020/909
    E01      | 2021-09-20 | 2021-10-10 | 2021-10-01 ||             |                           |          | the second window ended on 30 September 2021
    E02      | 2020-06-01 | 2020-06-14 | 2020-06-03 || 2020-06-14  | as_soon_as_practicable    |          | reviews: no video is spoken of
    E02      | 2020-09-10 | 2020-10-08 | 2020-09-25 ||             |                           |          | lapsed, and nothing is saved
    E04      | 2020-09-10 | 2020-11-10 | 2020-10-20 || 2020-11-10  | longer_limit              |          | begun before 25 September 2020: finishes under it
    E04      | 2020-09-25 | 2020-11-10 | 2020-10-20 ||             |                           |          | begun too late to be saved
    E14      | 2020-07-20 | 2020-08-14 | 2020-08-01 ||             |                           |          | the full duty from 1 August 2020
    E15      | 2021-03-01 | 2021-03-14 | 2021-03-03 || 2021-03-14  | as_soon_as_practicable    |          | no end was published
    E99      | 2020-06-01 | 2020-06-14 | 2020-06-03 ||             |                           |          | the law knows no such easement
""")


@pytest.mark.parametrize("row", HELD, ids=ids(HELD))
def test_a_use_holds_inside_its_days_and_inside_the_law(row):
    found = eased(row["easement"], row["from"], row["to"], row["on"])
    until, effect, remote = (set(found[name]) for name in ("to_on", "effect", "remote"))
    assert until == ({day(row["holds until"])} if row["holds until"] else set())
    assert effect == ({row["effect"]} if row["effect"] else set())
    assert remote == ({row["by video"] == "yes"} if row["effect"] else set())


def test_each_use_names_the_duties_of_the_pack_once_and_their_law():
    found = eased("E01", "2020-06-01", "2020-06-14", "2020-06-03")
    assert found["duty"].to_list() == [
        "T20",
        "T21",
        "T22",
        "T22-18",
        "T23",
        "T24",
        "T24-2",
        "T25",
        "T25-2",
        "T26",
        "T26-2",
    ]
    assert set(found["law"]) == {"SI 2020/445 regulation 8"}


def test_an_easement_whose_duties_no_pack_counts_is_told_of_without_one():
    found = eased("E08", "2020-06-01", "2020-06-14", "2020-06-03")
    assert found.select("duty", "title").rows() == [(None, "Adoption and fostering panels")]
