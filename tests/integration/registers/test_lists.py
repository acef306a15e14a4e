"""The list of a register: what is asked of it, what it shows, and to whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Logged
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, SavedView
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def register():
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    return register_of(authority, "action")


@pytest.fixture
def lead(register):
    return make.user(Role.EMERGENCY_LEAD, of=register.authority, name="Wren Sampleton")


def added(register, by, count=1, *, what="Ring school", due=2, **more):
    return [
        actions.add(
            register, {"what": f"{what} {number}", "due_on": make.days(due).isoformat(), **more}, by=by, at=make.NOW
        )
        for number in range(count)
    ]


def at(register, name="list", *more):
    return reverse(f"registers:{name}", args=[register.authority.code, register.key, *more])


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def test_every_tile_opens_exactly_what_it_counts(client, register, lead):
    added(register, lead, 3, due=-2)
    added(register, lead, 2, due=1)
    added(register, lead, 1, due=20)
    client.force_login(lead)
    tiles = client.get(at(register)).context["tiles"]
    assert [(tile["text"], tile["count"]) for tile in tiles] == [
        ("Overdue", "3"), ("Due in the next two days", "2"), ("Open", "6")
    ]  # fmt: skip
    for tile in tiles:
        assert str(len(client.get(tile["href"]).context["page"]["rows"])) == tile["count"]


def test_a_tile_counts_no_further_than_it_says(client, register, lead, monkeypatch):
    monkeypatch.setattr("keepsight.apps.registers.queries.COUNTED", 3)
    monkeypatch.setattr("keepsight.apps.registers.present_list.COUNTED", 3)
    added(register, lead, 5)
    client.force_login(lead)
    assert client.get(at(register)).context["tiles"][-1]["count"] == "More than 3"


def test_the_list_is_narrowed_by_each_filter(client, register, lead):
    mine, other = added(register, lead, 2, what="Ring")
    actions.assign(mine, lead, by=lead, at=make.NOW)
    red = added(register, lead, 1, what="Red", progress="red", came_from="plan", due=9)[0]
    gone = added(register, lead, 1, what="Gone")[0]
    actions.move(gone, "cancelled", by=lead, at=make.NOW, why="Not needed")
    client.force_login(lead)

    def numbers(query):
        rows = client.get(f"{at(register)}?{query}").context["page"]["rows"]
        return {int(row[0].text.removeprefix("ACT-")) for row in rows}

    assert numbers("show=open") == {mine.number, other.number, red.number}
    assert numbers("show=all") == {mine.number, other.number, red.number, gone.number}
    assert numbers("owner=me") == {mine.number} == numbers(f"owner={lead.pk}")
    assert numbers("owner=nobody") == {other.number, red.number}
    assert numbers("state=cancelled") == {gone.number}
    assert numbers("rag=red") == numbers("f_came_from=plan") == {red.number}
    assert numbers(f"f_due_on_from={make.days(5)}") == {red.number}
    assert numbers(f"f_due_on_to={make.days(5)}") == {mine.number, other.number}
    assert numbers("f_due_on_from=nonsense&state=nowhere&team=x&sort=secret") == numbers("show=open")


def test_the_form_of_filters_leads_to_the_list_and_says_what_is_wrong(client, register, lead):
    client.force_login(lead)
    assert client.get(at(register, "narrow")).status_code == 200
    day = {"f_due_on_from_day": "5", "f_due_on_from_month": "6", "f_due_on_from_year": "2020"}
    sent = {"state": ["open"], "owner": "me", "sort": "-due", "col": ["number", "title"], **day}
    answer = client.post(at(register, "narrow"), sent)
    assert answer.status_code == 302
    for part in ("state=open", "owner=me", "f_due_on_from=2020-06-05", "sort=-due", "col=number", "col=title"):
        assert part in answer.url
    assert client.get(answer.url).status_code == 200
    wrong = client.post(at(register, "narrow"), {**sent, next(iter(day)): "77"})
    assert "Enter a real date" in text(wrong, 422)


def test_an_indexed_text_is_narrowed_by_its_beginning_and_no_address_log_or_saved_list_shows_the_word(client):
    held, leader, _ = with_where("none")
    client.force_login(leader)
    assert "Where: begins with" in text(client.get(at(held, "narrow")))
    answer = client.post(at(held, "narrow"), {"f_where_begins": "selby", "sort": "-number"})
    assert "f_where_begins=" in answer.url
    assert "selby" not in answer.url.lower()
    page = client.get(answer.url)
    assert [row[0].text for row in page.context["page"]["rows"]] == ["THG-2", "THG-1"]
    assert "Where begins with selby" in text(page)
    assert 'value="selby"' in text(client.get(answer.url.replace("?", "narrow/?")))
    assert not Logged.objects.filter(detail__icontains="selby").exists()
    seen = Logged.objects.filter(kind=EventKind.REGISTER_VIEWED, source="registers:list").latest("pk")
    assert seen.detail["filters"]["f_where_begins"] == "yes"
    client.post(at(held, "saved"), {"name": "By place", "query": answer.url.partition("?")[2]})
    assert "f_where" not in str(SavedView.objects.get().query)
    for made_up in ("selby", "k:", "é", "x" * 3000):
        assert len(client.get(at(held), {"f_where_begins": made_up}).context["page"]["rows"]) == 3


def test_the_beginning_of_a_text_tells_no_confidential_place(client):
    held, leader, child = with_where("child")
    client.force_login(leader)
    narrowed = client.post(at(held, "narrow"), {"f_where_begins": "selby", "sort": "-number"}).url
    whole = f"{at(held)}?f_where=Selby+Road"
    assert [len(client.get(each).context["page"]["rows"]) for each in (narrowed, whole)] == [2, 1]
    make.alert(child, "address_confidential")
    assert [len(client.get(each).context["page"]["rows"]) for each in (narrowed, whole)] == [0, 0]
    assert len(client.get(at(held)).context["page"]["rows"]) == 3


def with_where(subject):
    """Three entries with an indexed text: two begin with the same word."""
    authority = make.authority()
    where = {"id": "where", "label": "Where", "kind": "text", "indexed": True}
    held = recording.register(authority, subject=subject, fields=[*recording.definition()["fields"], where])
    held.slots = {"where": "k1"}
    held.save(update_fields=["slots"])
    leader, child = make.user(Role.LEADER, of=authority), make.child(authority)
    for place in ("Selby Road", "SELBY Street", "Old Selby"):
        about = About(child=child) if subject == "child" else About()
        actions.add(held, {"f_text": "One", "where": place}, by=leader, at=make.NOW, about=about)
    return held, leader, child


def test_search_words_travel_in_the_body_and_stay_out_of_the_log(client, register, lead):
    found = added(register, lead, 1, what="Telephone the minster")[0]
    added(register, lead, 2)
    client.force_login(lead)
    answer = client.post(at(register, "search"), {"words": "MINST telep", "query": "show=all"})
    assert answer.status_code == 302
    assert "inst" not in answer.url.lower().replace(register.authority.code, "")
    page = client.get(answer.url)
    assert [row[0].text for row in page.context["page"]["rows"]] == [f"ACT-{found.number}"]
    assert not Logged.objects.filter(detail__icontains="minst").exists()
    assert Logged.objects.filter(kind=EventKind.SEARCHED, source="registers:search").count() == 1
    assert page.context["tiles"][-1]["count"] == "3"  # a tile counts what it opens, whatever is searched for
    number = client.post(at(register, "search"), {"words": f"act {found.number}"})
    assert len(client.get(number.url).context["page"]["rows"]) == 1


@pytest.mark.parametrize("words", ["'", '"', "a:* & !b", "NEAR(a b)", "%", "\\", "*", "ü" * 90, "a OR b", "--", "\x00"])
def test_no_word_breaks_a_search(client, register, lead, words):
    added(register, lead, 1)
    client.force_login(lead)
    answer = client.post(at(register, "search"), {"words": words}, follow=True)
    assert answer.status_code == 200


def test_a_search_follows_what_was_changed(client, register, lead):
    entry = added(register, lead, 1, what="Sandbags")[0]
    client.force_login(lead)

    def found(words):
        return len(client.post(at(register, "search"), {"words": words}, follow=True).context["page"]["rows"])

    assert found("sandb") == 1
    actions.change(entry, {"what": "Pumps"}, by=lead, at=make.NOW, revision=1)
    assert (found("sandb"), found("pumps")) == (0, 1)


def test_entries_of_others_are_never_listed_counted_or_found(client, register, lead):
    added(register, lead, 2, what="Secret")
    manager_team = make.team(register.authority)
    stranger = make.user(Role.EMERGENCY_LEAD, of=make.authority())
    client.force_login(stranger)
    assert client.get(at(register)).status_code == 404
    assert client.get(at(register, "board")).status_code == 404
    assert client.post(at(register, "search"), {"words": "secret"}).status_code == 404
    assert client.get(reverse("registers:list", args=["nowhere", "nothing"])).status_code == 404
    practitioner = make.user(Role.PRACTITIONER, team=manager_team)  # the register lets an owner read their own
    client.force_login(practitioner)
    page = client.get(at(register) + "?show=all").context
    assert page["page"]["rows"] == []
    assert {tile["count"] for tile in page["tiles"]} == {"0"}
    found = client.post(at(register, "search"), {"words": "secret"}, follow=True)
    assert found.context["page"]["rows"] == []
    home = client.get(reverse("registers:home")).context["areas"]
    counts = {each["name"]: each["open"] for area in home for each in area["registers"]}
    assert counts["Actions"] == "0"


def test_the_number_of_queries_does_not_grow(client, register, lead, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    added(register, lead, 3)
    client.force_login(lead)
    for address in (at(register), at(register, "board"), at(register, "summary"), reverse("registers:home")):
        client.get(address)  # what is kept by process
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        entries = [Entry(**{**_columns(each), "number": each.number + 100 + n}) for n in range(15) for each in
                   Entry.objects.filter(register=register)[:3]]  # fmt: skip
        for number, each in enumerate(entries):
            each.number = 1000 + number + Entry.objects.count() * 10
        Entry.objects.bulk_create(entries)
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) <= len(few), address
        assert len(many) < 25, [q["sql"][:120] for q in many]


def _columns(entry):
    left = {"id", "ref", "number"}
    return {
        field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields if field.name not in left
    }


def test_the_home_page_says_what_is_open_and_overdue_and_leads_there(client, register, lead):
    added(register, lead, 2, due=-1)
    added(register, lead, 1)
    client.force_login(lead)
    areas = client.get(reverse("registers:home")).context["areas"]
    one = next(each for area in areas for each in area["registers"] if each["name"] == "Actions")
    assert (one["open"], one["overdue"]) == ("3", "2")
    assert len(client.get(one["overdue_href"]).context["page"]["rows"]) == 2


def test_a_saved_list_can_be_begun_with_shared_and_taken_away(client, register, lead):
    added(register, lead, 2)
    client.force_login(lead)
    query = "state=doing&sort=-due"
    assert client.post(at(register, "saved"), {"name": "", "query": query}).status_code == 422
    client.post(at(register, "saved"), {"name": "Being done", "query": query, "is_default": "on", "shared": "on"})
    view = SavedView.objects.get()
    assert client.get(at(register)).context["page"]["rows"] == []  # begins with it
    assert len(client.get(at(register) + "?show=open").context["page"]["rows"]) == 2
    other = make.user(Role.LEADER, of=register.authority)
    client.force_login(other)
    assert "Being done" in text(client.get(at(register)))
    assert len(client.get(at(register)).context["page"]["rows"]) == 2  # another's beginning is theirs alone
    client.post(at(register, "saved_away", view.pk))
    assert SavedView.objects.count() == 1
    client.force_login(lead)
    client.post(at(register, "saved_begin", 0))
    assert len(client.get(at(register)).context["page"]["rows"]) == 2
    client.post(at(register, "saved_away", view.pk))
    assert not SavedView.objects.exists()


def test_the_board_moves_an_entry_and_says_why_not(client, register, lead):
    entry = added(register, lead, 1)[0]
    client.force_login(lead)
    assert "Ring school 0" in text(client.get(at(register, "board")))
    sent = {"ref": str(entry.ref), "revision": 1, "to": "done", "why": ""}
    assert "What was done" in text(client.post(at(register, "board"), sent), 422)
    assert client.post(at(register, "board"), {**sent, "to": "doing"}).status_code == 302
    assert Entry.objects.get(pk=entry.pk).state == "doing"
    stale = client.post(at(register, "board"), {**sent, "to": "open"})
    assert "changed this entry after you opened it" in text(stale, 422)


def test_entries_chosen_in_the_list_are_changed_together(client, register, lead):
    added(register, lead, 3)
    client.force_login(lead)
    page = client.get(at(register))
    boxes = re.findall(r'name="entry" type="checkbox" value="([^"]+)"', text(page))
    assert len(boxes) == 3
    assert f'<form method="post" action="{at(register, "bulk")}"' in text(page)
    assert "Change 2 entries" in text(client.post(at(register, "bulk"), {"entry": boxes[:2]}))
    sent = {"entry": boxes[:2], "kind": "move", "to": "doing", "why": "", "asked": 1}
    preview = client.post(at(register, "bulk"), sent, follow=True)
    assert "2 entries will change" in text(preview)
    client.post(preview.redirect_chain[-1][0])
    assert Entry.objects.filter(state="doing").count() == 2


def test_who_only_reads_chooses_nothing(client, register, lead, monkeypatch):
    added(register, lead, 1)
    reader = make.user(Role.COMMISSIONER, of=register.authority)
    client.force_login(reader)
    page = text(client.get(at(register)))
    assert "Ring school 0" in page
    assert 'type="checkbox"' not in page
    assert "Change the chosen ones" not in page


def test_the_summary_has_a_table_beside_each_chart(client, register, lead):
    added(register, lead, 4)
    client.force_login(lead)
    page = client.get(at(register, "summary"))
    assert [chart["rows"][0] for chart in page.context["charts"]] == [("Open", 4), ("Week of 1 Jun 2020", 4)]
    assert text(page).count("<svg") >= 2


def test_a_file_holds_the_list_as_it_is_narrowed(client, register, lead):
    added(register, lead, 3, due=-1)
    added(register, lead, 2, due=30)
    client.force_login(lead)
    page = client.get(at(register) + "?due=overdue")
    assert [take["text"] for take in page.context["takes"]] == ["Download as CSV", "Download as Excel"]
    csv = b"".join(client.get(page.context["takes"][0]["href"]).streaming_content).decode()
    assert csv.count("ACT-") == 3
    assert '"Rows",3' in csv
    assert Logged.objects.get(kind=EventKind.EXPORTED).detail["filters"] == {"due": "overdue"}
    cell = make.user(Role.CELL_MEMBER, of=register.authority)
    client.force_login(cell)
    assert client.get(at(register)).context["takes"] == []
    assert client.get(at(register, "list_csv")).status_code == 403


def test_an_exercise_is_another_world(client, register, lead):
    from keepsight.apps.events.models import Event

    exercise = Event.objects.create(
        authority=register.authority, pack="pandemic_2020", pack_hash="0", title="Try", is_exercise=True, phase="a",
        reason="To learn", activated_at=make.NOW,
    )  # fmt: skip
    actions.add(register, {"what": "Only tried", "due_on": "2020-06-05"}, by=lead, at=make.NOW, event=exercise)
    client.force_login(lead)
    page = client.get(at(register) + "?show=all")
    assert page.context["page"]["rows"] == []
    assert {tile["count"] for tile in page.context["tiles"]} == {"0"}


def test_a_hidden_field_is_no_column_filter_order_or_tile(register, lead):
    import dataclasses

    from keepsight.apps.people.permissions import grants_of
    from keepsight.apps.registers import listing
    from keepsight.core.packs.kinds.registers import TileRule

    sight = listing.sight_of(grants_of(lead, make.NOW), register)
    hidden = dataclasses.replace(
        sight,
        fields={k: v for k, v in sight.fields.items() if k != "came_from"},
        slots={k: v for k, v in sight.slots.items() if k != "came_from"},
    )
    asked = listing.asked(hidden, {"f_came_from": ["plan"], "sort": ["came_from"], "col": ["came_from"]})
    assert asked == listing.Asked()
    tile = TileRule(id="x", title="X", field="came_from", value="plan")
    assert listing.asked_by(tile, hidden) is None
    assert listing.asked_by(tile, sight) is not None


def test_time_moves_an_entry_into_overdue(client, register, lead):
    added(register, lead, 1, due=0)
    client.force_login(lead)
    assert client.get(at(register) + "?due=overdue").context["page"]["rows"] == []
    with time_machine.travel(make.NOW + timedelta(days=1), tick=False):
        client.force_login(lead)
        assert len(client.get(at(register) + "?due=overdue").context["page"]["rows"]) == 1


def test_lists_boards_and_files_tell_no_confidential_place(client):
    authority = make.authority()
    held = recording.register(
        authority, subject="child", list={"columns": ["number", "title", "f_long_text", "f_setting"]}
    )
    leader = make.user(Role.LEADER, of=authority)
    child = make.child(authority)
    school = make.setting(authority, name="Madeup Meadow Primary School")
    make.enrolment(school, child)
    made = actions.add(
        held, {"f_text": "Ring Madeup Meadow", "f_long_text": "At YO1 7HH", "f_setting": str(school.pk)}, by=leader,
        at=make.NOW, about=About(child=child),
    )  # fmt: skip
    pointing = actions.add(
        held, {"f_text": "Next", "f_entry": str(made.pk)}, by=leader, at=make.NOW, about=About(child=child)
    )
    client.force_login(leader)
    pages = [at(held), at(held, "board"), at(held) + "?col=f_entry", reverse("registers:entry", args=[pointing.ref])]
    assert all("Madeup Meadow" in text(client.get(page)) for page in pages)
    make.alert(child, "address_confidential")
    for page in pages:
        assert "Madeup Meadow" not in text(client.get(page)), page
        assert "YO1" not in text(client.get(page)), page
    for typed, rows in (("Meadow", 0), ("Ring", 0), (f"THG-{made.number}", 1)):
        found = client.post(at(held, "search"), {"words": typed}, follow=True)
        assert len(found.context["page"]["rows"]) == rows, typed
    csv = b"".join(client.get(at(held, "list_csv")).streaming_content).decode()
    assert "THG-" in csv
    assert "Meadow" not in csv
    assert "YO1" not in csv


def test_a_rag_for_some_roles_is_no_column_order_filter_card_or_chart_of_others(client):
    authority = make.authority()
    fields = [{**each, "shown_to": ["leader"]} if each["kind"] == "rag" else each for each in
              recording.definition()["fields"]]  # fmt: skip
    held = recording.register(
        authority, fields=fields, list={"columns": ["number", "title", "rag"], "sort": "rag"},
        charts=[{"id": "rags", "title": "By RAG", "by": "rag"}],
    )  # fmt: skip
    leader = make.user(Role.LEADER, of=authority)
    manager = make.user(Role.TEAM_MANAGER, of=authority)
    for rag in ("red", "green"):
        actions.add(held, {"f_text": f"Thing {rag[0]}", "f_rag": rag}, by=leader, at=make.NOW)
    for who, sees in ((leader, True), (manager, False)):
        client.force_login(who)
        assert ("Green" in text(client.get(at(held)))) is sees
        assert ("Green" in text(client.get(at(held, "board")))) is sees
        assert ("By RAG" in text(client.get(at(held, "summary")))) is sees
        assert len(client.get(at(held) + "?rag=red").context["page"]["rows"]) == (1 if sees else 2)
        first = client.get(at(held) + "?sort=-rag").context["page"]["rows"][0][0].text
        assert first == "THG-2"  # worst last, or the newest
