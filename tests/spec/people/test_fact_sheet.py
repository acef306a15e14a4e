"""Facts from lists: what each list says of one child on Thursday 30 April 2020, and the fact it makes."""

import json
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.errors import BadInput
from keepsight.core.packs import book
from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.people.fact_sheet import fact_sheet
from keepsight.core.people.facts import FACTS, TABLES, FactTables
from tests.tables import ids, table

ON = date(2020, 4, 30)
CALENDAR = WorkingCalendar.from_table(book().table("calendar"))
DEFINITIONS = book().read("facts", FactDefinitions)
ALL = frozenset({*TABLES, "involvements"})


def frame(name: str, rows: list[dict]) -> pl.DataFrame:
    contract = TABLES[name]
    blank = dict.fromkeys(contract.names)
    return pl.DataFrame(
        [{**blank, "child_id": 1, **row} for row in rows], schema=contract.schema | {"child_id": pl.Int64}
    )


def tables(children: list[dict] | None = None, covered: frozenset[str] = ALL, **lists: list[dict]) -> FactTables:
    people = [{"id": 1, "date_of_birth": date(2008, 1, 1), **row} for row in (children or [{}])]
    people = [{**dict.fromkeys(TABLES["children"].names), **row} for row in people]
    frames = {name: frame(name, rows).select(TABLES[name].names) for name, rows in lists.items()}
    return FactTables(pl.DataFrame(people, schema=TABLES["children"].schema), **frames, covered=covered)


def facts(**lists) -> dict:
    return sheet(tables(**lists)).to_dicts()[0]


def sheet(given_tables: FactTables) -> pl.DataFrame:
    return fact_sheet(given_tables, as_at=ON, calendar=CALENDAR, definitions=DEFINITIONS)


SHORT = {"from": "started_on", "to": "ended_on"}


def values(text: str) -> dict:
    """``kind=cp from=2020-01-01``: days, numbers and truths are read as such."""
    pairs = (pair.partition("=") for pair in text.split())
    return {SHORT.get(name, name): value(word) for name, _, word in pairs}


def value(word: str):
    if word in ("yes", "no"):
        return word == "yes"
    if word == "?":
        return None
    if len(word) == 10 and word[4] == "-":
        return date.fromisoformat(word)
    return int(word) if word.isdigit() else word


# One spell of work: what the list says in its own columns, in its further columns, and the facts.
SPELLS = table("""
    spell | further columns || facts
    kind=cp from=2020-01-06 | || service=cp cp_plan=yes cp_reviewed=no
    kind=cp from=2020-01-06 to=2020-04-30 | || service=none cp_plan=no
    kind=cp from=2020-01-06 to=2020-05-01 | || service=cp cp_plan=yes
    kind=cp from=2020-05-01 | || service=none cp_plan=no
    kind=cp from=2020-01-06 | last_review_on=2020-03-30 || cp_reviewed=yes
    kind=cp from=2020-01-06 | latest_category=NEG || neglect=yes emotional_abuse=no
    kind=cp from=2020-01-06 | latest_category=MUL || neglect=? emotional_abuse=?
    kind=cp from=2020-01-06 | previous_plans=0 || second_cp_plan=no
    kind=cp from=2020-01-06 | previous_plans=1 || second_cp_plan=?
    kind=section_47 from=2020-04-20 | || service=cp section_47_open=yes
    kind=section_47 from=2020-04-01 | icpc_on=2020-04-20 || service=none section_47_open=no
    kind=section_47 from=2020-04-01 | icpc_on=2020-04-20 || section_47_closed_lately=yes
    kind=section_47 from=2020-04-20 | icpc_on=2020-05-04 || service=cp section_47_open=yes
    kind=section_47 from=2020-04-20 | icpc_unnecessary=yes || section_47_open=no section_47_closed_lately=yes
    kind=section_47 from=2020-01-10 to=2020-01-30 | || section_47_closed_lately=no
    kind=section_47 from=2020-01-10 to=2020-01-31 | || section_47_closed_lately=yes
    kind=cin from=2020-01-06 | || service=cin child_in_need=yes
    kind=assessment from=2020-04-06 | || service=cin child_in_need=no
    kind=early_help from=2020-01-06 | level=3 || service=early_help early_help_level=3
    kind=care_leaver from=2020-01-06 | accommodation=S || service=care_leaver homeless_lately=yes
    kind=care_leaver from=2020-01-06 | accommodation=U || service=care_leaver homeless_lately=no
    kind=cla from=2019-04-30 | placement_type=U4 || service=cla care_days=366
    kind=cla from=2019-04-30 | placement_type=U4 || placement_days=366 placement_long_term=yes
    kind=cla from=2019-04-30 | placement_type=U4 || placed_at_home=no temporary_carer=no
    kind=cla from=2019-04-30 | placement_type=P1 legal_status=C1 || placed_at_home=yes legal_status=C1
    kind=cla from=2019-04-30 | placement_type=P1 legal_status=C1 || placement_long_term=no
    kind=cla from=2020-01-06 | placement_type=U3 || temporary_carer=yes
    kind=cla from=2020-01-06 | placement_type=U3 temporary_approval=no || temporary_carer=no
    kind=cla from=2019-01-07 | placement_type=U3 || temporary_carer=no
    kind=cla from=2019-01-07 | placement_type=? || temporary_carer=? placement_long_term=?
    kind=cla from=2019-01-07 | placement_started_on=2020-04-29 placements_12m=3 || placement_days=1 placements_12m=3
    kind=cla from=2019-01-07 | placement_started_on=2020-04-29 placements_12m=3 || changed_wd=1
    kind=cla from=2019-01-07 | permanence_plan=f || placement_to_18=yes
    kind=cla from=2019-01-07 | permanence_plan=a || placement_to_18=no
    kind=cla from=2019-01-07 | permanence_plan=g || placement_to_18=?
    kind=cla from=2019-01-07 | last_review_on=2018-12-01 || care_reviewed=no
    kind=cla from=2019-01-07 | placements_12m=many || placements_12m=?
""")


@pytest.mark.parametrize("row", SPELLS, ids=ids(SPELLS))
def test_spells(row):
    further = {name: str(v) if isinstance(v, date) else v for name, v in values(row["further columns"]).items()}
    known = facts(involvements=[{**values(row["spell"]), "details": json.dumps(further)}])
    wanted = values(row["facts"])
    assert {name: known[name] for name in wanted} == wanted


ROWS = table("""
    list | row || facts
    children | date_of_birth=2019-05-01 || age=0 unborn=no
    children | date_of_birth=2019-04-30 || age=1 unborn=no
    children | date_of_birth=2004-02-29 || age=16
    children | date_of_birth=? expected_on=2020-05-10 || age=? unborn=yes due_in_days=10
    children | date_of_birth=2020-05-10 || age=? unborn=yes due_in_days=10
    children | date_of_birth=? || age=? unborn=?
    factors | assessed_on=2020-04-01 factor=3B || domestic_abuse=yes domestic_abuse_past=no
    factors | assessed_on=2019-05-01 factor=3B || domestic_abuse=yes
    factors | assessed_on=2019-04-30 factor=3B || domestic_abuse=no domestic_abuse_past=yes
    factors | assessed_on=2020-05-01 factor=3B || domestic_abuse=no domestic_abuse_past=no
    factors | assessed_on=2020-04-01 factor=19A || physical_or_sexual_abuse=yes neglect=no
    factors | assessed_on=2020-04-01 factor=24A || exploitation=yes
    factors | assessed_on=2020-04-01 factor=2B || household_substance_misuse=yes
    factors | assessed_on=2020-04-01 factor=2A || household_substance_misuse=no
    factors | assessed_on=2020-02-01 factor=15A || self_harm_lately=yes
    factors | assessed_on=2020-01-30 factor=15A || self_harm_lately=no
    alerts | kind=domestic_abuse from=2020-01-01 || domestic_abuse=yes
    alerts | kind=domestic_abuse from=2019-01-01 to=2020-01-01 || domestic_abuse=no domestic_abuse_past=yes
    alerts | kind=marac from=2019-05-01 || marac_lately=yes
    alerts | kind=marac from=2019-04-30 || marac_lately=no
    alerts | kind=self_harm_hospital from=2020-04-02 || self_harm_hospital_lately=yes self_harm_lately=yes
    alerts | kind=self_harm_hospital from=2020-04-01 || self_harm_hospital_lately=no self_harm_lately=yes
    alerts | kind=shielding from=2020-03-23 || shielding=yes
    alerts | kind=shielding from=2020-03-23 to=2020-04-29 || shielding=no
    alerts | kind=homeless from=2020-01-01 to=2020-04-02 || homeless_lately=yes
    alerts | kind=homeless from=2020-01-01 to=2020-04-01 || homeless_lately=no
    alerts | kind=plo from=2020-01-01 || pre_proceedings=yes
    alerts | kind=agency_withdrew from=2020-04-29 || agency_withdrew=yes changed_wd=1
    missing | from=2020-04-20 || missing_now=yes missing_lately=1 missing_no_interview=0
    missing | from=2020-01-20 to=2020-01-31 || missing_now=no missing_lately=1 missing_no_interview=1
    missing | from=2020-01-20 to=2020-01-30 || missing_lately=0
    missing | from=2020-04-01 to=2020-04-02 return_interview_accepted=yes || missing_lately=1 missing_no_interview=0
    contacts | contact_on=2019-05-01 || contacts_lately=1
    contacts | contact_on=2019-04-30 || contacts_lately=0
    addresses | idaci_decile=2 || idaci_decile=2
    addresses | idaci_decile=2 to=2020-04-01 || idaci_decile=?
    ehc_plans | plan_on=2018-01-01 primary_need=PMLD || ehcp=yes cannot_tell=yes service=ehcp
    ehc_plans | plan_on=2018-01-01 primary_need=SLCN || ehcp=yes cannot_tell=no
    ehc_plans | plan_on=2018-01-01 ceased_on=2020-04-01 primary_need=PMLD || ehcp=no cannot_tell=no service=none
    enrolments | id=1 || school_place=yes
    enrolments | id=1 left_on=2020-03-20 || school_place=no
    sight | any_seen_wd=3 other_seen_wd=? sight_lines=1 || any_seen=yes any_seen_wd=3 other_seen=no sight_lines=1
    sightings | seen_on=2020-04-28 line=health || named_other_weeks=1
    sightings | seen_on=2020-04-02 line=health || named_other_weeks=0
""")


@pytest.mark.parametrize("row", ROWS, ids=ids(ROWS))
def test_other_lists(row):
    known = facts(**{row["list"]: [values(row["row"])]})
    wanted = values(row["facts"])
    assert {name: known[name] for name in wanted} == wanted


MARKS = table("""
    # the window is 28 days: 3 to 30 April; Monday 27 April is three days before the day asked about
    week from  | marks                       || share
    2020-04-27 | / \\ / \\ / \\ / \\ / \\ . . . . || 1
    2020-04-27 | / \\ / \\ I I I I / \\ . . . . || 0.5
    2020-04-27 | / \\ X X X X X X X X . . . . || 1
    2020-04-27 | X X Y Y # # - - . . . . . . || ?
    # only Friday of the first week lies in the window
    2020-03-30 | I I I I I I I I / \\ . . . . || 1
    2020-03-23 | / \\ / \\ / \\ / \\ / \\ . . . . || ?
    2020-05-04 | / \\ / \\ / \\ / \\ / \\ . . . . || ?
""")


@pytest.mark.parametrize("row", MARKS, ids=ids(MARKS))
def test_attendance(row):
    known = facts(attendance=[{"week_from": date.fromisoformat(row["week from"]), "marks": row["marks"]}])
    assert known["attendance_share"] == (None if row["share"] == "?" else float(row["share"]))


def test_two_schools_are_counted_together():
    week = {"week_from": date(2020, 4, 27)}
    both = [{**week, "marks": "/ \\ / \\ . . . . . . . . . ."}, {**week, "marks": "I I I I I I I I . . . . . ."}]
    assert facts(attendance=both)["attendance_share"] == 4 / 12


PRECEDENCE = ["section_47", "cla", "cin", "care_leaver", "early_help"]
SERVICES = ["cp", "cla", "cin", "care_leaver", "early_help"]


@pytest.mark.parametrize("first", range(5))
def test_the_first_service_that_applies_governs(first):
    spells = [{"kind": kind, "started_on": date(2020, 1, 6)} for kind in reversed(PRECEDENCE[first:])]
    assert facts(involvements=spells, ehc_plans=[{"plan_on": date(2018, 1, 1)}])["service"] == SERVICES[first]


def test_a_second_plan_counts_from_the_end_of_the_first():
    spell = {"kind": "cp", "started_on": date(2020, 1, 6)}
    for ended, second in ((date(2018, 1, 6), True), (date(2018, 1, 5), False)):
        earlier = {"kind": "cp", "started_on": date(2017, 1, 1), "ended_on": ended}
        assert facts(involvements=[spell, earlier])["second_cp_plan"] is second


def test_a_child_who_died_has_nothing_open():
    known = facts(
        children=[{"died_on": date(2020, 4, 1)}], involvements=[{"kind": "cin", "started_on": date(2020, 1, 6)}]
    )
    assert known["service"] == "none"


def test_siblings_at_red_are_others():
    people = [{"id": number} for number in (1, 2, 3)]
    family = [{"family_id": 7, "child_id": 1}, {"family_id": 7, "child_id": 2}]
    red = [{"child_id": 2, "level": "red"}]
    known = sheet(tables(people, families=family, confirmations=red))
    assert known["sibling_red"].to_list() == [True, False, False]


def test_a_childs_own_service_is_no_other_professional():
    seen = [{"seen_on": ON - timedelta(days=7 * week), "line": "social_care"} for week in range(4)]
    cin = [{"kind": "cin", "started_on": date(2020, 1, 6)}]
    assert facts(sightings=seen, involvements=cin)["named_other_weeks"] == 0
    assert facts(sightings=seen)["named_other_weeks"] == 4


def test_a_list_never_loaded_is_unknown_and_not_no():
    loaded, not_loaded = facts(), facts(covered=frozenset())
    questions = [column.name for column in FACTS.columns if column.dtype == pl.Boolean]
    sight = {"any_seen", "other_seen"}  # the sight frame names every child
    judged = {
        "isolated", "insecure_housing", "bereavement", "income_loss", "network_plan", "trusted_adult",
        "engages_by_video", "respite_stopped",
    }  # fmt: skip
    assert {name for name in questions if loaded[name] is None} == sight | judged | {"disabled"}
    assert {name for name in questions if not_loaded[name] is not None} == {"unborn"}


def test_one_list_says_yes_though_another_was_never_loaded():
    alert = [{"kind": "exploitation", "started_on": date(2020, 1, 1)}]
    assert facts(alerts=alert, covered=frozenset({"alerts"}))["exploitation"] is True
    assert facts(covered=frozenset({"alerts"}))["exploitation"] is None


def test_what_must_be_asked_about_is_unknown_until_a_marker_speaks():
    begun, ended = {"kind": "isolated", "started_on": date(2020, 1, 1)}, {"ended_on": date(2020, 2, 1)}
    dog = {"kind": "dog", "started_on": date(2020, 1, 1)}
    loaded = frozenset({"alerts"})
    assert facts(alerts=[dog], covered=loaded)["isolated"] is None
    assert facts(alerts=[begun], covered=loaded)["isolated"] is True
    assert facts(alerts=[begun | ended], covered=loaded)["isolated"] is False
    assert facts(alerts=[dog], covered=loaded)["shielding"] is False


def test_the_care_lists_count_says_no_where_no_missing_list_was_loaded():
    spell = {"kind": "cla", "started_on": date(2019, 1, 7)}
    for count, known in ((0, 0), (2, None)):
        care = [{**spell, "details": json.dumps({"missing_12m": count})}]
        assert facts(involvements=care, covered=frozenset({"involvements"}))["missing_lately"] == known


def test_a_frame_that_breaks_its_contract_is_refused():
    broken = FactTables(tables().children.rename({"uasc": "asylum"}))
    with pytest.raises(BadInput, match="The children frame has no column uasc"):
        sheet(broken)


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(6)))
def test_one_row_a_child_in_the_order_given(order):
    people = [{"id": number + 1} for number in order]
    spells = [{"child_id": n, "kind": kind, "started_on": ON} for n in (1, 2, 9) for kind in ("cin", "cp", "cla")]
    alerts = [{"child_id": n, "kind": "dog", "started_on": ON} for n in (1, 1, 3)]
    known = sheet(tables(people, involvements=spells, alerts=alerts))
    assert known["child"].to_list() == [person["id"] for person in people]
    assert dict(known.select("child", "service").iter_rows()) == {n: "cp" if n < 3 else "none" for n in range(1, 7)}
