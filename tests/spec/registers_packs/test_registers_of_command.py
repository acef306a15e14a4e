"""The registers of command: where each begins, what is due first, who reads (CMD)."""

from datetime import UTC, date, datetime

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Easements
from keepsight.core.registers import next_due
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import PANDEMIC, definitions, row, written

TABLE = """
action | CMD-08 COM-06 | Open | on due_on | command owner
decision | CMD-04 CMD-06 | Decided | on carry_out_by | command news owner
department_return | CMD-05 | Sent | 1 WD from added | leader emergency cell analyst owner
easement_decision | CMD-12 | Proposed | on review_on | leader emergency cell manager QA governance owner
easement_use | CMD-13 | Asked for | 1 WD from added | leader manager worker helper QA owner
equality_impact | CMD-20 | Being written | 10 WD from added | command owner
guidance | CMD-10 | New | 1 WD from added | all staff
guidance_library | CMD-11 | Being written | 2 WD from state checking | all staff
issue | CMD-06 CMD-09 | Raised | 2 WD from added | command owner
liaison | CMD-21 | Noted | on answer_by | command news owner
officer_decision | CMD-14 | Being written | 5 WD from decided_on | leader emergency cell QA governance owner
rapid_response | CMD-15 | Working | 5 WD from started_on | command owner
recovery_plan | CMD-17 | Being written | 10 WD from added | command owner
risk | CMD-09 | Open | 28 days from changed | command owner
service_criticality | CMD-16 | Looked at daily | 1 WD from changed | command news owner
service_return | CMD-07 | Sent | 1 days from added | command analyst owner
workstream | CMD-19 CMD-03 | Being set up | 5 WD from added | command news owner
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in definitions("command").items()} == written(TABLE)


# register | state | a day that it counts from | due on: Good Friday was 10 April 2020, Easter Monday 13 April
DUE = """
rapid_response | running | started_on 2020-03-27 | 2020-04-03
rapid_response | running | started_on 2020-04-06 | 2020-04-15
action | open | due_on 2020-04-11 | 2020-04-11
officer_decision | decided | decided_on 2020-04-09 | 2020-04-20
workstream | running | milestone_on 2020-04-02 | 2020-04-02
easement_decision | in_force | review_on 2020-06-30 | 2020-06-30
"""


@pytest.mark.parametrize(("name", "state", "counted", "due"), [line.split(" | ") for line in DUE.strip().splitlines()])
def test_what_is_due_when(name, state, counted, due):
    field, day = counted.split()
    at = datetime(2020, 4, 1, 9, tzinfo=UTC)
    found = next_due(
        definitions("command")[name], state=state, since={state: at}, added=at, changed=at, values={field: day},
        calendar=WorkingCalendar.from_table(book().table("calendar")),
    )  # fmt: skip
    assert found is not None
    assert found.on == date.fromisoformat(due)


def test_the_score_of_a_risk_is_likelihood_times_impact():
    rule = definitions("command")["risk"]
    assert with_computed(rule, {"likelihood": 4, "impact": 5})["score"] == 20
    assert with_computed(rule, {"likelihood": 1, "impact": 1})["score"] == 1
    assert with_computed(rule, {"likelihood": 4}).get("score") is None


def test_every_easement_of_the_law_can_be_decided_on_and_no_other():
    ids = {each.id.lower() for each in book(PANDEMIC).read("easements", Easements).easements}
    fields = {each.id: each for each in definitions("command")["easement_decision"].fields}
    assert {each.id for each in fields["easement"].choices} == ids


@pytest.mark.parametrize(
    ("name", "state"),
    [("easement_use", "authorised"), ("easement_use", "extended"), ("easement_decision", "in_force"),
     ("officer_decision", "decided"), ("equality_impact", "signed"), ("guidance_library", "in_force")],
)  # fmt: skip
def test_a_second_person_agrees(name, state):
    states = {each.id: each for each in definitions("command")[name].states}
    assert states[state].second_person
    assert states[state].by, "and not everybody who may move entries"


def test_a_use_of_an_easement_says_all_that_the_law_asks():
    """RULES 2.3: regulation, original due day, reason, local circumstance, authoriser, start, review, end, outcome."""
    fields = {each.id for each in definitions("command")["easement_use"].fields}
    assert fields >= {
        "easement", "legal_source", "original_due_on", "reason", "local_words", "authoriser_post", "from_on", "to_on",
        "done_on", "outcome",
    }  # fmt: skip
