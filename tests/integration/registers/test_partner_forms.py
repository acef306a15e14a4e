"""What schools and providers fill in about themselves, and what they see of it: their own, never others'."""

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.places.models import PROVIDER, SettingMember
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.actions.partner import send
from keepsight.apps.registers.models import Entry
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db
PARTNER = {"roles": ["provider"], "title": "Weekly return", "fields": ["f_text", "f_rag"]}


@pytest.fixture(autouse=True)
def stand_still():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def weekly():
    return recording.register(make.authority(), subject="provider", partner=PARTNER)


def works_at(authority, role=Role.PROVIDER, count=1, **given):
    """Somebody from outside, and the settings where they work."""
    who = make.user(role, of=authority)
    kind = {"type": PROVIDER} if role == Role.PROVIDER else {}
    places = [make.setting(authority, **kind, **given) for _ in range(count)]
    SettingMember.objects.bulk_create(
        SettingMember(user=who, setting=each, starts_on=make.days(-30)) for each in places
    )
    return who, places


def form(register):
    return f"/registers/forms/{register.authority.code}/{register.key}/"


def test_a_provider_sends_a_form_for_its_own_setting_and_sees_its_state(weekly):
    who, (home,) = works_at(weekly.authority)
    visitor = recording.signed_in(who)
    page = visitor.get(f"{form(weekly)}fill/").content.decode()
    assert 'name="f_text"' in page
    assert 'name="f_number"' not in page
    answer = visitor.post(
        f"{form(weekly)}fill/", {"f_text": "All well", "f_rag": "green", "f_number": "7"}, follow=True
    )
    entry = Entry.objects.get()
    assert (entry.setting, entry.values.get("f_number"), entry.values["f_rag"]) == (home, None, "green")
    assert "THG-1" in answer.content.decode()
    actions.move(entry, "dropped", by=make.user(Role.LEADER, of=weekly.authority), at=make.NOW, why="Sent twice")
    page = visitor.get(f"{form(weekly)}sent/{entry.ref}/").content.decode()
    assert "Dropped" in page
    assert "All well" in page
    assert "Sent twice" not in page


def test_what_is_missing_is_said_and_kept(weekly):
    who, _ = works_at(weekly.authority)
    answer = recording.signed_in(who).post(f"{form(weekly)}fill/", {"f_rag": "red"})
    assert answer.status_code == 422
    assert "The text is missing." in answer.content.decode()
    assert 'value="red" checked' in answer.content.decode()


def test_others_forms_and_entries_are_not_there(weekly):
    who, (home,) = works_at(weekly.authority)
    other, (elsewhere,) = works_at(weekly.authority)
    theirs = send(weekly, elsewhere, {"f_text": "Theirs"}, by=other, at=make.NOW)
    leader = make.user(Role.LEADER, of=weekly.authority)
    inside = actions.add(weekly, {"f_text": "What we think"}, by=leader, at=make.NOW, about=About(setting=home))
    visitor = recording.signed_in(who)
    for entry in (theirs, inside):
        assert visitor.get(f"{form(weekly)}sent/{entry.ref}/").status_code == 404
        assert visitor.get(f"/registers/entries/{entry.ref}/").status_code in (403, 404)
    page = visitor.get("/registers/forms/").content.decode()
    assert "THG-" not in page
    with pytest.raises(NotPermitted):
        send(weekly, elsewhere, {"f_text": "In their name"}, by=who, at=make.NOW)


def test_a_setting_that_is_not_ones_own_cannot_be_chosen(weekly):
    who, places = works_at(weekly.authority, count=2)
    _, (elsewhere,) = works_at(weekly.authority)
    visitor = recording.signed_in(who)
    refused = visitor.post(f"{form(weekly)}fill/", {"f_text": "x", "about-setting": elsewhere.pk})
    assert refused.status_code == 422
    assert visitor.post(f"{form(weekly)}fill/", {"f_text": "x", "about-setting": places[1].pk}).status_code == 302
    assert Entry.objects.get().setting == places[1]


def test_a_role_that_the_form_is_not_for_and_staff_see_no_form(weekly):
    school, _ = works_at(weekly.authority, Role.SCHOOL)
    assert recording.signed_in(school).get(f"{form(weekly)}fill/").status_code == 404
    assert "No form is open" in recording.signed_in(school).get("/registers/forms/").content.decode()
    leader = make.user(Role.LEADER, of=weekly.authority)
    assert recording.signed_in(leader).get("/registers/forms/").status_code == 403


def test_who_works_at_a_setting_no_more_sees_none_of_its_entries(weekly):
    from keepsight.apps.people.permissions import grants_of
    from keepsight.apps.registers.actions.entries import About, add
    from keepsight.apps.registers.permissions import entries_visible_to

    who, places = works_at(weekly.authority)
    lead = make.user(Role.COMMISSIONER, of=weekly.authority)
    told = {"f_text": "All well", "f_rag": "green"}
    add(weekly, told, by=lead, at=make.NOW, about=About(setting=places[0]), unchecked=True)
    assert entries_visible_to(grants_of(who, make.NOW), weekly).count() == 1
    SettingMember.objects.filter(user=who).update(ends_on=make.TODAY)
    assert not entries_visible_to(grants_of(who, make.NOW), weekly).exists()
