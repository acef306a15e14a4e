"""The files fit together: every child, pupil, school and day that one names is known to another."""

from datetime import timedelta

import polars as pl
import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from tests.unit.example.conftest import AS_AT

LISTS = (
    "contacts", "early_help", "referrals", "assessments", "section_47", "children_in_need",
    "child_protection", "children_looked_after", "care_leavers", "adoption",
)  # fmt: skip


@pytest.fixture
def people(written, code) -> pl.DataFrame:
    return written.read(code, "ssd_person.csv")["persons"]


@pytest.fixture
def lists(written, code) -> dict[str, pl.DataFrame]:
    return written.read(code, "annex_a.xlsx")


def test_every_child_of_annex_a_is_a_person_of_the_case_system(lists, people):
    known = set(people["child_id"])
    for name in LISTS:
        assert lists[name].height > 0, name
        assert set(lists[name]["child_id"]) <= known, name


def test_sex_and_birthday_agree_between_the_lists_and_the_case_system_save_a_few(lists, people):
    both = (
        lists["children_in_need"]
        .join(people, on="child_id", suffix="_there")
        .drop_nulls(["date_of_birth", "date_of_birth_there"])
    )
    differ = (both["date_of_birth"] != both["date_of_birth_there"]).mean()
    assert 0 <= differ < 0.01
    assert (both["sex"] == both["sex_there"]).all()


def test_visits_name_known_children_save_a_few_strangers(written, code, people):
    visits = pl.concat(written.read(code, f"ssd_{kind}_visits.csv")["visits"] for kind in ("cin", "cp", "cla"))
    strangers = visits.filter(~pl.col("child_id").is_in(people["child_id"].implode()))
    assert strangers["child_id"].str.starts_with("ZZ").all()
    assert strangers.height < 0.005 * visits.height
    assert visits["visit_on"].max() < AS_AT
    assert visits["visit_on"].min() >= AS_AT - timedelta(days=366)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("ssd_family.csv", "families"),
        ("ssd_address.csv", "addresses"),
        ("ssd_missing.csv", "missing_episodes"),
        ("ssd_assessment_factors.csv", "assessment_factors"),
        ("case_alerts.csv", "alerts"),
        ("rag_tracker.xlsx", "rag_tracker"),
    ],
)
def test_every_other_list_names_known_children(written, code, people, name, frame):
    rows = written.read(code, name)[frame]
    assert rows.height > 0
    assert set(rows["child_id"]) <= set(people["child_id"])


def test_every_register_mark_is_of_a_pupil_on_that_schools_roll(written, code):
    roll = written.csv(code, "school_census/2026_summer_pupilonroll.csv")
    marks = written.attendance(code)
    pairs = marks.select("upn", "urn").unique()
    on_roll = roll.select("NativeId", pupil="upn").drop_nulls()
    found = pairs.join(on_roll, left_on=["upn", "urn"], right_on=["pupil", "NativeId"], how="inner")
    assert found.height / pairs.height > 0.99  # the census has a few UPNs wrong or blank
    assert marks.height == pairs.height * 2 * marks["on"].n_unique()


def test_every_school_with_pupils_is_open_in_the_schools_list(written, code):
    roll = written.csv(code, "school_census/2026_summer_pupilonroll.csv")
    schools = written.read(code, "schools.csv")["settings"]
    still_open = schools.filter(pl.col("status") == "open")
    assert set(roll["NativeId"]) <= set(still_open["urn"])
    counted = roll.group_by("NativeId").agg(n=pl.len())
    both = still_open.join(counted, left_on="urn", right_on="NativeId")
    assert (both["pupils"] == both["n"]).all()
    assert schools["status"].n_unique() == 2


def test_schools_stand_where_their_postcode_lies(written, code):
    schools = written.read(code, "schools.csv")["settings"]
    places = written.read(code, "postcodes.csv")["postcodes"]
    both = schools.join(places, on="postcode", suffix="_there").drop_nulls(["latitude", "latitude_there"])
    assert both.height >= 0.95 * schools.height
    assert ((both["latitude"] - both["latitude_there"]).abs() < 0.0001).all()
    assert ((both["longitude"] - both["longitude_there"]).abs() < 0.0001).all()
    assert (both["lsoa"] == both["lsoa_there"]).all()


def test_every_address_has_a_postcode_of_the_lookup_or_none(written, code):
    places = set(written.read(code, "postcodes.csv")["postcodes"]["postcode"])
    placed = {row["pcds"] for row in written.csv(code, "postcodes.csv").to_dicts()}
    homes = written.read(code, "ssd_address.csv")["addresses"]["postcode"]
    assert set(homes.drop_nulls()) <= placed
    assert homes.is_null().mean() < 0.02
    assert places <= placed


def test_the_upn_of_social_care_finds_the_pupil_of_the_same_name(written, code, people):
    roll = written.read(code, "school_census/2026_summer_pupilonroll.csv")["enrolments"]
    held = people.drop_nulls("upn").join(roll.drop_nulls("upn"), on="upn", suffix="_there")
    assert held.height / people.drop_nulls("upn").height > 0.95
    assert (held["surname"] == held["surname_there"]).all()
    assert (held["date_of_birth"] == held["date_of_birth_there"]).all()


def test_brothers_and_sisters_on_roll_share_surname_and_home(written, code, people):
    families = written.read(code, "ssd_family.csv")["families"].join(people, on="child_id")
    sharing = families.group_by("family_id").agg(n=pl.len(), names=pl.col("surname").n_unique())
    assert (sharing["names"] == 1).all()
    assert (sharing["n"] > 1).mean() > 0.2


def test_the_registers_hold_six_weeks_of_school_days_up_to_yesterday(written, code):
    calendar = WorkingCalendar.from_table(book().table("calendar"))
    days = sorted(written.attendance(code)["on"].unique())
    expected, day = [], AS_AT - timedelta(days=37)
    while day < AS_AT:
        if calendar.is_working(day):
            expected.append(day)
        day += timedelta(days=1)
    assert days == expected
    assert days[-1] == AS_AT - timedelta(days=1)


def test_the_last_six_months_of_the_history_are_the_contacts_of_list_one(written, code, lists):
    history = written.read(code, "contacts_history.csv")["contact_history"]
    contacts = lists["contacts"]
    since = AS_AT - timedelta(days=182)
    counted = history.filter(pl.col("contact_on") >= since)
    rows = contacts.height
    assert counted["contacts"].sum() <= rows <= counted["contacts"].sum() * 1.01  # a few rows stand twice
    assert contacts["contact_on"].min() >= since
    assert contacts["contact_on"].max() < AS_AT


def test_spells_end_after_they_begin_and_nothing_lies_ahead(lists):
    for name, start, end in (
        ("children_in_need", "started_on", "closed_on"),
        ("child_protection", "started_on", "ended_on"),
        ("children_looked_after", "started_on", "ended_on"),
        ("early_help", "started_on", "completed_on"),
        ("assessments", "started_on", "authorised_on"),
    ):
        rows = lists[name]
        assert (rows[start] < AS_AT).all(), name
        both = rows.drop_nulls([start, end])
        assert (both[start] <= both[end]).all(), name
        assert (both[end] < AS_AT).all(), name


def test_a_plan_made_in_the_window_has_its_enquiry_and_conference(lists):
    since = AS_AT - timedelta(days=180)
    plans = lists["child_protection"].filter(pl.col("started_on") >= since)
    held = lists["section_47"].filter(pl.col("icpc_made_plan")).select("child_id", "icpc_on")
    found = plans.join(held, left_on=["child_id", "started_on"], right_on=["child_id", "icpc_on"])
    assert found.height >= 0.97 * plans.height


def test_some_children_whom_a_service_should_know_were_not_in_school_for_weeks(written):
    total = 0
    for code in ("fellshire", "fenborough"):
        marks = written.attendance(code)
        present = marks.filter(
            pl.col("code").is_in(["/", "\\", "L", "B", "V", "P"]) & (pl.col("on") > AS_AT - timedelta(days=24))
        )
        away = set(marks["upn"]) - set(present["upn"])
        known = set(written.read(code, "ssd_person.csv")["persons"]["upn"].drop_nulls())
        known |= set(written.read(code, "send_register.csv")["ehc_plans"]["upn"].drop_nulls())
        total += len(away & known)
    assert 5 <= total <= 40


def test_unborn_children_have_an_expected_day_and_no_birthday(written, code, people):
    unborn = people.filter(pl.col("date_of_birth").is_null())
    assert unborn.height >= 1
    assert (unborn["expected_on"] > AS_AT).all()
    assert (unborn["sex"] == "U").all()
