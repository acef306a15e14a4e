"""The registers of partnership and communication: where each begins, what is due first, who reads (PAR)."""

import pytest

from tests.spec.registers_packs.rulebook import definitions, row, written

TABLE = """
board | PAR-01 PAR-02 PAR-03 | Meets as usual | on next_on | leader emergency cell commissioner manager QA news \
governance owner
board_meeting | PAR-01 PAR-03 | Planned | on held_on | leader emergency cell commissioner manager QA news \
governance owner
engagement | PAR-20 CLA-22 PAR-11 | Planned | on held_on | worker helper manager leader QA emergency cell news \
commissioner health owner
feedback | PAR-12 | Heard | 10 WD from added | all staff
forum_link | PAR-13 SND-15 | Open | on answer_by | leader emergency cell manager commissioner news QA helper worker \
owner
good_practice | PAR-17 QAP-09 | Being written | 10 WD from added | all staff
member_briefing | PAR-08 | Planned | on meets_on | leader emergency cell news QA manager analyst owner
newsletter_issue | PAR-05 PAR-04 | Draft | on send_on | all staff
partner_briefing | PAR-04 | Being written | on send_on | leader emergency cell commissioner manager QA news \
governance screener duty owner
press_message | PAR-09 | Being written | on answer_by | news leader emergency cell governance owner
public_health_question | PAR-16 | Asked | 1 days from added | command health owner
school_meeting | PAR-06 EDU-33 | Planned | on held_on | leader emergency cell news manager QA owner
scrutiny_recommendation | PAR-07 | To be answered | 40 WD from added | leader emergency cell manager QA news \
analyst commissioner owner
sharing_agreement | PAR-18 SEE-13 | Being written | on review_on | governance leader emergency cell manager analyst \
QA owner
union_issue | PAR-19 EDU-11 | Raised | on answer_by | leader emergency cell workforce manager news owner
voluntary_offer | PAR-14 HLP-15 | Offered | 5 WD from added | all staff
volunteer | PAR-15 | Offered | 10 WD from added | leader manager helper workforce owner (confidential)
web_content | PAR-10 SEE-16 EDU-26 | Being written | on review_on | news leader emergency cell manager commissioner \
QA worker helper screener owner
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in definitions("partnership").items()} == written(TABLE)


@pytest.mark.parametrize(
    ("name", "state"),
    [("newsletter_issue", "approved"), ("partner_briefing", "approved"), ("press_message", "approved"),
     ("good_practice", "checked"), ("sharing_agreement", "checked")],
)  # fmt: skip
def test_what_goes_out_is_read_by_a_second_person_first(name, state):
    states = {each.id: each for each in definitions("partnership")[name].states}
    assert states[state].second_person
    assert states[state].by, "and not everybody who may move entries"


@pytest.mark.parametrize(
    ("name", "out", "before"),
    [("newsletter_issue", "sent", {"approved", "archived"}), ("partner_briefing", "sent", {"approved"}),
     ("press_message", "published", {"approved"})],
)  # fmt: skip
def test_nothing_goes_out_that_was_not_approved(name, out, before):
    """An archived issue may be put back among those that were sent."""
    assert {each.id for each in definitions("partnership")[name].states if out in each.moves} == before


def test_a_volunteer_begins_when_checks_and_induction_are_seen():
    states = {each.id: each for each in definitions("partnership")["volunteer"].states}
    assert {"dbs", "references"} <= set(states["checked"].needs)
    assert {"induction", "agreement"} <= set(states["active"].needs)
    assert [each.id for each in states.values() if "active" in each.moves] == ["checked", "paused"]


def test_who_a_volunteer_is_stands_in_no_list_and_no_search():
    rule = definitions("partnership")["volunteer"]
    who = {each.id: each for each in rule.fields}["who"]
    assert who.names_people
    assert "who" not in rule.list.columns


def test_a_sharing_agreement_says_all_that_the_code_asks():
    """RULES 5: purpose, parties, data, lawful basis, special category, how long."""
    fields = {each.id: each for each in definitions("partnership")["sharing_agreement"].fields}
    assert {each for each in fields if fields[each].required} >= {"purpose_words", "parties", "data", "basis"}
    assert fields.keys() >= {"special", "power", "dpia", "kept_for", "review_on", "ended_data"}
