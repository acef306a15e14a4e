"""The registers of the other areas: where each begins, what is due first, who reads."""

from datetime import UTC, date, datetime

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import EventRule, Register
from keepsight.core.registers import next_due
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import PANDEMIC, definitions, row, written

AREAS = ("front_door", "contact", "meetings", "education", "send", "care", "health", "early_help", "demand")
RULES = {name: rule for area in AREAS for name, rule in definitions(area).items()}

TABLE = """
campaign | SEE-14 EDU-26 HLP-12 | Planned | on from_on | news leader emergency cell screener manager worker helper \
QA analyst owner
complaint | PAR-12 | Stage 1 | 10 WD from received_on | manager leader QA owner
concern_child | SEE-12 SEE-25 | Named | 1 WD from added | screener worker helper manager leader QA owner
exploitation_talk | SEE-20 | On the list | 7 days from talked_on | worker manager leader screener owner
hub_triage | SEE-19 HLP-05 SEE-10 | New | 1 WD from came_on | helper worker manager leader screener owner
line_contact | SEE-15 SEE-17 | Open | 4 hours from came_at | screener duty manager leader QA worker helper news owner
restricted_intake | SEE-02 SEE-18 | Proposed | on review_on | screener duty leader emergency cell manager worker \
helper QA owner
returned_home_talk | SEE-20 | To be held | 72 hours from back_at | worker manager leader screener owner
returned_referral | SEE-04 | To be checked by a manager | 1 WD from added | screener duty manager leader worker \
helper owner
urgent_referral | SEE-03 | Form is awaited | 24 hours from called_at | screener duty manager leader worker helper \
owner
young_carer | SEE-22 HLP-17 | Found | 45 WD from found_on | screener worker helper manager leader owner
youth_area | SEE-21 | Watched | on next_on | worker helper manager leader emergency cell QA owner
digital_channel | CON-08 CON-15 CON-17 CON-21 | In use | on review_on | worker helper manager leader owner
direct_work_resource | CON-13 CON-18 WEL-12 | Being tried | 10 WD from added | all staff
family_time | CON-12 | Arranged | on next_on | worker helper manager leader owner
group_programme | CON-16 HLP-13 | Planned | on from_on | worker helper manager leader emergency cell QA owner
interpreter | CON-14 MTG-08 | Asked for | 1 WD from added | worker helper manager leader owner
conference | MTG-01 MTG-02 MTG-08 MTG-09 MTG-14 SEE-08 | Planned | on due_by | worker manager leader QA owner
hearing | MTG-07 | Fixed | on held_on | worker manager leader owner
panel | MTG-03 MTG-04 MTG-12 | Planned | on held_on | leader manager worker QA governance health commissioner owner
school_appeal | MTG-10 EDU-27 | Open | on hear_by | leader emergency cell manager QA analyst owner
step_across | MTG-05 RAG-17 | Asked | on meets_on | worker helper manager leader QA owner
youth_court | MTG-11 | In custody or before court | on next_on | worker manager leader owner
childcare_request | EDU-20 EDU-21 | Asked | 3 WD from asked_on | worker helper manager leader owner
cluster_call | EDU-13 | Called | on next_on | leader emergency cell manager news QA owner
device_loan | EDU-18 EDU-17 CON-15 | Asked for | 10 WD from asked_on | worker helper manager leader owner
early_years_watch | EDU-22 EDU-23 EDU-34 | Watched | 28 days from looked_on | leader emergency cell manager helper \
commissioner QA owner
education_line | EDU-16 SND-06 SND-12 EDU-29 | Open | 24 hours from came_at | worker helper manager leader \
emergency cell news QA owner
hub_school | EDU-02 EDU-03 | Proposed | on from_on | leader emergency cell manager worker helper news QA school owner
meals_supply | EDU-19 | Said | on mend_by | leader emergency cell manager helper news QA school owner
neet_risk | EDU-31 EDU-32 | On the list | on next_on | worker helper manager leader owner
opening_assessment | EDU-09 EDU-11 | Sent | 3 WD from added | leader emergency cell manager workforce QA school owner
place_project | EDU-28 | Running | on expected_on | command analyst owner
place_request | EDU-07 EDU-08 | Asked for | 2 WD from added | worker helper manager leader owner
school_team | EDU-14 EDU-30 | Named | 28 days from spoke_on | leader emergency cell manager worker helper QA \
screener duty school owner
setting_status | EDU-01 EDU-10 | Said | on reopens_on | most staff
termly_conversation | EDU-15 | To be held | on ends_on | leader manager worker helper QA emergency owner
transport_route | EDU-12 HLP-21 | Looked at | on review_on | leader emergency cell manager commissioner analyst owner
direct_payment | SND-09 | Asked for | 3 WD from added | worker manager leader commissioner owner
ehcp_risk | SND-01 | Made by the setting | 5 WD from made_on | worker manager leader QA owner
reasonable_endeavours | SND-04 | Given otherwise | 2 WD from added | worker manager leader QA owner
send_equipment | SND-10 SND-11 SND-17 | Asked for | 5 WD from asked_on | worker helper manager leader health owner
short_break | SND-08 CON-19 | Cut or changed | on next_on | worker helper manager leader owner
special_school | SND-07 | Tracked | on next_on | leader manager worker commissioner QA emergency cell owner
carer_enquiry | CLA-13 | New | 2 WD from came_on | worker manager leader news owner
carer_support | CLA-11 CLA-12 | To be given | on next_on | worker manager leader owner (confidential)
delayed_plan | CLA-24 DEM-13 | Waits | on goes_on | worker manager leader QA owner
home_visitor_report | CLA-17 CLA-16 | Report awaited | 10 WD from visited_on | commissioner leader manager worker \
QA owner
isolation_stay | CLA-05 CLA-06 CLA-04 | Bed asked for | 4 hours from added | worker manager leader health owner
leaver_support | CLA-21 CLA-25 | Asked for | 1 WD from asked_on | worker manager leader QA owner
placement_worry | CLA-07 | Under strain | on next_on | worker manager leader QA owner
bereavement | WEL-10 | Told | on next_on | worker helper manager leader owner
health_liaison | WEL-05 WEL-06 RAG-13 | Stopped or changed | 7 days from talked_on | leader emergency cell manager \
worker helper health QA screener duty owner
missed_health | WEL-03 WEL-02 WEL-13 | Missed | on booked_on | worker helper manager leader health owner
protection_medical | WEL-04 | Asked for | 24 hours from asked_at | worker manager leader health duty owner
symptom | WEL-01 | Told | 4 hours from added | worker manager health owner (confidential)
activity | HLP-16 HLP-15 | Offered | 5 WD from added | most staff
crisis_request | HLP-06 HLP-07 HLP-08 HLP-09 | Asked for | 1 WD from asked_on | helper worker manager leader \
screener owner
family_centre | HLP-14 WEL-06 HLP-22 | Closed | on opens_on | worker helper manager leader emergency cell QA owner
locality_priority | HLP-03 PAR-03 | Proposed | on workshop_on | helper worker manager leader emergency cell QA news \
commissioner health owner
refuge_unit | HLP-11 | Free | on move_on | leader manager helper screener duty owner (confidential)
backlog | DEM-13 SEE-23 | Growing | 7 days from counted_on | leader emergency cell manager worker helper QA analyst \
workforce health owner
business_case | DEM-10 | Being written | on decide_on | leader emergency cell commissioner workforce analyst QA owner
cost | DEM-09 | Expected | 5 WD from added | leader emergency cell commissioner workforce analyst owner
recovery_theme | DEM-06 DEM-07 DEM-08 | Agreed | on review_on | most staff
saving_and_idea | DEM-14 DEM-15 MTG-13 | Heard | 20 WD from heard_on | all staff
scenario | DEM-03 DEM-04 DEM-17 | Watched | 7 days from looked_on | command analyst owner
service_restart | DEM-11 DEM-12 CON-05 | Proposed | on date_on | command analyst news owner
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in RULES.items()} == written(TABLE)


# register | state | what it counts from | due on: Good Friday was 10 April 2020, Easter Monday 13 April
DUE = """
urgent_referral | waiting | called_at 2020-04-01T09:00 | 2020-04-02
returned_home_talk | due | back_at 2020-04-03T23:00 | 2020-04-06
complaint | one | received_on 2020-04-01 | 2020-04-17
complaint | one_longer | received_on 2020-04-01 | 2020-05-01
complaint | two | stage_two_on 2020-05-11 | 2020-06-16
complaint | three | stage_three_on 2020-06-01 | 2020-07-13
hearing | fixed | applied_on 2020-01-06 | 2020-07-06
exploitation_talk | list | talked_on 2020-04-06 | 2020-04-13
forum_link | open | came_on 2020-04-01 | 2020-04-17
young_carer | found | found_on 2020-04-01 | 2020-06-09
isolation_stay | stays | isolate_to 2020-04-14 | 2020-04-14
"""


@pytest.mark.parametrize(("name", "state", "counted", "due"), [line.split(" | ") for line in DUE.strip().splitlines()])
def test_what_is_due_when(name, state, counted, due):
    field, day = counted.split()
    at = datetime(2020, 4, 1, 9, tzinfo=UTC)
    rules = RULES | definitions("partnership")
    found = next_due(
        rules[name], state=state, since={}, added=at, changed=datetime(2021, 1, 1, 9, tzinfo=UTC), values={field: day},
        calendar=WorkingCalendar.from_table(book().table("calendar")),
    )  # fmt: skip
    assert found is not None
    assert found.on == date.fromisoformat(due)


CHILDREN = [name for name, rule in RULES.items() if rule.subject in ("child", "family")]
OUTSIDE = {  # who sees no child's page
    "emergency_lead", "cell_member", "workforce_lead", "communications", "analyst", "information_governance", "school",
    "provider", "member",
}  # fmt: skip


@pytest.mark.parametrize("name", CHILDREN)
def test_what_is_about_a_child_is_read_by_those_who_work_with_children(name):
    """And beyond that only of the children whom they reach."""
    assert not OUTSIDE & set(RULES[name].access.read)


@pytest.mark.parametrize("name", CHILDREN)
def test_the_title_of_a_list_about_children_names_nobody(name):
    fields = {each.id: each for each in RULES[name].fields}
    title = fields[RULES[name].title]
    assert title.kind == "choice" or "o names" in title.hint or "No " in title.hint or "Nothing" in title.hint


@pytest.mark.parametrize("name", CHILDREN)
def test_long_words_about_a_child_are_left_out_of_search(name):
    long = [each for each in RULES[name].fields if each.kind == "long_text"]
    assert all(each.names_people for each in long)


def test_health_of_a_child_is_seen_by_few_and_deleted_early():
    rule = RULES["symptom"]
    assert set(rule.access.read) == {"practitioner", "team_manager", "health", "owner"}
    assert (rule.retention, rule.access.confidential) == ("health", True)


def test_the_pandemic_switches_on_all_of_its_registers():
    of = book(PANDEMIC)
    switched = of.read("event", EventRule).registers
    own = {name for name in of.names("registers") if of.read(f"registers/{name}", Register).event_only}
    assert own - {"shielding", "staff_risk_assessment"} <= set(switched)


def test_what_is_computed():
    assert with_computed(RULES["meals_supply"], {"eligible": 120, "fed": 95})["not_fed"] == 25
    assert with_computed(RULES["backlog"], {"waits": 60, "done_week": 10, "new_week": 4})["weeks"] == 10
    assert with_computed(RULES["backlog"], {"waits": 60, "done_week": 4, "new_week": 4}).get("weeks") is None
    assert with_computed(RULES["group_programme"], {"began": 20, "finished": 15})["share"] == 75
    late = {"planned_on": "2020-09-01", "expected_on": "2020-11-30"}
    assert with_computed(RULES["place_project"], late)["days_late"] == 90
