"""Adding, changing, moving and giving out entries."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.people.models import Family
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About, ChangedMeanwhile, WrongEntry
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def actions_register():
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    return register_of(authority, "action")


@pytest.fixture
def lead(actions_register):
    return make.user(Role.EMERGENCY_LEAD, of=actions_register.authority)


def test_an_action_goes_from_open_to_done_with_what_was_done(actions_register, lead):
    entry = actions.add(actions_register, {"what": "Ring every school", "due_on": "5/6/2020"}, by=lead, at=make.NOW)
    assert (entry.number, entry.title, str(entry.due_on), str(entry.soon_on)) == (
        1,
        "Ring every school",
        "2020-06-05",
        "2020-06-03",
    )
    with pytest.raises(NotAllowedNow, match="What was done"):
        actions.move(entry, "done", by=lead, at=make.NOW)
    entry = actions.change(entry, {"done_how": "All answered"}, by=lead, at=make.NOW, revision=1)
    entry = actions.move(entry, "done", by=lead, at=make.NOW)
    assert (entry.state, entry.is_open, entry.due_on, entry.revision) == ("done", False, None, 3)
    assert [each.kind for each in entry.changes.order_by("id")] == ["added", "changed", "moved"]


def test_what_is_missing_is_named(actions_register, lead):
    with pytest.raises(WrongEntry) as wrong:
        actions.add(actions_register, {"due_on": "31/02/2020"}, by=lead, at=make.NOW)
    assert wrong.value.troubles == {
        "what": "What must be done is missing.",
        "due_on": "By when must be a real day, like 27/03/2020, and is “31/02/2020”.",
    }


def test_who_changes_an_older_state_of_an_entry_is_shown_the_newer_one(actions_register, lead):
    entry = actions.add(actions_register, {"what": "Ring", "due_on": "2020-06-05"}, by=lead, at=make.NOW)
    other = make.user(Role.LEADER, of=actions_register.authority)
    actions.change(entry, {"what": "Ring twice"}, by=other, at=make.NOW, revision=1)
    with pytest.raises(ChangedMeanwhile) as refused:
        actions.change(entry, {"what": "Ring thrice"}, by=lead, at=make.NOW, revision=1)
    assert refused.value.entry.title == "Ring twice"
    assert other.name in refused.value.sentence


def test_a_role_that_the_register_does_not_name_reads_and_adds_nothing(actions_register, lead):
    actions.add(actions_register, {"what": "Ring", "due_on": "2020-06-05"}, by=lead, at=make.NOW)
    outsider = make.user(Role.ANALYST, of=actions_register.authority)
    assert not entries_visible_to(grants_of(outsider, make.NOW), actions_register).exists()
    with pytest.raises(NotPermitted):
        actions.add(actions_register, {"what": "Ring", "due_on": "2020-06-05"}, by=outsider, at=make.NOW)


def test_installing_again_changes_nothing(actions_register):
    assert actions.install(actions_register.authority, at=make.NOW) == []


def test_a_search_never_looks_in_what_names_people_or_is_for_some_roles_only():
    authority = make.authority()
    lead = make.user(Role.WORKFORCE_LEAD, of=authority)
    actions.install(authority, at=make.NOW)
    worker = make.worker(make.team(authority))
    said = {"short": "Away", "kind": "sick", "from_on": make.TODAY, "works": "no", "note": "Unwell since Monday"}
    entry = actions.add(register_of(authority, "absence"), said, by=lead, at=make.NOW, about=About(worker=worker))
    assert "Away" in entry.words
    assert "Monday" not in entry.words


@pytest.mark.parametrize("kind", ["person", "child", "family", "setting", "provider", "team", "entry"])
def test_an_entry_names_nobody_and_nothing_of_another_authority(kind):
    def of(authority):
        held = recording.register(authority)
        leader = make.user(Role.LEADER, of=authority)
        named = {"person": lambda: leader, "child": lambda: make.child(authority), "team": lambda: make.team(authority),
                 "family": lambda: Family.objects.create(authority=authority, number="1"),
                 "entry": lambda: actions.add(held, {"f_text": "X"}, by=leader, at=make.NOW)}  # fmt: skip
        return held, leader, named.get(kind, lambda: make.setting(authority))()

    field = f"f_{kind}"
    held, leader, ours = of(make.authority())
    theirs = of(make.authority())[2]
    one = actions.add(held, {"f_text": "One"}, by=leader, at=make.NOW)
    for pk in (theirs.pk, 10**30, -1):
        refused = pytest.raises(WrongEntry, match=r"is not known in this authority\. Choose it again\.")
        with refused:
            actions.add(held, {"f_text": "Two", field: pk}, by=leader, at=make.NOW)
        with refused:
            actions.change(one, {field: pk}, by=leader, at=make.NOW, revision=1)
    assert actions.change(one, {field: ours.pk}, by=leader, at=make.NOW, revision=1).values[field] == ours.pk


def test_who_left_stays_named(actions_register):
    held = recording.register(actions_register.authority)
    leader, left = (make.user(Role.LEADER, of=held.authority) for _ in range(2))
    one = actions.add(held, {"f_text": "One", "f_person": left.pk}, by=leader, at=make.NOW)
    left.memberships.all().delete()
    changed = actions.change(one, {"f_text": "Two", "f_person": left.pk}, by=leader, at=make.NOW, revision=1)
    assert changed.values["f_person"] == left.pk
