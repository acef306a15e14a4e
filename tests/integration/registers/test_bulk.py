"""Changing many entries: shown first, done once, and whole or not at all where the process is killed."""

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions
from keepsight.apps.registers import bulk as journal
from keepsight.apps.registers.actions import bulk
from keepsight.apps.registers.models import Bulk, Entry
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.integration.registers import recording
from tests.killed import Talker

KILLS, ENTRIES, BATCHES = 8, 24, 6


@pytest.fixture
def world(db):
    with time_machine.travel(make.NOW, tick=False):
        authority = make.authority()
        leader = make.user(Role.LEADER, of=authority)
        register = recording.register(authority)
        entries = [
            actions.add(register, {"f_text": f"Thing {number}", "f_rag": "red"}, by=leader, at=make.NOW)
            for number in range(4)
        ]
        yield register, leader, recording.signed_in(leader), entries


def choose(visitor, register, entries, **answers):
    return visitor.post(
        f"/registers/{register.authority.code}/{register.key}/bulk/",
        {"entry": [str(each.ref) for each in entries], **answers},
    )


def test_a_move_is_shown_with_what_cannot_be_and_then_done(world):
    register, leader, visitor, entries = world
    actions.move(entries[3], "dropped", by=leader, at=make.NOW, why="Before")
    assert "Change 4 entries" in choose(visitor, register, entries).content.decode()
    answer = choose(visitor, register, entries, kind="move", to="dropped", why="All over", asked=1)
    assert answer.status_code == 302
    page = visitor.get(answer["Location"]).content.decode()
    assert "3 entries will change, 1 entry cannot" in page
    assert "From Dropped an entry can move to: Open." in page
    assert Entry.objects.filter(state="dropped").count() == 1
    # when
    page = visitor.post(answer["Location"], follow=True).content.decode()
    assert "3 changed, 1 not." in page
    assert Entry.objects.filter(state="dropped").count() == 4
    # then: sent again it does nothing again
    visitor.post(answer["Location"])
    assert sorted(Entry.objects.values_list("revision", flat=True)) == [2, 2, 2, 2]


def test_one_answer_is_set_and_an_entry_changed_meanwhile_is_left_alone(world):
    register, leader, visitor, entries = world
    asked = choose(visitor, register, entries[:2], kind="set", field="f_rag", asked=1)
    assert 'name="f_rag"' in asked.content.decode()
    answer = choose(visitor, register, entries[:2], kind="set", field="f_rag", asked=1, sent=1, f_rag="green")
    actions.change(entries[1], {"f_text": "Mine"}, by=leader, at=make.NOW, revision=1)
    page = visitor.post(answer["Location"], follow=True).content.decode()
    assert "Somebody else changed it after it was shown here." in page
    assert [each.rag for each in Entry.objects.order_by("number")] == ["green", "red", "red", "red"]


def test_giving_many_to_somebody_goes_to_the_queue_where_it_is_much(world, monkeypatch):
    register, leader, visitor, entries = world
    monkeypatch.setattr(journal, "BATCH", 2)
    answer = choose(visitor, register, entries, kind="assign", owner=leader.pk, asked=1)
    visitor.post(answer["Location"])
    assert set(Entry.objects.values_list("owner", flat=True)) == {leader.pk}
    assert Bulk.objects.get().state == "done"


def test_only_who_chose_them_changes_them_and_others_entries_are_not_taken(world):
    register, leader, visitor, entries = world
    held = bulk.prepare(register, [entries[0].ref], "move", {"to": "dropped", "why": "x"}, by=leader, at=make.NOW)
    other = make.user(Role.LEADER, of=register.authority)
    assert recording.signed_in(other).get(f"/registers/several/{held.ref}/").status_code == 404
    with pytest.raises(NotPermitted):
        bulk.carry_on(held, by=other, at=make.NOW)
    stranger = recording.signed_in(make.user(Role.LEADER, of=make.authority()))
    assert choose(stranger, register, entries).status_code == 404
    assert choose(visitor, register, []).status_code == 409


def test_a_preview_asks_a_fixed_number_of_questions(world, django_assert_max_num_queries):
    register, leader, visitor, entries = world
    held = bulk.prepare(
        register, [each.ref for each in entries], "move", {"to": "dropped", "why": "x"}, by=leader, at=make.NOW
    )
    with django_assert_max_num_queries(25):
        visitor.get(f"/registers/several/{held.ref}/")


@pytest.mark.slow
def test_a_killed_change_leaves_each_entry_whole_and_goes_on_where_it_stopped(database, tmp_path):
    with Talker("tests.integration.registers.killed_bulk", database, tmp_path) as talker:
        talker.ask("make_change", ENTRIES)
        whole, between = talker.run("carry"), 0
        for moment in [*whole.spread(KILLS), *whole.around(BATCHES // 2)]:
            talker.ask("make_change", ENTRIES)
            talker.kill(moment, "carry")
            moved, histories, done, events, once = talker.ask("counts")
            assert moved == histories == done == events == once, f"the kill at {moment} left an entry in part"
            assert moved == ENTRIES // BATCHES * min(BATCHES, whole.committed_by(moment)), "a batch is done in part"
            between += 0 < moved < ENTRIES
            talker.ask("carry")
            assert talker.ask("counts") == [ENTRIES] * 5, "not all was done, or something twice"
        assert between > KILLS // 2, "few kills came in the middle, so little was tried"
