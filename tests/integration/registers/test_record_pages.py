"""Adding, reading, changing, moving and giving out entries on their pages."""

import re

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.people.models import Identifier
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.models import Editing, Entry, Notice
from keepsight.core.packs.kinds.registers import FIELD_KINDS
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stand_still():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def authority():
    return make.authority()


@pytest.fixture
def thing(authority):
    return recording.register(authority)


@pytest.fixture
def leader(authority):
    return make.user(Role.LEADER, of=authority)


@pytest.fixture
def visitor(leader):
    return recording.signed_in(leader)


def address(register, tail="add/"):
    return f"/registers/{register.authority.code}/{register.key}/{tail}"


def of(entry, tail=""):
    return f"/registers/entries/{entry.ref}/{tail}"


def added(register, by, values=None, **more):
    return actions.add(register, {"f_text": "First thing", **(values or {})}, by=by, at=make.NOW, **more)


def current(register, entry):
    return {"version": register.current_id, "revision": entry.revision}


def everything(authority, leader):
    """What somebody types into every field, and what must be kept."""
    child = make.child(authority, forename="Ives", surname="Madeupname")
    make.plan(child)
    family, school = make.family(child), make.setting(authority)
    provider = make.setting(authority, type="Provider of placements", name="Nowhere House")
    team = make.team(authority)
    day = {"day": "5", "month": "6", "year": "2020"}
    typed = {
        "f_text": "Ring the school", "f_long_text": "Twice\nif needed", "f_choice": "scouts",
        "f_several": ["red_cross", "scouts"], "f_instant-time": "14:30", "f_number": "12", "f_money": "1,234.50",
        "f_yes_no": "no", "f_rag": "amber", "f_person": leader.pk, "f_child": "Ives Madeupname 1/5/2012",
        "f_family": family.number, "f_setting": school.urn, "f_provider": "nowhere", "f_team": team.pk,
        "f_entry": "THG-1", "f_evidence": "https://example.org/minutes",
        **{f"{name}_{part}": value for name in ("f_date", "f_instant") for part, value in day.items()},
    }  # fmt: skip
    kept = {
        "f_text": "Ring the school", "f_long_text": "Twice\nif needed", "f_choice": "scouts",
        "f_several": ["red_cross", "scouts"], "f_date": "2020-06-05", "f_instant": "2020-06-05T14:30:00",
        "f_number": 12, "f_money": 1234.5, "f_yes_no": False, "f_rag": "amber", "f_person": leader.pk,
        "f_child": child.pk, "f_family": family.pk, "f_setting": school.pk, "f_provider": provider.pk,
        "f_team": team.pk, "f_evidence": "https://example.org/minutes",
    }  # fmt: skip
    return typed, kept


def test_every_kind_of_field_is_asked_kept_and_shown(visitor, thing, authority, leader):
    first = added(thing, leader)
    typed, kept = everything(authority, leader)
    page = visitor.get(address(thing)).content.decode()
    asked = {kind for kind in FIELD_KINDS if re.search(rf'name="f_{kind}(_day)?"', page)}
    assert asked == set(FIELD_KINDS) - {"computed"}
    # when
    answer = visitor.post(address(thing), {"version": thing.current_id, **typed})
    # then
    entry = Entry.objects.get(number=2)
    assert answer.status_code == 302
    assert answer["Location"] == of(entry)
    values = {name: value for name, value in entry.values.items() if name != "f_computed"}
    assert values == {**kept, "f_entry": first.pk}
    shown = visitor.get(of(entry)).content.decode()
    for words in ("Ring the school", "Red Cross, Scouts", "05/06/2020 14:30", "£1,234.50", "Amber",
                  "Ives Madeupname", "Nowhere House", "THG-1 First thing",
                  "Due 5 June, in 2 days", "https://example.org/minutes"):  # fmt: skip
        assert words in shown, words
    read = Logged.objects.filter(kind="entry_viewed", subject_id=str(entry.pk)).get()
    assert read.detail["shown"] == [kept["f_child"]]


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(visitor, thing):
    typed = {"f_text": "", "f_long_text": "Long words stay", "f_date_day": "31", "f_date_month": "2",
             "f_date_year": "2020", "f_number": "lots", "f_evidence": "javascript:alert(1)"}  # fmt: skip
    answer = visitor.post(address(thing), {"version": thing.current_id, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Entry.objects.count() == 0
    for words in ("There is a problem", "The text is missing.", "Enter a real date", "The number must be a number",
                  "Long words stay", 'value="31"', 'value="lots"'):  # fmt: skip
        assert words in page, words


def test_out_of_reach_and_unknown_get_the_same_answer(thing, authority):
    mine, theirs = make.team(authority), make.team(authority)
    manager = make.user(Role.TEAM_MANAGER, team=mine)
    child = make.child(authority)
    make.plan(child, make.worker(theirs))
    Identifier.objects.create(authority=authority, child=child, scheme="la_child_id", value="C123")
    visitor = recording.signed_in(manager)
    pages = []
    for number in ("C123", "C999"):
        answer = visitor.post(address(thing), {"version": thing.current_id, "f_text": "x", "f_child": number})
        assert answer.status_code == 422
        pages.append(re.sub(r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", answer.content.decode()))
    assert pages[0].replace("C123", "C999") == pages[1]


def test_another_keeps_what_was_chosen_and_not_what_was_written(visitor, thing):
    typed = {"version": thing.current_id, "f_text": "One", "f_choice": "scouts", "f_rag": "red", "another": "1"}
    answer = visitor.post(address(thing), typed, follow=True)
    page = answer.content.decode()
    assert 'value="scouts" checked' in page
    assert 'value="red" checked' in page
    assert 'value="One"' not in page


def test_an_answer_asked_only_after_another_is_dropped_where_it_was_not_asked(authority, leader):
    fields = [recording.field("text", required=True), recording.field("yes_no"),
              recording.field("number", only_when="f_yes_no", required=True)]  # fmt: skip
    asked = recording.register(authority, fields=fields, clocks=[], states=[{"id": "open", "name": "Open"}])
    visitor = recording.signed_in(leader)
    page = visitor.get(address(asked)).content.decode()
    assert "govuk-radios__conditional" in page
    visitor.post(address(asked), {"version": asked.current_id, "f_text": "No", "f_yes_no": "no", "f_number": "3"})
    assert Entry.objects.get().values == {"f_text": "No", "f_yes_no": False}
    answer = visitor.post(address(asked), {"version": asked.current_id, "f_text": "Yes", "f_yes_no": "yes"})
    assert answer.status_code == 422
    assert "The number is missing." in answer.content.decode()


def test_the_subject_is_a_child_within_reach_and_others_see_nothing_of_the_entry(authority):
    about = recording.register(authority, subject="child")
    mine, theirs = make.team(authority), make.team(authority)
    manager, other = make.user(Role.TEAM_MANAGER, team=mine), make.user(Role.TEAM_MANAGER, team=theirs)
    child = make.child(authority, forename="Ada", surname="Invented")
    make.plan(child, make.worker(mine))
    visitor = recording.signed_in(manager)
    answer = visitor.post(address(about), {"version": about.current_id, "f_text": "About her"})
    assert answer.status_code == 422
    assert "Say which child this is about." in answer.content.decode()
    visitor.post(
        address(about), {"version": about.current_id, "f_text": "About her", "about-subject": "ada invented 1/5/2012"}
    )
    entry = Entry.objects.get()
    assert entry.child == child
    assert "Ada Invented" in visitor.get(of(entry)).content.decode()
    elsewhere = recording.signed_in(other)
    for tail in ("", "change/", "assign/", "attach/"):
        assert elsewhere.get(of(entry, tail)).status_code == 404
    assert Logged.objects.filter(kind="entry_viewed", actor_id=str(other.pk)).count() == 0


def test_a_field_for_some_roles_is_neither_shown_nor_asked_nor_lost(authority, leader):
    secret = recording.field("long_text", shown_to=["leader"])
    some = recording.register(
        authority, fields=[recording.field("text"), secret], clocks=[], states=[{"id": "open", "name": "Open"}]
    )
    entry = added(some, leader, {"f_long_text": "Kept from managers"})
    entry = actions.change(entry, {"f_long_text": "Still kept from them"}, by=leader, at=make.NOW, revision=1)
    manager = recording.signed_in(make.user(Role.TEAM_MANAGER, team=make.team(authority)))
    page = manager.get(of(entry)).content.decode() + manager.get(of(entry, "change/")).content.decode()
    assert "ept from" not in page
    assert "f_long_text" not in page
    manager.post(of(entry, "change/"), {**current(some, entry), "f_text": "Changed"})
    entry.refresh_from_db()
    assert entry.values == {"f_text": "Changed", "f_long_text": "Still kept from them"}


def test_who_saves_second_sees_both_and_may_save_on_top(visitor, thing, leader, authority):
    entry = added(thing, leader, {"f_long_text": "Before", "f_number": 1})
    other = make.user(Role.LEADER, of=authority)
    actions.change(entry, {"f_long_text": "Theirs", "f_number": 2}, by=other, at=make.NOW, revision=1)
    mine = {"version": thing.current_id, "revision": 1, "f_text": "First thing", "f_long_text": "Mine", "f_number": "1"}
    answer = visitor.post(of(entry, "change/"), mine)
    page = answer.content.decode()
    # then: both stand side by side; what I left alone is theirs
    assert answer.status_code == 422
    assert f"{other.name} changed this entry" in page
    rows = re.findall(r'scope="row"[^>]*>([^<]+)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td><td[^>]*>(\w+)</td>', page)
    assert [(label, *(re.sub("<[^>]+>", "", part) for part in rest)) for label, *rest in rows] == [
        ("The long text", "Theirs", "Mine", "Yours"), ("The number", "2", "1", "Theirs"),
    ]  # fmt: skip
    assert 'name="revision" value="2"' in page
    assert re.search(r'name="f_number"[^>]*value="2"', page)
    assert ">Mine</textarea>" in page
    # when: saved again on top
    again = {**mine, "revision": 2, "f_number": "2"}
    assert visitor.post(of(entry, "change/"), again).status_code == 302
    entry.refresh_from_db()
    assert (entry.values["f_long_text"], entry.values["f_number"], entry.revision) == ("Mine", 2, 3)


def test_who_else_has_the_form_open_is_said_for_two_minutes(visitor, thing, leader, authority):
    entry = added(thing, leader)
    other = make.user(Role.LEADER, of=authority)
    recording.signed_in(other).get(of(entry, "change/"))
    assert other.name in visitor.get(of(entry, "change/")).content.decode()
    assert other.name in visitor.post(of(entry, "touch/")).content.decode()
    Editing.objects.filter(user=other).update(at=make.NOW.replace(hour=8, minute=27))
    assert "Somebody else is editing" not in visitor.get(of(entry, "change/")).content.decode()


def test_a_field_removed_while_somebody_types_is_named_with_what_was_typed(visitor, thing, leader):
    entry = added(thing, leader)
    old = current(thing, entry)
    fields = [each for each in recording.definition()["fields"] if each["id"] != "f_evidence"]
    recording.publish(thing, fields=fields)
    typed = {**old, "f_text": "Still here", "f_evidence": "Minutes of Monday"}
    answer = visitor.post(of(entry, "change/"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("no longer asked", "The evidence", "Minutes of Monday", 'value="Still here"'):
        assert words in page, words
    assert visitor.post(of(entry, "change/"), {**typed, "version": thing.current_id}).status_code == 302
    entry.refresh_from_db()
    assert entry.title == "Still here"


def test_a_move_asks_for_what_the_state_needs(visitor, thing, leader):
    entry = added(thing, leader)
    page = visitor.get(of(entry)).content.decode()
    assert "Move to: Done" in page
    assert "Move to: Dropped" in page
    assert "Move to: Open" not in page
    asked = visitor.post(of(entry, "move/"), {"to": "done", "revision": 1})
    assert asked.status_code == 200
    assert "f_long_text" in asked.content.decode()
    empty = visitor.post(of(entry, "move/"), {"to": "done", "revision": 1, "sent": 1})
    assert empty.status_code == 422
    assert "Fill in: The long text." in empty.content.decode()
    visitor.post(of(entry, "move/"), {"to": "done", "revision": 1, "sent": 1, "f_long_text": "All rang"})
    entry.refresh_from_db()
    assert (entry.state, entry.values["f_long_text"]) == ("done", "All rang")
    assert "The long text: Nothing <span" in visitor.get(of(entry)).content.decode()
    assert visitor.post(of(entry, "move/"), {"to": "dropped", "sent": 1, "why-moved": "x"}).status_code == 422


def test_a_move_with_a_reason_shows_it_in_the_timeline(visitor, thing, leader):
    entry = added(thing, leader)
    refused = visitor.post(of(entry, "move/"), {"to": "dropped", "revision": 1, "sent": 1})
    assert refused.status_code == 422
    assert "Say why this moves to Dropped" in refused.content.decode()
    visitor.post(of(entry, "move/"), {"to": "dropped", "revision": 1, "sent": 1, "why-moved": "Asked twice"})
    page = visitor.get(of(entry)).content.decode()
    assert "Because: Asked twice" in page
    assert "Open <span" in page


def test_giving_out_names_the_new_owner(visitor, thing, leader, authority):
    entry = added(thing, leader)
    other = make.user(Role.TEAM_MANAGER, team=make.team(authority))
    assert visitor.post(of(entry, "assign/"), {"revision": 1, "owner": other.pk}).status_code == 302
    page = visitor.get(of(entry)).content.decode()
    assert "Owner: Nobody <span" in page
    assert other.name in page
    stranger = make.user(Role.LEADER, of=make.authority())
    assert visitor.post(of(entry, "assign/"), {"revision": 2, "owner": stranger.pk}).status_code == 422


def test_a_setting_is_not_named_where_it_would_tell_a_confidential_place(authority):
    about = recording.register(authority, subject="child")
    leader = make.user(Role.LEADER, of=authority)
    child, school = make.child(authority), make.setting(authority, name="Hidden Hill School")
    make.plan(child)
    make.enrolment(school, child)
    make.address(child, lines="7 Secret Lane, Quietham")
    make.alert(child, "address_confidential")
    entry = added(
        about, leader, {"f_setting": school.pk, "f_long_text": "Goes to Hidden Hill, lives in Quietham"},
        about=About(child=child),
    )  # fmt: skip
    actions.change(entry, {"f_long_text": "Moves from Quietham"}, by=leader, at=make.NOW, revision=1)
    page = recording.signed_in(leader).get(of(entry)).content.decode()
    assert child.surname in page
    assert "Quietham" not in page
    assert "Hidden Hill" not in page
    assert "[not shown]" in page
    visitor = recording.signed_in(leader)
    form = visitor.get(of(entry, "change/")).content.decode()
    assert "Quietham" not in form
    assert "Hidden Hill" not in form
    assert "Left out, because they tell a place that is confidential" in form
    assert visitor.post(of(entry, "change/"), {"revision": 2, "f_text": "New"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.values["f_text"], entry.values["f_long_text"]) == ("New", "Moves from Quietham")


def test_the_record_page_asks_a_fixed_number_of_questions(visitor, thing, leader, django_assert_max_num_queries):
    entry = added(thing, leader)
    for number in range(2, 8):
        entry = actions.change(entry, {"f_number": number}, by=leader, at=make.NOW, revision=entry.revision)
    with django_assert_max_num_queries(45):
        visitor.get(of(entry))


def test_comments_tell_those_who_may_read_and_refuse_others(visitor, thing, leader, authority):
    entry = added(thing, leader)
    ada = make.user(Role.LEADER, of=authority, name="Ada Invented")
    make.user(Role.ANALYST, of=authority, name="Bo Outside")
    assert visitor.post(of(entry, "comment/"), {"text": "Look, @Ada Invented, at this"}).status_code == 302
    assert Notice.objects.get(alert="mentioned").user == ada
    refused = visitor.post(of(entry, "comment/"), {"text": "And you, @Bo Outside?"})
    assert refused.status_code == 422
    assert "Bo Outside may not read this entry" in refused.content.decode()
    page = visitor.get(of(entry)).content.decode()
    assert "Look, @Ada Invented, at this" in page
    assert "Told: Ada Invented" in page
    said = entry.comments.get()
    assert recording.signed_in(ada).post(of(entry, f"comment/{said.pk}/take-back/")).status_code == 403
    visitor.post(of(entry, f"comment/{said.pk}/take-back/"))
    page = visitor.get(of(entry)).content.decode()
    assert "Took a comment back" in page
    assert "at this" not in page


def test_links_are_seen_from_both_sides_and_never_beyond_reach(visitor, thing, leader, authority):
    one, two = added(thing, leader), added(thing, leader, {"f_text": "Second"})
    visitor.post(of(one, "link/"), {"kind": "entry", "entry": "THG-2", "how": "escalated to"})
    assert "escalated to: <a" in visitor.get(of(one)).content.decode()
    assert "THG-1 First thing</a> links here" in visitor.get(of(two)).content.decode()
    child = make.child(make.authority())
    Identifier.objects.create(authority=child.authority, child=child, scheme="upn", value="X1")
    for kind, typed in (("child", "X1"), ("entry", "THG-99"), ("address", "javascript:alert(1)"), ("team", "")):
        refused = visitor.post(of(one, "link/"), {"kind": kind, kind: typed})
        assert refused.status_code == 422, kind
    link = one.links.get()
    visitor.post(of(one, f"link/{link.pk}/away/"))
    assert one.links.count() == 0
    assert "Unlinked" in visitor.get(of(one)).content.decode()
