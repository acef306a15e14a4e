"""The registers of workforce: where each begins, what is due first, who reads (WRK)."""

import pytest

from keepsight.core.packs import book
from keepsight.core.packs.kinds import StaffingRules
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import definitions, row, written

TABLE = """
absence | WRK-01 WRK-10 | Away | on back_on | owner workforce manager (confidential)
competence | WRK-17 | Being written | 20 WD from added | all staff
equipment | WRK-13 | Asked for | 2 WD from added | workforce manager leader owner
key_message | WRK-15 | Being written | on send_on | all staff
leave_watch | WRK-10 | Watched | 5 WD from added | owner workforce manager (confidential)
office | WRK-18 | In use | 28 days from assessed_on | all staff
office_booking | WRK-18 | Asked for | 1 WD from added | all staff
practice_tool | WRK-14 | Offered | 5 WD from added | all staff
redeployment_need | WRK-04 | Open | 2 WD from added | leader emergency cell manager workforce owner
redeployment_offer | WRK-04 WRK-06 | Offered | 5 WD from added | leader emergency cell manager workforce owner
shielding | WRK-02 | Told | 1 WD from added | owner workforce manager (confidential)
staff_meeting | WRK-16 | Planned | on held_on | all staff
staff_risk_assessment | WRK-03 | Being made | 3 WD from added | owner workforce manager (confidential)
supervision | WRK-07 | In time | on next_on | owner workforce manager (confidential)
team_minimum | WRK-01 | Proposed | 3 WD from added | leader emergency cell manager workforce owner
training | WRK-11 | Being prepared | on next_on | all staff
vacancy | WRK-12 | To be advertised | 5 WD from added | leader emergency cell manager workforce owner
wellbeing_offer | WRK-08 | Being set up | on from_on | all staff
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in definitions("workforce").items()} == written(TABLE)


CONFIDENTIAL = ("absence", "shielding", "staff_risk_assessment", "supervision", "leave_watch")


@pytest.mark.parametrize("name", CONFIDENTIAL)
def test_what_is_confidential_is_for_themselves_their_manager_and_the_workforce_lead(name):
    access = definitions("workforce")[name].access
    assert access.confidential
    assert access.reach == "team"
    assert set(access.read) == {"owner", "workforce_lead", "team_manager"}


@pytest.mark.parametrize("name", CONFIDENTIAL)
def test_no_diagnosis_is_asked_for(name):
    asked = " ".join(f"{each.id} {each.label}" for each in definitions("workforce")[name].fields).casefold()
    assert not any(word in asked for word in ("diagnos", "medication", "ethnic", "religion"))


def test_every_kind_of_absence_has_its_rule_of_staffing():
    kinds = {each.id: each for each in definitions("workforce")["absence"].fields}["kind"].choices
    rules = book().read("staffing", StaffingRules)
    assert {each.id for each in kinds} == {each.id for each in rules.absences}


def test_offers_and_needs_speak_of_the_same_skills():
    both = [definitions("workforce")[name].fields for name in ("redeployment_offer", "redeployment_need")]
    one, other = ({each.id: each for each in fields}["skills"].choices for fields in both)
    assert one == other


def test_what_is_computed():
    rules = definitions("workforce")
    leave = with_computed(rules["leave_watch"], {"allowance": 28, "taken": 3, "booked": 5})
    assert leave["left_days"] == 20
    assert with_computed(rules["training"], {"should": 200, "done": 150})["share_done"] == 75
    assert with_computed(rules["training"], {"should": 0, "done": 0}).get("share_done") is None
