"""The registers of assurance, its audit tools and surveys (QAP, RAG-11, WRK-09, PAR-11)."""

import pytest

from keepsight.core.packs import book
from keepsight.core.packs.kinds import Questions
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import PANDEMIC, definitions, row, written

TABLE = """
audit_theme | QAP-01 QAP-02 RAG-11 | Found | 10 WD from added | leader manager QA worker helper emergency analyst owner
claim | QAP-06 QAP-07 | Being written | 10 WD from added | leader QA emergency manager analyst owner
comparator | QAP-05 | Entered | 5 WD from added | analyst leader QA emergency manager cell owner
data_quality | QAP-11 | Found | 2 WD from added | analyst leader QA manager emergency owner
evidence | QAP-06 | Offered | 5 WD from added | leader QA emergency manager analyst owner
impact | QAP-13 PAR-11 | Heard | 5 WD from added | leader QA manager worker helper news emergency owner
lesson | QAP-09 | Noted | 28 days from added | most staff
position_section | QAP-07 | To be written | on due_by | leader QA emergency manager analyst workforce owner
practice_week | QAP-08 | Planned | on on_day | leader QA manager owner
quality_plan | QAP-10 | Being worked on | 1 months from changed | leader QA emergency manager workforce analyst owner
recording_change | QAP-12 | Asked for | 2 WD from added | analyst leader QA manager governance emergency owner
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in definitions("assurance").items()} == written(TABLE)


# tool or survey | capability | of whom | how many questions | compared with a second opinion
QUESTIONS = """
children_survey | PAR-11 | children | 15 | none
covid_audit | QAP-01 | cases | 19 | seen_in_time alone mode_right level_right level_same safety_plan oversight overall
dip_sample | RAG-11 | cases | 9 | level agrees
family_feedback | QAP-13 | families | 14 | none
staff_survey | WRK-09 | staff | 17 | none
thematic_audit | QAP-02 | cases | 17 | understood timely voice plan supervision overall
"""


def test_the_audit_tools_and_surveys():
    found = {}
    for name in book(PANDEMIC).names("questions"):
        each = book(PANDEMIC).read(f"questions/{name}", Questions)
        compared = " ".join(question.id for question in each.questions if question.agreed_on)
        cells = (
            name,
            " ".join(each.capabilities),
            each.audience or "cases",
            str(len(each.questions)),
            compared or "none",
        )
        found[name] = cells
    assert found == written(QUESTIONS)


@pytest.mark.parametrize("name", ["children_survey", "family_feedback", "staff_survey"])
def test_nothing_is_shown_of_fewer_than_ten_answers(name):
    assert book().read(f"questions/{name}", Questions).least_answers == 10


@pytest.mark.parametrize("name", ["covid_audit", "thematic_audit", "dip_sample"])
def test_a_poor_answer_counts_towards_a_theme_that_the_register_knows(name):
    areas = {each.id: each for each in definitions("assurance")["audit_theme"].fields}["area"].choices
    themes = {each.theme for each in book(PANDEMIC).read(f"questions/{name}", Questions).questions if each.theme}
    assert themes
    assert themes <= {each.id for each in areas}


def test_questions_with_answers_to_choose_from_have_them_and_others_have_none():
    for name in book(PANDEMIC).names("questions"):
        for each in book(PANDEMIC).read(f"questions/{name}", Questions).questions:
            assert bool(each.choices) == (each.kind in ("choice", "grade")), f"{name}: {each.id}"


def test_a_claim_is_agreed_by_a_second_person_and_evidence_leads_to_its_claim():
    claim, evidence = definitions("assurance")["claim"], definitions("assurance")["evidence"]
    assert {each.id: each for each in claim.states}["agreed"].second_person
    link = {each.id: each for each in evidence.fields}["claim"]
    assert (link.kind, link.register, link.required) == ("entry", "claim", True)


def test_what_is_said_in_feedback_is_left_out_of_search():
    fields = {each.id: each for each in definitions("assurance")["impact"].fields}
    assert fields["words"].names_people


def test_the_seed_s_own_total_is_found_to_be_four_too_many():
    rule = definitions("assurance")["data_quality"]
    assert with_computed(rule, {"published": 130, "counted": 126})["difference"] == 4
