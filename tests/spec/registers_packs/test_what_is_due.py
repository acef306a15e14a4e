"""What is due when in the registers of workforce, assurance, partnership, and of command where no day is typed in."""

from datetime import UTC, date, datetime

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Register
from keepsight.core.registers import next_due
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import PANDEMIC

CALENDAR = WorkingCalendar.from_table(book().table("calendar"))

# register | state | what it counts from | due on. Added, changed and moved on Thursday 9 April 2020 unless a field says
# another day; Good Friday was 10 April, Easter Monday 13 April
DUE = """
guidance | new | | 2020-04-14
guidance | assessed | act_by 2020-04-10 | 2020-04-10
service_criticality | watched | | 2020-04-14
service_criticality | weekly | | 2020-04-16
recovery_plan | running | to_on 2020-04-20 | 2020-04-20
liaison | asked | | 2020-04-16
liaison | asked | answer_by 2020-04-11 | 2020-04-11
equality_impact | signed | review_on 2020-07-01 | 2020-07-01
easement_use | authorised | to_on 2020-04-30 | 2020-04-30
easement_use | authorised | to_on 2020-06-30 | 2020-05-07
absence | extended | back_on 2020-04-12 | 2020-04-12
staff_risk_assessment | draft | | 2020-04-16
shielding | told | | 2020-04-14
supervision | running | next_on 2020-04-20 | 2020-04-20
leave_watch | acting | rest_on 2020-04-24 | 2020-04-24
training | running | renew_on 2020-04-30 | 2020-04-30
vacancy | advertised | closes_on 2020-04-24 | 2020-04-24
equipment | asked | | 2020-04-15
office | open | last_checked_on 2020-04-09 | 2020-04-16
office_booking | agreed | booked_on 2020-04-21 | 2020-04-21
practice_tool | shared | checked_on 2020-04-09 | 2020-10-09
key_message | draft | send_on 2020-04-09 | 2020-04-09
competence | agreed | target_on 2020-09-01 | 2020-09-01
comparator | checked | use_until 2021-03-31 | 2021-03-31
position_section | ready | as_at 2020-04-09 | 2020-05-07
practice_week | seen | | 2020-04-15
lesson | carried_out | | 2020-07-09
quality_plan | running | | 2020-05-09
data_quality | found | | 2020-04-15
impact | heard | | 2020-04-20
board | emergency | next_on 2020-04-30 | 2020-04-23
board_meeting | held | | 2020-04-20
partner_briefing | draft | send_on 2020-04-09 | 2020-04-09
scrutiny_recommendation | doing | done_by 2020-09-30 | 2020-09-30
member_briefing | held | | 2020-04-20
press_message | draft | answer_by 2020-04-09T17:00:00+01:00 | 2020-04-09
web_content | live | review_on 2020-05-01 | 2020-05-01
feedback | heard | | 2020-04-27
forum_link | open | came_on 2020-04-09 | 2020-04-27
voluntary_offer | open | asked_on 2020-04-09 | 2020-05-07
volunteer | active | last_word_on 2020-04-09 | 2020-05-07
public_health_question | asked | | 2020-04-10
good_practice | sent | sent_on 2020-04-09 | 2020-05-07
sharing_agreement | force | review_on 2020-07-31 | 2020-07-31
sharing_agreement | force | review_on 2020-07-31, ends_on 2020-06-30 | 2020-06-30
union_issue | raised | | 2020-04-16
engagement | held | | 2020-04-27
school_meeting | held | | 2020-04-15
"""


def rule(name: str) -> Register:
    return book(PANDEMIC).read(f"registers/{name}", Register)


@pytest.mark.parametrize(
    ("name", "state", "counted", "due"),
    [[part.strip() for part in line.split("|")] for line in DUE.strip().split("\n")],
)
def test_what_is_due_when(name, state, counted, due):
    at = datetime(2020, 4, 9, 9, tzinfo=UTC)
    values = dict(each.split() for each in counted.split(", ") if each)
    found = next_due(rule(name), state=state, since={state: at}, added=at, changed=at, values=values, calendar=CALENDAR)
    assert found is not None
    assert found.on == date.fromisoformat(due)


# register | what is said | what is worked out
WORKED_OUT = """
comparator | figure=52 ours=45 | gap=-7
competence | should=40 can=10 | share_can=25
key_message | sent_to=250 opened=200 | share_read=80
continuity_plan | score_staff=3 score_children=4 score_supplies=2 score_closure=1 | score=10
ppe_stock | holds=300 daily=60 | days_left=5
joint_decision | cost_care=100 cost_education=50 cost_health=25 | whole_cost=175
"""


@pytest.mark.parametrize(
    ("name", "said", "worked_out"),
    [[part.strip() for part in line.split("|")] for line in WORKED_OUT.strip().split("\n")],
)
def test_what_is_worked_out(name, said, worked_out):
    values = {key: float(value) for key, value in (each.split("=") for each in said.split())}
    field, _, result = worked_out.partition("=")
    assert with_computed(rule(name), values)[field] == float(result)
    assert with_computed(rule(name), {}).get(field) is None, "what is not known stays not known"
