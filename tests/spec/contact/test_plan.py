"""How often and how each child is seen, and which rule says so (RULES 4.4 and 2.2, T11 to T41)."""
# ruff: noqa: E501 (a row of a table stays one line)

import re
from datetime import date

import polars as pl
import pytest

from keepsight.core.contact.cases import cases
from keepsight.core.contact.plan import plan
from keepsight.core.contact.rules import contact_rules
from keepsight.core.contact.sight import sightings, summary
from keepsight.core.duties.easements import USES, eased_on
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Easement, Easements, Window
from keepsight.core.people.facts import FACTS
from keepsight.core.terms import ContactMode
from tests.tables import day, ids, table
from tests.worlds import frame, tables

AS_AT = date(2020, 6, 3)  # a Wednesday; 25 May was a bank holiday
OPENED = date(2020, 1, 6)


def plan_of(
    service,
    level,
    *,
    mode="emergency",
    visits=(),
    details=None,
    facts=None,
    agreed=(),
    opened_on=OPENED,
    computed=None,
    easements=frozenset(),
    uses=(),
    law=None,
    as_at=AS_AT,
):
    """The plan of one child with one open spell. ``uses``: easement, first day, last day."""
    rules = contact_rules(book(event="pandemic_2020"), ContactMode(mode))
    rows = {"visits": [{"child_id": 1, "service": service, "seen": True, **visit} for visit in visits]}
    if service == "ehcp":
        rows["ehc_plans"] = [{"child_id": 1, "plan_on": opened_on}]
    else:
        rows["involvements"] = [{"child_id": 1, "kind": service, "started_on": opened_on, "details": details}]
    world = tables([1], **rows)
    case = cases(world, as_at=as_at)
    sheet = frame(FACTS, [{"child": 1, "service": service, **(facts or {})}])
    seen = sightings(world, rules.sight, as_at=as_at)
    sight = summary(case, seen, rules=rules.sight, calendar=rules.calendar, as_at=as_at)
    words = {"child_id": pl.Int64, "confirmed_level": pl.String, "computed_level": pl.String}
    levels = pl.DataFrame([(1, level or None, computed)], schema=words, orient="row")
    own = pl.DataFrame(
        [(1, *each) for each in agreed],
        schema={"child_id": pl.Int64, "every": pl.Int64, "unit": pl.String},
        orient="row",
    )
    made = plan(
        case, facts=sheet, sight=sight, levels=levels, agreed=own, rules=rules, as_at=as_at, easements=easements,
        eased=eased_by(uses, law, as_at),
    )  # fmt: skip
    return made.row(0, named=True)


def eased_by(uses, law, as_at):
    """What these uses ease on a day, by the law of 2020 or another."""
    held = [
        (1, f"EAU-{n}", name, first, last, "Vera Hall, Team manager", first)
        for n, (name, first, last) in enumerate(uses, 1)
    ]
    table = law or book(event="pandemic_2020").read("easements", Easements)
    return eased_on(pl.DataFrame(held, schema=USES.schema, orient="row"), table, as_at)


EMERGENCY = table("""
    service     | level | seen at home | video      | telephone  || due            | in which way | alone | by rule
    cp          | red   | 2020-06-01   |            |            || Mon 2020-06-08 | f2f_home     | yes   | EM-CP-R
    cp          | red   | 2020-05-20   | 2020-06-01 |            || Wed 2020-05-27 | f2f_home     | yes   | EM-CP-R
    cp          | amber | 2020-05-20   |            |            || Wed 2020-05-27 | seen         |       | EM-CP-A2
    cp          | amber | 2020-05-20   | 2020-06-01 |            || Thu 2020-06-04 | f2f          |       | T11
    cp          | amber | 2020-05-20   |            | 2020-06-01 || Wed 2020-05-27 | seen         |       | EM-CP-A2
    cp          | green | 2020-05-20   | 2020-06-01 |            || Thu 2020-06-04 | f2f          |       | T11
    cin         | red   | 2020-06-01   |            |            || Mon 2020-06-08 | f2f          |       | EM-CIN-R
    cin         | amber | 2020-05-01   | 2020-05-29 |            || Tue 2020-06-02 | f2f          |       | EM-CIN-A
    cin         | amber | 2020-05-20   |            |            || Thu 2020-06-04 | seen         |       | EM-CIN-A2
    cin         | green | 2020-05-01   | 2020-05-29 |            || Fri 2020-06-12 | seen         |       | EM-CIN-G2
    cin         | green | 2020-03-02   | 2020-05-29 |            || Wed 2020-04-29 | f2f          |       | EM-CIN-G
    care_leaver | red   | 2020-05-25   |            | 2020-06-01 || Mon 2020-06-08 | f2f          |       | EM-CL-R
    care_leaver | red   | 2020-05-27   |            |            || Wed 2020-06-03 | contact      |       | EM-CL-R2
    care_leaver | amber | 2020-05-25   |            | 2020-06-02 || Mon 2020-06-08 | seen         |       | EM-CL-A2
    care_leaver | green |              |            | 2020-05-20 || Wed 2020-06-17 | contact      |       | EM-CL-G
    early_help  | red   | 2020-05-25   | 2020-06-01 |            || Mon 2020-06-08 | f2f          |       | EM-EH-R
    early_help  | amber |              | 2020-05-27 |            || Wed 2020-06-10 | seen         |       | EM-EH-A
    early_help  | green |              |            | 2020-05-20 || Wed 2020-06-17 | contact      |       | EM-EH-G
    cla         | red   | 2020-06-01   |            |            || Mon 2020-06-08 | f2f          |       | EM-CLA-R
    cla         | amber | 2020-06-01   |            |            || Mon 2020-06-15 | seen         |       | EM-CLA-A
""")


@pytest.mark.parametrize("row", EMERGENCY, ids=ids(EMERGENCY))
def test_the_emergency_table(row):
    modes = {"seen at home": "f2f_home", "video": "video", "telephone": "phone"}
    visits = [{"visit_on": day(row[name]), "mode": mode} for name, mode in modes.items() if row[name]]
    facts = {"cp_plan": row["service"] == "cp"}
    found = plan_of(row["service"], row["level"], visits=visits, facts=facts)
    assert (found["due_on"], found["due_mode"], found["alone"], found["bound_id"]) == (
        day(row["due"]), row["in which way"], row["alone"] == "yes", row["by rule"],
    )  # fmt: skip


# Day 0 is the placement, the order, or the visit before. LT: agreed long-term foster placement.
STATUTORY = table("""
    facts                                            | placed     | order      | last seen  || due        | by rule | because
    placement_days=2                                 | 2020-06-01 |            |            || 2020-06-08 | T20     | within a week of each placement
    placement_days=2                                 | 2020-06-01 |            | 2020-05-29 || 2020-06-08 | T20     | a visit before the move does not count
    placement_days=16                                | 2020-05-18 |            | 2020-05-20 || 2020-07-01 | T21     | then every six weeks
    placement_days=400                               | 2019-04-30 |            | 2020-05-20 || 2020-07-01 | T22     | after a year too, unless it is to last
    placement_days=400 placement_to_18               | 2019-04-30 |            | 2020-05-20 || 2020-08-20 | T22-18  | three months if it is to last to 18
    placement_days=400 placement_to_18 placement_long_term six_month_visits_agreed | 2019-04-30 | | 2020-05-20 || 2020-11-20 | T23 | six months, where agreed
    placement_days=30 placed_at_home                 | 2020-05-04 |            | 2020-05-28 || 2020-06-04 | T24     | at home, before the first review: weekly
    placement_days=30 placed_at_home legal_status=C2 care_reviewed | 2020-05-04 | 2020-05-04 | 2020-05-28 || 2020-07-09 | T21 | after it: six weeks
    placement_days=30 placed_at_home legal_status=C1 care_reviewed | 2020-05-04 | 2020-05-04 | 2020-05-28 || 2020-06-25 | T25-2 | interim order at home: four weeks
    placement_days=30 temporary_carer                | 2020-05-04 |            | 2020-05-28 || 2020-06-04 | T25     | carer approved for a time: weekly
    placement_days=300 placed_at_home legal_status=C2 care_reviewed | 2019-08-08 | 2020-06-01 | 2020-05-28 || 2020-06-08 | T26 | within a week of the order
""")  # fmt: skip


def facts_in(text):
    words = dict(part.split("=") if "=" in part else (part, True) for part in text.split())
    return {name: int(value) if str(value).isdigit() else value for name, value in words.items()}


@pytest.mark.parametrize("row", STATUTORY, ids=ids(STATUTORY))
def test_statutory_visits_to_looked_after_children(row):
    details = {
        "placement_started_on": row["placed"],
        "legal_status_on": row["order"] or None,
        "placement_type": "U6",
    }
    visits = [{"visit_on": day(row["last seen"]), "mode": "f2f_home"}] if row["last seen"] else []
    facts = {"looked_after": True, **facts_in(row["facts"])}
    opened_on = OPENED if visits else day(row["placed"])
    found = plan_of("cla", "green", mode="bau", visits=visits, details=details, facts=facts, opened_on=opened_on)
    assert (found["due_on"], found["bound_by"], found["bound_id"]) == (day(row["due"]), "statute", row["by rule"])


SENTENCES = table("""
    service | level | mode      | visit                 || why
    cp      | red   | emergency | f2f_home 2020-05-27   || Red, child protection: face to face at home every 7 days; last seen face to face 27 May.
    cp      |       | emergency | f2f_home 2020-05-27   || Unrated, worked as Red, child protection: face to face at home every 7 days; last seen face to face 27 May.
    cp      | red   | emergency | f2f_setting 2020-05-27 || Red, child protection: face to face at home every 7 days; last seen face to face 27 May, not at home.
    cp      | red   | emergency | unknown 2020-05-27    || Red, child protection: face to face at home every 7 days; last seen face to face 27 May (how is not recorded).
    cp      | red   | emergency | none                  || Red, child protection: face to face at home every 7 days; never seen, case open since 6 January.
    cp      | red   | emergency | phone 2020-05-27      || Red, child protection: face to face at home every 7 days; not yet seen in this way, case open since 6 January.
    cin     | red   | emergency | f2f_home 2019-12-30   || Red, child in need: face to face every 7 days; last seen face to face 30 December 2019.
    cin     | amber | recovery  | f2f_home 2020-05-27   || Amber, child in need: child in need visit (T12), face to face every 20 working days; last seen face to face 27 May.
    early_help | green | bau    | f2f_home 2020-05-27   || Green, early help: no rule of business as usual and no plan of the child's own sets an interval.
""")  # fmt: skip


@pytest.mark.parametrize("row", SENTENCES, ids=ids(SENTENCES))
def test_why_in_one_sentence(row):
    visits = []
    if row["visit"] != "none":
        mode, on = row["visit"].split()
        visits = [{"visit_on": day(on), "mode": "" if mode == "unknown" else mode}]
    assert plan_of(row["service"], row["level"], mode=row["mode"], visits=visits)["why"] == row["why"]


def test_why_a_visit_after_a_placement_is_owed():
    details = {"placement_started_on": "2020-06-01"}
    visits = [{"visit_on": date(2020, 5, 27), "mode": "f2f_home"}]
    facts = {"looked_after": True, "placement_days": 2}
    found = plan_of("cla", "green", mode="bau", details=details, facts=facts, visits=visits)
    assert found["why"] == (
        "Green, child in care: visit after a new placement (T20), face to face within 1 week of 1 June; "
        "last seen face to face 27 May."
    )


def test_the_plan_of_the_child_wins_where_it_is_shorter():
    visits = [{"visit_on": date(2020, 6, 1), "mode": "f2f_home"}]
    found = plan_of("cp", "red", visits=visits, agreed=[(2, "working_days")])
    assert (found["due_on"], found["bound_by"]) == (date(2020, 6, 3), "plan")
    assert found["why"].startswith(
        "Red, child protection: the child's own plan, seen, face to face or by video, every 2 "
    )


def test_the_plan_of_the_child_never_makes_a_visit_later():
    visits = [{"visit_on": date(2020, 6, 1), "mode": "f2f_home"}]
    found = plan_of("cp", "red", visits=visits, agreed=[(30, "days")])
    assert (found["due_on"], found["bound_by"]) == (date(2020, 6, 8), "table")


def test_green_is_not_allowed_on_a_child_protection_plan():
    found = plan_of("cp", "green")
    assert (found["level"], found["worked_level"]) == ("green", "amber")
    assert found["why"].startswith("Green, worked as Amber, child protection")


def test_an_open_case_without_a_confirmed_level_is_worked_as_red_whatever_was_computed():
    found = plan_of("cin", None, computed="green")
    assert (found["level"], found["worked_level"], found["bound_id"]) == ("unrated", "red", "EM-CIN-R")


def test_a_child_with_an_ehc_plan_only_is_worked_by_the_computed_level():
    found = plan_of("ehcp", None, computed="green")
    assert (found["is_open"], found["level"], found["bound_id"]) == (False, "green", "EM-EHC-G")


def test_never_seen_is_due_from_the_opening_of_the_case():
    found = plan_of("cin", "red", opened_on=date(2020, 6, 1))
    assert found["due_on"] == date(2020, 6, 8)
    assert found["f2f_in_interval"] is False


def test_a_care_leavers_clock_is_the_last_contact_whenever_the_register_heard_of_them():
    heard_of = date(2020, 6, 1)
    found = plan_of("care_leaver", "green", opened_on=heard_of, details={"last_contact_on": "2020-04-20"})
    assert found["due_on"] == date(2020, 5, 18)
    never = plan_of("care_leaver", "green", opened_on=heard_of)
    assert never["due_on"] == heard_of
    assert never["why"].endswith("never seen, no list says since when the case is open.")


def test_failed_attempts_never_start_the_clock_again():
    seen = {"visit_on": date(2020, 5, 28), "mode": "f2f_home"}
    failed = {"visit_on": date(2020, 6, 2), "mode": "f2f_home", "seen": False}
    assert plan_of("cp", "red", visits=[seen, failed])["due_on"] == date(2020, 6, 4)


def test_a_red_child_was_seen_in_the_interval_or_was_not():
    in_time = plan_of("cp", "red", visits=[{"visit_on": date(2020, 5, 27), "mode": "f2f_home"}])
    too_late = plan_of("cp", "red", visits=[{"visit_on": date(2020, 5, 26), "mode": "f2f_home"}])
    by_video = plan_of("cp", "red", visits=[{"visit_on": date(2020, 6, 2), "mode": "video"}])
    assert [each["f2f_in_interval"] for each in (in_time, too_late, by_video)] == [True, False, False]


def test_a_video_call_meets_a_statutory_visit_only_while_the_easement_is_switched_on():
    visits = [{"visit_on": date(2020, 4, 22), "mode": "f2f_home"}, {"visit_on": date(2020, 5, 27), "mode": "video"}]
    facts = {"looked_after": True, "placement_days": 149}
    strict = plan_of("cla", "green", visits=visits, facts=facts)
    eased = plan_of("cla", "green", visits=visits, facts=facts, easements=frozenset({"E01"}))
    assert (strict["due_on"], strict["due_mode"]) == (date(2020, 6, 3), "f2f")
    assert (eased["due_on"], eased["due_mode"]) == (date(2020, 7, 8), "seen")


# Seen at home on 22 April; T21, six weeks, so due by law on Wednesday 3 June. E01 is used for this child.
EASED = table("""
    level | mode      | used from  | until      | video      | as at          || due            | in which way | by rule  | words                                                   | because
    amber | bau       |            |            |            | Wed 2020-06-10 || Wed 2020-06-03 | f2f          | T21      |                                                         | no easement: overdue since 4 June
    amber | bau       | 2020-06-01 | 2020-06-14 |            | Wed 2020-06-10 || Sun 2020-06-14 | f2f          | T21      | Eased until 14 June: .* \\(T21\\), due by law on 3 June\\. | valid on the due day: waits until its end
    amber | bau       | 2020-06-03 | 2020-06-14 |            | Wed 2020-06-10 || Sun 2020-06-14 | f2f          | T21      | Eased until 14 June:                                    | from the due day itself
    amber | bau       | 2020-06-04 | 2020-06-14 |            | Wed 2020-06-10 || Wed 2020-06-03 | f2f          | T21      | Easement recorded until 14 June: .*changes no visit now | late before it began: stays late
    amber | bau       | 2020-06-01 | 2020-06-14 |            | Mon 2020-06-15 || Wed 2020-06-03 | f2f          | T21      |                                                         | after its end as before
    amber | bau       | 2020-06-12 | 2020-06-20 |            | Wed 2020-06-10 || Wed 2020-06-03 | f2f          | T21      |                                                         | not before its first day
    red   | emergency | 2020-04-25 | 2020-06-14 |            | Wed 2020-06-10 || Wed 2020-04-29 | f2f          | EM-CLA-R | Eased until 14 June: .* \\(T21\\)                        | Red is seen face to face every 7 days, eased or not
          | emergency | 2020-04-25 | 2020-06-14 |            | Wed 2020-06-10 || Wed 2020-04-29 | f2f          | EM-CLA-R | Eased until 14 June: .* \\(T21\\)                        | unrated is worked as Red
    amber | emergency | 2020-06-01 | 2020-06-14 | 2020-06-08 | Wed 2020-06-10 || Sun 2020-06-14 | f2f          | T21      | Eased until 14 June: .* \\(T21\\), due by law on 3 June\\. | Amber stays face to face (RULES 4.4), only later
    green | emergency | 2020-06-01 | 2020-06-14 | 2020-06-08 | Wed 2020-06-10 || Mon 2020-07-20 | seen         | T21      | Eased until 14 June: .* \\(T21\\), may be by video        | Green: the video visit meets it
    green | emergency | 2020-06-01 | 2020-06-14 | 2020-06-08 | Mon 2020-06-15 || Wed 2020-06-03 | f2f          | T21      |                                                         | and counts no longer than the easement
    green | recovery  | 2020-06-01 | 2020-06-14 | 2020-06-08 | Wed 2020-06-10 || Sun 2020-06-14 | f2f          | T21      | Eased until 14 June: .* \\(T21\\), due by law on 3 June\\. | in recovery the table relaxes no class
""")


@pytest.mark.parametrize("row", EASED, ids=ids(EASED))
def test_a_use_of_an_easement_moves_the_day_of_law_while_it_lasts(row):
    visits = [{"visit_on": date(2020, 4, 22), "mode": "f2f_home"}]
    visits += [{"visit_on": day(row["video"]), "mode": "video"}] if row["video"] else []
    made = plan_of(
        "cla", row["level"], mode=row["mode"], visits=visits, facts={"looked_after": True, "placement_days": 149},
        uses=[("E01", day(row["used from"]), day(row["until"]))] if row["used from"] else (), as_at=day(row["as at"]),
    )  # fmt: skip
    assert (made["due_on"], made["due_mode"], made["bound_id"]) == (
        day(row["due"]),
        row["in which way"],
        row["by rule"],
    )
    assert re.match(row["words"], made["eased"]) if row["words"] else made["eased"] is None


def test_after_september_2020_the_timescale_is_back_and_only_the_way_is_eased():
    visits = [{"visit_on": date(2020, 8, 19), "mode": "f2f_home"}, {"visit_on": date(2020, 9, 28), "mode": "video"}]
    facts = {"looked_after": True, "placement_days": 250}
    use = [("E01", date(2020, 9, 25), date(2020, 10, 9))]
    amber, green = (
        plan_of("cla", level, visits=visits, facts=facts, uses=use, as_at=date(2020, 10, 5))
        for level in ("amber", "green")
    )
    assert (amber["due_on"], amber["due_mode"], amber["bound_id"]) == (date(2020, 9, 30), "f2f", "T21")
    assert (green["due_on"], green["due_mode"], green["bound_id"]) == (date(2020, 11, 9), "seen", "T21")
    assert "SI 2020/909 regulation 4" in green["eased"]


def test_what_is_eased_is_said_with_law_and_name_and_is_never_called_in_time():
    made = plan_of(
        "cla", "amber", mode="bau", visits=[{"visit_on": date(2020, 4, 22), "mode": "f2f_home"}],
        facts={"looked_after": True, "placement_days": 149},
        uses=[("E01", date(2020, 6, 1), date(2020, 6, 14)), ("E02", date(2020, 6, 2), date(2020, 6, 30))],
        as_at=date(2020, 6, 10),
    )  # fmt: skip
    assert made["eased"] == (
        "Eased until 14 June: visit in the first year of a placement (T21), due by law on 3 June. SI 2020/445 regulation 8. "
        "Authorised on 1 June by Vera Hall, Team manager (EAU-1). "
        "Easement recorded until 30 June: E02 Reviews of looked-after children (regulation 33). It changes no visit now. "
        "SI 2020/445 regulation 8. Authorised on 2 June by Vera Hall, Team manager (EAU-2)."
    )
    assert made["f2f_in_interval"] is False
    assert made["f2f_due_on"] == date(2020, 6, 14)


def test_the_childs_own_plan_is_never_eased():
    made = plan_of(
        "cla", "amber", mode="bau", visits=[{"visit_on": date(2020, 4, 22), "mode": "f2f_home"}],
        facts={"looked_after": True, "placement_days": 149}, agreed=[(44, "days")],
        uses=[("E01", date(2020, 6, 1), date(2020, 6, 14))], as_at=date(2020, 6, 3),
    )  # fmt: skip
    assert (made["due_on"], made["bound_by"]) == (date(2020, 6, 5), "plan")


@pytest.mark.parametrize(
    ("weeks", "due"),
    [(7, date(2020, 6, 10)), (8, date(2020, 6, 14)), (5, date(2020, 6, 3))],
    ids=["the longer limit comes first", "the easement ends first", "never sooner than the law itself"],
)
def test_where_the_law_gives_a_longer_limit_it_holds_but_no_longer_than_the_easement(weeks, due):
    window = Window(
        from_=date(2020, 4, 24), to=date(2020, 9, 24), effect="longer_limit", every=weeks, unit="weeks",
        text="So many weeks.", source="Invented for this test",
    )  # fmt: skip
    easement = Easement(id="E77", title="Invented", duties=("T21",), windows=(window,), source="Invented for this test")
    law = Easements(easements=(easement,), source="Invented", owner="Nobody", review_on=date(2030, 1, 1))
    made = plan_of(
        "cla", "amber", mode="bau", visits=[{"visit_on": date(2020, 4, 22), "mode": "f2f_home"}],
        facts={"looked_after": True, "placement_days": 149}, law=law,
        uses=[("E77", date(2020, 6, 1), date(2020, 6, 14))], as_at=date(2020, 6, 3),
    )  # fmt: skip
    assert made["due_on"] == due
