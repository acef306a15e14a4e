"""The registers of providers: where each begins, what is due first, who reads, what providers fill in (COM)."""

from datetime import UTC, date, datetime

import pytest

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.registers import next_due
from keepsight.core.registers.formulas import with_computed
from tests.spec.registers_packs.rulebook import definitions, row, written

TABLE = """
continuity_plan | COM-03 | Sent in | on expires_on | commissioner leader emergency cell QA provider owner
duty_line | COM-04 | Open | 24 hours from came_at | commissioner leader emergency cell owner
joint_decision | COM-10 | Being written | on meets_on | commissioner leader emergency cell QA health owner
market_risk | COM-08 | Watched | 7 days from changed | commissioner leader emergency cell owner
outbreak | COM-12 | Told | 1 days from added | commissioner leader health emergency owner (confidential)
own_provision | COM-15 | Running | 7 days from looked_on | command owner
payment_relief | COM-09 | Asked for | 5 WD from added | commissioner leader emergency cell owner
ppe_order | COM-11 | Asked for | 1 WD from added | commissioner leader emergency cell workforce manager provider owner
ppe_stock | COM-11 | Enough | 7 days from counted_on | commissioner leader emergency cell workforce manager owner
provider_advice | COM-05 | Being written | 2 WD from added | commissioner leader emergency cell news QA manager owner
provider_rag | COM-01 | As usual | 7 days from rated_on | commissioner leader emergency cell QA owner
provider_return | COM-02 COM-01 | Sent | 1 WD from added | commissioner leader emergency cell QA provider owner
quality_visit | COM-07 | Planned | on visit_on | commissioner leader emergency cell QA owner
staff_share | COM-13 | Open | 1 WD from added | commissioner leader emergency cell workforce provider owner
supply_chain | COM-14 | Safe | on notice_on | commissioner leader emergency cell workforce owner
vacancy_beds | COM-01 CLA-04 | Free | 7 days from said_on | commissioner leader emergency cell manager provider owner
"""


def test_the_rule_book_says_what_the_packs_say():
    """Register | capabilities | where entries begin | first clock | who reads."""
    assert {name: row(name, rule) for name, rule in definitions("providers").items()} == written(TABLE)


# register | state | a day that it counts from | due on: Good Friday was 10 April 2020, Easter Monday 13 April
DUE = """
provider_rag | steady | rated_on 2020-04-06 | 2020-04-13
vacancy_beds | free | said_on 2020-04-08 | 2020-04-15
vacancy_beds | held | to_on 2020-05-31 | 2020-05-31
continuity_plan | good | expires_on 2021-03-31 | 2021-03-31
continuity_plan | gaps | gap_by 2020-04-20 | 2020-04-20
payment_relief | paying | to_on 2020-04-20 | 2020-04-20
ppe_stock | enough | counted_on 2020-04-06 | 2020-04-13
ppe_stock | out | counted_on 2020-04-06 | 2020-04-07
supply_chain | safe | renew_on 2020-06-30 | 2020-06-30
"""


@pytest.mark.parametrize(("name", "state", "counted", "due"), [line.split(" | ") for line in DUE.strip().splitlines()])
def test_what_is_due_when(name, state, counted, due):
    field, day = counted.split()
    at = datetime(2020, 4, 1, 9, tzinfo=UTC)
    found = next_due(
        definitions("providers")[name], state=state, since={state: at}, added=at, changed=at, values={field: day},
        calendar=WorkingCalendar.from_table(book().table("calendar")),
    )  # fmt: skip
    assert found is not None
    assert found.on == date.fromisoformat(due)


FORMS = ("continuity_plan", "ppe_order", "provider_return", "staff_share", "vacancy_beds")


def test_what_providers_fill_in_themselves():
    forms = {name: rule.partner for name, rule in definitions("providers").items() if rule.partner}
    assert tuple(sorted(forms)) == FORMS
    assert all(form.roles == ("provider",) for form in forms.values())


@pytest.mark.parametrize("name", FORMS)
def test_a_provider_that_fills_a_form_in_may_read_what_it_sent(name):
    rule = definitions("providers")[name]
    assert "provider" in rule.access.read
    assert "provider" in rule.access.add


@pytest.mark.parametrize("name", FORMS)
def test_a_provider_is_asked_for_nothing_that_it_does_not_see(name):
    rule = definitions("providers")[name]
    kept = {each.id for each in rule.fields if each.shown_to and "provider" not in each.shown_to}
    assert rule.partner is not None
    assert not kept & set(rule.partner.fields)


def test_a_provider_never_reads_its_rating_or_what_the_market_thinks_of_it():
    """RULES 5: a rating is never shown to those outside."""
    rules = definitions("providers")
    for name in ("provider_rag", "market_risk", "outbreak", "quality_visit", "payment_relief"):
        assert "provider" not in rules[name].access.read, name
    for name, field in (
        ("continuity_plan", "rating"),
        ("vacancy_beds", "match_note"),
        ("provider_return", "our_words"),
    ):
        fields = {each.id: each for each in rules[name].fields}
        assert fields[field].shown_to, f"{name}: {field}"
        assert "provider" not in fields[field].shown_to, f"{name}: {field}"


def test_health_detail_of_an_outbreak_is_for_health_and_is_deleted_early():
    rule = definitions("providers")["outbreak"]
    detail = {each.id: each for each in rule.fields}["health_detail"]
    assert detail.shown_to == ("health",)
    assert detail.names_people, "and so in no search and no extract"
    assert (rule.retention, rule.access.confidential) == ("health", True)


def test_money_is_agreed_by_a_second_person_and_has_an_end():
    agreed = {each.id: each for each in definitions("providers")["payment_relief"].states}["agreed"]
    assert agreed.second_person
    assert {"to_on", "agreed", "decided_by"} <= set(agreed.needs)


def test_what_is_computed():
    rules = definitions("providers")
    assert with_computed(rules["ppe_stock"], {"holds": 900, "daily": 300})["days_left"] == 3
    assert with_computed(rules["ppe_stock"], {"holds": 900, "daily": 0}).get("days_left") is None
    four = {"score_staff": 4, "score_children": 3, "score_supplies": 2, "score_closure": 1}
    assert with_computed(rules["continuity_plan"], four)["score"] == 10
    shares = {"cost_care": 50_000, "cost_education": 30_000, "cost_health": 20_000}
    assert with_computed(rules["joint_decision"], shares)["whole_cost"] == 100_000
