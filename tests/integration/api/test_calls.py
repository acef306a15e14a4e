"""Registers and entries by the JSON interface: the same entries, rights, events and gaps as on the pages."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keepsight.apps.accounts.models import Membership, Role, TermsAccepted
from keepsight.apps.audit import rates
from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.references import Reach, hidden_of
from tests import factories as make
from tests.integration.api.calling import Caller, said
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
def manager(authority):
    return make.user(Role.TEAM_MANAGER, of=authority)


@pytest.fixture
def program(manager):
    return Caller(manager)


def at(register, tail=""):
    return f"registers/{register.authority.code}/{register.key}{tail}"


def of(entry, tail=""):
    return f"entries/{entry['ref'] if isinstance(entry, dict) else entry.ref}{tail}"


def added(register, by, count=1, **more):
    return [
        actions.add(register, {"f_text": f"Thing {number}", **more.get("values", {})}, by=by, at=make.NOW,
                    about=more.get("about", About()))
        for number in range(count)
    ]  # fmt: skip


# --- registers ------------------------------------------------------------------------------------------
def test_registers_are_those_that_one_may_read(program, thing, authority):
    recording.register(make.authority())
    recording.register(authority, key="closed", access={**recording.definition()["access"], "read": ["leader"]})
    found = said(program.get("registers"))
    assert [(each["authority"], each["key"]) for each in found] == [(authority.code, "thing")]
    assert found[0]["may"] == ["read", "add", "change", "move", "assign"]
    said(program.get(f"registers/{authority.code}/closed"), 404)
    said(program.get("registers/nowhere/thing"), 404)


def test_a_definition_names_no_field_that_is_shown_to_others(program, authority):
    fields = [recording.field("text", required=True), recording.field("number", shown_to=["leader"], indexed=True)]
    register = recording.register(authority, fields=fields, states=[
        {"id": "open", "name": "Open", "moves": ["done"]},
        {"id": "done", "name": "Done", "ends": True, "needs": ["f_number"]},
    ], clocks=[])  # fmt: skip
    found = said(program.get(at(register)))
    assert [each["id"] for each in found["fields"]] == ["f_text"]
    assert "f_number" not in program.get(at(register)).content.decode()
    assert [(each["id"], each["moves"], each["needs"]) for each in found["states"]] == [
        ("open", ["done"], []), ("done", [], [])
    ]  # fmt: skip


# --- lists ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", ["", "-number", "title", "-due", "state", "-rag", "owner"])
def test_pages_give_every_entry_once(program, thing, manager, sort):
    for number, entry in enumerate(added(thing, manager, 11)):
        Entry.objects.filter(pk=entry.pk).update(
            rag=("red", "", "green")[number % 3], due_on=None if number % 4 == 0 else make.days(number % 3)
        )
    query = {"rows": 3, **({"sort": sort} if sort else {})}
    found, place, pages = [], "", 0
    while pages < 9:
        page = said(program.get(at(thing, "/entries"), {**query, **({"after": place} if place else {})}))
        found += [each["number"] for each in page["entries"]]
        place, pages = page["after"], pages + 1
        if not place:
            break
    assert sorted(found) == sorted(f"THG-{number}" for number in range(1, 12))
    back = said(program.get(at(thing, "/entries"), {**query, "before": page["before"]}))
    assert [each["number"] for each in back["entries"]] == found[-3 - len(page["entries"]) : -len(page["entries"])]


def test_a_list_is_narrowed_as_on_its_page_and_a_slip_is_told(program, thing, manager):
    first, second = added(thing, manager, 2)
    actions.assign(first, manager, by=manager, at=make.NOW)
    actions.move(second, "dropped", by=manager, at=make.NOW, why="Not needed")

    def numbers(**query):
        return [each["number"] for each in said(program.get(at(thing, "/entries"), query))["entries"]]

    assert numbers() == numbers(owner="me") == ["THG-1"]
    assert numbers(state="dropped") == ["THG-2"]
    assert set(numbers(show="all")) == {"THG-1", "THG-2"}
    for wrong in ({"stat": "open"}, {"state": "gone"}, {"sort": "secret"}, {"f_text": "x"}, {"owner": "all"}):
        found = said(program.get(at(thing, "/entries"), wrong), 422)
        assert list(found["fields"]) == list(wrong)
    said(program.get(at(thing, "/entries"), {"rows": 5000}), 422)


def test_words_find_what_the_page_finds_and_stand_in_no_log(program, thing, manager, authority):
    added(thing, manager, values={"f_text": "Télephone the minster"})
    other = added(thing, manager)[0]

    def found(words, register=thing, status=200):
        return said(program.get(at(register, "/entries"), words=words), status)

    def numbers(words, register=thing):
        return [each["number"] for each in found(words, register)["entries"]]

    assert numbers("minst t%C3%A9lep") == ["THG-1"]
    assert numbers(f"thg-{other.number}") == ["THG-2"]
    assert numbers("--") == numbers("nowhere") == []
    assert numbers("") == numbers("%20") == ["THG-2", "THG-1"]
    assert found("x" * 101, status=422)["fields"] == {"Search-Words": "Search for at most 100 letters."}
    assert not Logged.objects.filter(detail__icontains="minst").exists()
    assert Logged.objects.filter(kind="searched", source="api:search", authority_code=authority.code).count() == 4
    assert Logged.objects.filter(kind="register_viewed", detail__filters__searched="yes").count() == 4
    child = make.child(authority)
    make.plan(child, make.worker(make.team(authority)))
    closed = recording.register(authority, key="about", subject="child")
    added(closed, make.user(Role.LEADER, of=authority), values={"f_text": "Near the minster"}, about=About(child=child))
    assert numbers("minster", closed) == ["THG-1"]
    make.alert(child, "address_confidential")
    assert numbers("minster", closed) == []
    assert numbers("THG-1", closed) == ["THG-1"]


def test_a_program_searches_only_so_often(program, thing, monkeypatch):
    fewer = {**rates.rates(), "search": replace(rates.rates()["search"], most=2)}
    monkeypatch.setattr(rates, "rates", lambda: fewer)
    for status in (200, 200, 429):
        said(program.get(at(thing, "/entries"), words="ring"), status)
    said(program.get(at(thing, "/entries")))


def test_a_list_costs_the_same_for_two_rows_as_for_twenty(thing, manager, program):
    added(thing, manager, 2, values={"f_person": manager.pk})
    said(program.get(at(thing, "/entries")))  # the first call of a day keeps that the token was used
    with CaptureQueriesContext(connection) as few:
        said(program.get(at(thing, "/entries")))
    added(thing, manager, 18, values={"f_person": manager.pk})
    with CaptureQueriesContext(connection) as many:
        assert len(said(program.get(at(thing, "/entries")))["entries"]) == 20
    assert len(many) == len(few)


# --- one entry ------------------------------------------------------------------------------------------
def test_an_entry_is_added_read_changed_moved_given_and_talked_of(program, thing, manager):
    sent = {"f_text": "Ring the school", "f_date": "2020-06-05", "f_number": 12, "f_yes_no": False, "f_rag": "amber",
            "f_several": ["scouts"], "f_person": manager.pk}  # fmt: skip
    made = said(program.send(at(thing, "/entries"), {"values": sent}), 201)
    assert made["values"] == {**sent, "f_person": {"name": manager.name, "id": manager.pk}, "f_computed": 13}
    assert (made["number"], made["rag"], made["due_on"], made["revision"]) == ("THG-1", "amber", "2020-06-05", 1)
    assert made["may"] == ["change", "move", "assign"]
    assert [each["id"] for each in made["moves"]] == ["done", "dropped"]
    changed = said(program.patch(of(made), {"revision": 1, "values": {"f_number": 3, "f_rag": None}}))
    assert (changed["values"]["f_number"], changed["rag"], changed["revision"]) == (3, "", 2)
    missing = said(program.send(of(made, "/move"), {"to": "done", "revision": 2}), 409)
    assert missing["code"] == "fields_missing"
    both = {"to": "done", "revision": 2, "values": {"f_long_text": "It is done"}}
    moved = said(program.send(of(made, "/move"), both))
    assert (moved["state"], moved["is_open"], moved["revision"]) == ("done", False, 4)
    given = said(program.send(of(made, "/assign"), {"owner": manager.pk, "revision": 4}))
    assert given["owner"] == manager.name
    said(program.send(of(made, "/comments"), {"text": "Well done"}), 201)
    whole = said(program.get(of(made)))
    assert {each["what"] for each in whole["history"]} == {"Added", "Changed", "Moved", "Given to", "Commented"}
    sources = set(Logged.objects.filter(actor_id=str(manager.pk)).values_list("kind", "source"))
    assert {
        ("entry_added", "api:add"), ("entry_changed", "api:change"), ("entry_changed", "api:move"),
        ("entry_moved", "api:move"), ("entry_assigned", "api:assign"), ("entry_commented", "api:comment"),
        ("entry_viewed", "api:entry"),
    } <= sources  # fmt: skip
    assert {roles for (roles,) in Logged.objects.filter(source="api:add").values_list("actor_roles")} == {
        "team_manager"
    }


def test_who_saves_second_is_shown_the_first_and_changes_nothing(program, thing, manager):
    entry = added(thing, manager)[0]
    actions.change(entry, {"f_number": 7}, by=manager, at=make.NOW, revision=1)
    for path, body in (
        ("", {"revision": 1, "values": {"f_number": 8}}),
        ("/move", {"to": "dropped", "revision": 1, "why": "No"}),
        ("/move", {"to": "done", "revision": 1, "values": {"f_long_text": "x"}}),
        ("/assign", {"owner": manager.pk, "revision": 1}),
    ):
        found = said(program.send(of(entry, path), body, "POST" if path else "PATCH"), 409)
        assert found["code"] == "changed_meanwhile"
        assert (found["entry"]["revision"], found["entry"]["values"]["f_number"]) == (2, 7)
    entry.refresh_from_db()
    assert (entry.revision, entry.state, entry.owner) == (2, "open", None)


def test_wrong_answers_are_told_field_by_field_and_change_nothing(program, thing, manager):
    wrong = {
        "f_date": "32/13/2020", "f_choice": "nobody", "f_number": "many", "f_person": 10**15, "f_team": "x",
        "f_child": "Nobody Atall 1/5/2012", "f_entry": "THG-99", "f_evidence": "ftp://x", "f_several": 5,
        "f_money": ["1"], "f_computed": 4, "f_unknown": "x", "f_setting": "Nowhere School", "f_family": "F0",
    }  # fmt: skip
    found = said(program.send(at(thing, "/entries"), {"values": wrong}), 422)
    assert {"f_unknown", "f_computed", "f_person", "f_child"} <= set(found["fields"]) <= set(wrong)
    for name, value in wrong.items():
        body = {"values": {"f_text": "First", name: value}}
        assert list(said(program.send(at(thing, "/entries"), body), 422)["fields"]) == [name], name
    for body in ("{", "[]", '{"values": {"f_text": "a\\u0000b"}}', '{"values": {"f_text": "\\ud800"}}', b"\xff",
                 '{"values": {"f_text": {"a": 1}}}', '{"values": {}, "more": 1}', "null", "[" * 9000):  # fmt: skip
        assert program.send(at(thing, "/entries"), body).status_code in (400, 422), body[:50]
    for odd in ("https://[", "http://[::1"):
        said(program.send(at(thing, "/entries"), {"values": {"f_text": "x", "f_evidence": odd}}), 422)
    assert not Entry.objects.exists()


def test_a_day_at_the_end_of_days_is_no_trouble_of_ours(program, thing):
    for name, day in (("f_date", "9999-12-31"), ("f_date", "0001-01-01"), ("f_instant", "9999-12-31T23:59:59Z")):
        found = said(program.send(at(thing, "/entries"), {"values": {"f_text": "x", name: day}}), 422)
        assert "from 1900 to 2199" in found["fields"][name]


# --- access ---------------------------------------------------------------------------------------------
def test_a_program_reaches_no_further_than_its_person(program, thing, manager):
    elsewhere = recording.register(make.authority())
    leader = make.user(Role.LEADER, of=elsewhere.authority)
    other = added(elsewhere, leader)[0]
    for answer in (
        program.get(of(other)), program.patch(of(other), {"revision": 1, "values": {}}),
        program.send(of(other, "/comments"), {"text": "x"}), program.get(at(elsewhere)),
        program.send(at(elsewhere, "/entries"), {"values": {"f_text": "x"}}),
        program.get("entries/00000000-0000-4000-8000-000000000000"),
    ):  # fmt: skip
        assert said(answer, 404) == said(program.get("nothing/here"), 404)
    assert Logged.objects.filter(kind="denied", actor_id=str(manager.pk), source__startswith="api:").count() == 6


def test_who_reads_only_changes_nothing(authority, manager, program):
    register = recording.register(authority, access={**recording.definition()["access"], "change": ["leader"],
                                                     "move": [], "assign": [], "add": ["leader"]})  # fmt: skip
    entry = added(register, make.user(Role.LEADER, of=authority))[0]
    assert said(program.get(of(entry)))["may"] == []
    said(program.patch(of(entry), {"revision": 1, "values": {"f_number": 1}}), 403)
    said(program.send(of(entry, "/move"), {"to": "dropped", "revision": 1, "why": "x"}), 403)
    said(program.send(of(entry, "/assign"), {"owner": None, "revision": 1}), 403)
    said(program.send(at(register, "/entries"), {"values": {"f_text": "x"}}), 404)


def test_a_field_shown_to_others_is_neither_read_nor_answered(authority, manager, program):
    fields = [recording.field("text", required=True), recording.field("number", shown_to=["leader"], indexed=True)]
    register = recording.register(authority, fields=fields, clocks=[], states=[{"id": "open", "name": "Open"}])
    leader = make.user(Role.LEADER, of=authority)
    entry = actions.add(register, {"f_text": "Thing", "f_number": 4711}, by=leader, at=make.NOW)
    actions.change(entry, {"f_number": 4712}, by=leader, at=make.NOW, revision=1)
    for path in (of(entry), at(register, "/entries")):
        text = program.get(path).content.decode()
        assert "471" not in text.replace(str(entry.ref), "")
        assert "f_number" not in text
    hidden = said(program.patch(of(entry), {"revision": 2, "values": {"f_number": 1}}), 422)
    unknown = said(program.patch(of(entry), {"revision": 2, "values": {"f_nothing": 1}}), 422)
    assert hidden["fields"]["f_number"] == unknown["fields"]["f_nothing"]
    said(program.get(at(register, "/entries"), {"f_f_number": "4712"}), 422)


def child_register(authority):
    return recording.register(authority, subject="child")


def test_children_are_named_only_to_who_may_open_them(authority, manager, program):
    register = child_register(authority)
    leader = make.user(Role.LEADER, of=authority)
    open_child, closed = make.child(authority), make.child(authority, record_class="restricted")
    for child in (open_child, closed):
        make.plan(child, make.worker(make.team(authority)))
    mine = actions.add(register, {"f_text": "One"}, by=leader, at=make.NOW, about=About(child=open_child))
    about_closed = Entry.objects.get(pk=mine.pk)
    about_closed.pk, about_closed.ref, about_closed.number, about_closed.child = None, uuid4(), 99, closed
    about_closed.save()
    Entry.objects.filter(pk=mine.pk).update(values={"f_text": "One", "f_child": closed.pk})
    page = program.get(at(register, "/entries"))
    (row,) = said(page)["entries"]
    assert row["about"] == {"kind": "child", "name": f"{open_child.forename} {open_child.surname}",
                            "ref": str(open_child.ref), "id": None}  # fmt: skip
    assert row["values"]["f_child"] == {"name": "Somebody or something that you may not open"}
    for answer in (page, program.get(of(mine))):
        text = answer.content.decode()
        assert closed.forename not in text
        assert str(closed.ref) not in text
    said(program.get(of(about_closed)), 404)
    for said_by in (str(closed.ref), f"{closed.forename} {closed.surname} 1/5/2012"):
        found = said(program.send(at(register, "/entries"), {"values": {"f_text": "x"}, "about": said_by}), 422)
        assert list(found["fields"]) == ["about"]
    stays = said(program.patch(of(mine), {"revision": 1, "values": {"f_child": str(open_child.ref)}}), 422)
    assert list(stays["fields"]) == ["f_child"]
    made = said(program.send(at(register, "/entries"), {"values": {"f_text": "x"}, "about": str(open_child.ref)}), 201)
    assert made["about"]["ref"] == str(open_child.ref)
    shown = Logged.objects.filter(source="api:entries").latest("pk").detail["shown"]
    assert shown == [open_child.pk]


def test_nothing_tells_a_confidential_place(authority, manager, program):
    register = child_register(authority)
    school = make.setting(authority, name="Hidden Hill School")
    child = make.child(authority)
    make.plan(child, make.worker(make.team(authority)))
    make.alert(child, "address_confidential")
    make.address(child, lines="7 Secretive Row, Nowhere")
    make.enrolment(school, child)
    leader = make.user(Role.LEADER, of=authority)
    values = {"f_text": "Visit Secretive Row", "f_long_text": "Near Hidden Hill School", "f_setting": school.pk}
    entry = actions.add(register, values, by=leader, at=make.NOW, about=About(child=child))
    analyst = Caller(make.user(Role.TEAM_MANAGER, of=authority))
    hidden = hidden_of(Reach(grants_of(manager, make.NOW), authority, make.TODAY), [child.pk]).place
    for path in (of(entry), at(register, "/entries")):
        text = analyst.get(path).content.decode()
        assert ("Secretive" in text, "Hidden Hill" in text) == (not hidden, not hidden), path
    assert hidden, "A manager of the whole authority is nobody who works with the child."
    # what is shown in its place and sent back changes nothing
    shown = said(program.get(of(entry)))["values"]["f_text"]
    assert "[not shown]" in shown
    said(program.patch(of(entry), {"revision": 1, "values": {"f_text": shown, "f_number": 5}}))
    entry.refresh_from_db()
    assert entry.values["f_text"] == "Visit Secretive Row"


# --- tokens ---------------------------------------------------------------------------------------------
def test_every_bad_token_gets_the_same_answer(program, thing, manager):
    good = program.headers["Authorization"]
    answers = {
        Caller(token=token).get("registers").content for token in ("", "x", good[:-1], "ks_" + "a" * 43, "ks_\u00e9")
    }
    program.kept.__class__.objects.filter(pk=program.kept.pk).update(ended_at=make.NOW)
    answers.add(program.get("registers").content)
    assert len(answers) == 1
    assert said(program.get("registers"), 401)["code"] == "token"
    assert program.get("registers")["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("how", ["token expired", "account ended", "account inactive"])
def test_a_token_lasts_no_longer_than_it_and_its_person(program, thing, manager, how):
    said(program.get("registers"))
    if how == "token expired":
        with time_machine.travel(make.NOW + timedelta(days=30), tick=False):
            said(program.get("registers"), 401)
        return
    more = {"expires_on": make.TODAY} if how == "account ended" else {"is_active": False}
    type(manager).objects.filter(pk=manager.pk).update(**more)
    said(program.get("registers"), 401)


def test_a_role_that_ended_opens_nothing_at_once(program, thing, manager):
    said(program.get(at(thing)))
    Membership.objects.filter(user=manager).update(ends_on=make.TODAY)
    said(program.get(at(thing)), 403)
    assert Logged.objects.filter(kind="denied", actor_id=str(manager.pk)).exists()


def test_terms_that_were_not_accepted_open_nothing(program, manager, thing):
    TermsAccepted.objects.filter(user=manager).delete()
    assert said(program.get("registers"), 403)["code"] == "terms"


def test_no_session_opens_anything(thing, manager):
    browser = recording.signed_in(manager)
    answer = browser.get("/api/v1/registers")
    assert answer.status_code == 401
    answer = browser.post(f"/api/v1/{at(thing, '/entries')}", "{}", content_type="application/json")
    assert answer.status_code == 401


def test_a_program_calls_only_so_often(program, thing, monkeypatch):
    fewer = {**rates.rates(), "api": replace(rates.rates()["api"], most=3)}
    monkeypatch.setattr(rates, "rates", lambda: fewer)
    for _ in range(3):
        said(program.get("registers"))
    assert "calls of the JSON interface" in said(program.get("registers"), 429)["sentence"]


def test_addresses_and_methods_that_are_not_there_answer_in_json(program):
    said(program.get("nothing"), 404)
    said(program.get(""), 404)
    assert "GET" in program.send("registers", {})["Allow"]
    said(program.send("registers", {}), 405)
