"""Registers in a snapshot: counted as at a day, without a word that anybody wrote."""

import polars as pl
import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.briefing import actions, snapshots
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.briefing.document import Document
from tests import factories as make
from tests.integration.registers import recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(fellshire):
    registers.install(fellshire, at=make.NOW)
    return make.user(Role.EMERGENCY_LEAD, of=fellshire)


def held(authority, key):
    return Register.objects.select_related("current", "authority").get(authority=authority, key=key)


def act(authority, lead, due, **more):
    values = {"what": "Ring the secret school", "due_on": make.days(due).isoformat(), "came_from": "plan"}
    return registers.add(held(authority, "action"), values, by=lead, at=make.NOW, **more)


def take(authority):
    return actions.take_snapshot(authority, on=make.TODAY, at=make.NOW)


def test_entries_are_rows_without_words(fellshire, lead):
    team = make.team(fellshire, name="North team")
    act(fellshire, lead, -2, team=team)
    act(fellshire, lead, 3)
    frame = snapshots.frames_of([take(fellshire)])["entries"].filter(pl.col("register") == "action")
    wanted = ["number", "state", "is_open", "overdue", "days", "team", "entries"]
    assert frame.select(wanted).rows() == [
        (1, "open", True, True, -2, "North team", 1), (2, "open", True, False, 3, "", 1)
    ]  # fmt: skip
    slot = held(fellshire, "action").slots["came_from"]
    assert frame[slot].to_list() == ["plan", "plan"]
    assert "secret school" not in str(frame.to_dicts())


def test_an_exercise_is_never_in_it(fellshire, lead):
    from keepsight.apps.events.models import Event

    exercise = Event.objects.create(
        authority=fellshire, pack="pandemic_2020", pack_hash="0" * 64, title="Try", is_exercise=True, phase="x",
        reason="x", activated_at=make.NOW,
    )  # fmt: skip
    act(fellshire, lead, -2, event=exercise)
    assert snapshots.frames_of([take(fellshire)])["entries"].is_empty()


def test_a_confidential_register_is_only_counted(fellshire, lead):
    access = {**recording.definition()["access"], "confidential": True}
    thing = recording.register(fellshire, access=access)
    leader = make.user(Role.LEADER, of=fellshire)
    for due in (-1, -2, 4):
        registers.add(thing, {"f_text": "x", "f_rag": "red", "f_date": make.days(due).isoformat()}, by=leader,
                      at=make.NOW)  # fmt: skip
    frame = snapshots.frames_of([take(fellshire)])["entries"].filter(pl.col("register") == "thing")
    assert frame.select("number", "rag", "overdue", "entries").rows() == [(None, "", False, 1), (None, "", True, 2)]


def test_the_report_counts_what_the_lists_show(fellshire, lead, client):
    act(fellshire, lead, -2)
    act(fellshire, lead, 2)
    risk = {"what": "No staff", "kind": "staffing", "likelihood": 5, "impact": 5, "level": "red", "controls": "None"}
    registers.add(held(fellshire, "risk"), risk, by=lead, at=make.NOW)
    report = actions.make_report([fellshire], on=make.TODAY, at=make.NOW)
    document: Document = actions.document_of(report)
    section = next(each for each in document.sections if each.id == "registers")
    assert [(tile.indicator, tile.value) for tile in section.tiles] == [("ACTIONS_OVERDUE", 1), ("RISKS_RED", 1)]
    client.force_login(lead)
    for key, query, count in (("action", "due=overdue", 1), ("risk", "rag=red", 1)):
        page = client.get(f"/registers/{fellshire.code}/{key}/?{query}")
        assert len(page.context["page"]["rows"]) == count


def test_a_snapshot_from_before_registers_stays_readable(fellshire, lead, monkeypatch):
    from keepsight.apps.briefing import frames

    whole = frames.snapshot_frames
    with monkeypatch.context() as before:
        before.setattr(
            frames, "snapshot_frames",
            lambda *given, **more: {k: v for k, v in whole(*given, **more).items() if k != "entries"},
        )  # fmt: skip
        old = take(fellshire)
    act(fellshire, lead, -2)
    assert snapshots.verify(old) == []
    assert "entries" not in snapshots.frames_of([old])
    document, _ = actions.written([fellshire], [old], on=make.TODAY, at=make.NOW)
    assert "registers" not in [section.id for section in document.sections]
    assert Entry.objects.count() == 1
