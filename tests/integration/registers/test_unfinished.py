"""What stopped in the middle is taken up by the next tick, once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions, attachments, unfinished
from keepsight.apps.registers import bulk as journal
from keepsight.apps.registers.actions import attachments as filing
from keepsight.apps.registers.actions import bulk, destroying
from keepsight.apps.registers.models import Bulk, Entry, FileToDelete
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(minutes=10)
QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def stopped(monkeypatch):
    """A change of four entries, of which two are done: then the process was gone."""
    monkeypatch.setattr(journal, "BATCH", 2)
    with time_machine.travel(make.NOW, tick=False):
        authority = make.authority()
        leader = make.user(Role.LEADER, of=authority)
        register = recording.register(authority)
        entries = [actions.add(register, {"f_text": "One"}, by=leader, at=make.NOW) for _ in range(4)]
        refs = [each.ref for each in entries]
        held = bulk.prepare(register, refs, "move", {"to": "dropped", "why": "Over"}, by=leader, at=make.NOW)
        bulk.begin(held, at=make.NOW)
        bulk._batch(held, leader, make.NOW)
        yield held


def dropped():
    return Entry.objects.filter(state="dropped").count()


def test_a_change_in_which_nothing_moves_is_taken_up_and_done_once(stopped):
    assert unfinished.tick(LATER - timedelta(seconds=1))["changes_taken_up"] == 0
    assert dropped() == 2
    assert unfinished.tick(LATER)["changes_taken_up"] == 1
    stopped.refresh_from_db()
    assert (stopped.state, dropped()) == (Bulk.State.DONE, 4)
    assert unfinished.tick(LATER + timedelta(days=1))["changes_taken_up"] == 0
    assert set(Entry.objects.values_list("revision", flat=True)) == {2}


def test_a_change_that_was_only_shown_or_whose_person_is_gone_is_not_taken_up(stopped):
    Bulk.objects.update(state=Bulk.State.SHOWN)
    assert unfinished.tick(LATER)["changes_taken_up"] == 0
    Bulk.objects.update(state=Bulk.State.RUNNING, by=None)
    assert unfinished.tick(LATER)["changes_taken_up"] == 0
    assert dropped() == 2


def test_what_waits_in_the_queue_is_not_asked_for_again(stopped, settings):
    settings.TASKS = QUEUED
    for minutes in (0, 5, 10, 20, 60):
        unfinished.tick(LATER + timedelta(minutes=minutes))
    assert [each["args"] for each in DBTaskResult.objects.values_list("args_kwargs", flat=True)] == [
        [stopped.pk, stopped.by_id]
    ]
    DBTaskResult.objects.update(status="RUNNING")  # and then its worker is gone
    assert unfinished.tick(LATER + timedelta(minutes=70))["changes_taken_up"] == 1
    assert unfinished.tick(LATER + timedelta(minutes=71))["changes_taken_up"] == 0


@pytest.fixture
def entry():
    authority = make.authority()
    leader = make.user(Role.LEADER, of=authority)
    return actions.add(recording.register(authority), {"f_text": "One"}, by=leader, at=make.NOW)


@pytest.mark.parametrize("way", ["taken away", "destroyed"])
def test_a_file_that_its_store_does_not_delete_is_tried_again(
    entry, way, monkeypatch, django_capture_on_commit_callbacks
):
    held = filing.attach(entry, attachments.as_stream(b"What was said"), "a.txt", by=entry.added_by, at=make.NOW)
    monkeypatch.setattr(attachments, "destroy", lambda name: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        if way == "destroyed":
            destroying.destroy([entry.pk])
        else:
            filing.take_away(held, why="Not ours", by=entry.added_by, at=make.NOW)
    assert attachments.store().exists(held.stored_as)
    assert unfinished.tick(make.NOW)["files_not_deleted_yet"] == 1
    assert FileToDelete.objects.get().tries == 2
    monkeypatch.undo()
    done = unfinished.tick(make.NOW)
    assert (done["files_deleted"], done["files_not_deleted_yet"]) == (1, 0)
    assert not attachments.store().exists(held.stored_as)


def test_nothing_waits_where_the_store_answers_or_the_transaction_is_undone(entry, django_capture_on_commit_callbacks):
    held = filing.attach(entry, attachments.as_stream(b"What was said"), "a.txt", by=entry.added_by, at=make.NOW)
    with transaction.atomic():
        destroying.destroy([entry.pk])
        transaction.set_rollback(True)
    assert unfinished.tick(make.NOW)["files_deleted"] == 0
    assert attachments.store().exists(held.stored_as)
    with django_capture_on_commit_callbacks(execute=True):
        destroying.destroy([entry.pk])
    assert not FileToDelete.objects.exists()
    assert not attachments.store().exists(held.stored_as)
