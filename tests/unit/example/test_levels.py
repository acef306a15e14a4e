"""Levels and shares are those of the pack, within what a tenth of the size allows."""

from datetime import timedelta

import polars as pl
import pytest

from keepsight.example import shares
from tests.unit.example.conftest import AS_AT

OUT_OF_COUNT = ["X", "Y", "Y4", "D", "Z", "#", "Q"]
PRESENT = ["/", "\\", "L", "B", "V", "P", "W", "K"]


def own(code: str) -> dict:
    return shares.table()[code]


def test_open_social_care_cases_of_fellshire_are_three_thousand():
    cases = {group: n for group, n in own("fellshire")["open"].items() if group != "early_help"}
    assert sum(cases.values()) == 3000


def test_each_group_of_children_is_as_large_as_the_pack_says(written, code):
    children = written.said["authorities"][code]["children"]
    for group, level in own(code)["open"].items():
        assert children[group] == max(6, round(level / 10)), group


def test_the_roll_is_as_long_as_the_pack_says(written, code):
    assert written.said["authorities"][code]["pupils"] == pytest.approx(own(code)["pupils"] / 10, rel=0.01)


def test_annex_a_shows_the_plans_and_the_children_in_care_that_are_open(written, code):
    frames = written.read(code, "annex_a.xlsx")
    for frame, group in (("child_protection", "cp"), ("children_looked_after", "cla")):
        still_open = frames[frame].filter(pl.col("ended_on").is_null())["child_id"].n_unique()
        assert still_open == round(own(code)["open"][group] / 10)


def test_referrals_of_six_months_lie_near_half_the_published_year(written, code):
    published = {"fellshire": 4091, "fenborough": 3577}[code] / 20
    assert written.said["authorities"][code]["rows"]["list_3"] == pytest.approx(published, rel=0.15)


def test_section_47_enquiries_are_as_many_as_published(written, code):
    enquiries = written.read(code, "annex_a.xlsx")["section_47"]
    assert enquiries.height == pytest.approx(own(code)["six_months"]["section_47"] / 10, rel=0.1)
    still_open = enquiries.filter(pl.col("icpc_unnecessary").is_null() & pl.col("icpc_on").is_null())
    assert 1 <= still_open.height <= 0.12 * enquiries.height


def test_plans_are_mostly_for_neglect_and_emotional_abuse(written):
    plans = written.read("fellshire", "annex_a.xlsx")["child_protection"]["latest_category"]
    published = own("fellshire")["abuse_category"]
    assert (plans == "NEG").mean() == pytest.approx(published["NEG"] / 620, abs=0.12)
    assert plans.is_in(["NEG", "EMO"]).mean() > 0.8


def test_plans_for_pupils_and_their_risk_assessments(written, code):
    plans = written.read(code, "send_register.csv")["ehc_plans"]
    assert plans.height == pytest.approx(own(code)["ehc_plans"] / 10, rel=0.05)
    assert (plans["risk_assessment"] == "not_done").mean() == pytest.approx(0.20, abs=0.08)


def test_most_open_cases_have_a_rating_and_no_child_on_a_plan_is_green(written, code):
    ratings = written.read(code, "rag_tracker.xlsx")["rag_tracker"]
    cases = sum(written.said["authorities"][code]["children"][group] for group in own(code)["open"])
    assert ratings.height / cases == pytest.approx(0.94, abs=0.03)
    lists = written.read(code, "annex_a.xlsx")
    planned = lists["child_protection"].filter(pl.col("ended_on").is_null()).select("child_id")
    levels = ratings.join(planned, on="child_id")["level"]
    assert set(levels) == {"red", "amber"}
    assert 0.02 < (ratings["level"] == "red").mean() < 0.15
    assert 0.02 < (ratings["review_on"] < AS_AT).mean() < 0.15


def missed(marks: pl.DataFrame) -> float:
    counted = marks.filter(pl.col("code").is_not_null() & ~pl.col("code").is_in(OUT_OF_COUNT))
    return 1 - counted["code"].is_in(PRESENT).mean()


def test_one_session_in_twenty_is_missed_and_twice_as_many_by_children_with_a_plan(written):
    marks = written.attendance("fellshire")
    assert missed(marks) == pytest.approx(0.0475, abs=0.007)
    held = written.read("fellshire", "ssd_person.csv")["persons"].select("child_id", "upn").drop_nulls()
    cases = written.read("fellshire", "annex_a.xlsx")["children_in_need"].filter(pl.col("closed_on").is_null())
    theirs = marks.join(held.join(cases.select("child_id").unique(), on="child_id"), on="upn")
    assert missed(theirs) > 1.5 * missed(marks)


def test_the_usual_register_codes_occur(written, code):
    codes = set(written.attendance(code)["code"].drop_nulls())
    assert codes >= {"/", "\\", "L", "I", "M", "N", "O", "G", "E", "X", "Y4"}


def test_pupils_on_free_meals_and_with_support(written, code):
    roll = written.csv(code, "school_census/2026_summer_pupilonroll.csv")
    meals = written.csv(code, "school_census/2026_summer_fsmperiodsonroll.csv")
    wanted = own(code)["shares"]
    assert meals.height / roll.height == pytest.approx(wanted["fsm"], abs=0.02)
    assert (roll["senprovision"] == "K").mean() == pytest.approx(wanted["sen_support"], abs=0.02)


def test_workers_hold_about_a_caseload(written, code):
    cases = written.read(code, "annex_a.xlsx")["children_in_need"].filter(pl.col("closed_on").is_null())
    held = cases.drop_nulls("worker").unique("child_id").group_by("worker").agg(n=pl.len())["n"]
    assert held.max() <= 26
    assert 5 <= held.median() <= 20


def test_about_one_school_age_child_in_twelve_has_no_upn(written):
    people = pl.concat(written.read(code, "ssd_person.csv")["persons"] for code in shares.CODES)
    youngest, oldest = AS_AT - timedelta(days=5 * 365), AS_AT - timedelta(days=16 * 365)
    school_age = people.filter(pl.col("date_of_birth").is_between(oldest, youngest))
    assert school_age["upn"].is_null().mean() == pytest.approx(0.08, abs=0.025)
    unknown = pl.concat(written.csv(code, "ssd_person.csv")["pers_upn_unknown"] for code in shares.CODES).drop_nulls()
    assert set(unknown) <= {"UN1", "UN2", "UN3", "UN4", "UN5"}
    assert len(unknown) > 20


def test_contacts_dropped_by_a_fifth_to_a_third_in_the_last_eight_weeks(written):
    days = pl.concat(written.read(code, "contacts_history.csv")["contact_history"] for code in shares.CODES)
    assert days["contact_on"].min() <= AS_AT - timedelta(days=3 * 365 - 3)

    def weeks_to(day) -> int:
        return days.filter(pl.col("contact_on").is_between(day - timedelta(days=56), day, closed="left"))[
            "contacts"
        ].sum()

    change = weeks_to(AS_AT) / weeks_to(AS_AT - timedelta(days=364)) - 1
    assert -0.36 < change < -0.17


def test_weekends_and_school_holidays_are_quieter(written):
    days = written.read("fellshire", "contacts_history.csv")["contact_history"]
    daily = days.group_by("contact_on").agg(pl.col("contacts").sum())
    day = pl.col("contact_on")
    weekend, august = (
        daily.filter(day.dt.weekday() > 5)["contacts"].mean(),
        daily.filter(day.dt.month() == 8)["contacts"].mean(),
    )
    assert weekend < 0.7 * daily.filter(day.dt.weekday() <= 5)["contacts"].mean()
    assert august < 0.92 * daily.filter(day.dt.month().is_in([6, 9, 11]))["contacts"].mean()


def test_visits_are_mostly_in_time_some_late_some_very_late(written):
    plans = pl.concat(written.read(code, "annex_a.xlsx")["child_protection"] for code in shares.CODES)
    gap = plans.filter(pl.col("ended_on").is_null()).select(
        days=(pl.lit(AS_AT) - pl.col("last_visit_on")).dt.total_days()
    )
    days = gap["days"].drop_nulls()
    assert (days <= 7).mean() > 0.65
    assert 0.1 < 1 - (days <= 7).mean() < 0.35
    assert 1 <= (days > 14).sum() <= 0.1 * len(days)


def test_how_a_visit_was_made_is_known_more_often_since_the_emergency(written, code):
    visits = pl.concat(written.read(code, f"ssd_{kind}_visits.csv")["visits"] for kind in ("cin", "cp", "cla"))
    lately = visits.filter(pl.col("visit_on") >= AS_AT - timedelta(days=56))
    assert visits["mode"].is_not_null().mean() == pytest.approx(0.85, abs=0.04)
    assert lately["mode"].is_not_null().mean() > 0.93
    assert (visits["mode"] == "video").mean() < (lately["mode"] == "video").mean()


def test_red_children_on_a_plan_are_seen_face_to_face_and_amber_ones_by_video_in_turn(written):
    ratings = pl.concat(written.read(code, "rag_tracker.xlsx")["rag_tracker"] for code in shares.CODES)
    visits = pl.concat(written.read(code, "ssd_cp_visits.csv")["visits"] for code in shares.CODES)
    lately = visits.filter(pl.col("visit_on") >= AS_AT - timedelta(days=50)).drop_nulls("mode")
    met = lately.join(ratings, on="child_id").group_by("level").agg(share=pl.col("mode").str.starts_with("f2f").mean())
    shown = dict(met.iter_rows())
    assert shown["red"] > 0.95
    assert 0.35 < shown["amber"] < 0.65
