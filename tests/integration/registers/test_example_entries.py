"""The invented entries: each is one that the register would have taken, and nothing is doubled."""

from datetime import timedelta

import pytest

from keepsight.apps.accounts.models import Service
from keepsight.apps.places.models import PROVIDER
from keepsight.apps.registers import example
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def council():
    """An example authority with two services, three teams, a child in care and a provider."""
    authority = make.authority()
    for name in ("Children's social care", "Early help"):
        Service.objects.create(authority=authority, name=name)
    workers = [make.worker(make.team(authority)) for _ in range(3)]
    make.involvement(make.child(authority), workers[0], kind="cla")
    make.setting(authority, type=PROVIDER)
    return authority


def test_every_row_goes_in_once_and_what_its_state_needs_is_filled(council, django_assert_max_num_queries):
    with django_assert_max_num_queries(420):
        made = example.install(council, on=make.TODAY, at=make.NOW)
    assert made == sum(len(each) for each in example.rows().values())
    assert made > 200
    assert example.install(council, on=make.TODAY + timedelta(days=1), at=make.NOW) == 0
    for entry in Entry.objects.filter(register__authority=council).select_related("version__register"):
        rule = rule_of(entry.version)
        state = next(each for each in rule.states if each.id == entry.state)
        assert entry.title, f"{rule.prefix}-{entry.number}"
        assert not [need for need in state.needs if need not in entry.values], f"{rule.prefix}-{entry.number}"
        assert entry.is_open != state.ends
        assert entry.added_at <= entry.state_since <= make.NOW + timedelta(days=1)


def test_registers_show_something_overdue_and_something_finished(council):
    example.install(council, on=make.TODAY, at=make.NOW)
    for key in ("action", "risk", "issue", "supervision", "claim"):
        entries = Entry.objects.filter(register__key=key)
        assert entries.filter(is_open=True, due_on__lt=make.TODAY).exists(), key
    assert Entry.objects.filter(register__key="action", is_open=False).exists()
    assert Register.objects.get(authority=council, key="action").last_number == len(example.rows()["action"])


def test_what_names_another_entry_finds_it(council):
    example.install(council, on=make.TODAY, at=make.NOW)
    evidence = Entry.objects.get(register__key="evidence", number=1)
    assert Entry.objects.get(pk=evidence.values["claim"]).register.key == "claim"


def test_nothing_invented_goes_into_a_real_council():
    with pytest.raises(AssertionError, match="example"):
        example.install(make.authority(is_example=False), on=make.TODAY, at=make.NOW)
