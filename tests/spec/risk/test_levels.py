"""
The rating policy in tables that a practitioner can check (RULES §4.2 and §4.3).

Each row gives what is known of a child beyond ``CALM``: aged 12, seen by everyone, nothing the
matter. A fact alone is a yes; ``fact=?`` is unknown.
"""

import pytest

from keepsight.core.packs import book
from keepsight.core.people.facts import FACTS
from keepsight.core.risk import policy, rate
from tests.oracle.facts import CALM, UNKNOWN, sheet
from tests.tables import ids, table

POLICY = policy(book())
_CIN, _CP = "service=cin child_in_need", "service=cp cp_plan"


def facts_of(text: str) -> dict:
    kinds = FACTS.schema
    known = {}
    for word in text.split():
        name, _, value = word.partition("=")
        assert name in kinds, f"{name} is no fact"
        if not value:
            known[name] = True
        elif value == "?":
            known[name] = None
        elif value in ("no", "yes"):
            known[name] = value == "yes"
        else:
            known[name] = value if name == "service" else float(value) if "share" in name else int(value)
    return known


def rated(text: str) -> dict:
    return rate(sheet(facts_of(text)), POLICY).to_dicts()[0]


# The six worked examples of RULES §4.3, word for word in the remark, as facts below it.
EXAMPLES = table("""
    example | child                                                                        || points | level | floors
    # CP 30 + under 1 20 + current DA 15 = 65 Red, also R2
    1 | service=cp cp_plan age=0 domestic_abuse                                            || 65     | red   | R2 R5
    # CIN 10 + age 7 3 + parent MH 10 + not in school 8 = 31 Amber
    2 | service=cin age=7 parent_mental_ill_health school_place attendance_share=0         || 31     | amber |
    # CLA long-term 5 − stable 8 − school 10 → 0 Green
    3 | service=cla looked_after placement_long_term placement_days=800 school_place attendance_share=0.9 || 0 | green |
    # CP 30, age 12, school −10 = 20 → points Green, R5 → Amber
    4 | service=cp cp_plan age=12 school_place attendance_share=0.9                        || 20     | amber | R5
    # EH2 0 + age 3 10 + poverty 5 = 15 Green
    5 | service=early_help early_help_level=2 age=3 idaci_decile=2                         || 15     | green |
    # CIN 10, age 15, exploitation 15, missing 2+ with RHIs held 15, not in school 8, single worker 8 = 56 Red
    6 | service=cin age=15 exploitation missing_lately=2 school_place attendance_share=0 sight_lines=1 || 56 | red |
""")


@pytest.mark.parametrize("row", EXAMPLES, ids=ids(EXAMPLES))
def test_worked_examples(row):
    child = rated(row["child"])
    assert (child["points"], child["level"]) == (int(row["points"]), row["level"])
    assert child["floors"] == row["floors"].split()


FLOORS = table("""
    child                                                        || level | floors
    service=cp section_47_open                                   || red   | R1
    service=cin section_47_open=no                               || green |
    service=cp cp_plan age=0                                     || red   | R2 R5
    service=cp cp_plan age=1                                     || amber | R5
    service=cp cp_plan unborn age=? due_in_days=56               || red   | R2 R5
    service=cp cp_plan unborn age=? due_in_days=57               || amber | R5
    service=cin age=0                                            || amber |
    service=cin missing_now                                      || red   | R3
    service=cin missing_lately=1 missing_no_interview=1          || green |
    service=cin missing_lately=2 missing_no_interview=1          || red   | R3
    service=cin missing_lately=2 missing_no_interview=0          || amber |
    service=cin self_harm_lately                                 || amber |
    service=cin self_harm_lately self_harm_hospital_lately       || red   | R4
    service=care_leaver care_leaver age=19 homeless_lately       || red   | R4
    service=cin homeless_lately                                  || green |
    service=cp cp_plan                                           || amber | R5
    service=cla looked_after placed_at_home                      || amber | R5
    service=cla looked_after temporary_carer                     || amber | R5
    # nobody has seen the child: one level up, after the other floors
    service=cp cp_plan any_seen_wd=10                            || amber | R5
    service=cp cp_plan any_seen_wd=11                            || red   | R5 R6a
    service=cin any_seen_wd=20                                   || green |
    service=cin any_seen_wd=21                                   || amber | R6b
    service=cin any_seen=no any_seen_wd=?                        || amber | R6b
    service=cin any_seen=? any_seen_wd=?                         || green |
    service=cin exploitation any_seen_wd=21                      || red   | R6b
    service=ehcp any_seen_wd=21                                  || amber | R6b
    service=none any_seen_wd=21                                  || green |
    service=cin unborn age=? due_in_days=100 any_seen=no         || green |
    # no floor where nobody knows
    service=cin section_47_open=? cp_plan=? missing_now=?        || green |
""")


@pytest.mark.parametrize("row", FLOORS, ids=ids(FLOORS))
def test_floors(row):
    child = rated(row["child"])
    assert (child["level"], child["floors"]) == (row["level"], row["floors"].split())


LEVELS = table("""
    child                                                                                    || points | level
    service=cin child_mental_health agency_withdrew                                          || 24     | green
    service=cin exploitation                                                                 || 25     | amber
    service=cin neglect bereavement                                                          || 26     | amber
    service=cin exploitation domestic_abuse household_substance_misuse bereavement           || 54     | amber
    service=cin exploitation domestic_abuse physical_or_sexual_abuse                         || 55     | red
    service=cin exploitation domestic_abuse neglect bereavement                              || 56     | red
    # protection: as it is, at the cap, past the cap, and not at all while an enquiry is open
    service=cin exploitation school_place attendance_share=1 network_plan                    || 9      | green
    service=cin exploitation school_place attendance_share=1 network_plan trusted_adult      || 5      | green
    service=cin exploitation school_place attendance_share=1 network_plan named_other_weeks=4 || 5     | green
    service=cp section_47_open school_place attendance_share=1 network_plan                  || 40     | red
    service=cin school_place attendance_share=1 network_plan                                 || 0      | green
""")


@pytest.mark.parametrize("row", LEVELS, ids=ids(LEVELS))
def test_levels_at_their_edges(row):
    child = rated(row["child"])
    assert (child["points"], child["level"]) == (int(row["points"]), row["level"])


# rule || below the edge | on it | beyond: yes where the rule holds
EDGES = table("""
    rule | child                                    | fact                 || values and where it holds
    L9a  | service=care_leaver care_leaver          | age                  || 17 yes, 18 no
    L9b  | service=care_leaver care_leaver          | age                  || 17 no, 18 yes
    A1   | unborn age=?                             | due_in_days          || 83 yes, 84 yes, 85 no
    A2   |                                          | age                  || 0 yes, 1 no
    A3   |                                          | age                  || 0 no, 1 yes, 4 yes, 5 no
    A4   |                                          | age                  || 4 no, 5 yes, 10 yes, 11 no
    F7   | disabled                                 | age                  || 4 yes, 5 no
    F10a |                                          | missing_lately       || 0 no, 1 yes, 2 no
    F10b |                                          | missing_lately       || 1 no, 2 yes, 3 yes
    F13a | service=cla looked_after                 | placements_12m       || 2 no, 3 yes, 4 yes
    F14a | school_place                             | attendance_share     || 0 yes, 0.01 no
    F14b | school_place                             | attendance_share     || 0 no, 0.01 yes, 0.49 yes, 0.5 no
    P1   | school_place                             | attendance_share     || 0.79 no, 0.8 yes, 1 yes
    F15  | service=cin                              | other_seen_wd        || 9 no, 10 no, 11 yes
    F19  |                                          | idaci_decile         || 1 yes, 2 yes, 3 no
    F22  | service=cin                              | sight_lines          || 0 yes, 1 yes, 2 no
    F23  |                                          | contacts_lately      || 2 no, 3 yes, 4 yes
    P2   |                                          | named_other_weeks    || 3 no, 4 yes
    P5   | service=cla looked_after                 | placement_days       || 729 no, 730 yes, 731 yes
    R10  |                                          | changed_wd           || 0 yes, 1 yes, 2 no
""")


@pytest.mark.parametrize("row", EDGES, ids=ids(EDGES))
def test_rules_at_their_edges(row):
    for case in row["values and where it holds"].split(","):
        value, answer = case.split()
        told = {reason["rule"] for reason in rated(f"{row['child']} {row['fact']}={value}")["reasons"]}
        assert (row["rule"] in told) == (answer == "yes"), f"{row['fact']} = {value}"


POINTS = table("""
    child                                                   || rule and points
    service=early_help early_help_level=2                   || L1a 0
    service=early_help early_help_level=3                   || L1b 5
    service=cin                                             || L2 10
    service=cin pre_proceedings                             || L3 25
    service=cin pre_proceedings=?                           || L2 10
    service=cp section_47_open                              || L4 40
    service=cp cp_plan                                      || L5 30
    service=cp cp_plan section_47_open child_in_need        || L4 40, L5 30
    service=cla looked_after placement_long_term            || L6 5
    service=cla looked_after                                || L7 15
    service=cla looked_after placed_at_home                 || L8 25
    service=cla looked_after temporary_carer                || L8 25
    private_fostering                                       || L10a 10
    uasc                                                    || L10b 10
    service=ehcp ehcp                                       || L11 5
    domestic_abuse marac_lately                             || F1a 15, F1c 10
    domestic_abuse_past                                     || F1b 5
    physical_or_sexual_abuse emotional_abuse                || F3a 15, F3b 10
    child_mental_health                                     || F6a 8
    child_mental_health self_harm_lately                    || F6b 20
    disabled cannot_tell                                    || F7 8
    service=cin ehcp                                        || L2 10, F8 4
    service=early_help early_help_level=2 ehcp              || L1a 0
    section_47_closed_lately                                || F11 10
    second_cp_plan                                          || F12 8
    placement_breakdown_risk                                || F13b 12
    shielding insecure_housing                              || F17 5, F20 5
    isolated interpreter                                    || F18 5
    idaci_decile=1 crisis_request_lately                    || F19 5
    young_carer                                             || F21 8
    visit_refused                                           || F24 12
    respite_stopped                                         || F25 6
    bereavement income_loss                                 || F26a 4, F26b 4
    trusted_adult engages_by_video                          || P4 -4, P6 -3
""")


@pytest.mark.parametrize("row", POINTS, ids=ids(POINTS))
def test_points_of_each_input(row):
    told = {
        reason["rule"]: reason["points"] for reason in rated(row["child"])["reasons"] if reason["points"] is not None
    }
    wanted = [pair.split() for pair in row["rule and points"].split(",")]
    assert told == {rule: int(points) for rule, points in wanted}


def test_sentences_name_the_facts():
    child = rated(
        "service=cin school_place attendance_share=0.125 missing_lately=3 missing_no_interview=1 sight_lines=1"
    )
    assert [(reason["rule"], reason["sentence"]) for reason in child["reasons"]] == [
        ("R3", "Red, because the child is missing, or has been more than once without a return interview."),
        ("F10b", "Missing 3 times in the last 90 days."),
        ("L2", "Open as a child in need."),
        ("F22", "At most one professional is seeing the child."),
        ("F14b", "Attended 12 % of possible sessions in the last 28 days."),
    ]


def test_a_child_never_seen_is_told_in_words():
    sentences = [reason["sentence"] for reason in rated("service=cin any_seen=no any_seen_wd=?")["reasons"]]
    assert "One level up, because no list shows that anybody has ever seen the child." in sentences


def test_lost_protection_is_told_and_the_points_add_up():
    capped = rated("service=cin exploitation school_place attendance_share=1 network_plan named_other_weeks=4")
    assert ("cap", 2) in [(reason["rule"], reason["points"]) for reason in capped["reasons"]]
    assert (capped["raw_points"], capped["protective"], capped["points"]) == (25, -20, 5)
    ignored = rated("service=cp section_47_open network_plan")
    assert ("ignored", 6) in [(reason["rule"], reason["points"]) for reason in ignored["reasons"]]


def test_confidence_is_the_share_of_inputs_known():
    all_known, nothing_known = rate(sheet(CALM, UNKNOWN), POLICY)["confidence"]
    assert all_known == 1
    # Only what hangs on the service alone is known of a child of whom nothing else is.
    by_service = [rule.id for rule in POLICY.points if "service" in rule.facts]
    assert nothing_known == round(len(by_service) / len(POLICY.points), 4)
    assert nothing_known < POLICY.table.completeness.check_below


def test_a_sibling_at_red_prompts_and_moves_nothing():
    child = rated("service=cin sibling_red")
    assert (child["level"], child["floors"]) == ("green", [])
    assert ("R9", None) in [(reason["rule"], reason["points"]) for reason in child["reasons"]]


REVIEWS = table("""
    level | service    | mode      || days
    red   | cin        | emergency || 7
    amber | cp         | bau       || 14
    green | cla        | recovery  || 28
    red   | early_help | emergency || 7
    green | early_help | emergency || 7
    green | early_help | recovery  || 28
    red   | early_help | bau       || 28
""")


@pytest.mark.parametrize("row", REVIEWS, ids=ids(REVIEWS))
def test_days_until_a_rating_is_looked_at_again(row):
    assert POLICY.review_days(level=row["level"], service=row["service"], mode=row["mode"]) == int(row["days"])


def test_the_policy_and_the_lists_mean_the_same_by_unseen():
    """R6 raises a level, and the list Nobody has seen counts, after the same days; F15 and sight lines too."""
    tables = book("pandemic_2020")
    sight, rating = tables.table("sight"), tables.table("rating")
    when = {row["id"]: row["when"] for row in (*rating["floors"], *rating["points"])}
    assert when["R6a"].endswith(f"any_seen_wd > {sight['unseen_working_days']['cp']})")
    assert when["R6b"].endswith(f"any_seen_wd > {sight['unseen_working_days']['other']})")
    assert when["F15"].endswith(f"other_seen_wd > {sight['lines']['window_working_days']})")
