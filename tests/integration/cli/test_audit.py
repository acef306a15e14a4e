"""``keepsight audit``: anchoring and checking from the command line."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit import anchors, guards
from keepsight.apps.audit.models import Anchor, Event, EventKind
from keepsight.cli.audit import command
from keepsight.core.errors import NotAllowedNow
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anchored_here(settings, tmp_path):
    settings.ANCHORS = tmp_path / "anchors"
    return settings.ANCHORS


def run(*words: str):
    return CliRunner().invoke(command, list(words))


def test_anchors_stand_in_the_table_and_in_a_file(tmp_path, anchored_here):
    audit.record(EventKind.SEARCHED, at=make.NOW)
    assert run("anchor").exit_code == 0
    assert run("anchor", "--to", str(tmp_path / "elsewhere")).exit_code == 0
    held = list(Anchor.objects.filter(kind="anchor").order_by("pk").values_list("seq", "link"))
    assert held == list(Event.objects.filter(kind=EventKind.AUDIT_ANCHORED).order_by("seq").values_list("seq", "link"))
    lines = (anchored_here / anchors.FILE).read_text().splitlines()
    assert [line.split("\t")[3] for line in lines] == ["2"]
    assert "3" in (tmp_path / "elsewhere" / anchors.FILE).read_text().split("\t")
    said = json.loads(run("verify", "--anchors", str(tmp_path / "elsewhere"), "--json").stdout)
    assert said["fits"]
    assert said["anchors"] == 5  # the start and two in the table, one in each file


def test_a_tail_that_the_file_knows_is_missed(anchored_here):
    for _ in range(4):
        audit.record(EventKind.SEARCHED, at=make.NOW)
    run("anchor")
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE seq > 2")
        cursor.execute("DELETE FROM audit_anchor WHERE kind = 'anchor'")
        cursor.execute("UPDATE audit_chainhead SET seq = 2, link = (SELECT link FROM audit_event WHERE seq = 2)")
    found = run("verify")
    assert found.exit_code == 1
    assert "the end of the log was removed" in found.output
    (anchored_here / anchors.FILE).unlink()
    found = run("verify")
    assert found.exit_code == 0
    assert "only the database vouches for itself" in found.output


def test_anchors_of_another_log_are_told_apart(anchored_here):
    audit.record(EventKind.SEARCHED, at=make.NOW)
    run("anchor")
    path = anchored_here / anchors.FILE
    path.write_text(path.read_text().replace(anchors.log_of(), "0" * 16) + "something else\n")
    found = run("verify")
    assert found.exit_code == 0
    assert "belong to another log" in found.output
    assert "are not anchors" in found.output


def test_it_is_anchored_once_a_day_and_after_many_events(monkeypatch):
    start = Anchor.objects.get(kind="start").at
    assert not anchors.anchor_if_due(at=start + timedelta(hours=23))
    assert anchors.anchor_if_due(at=start + timedelta(hours=24))
    assert not anchors.anchor_if_due(at=start + timedelta(hours=25))
    monkeypatch.setattr(anchors, "AT_MOST", 3)
    for _ in range(3):
        audit.record(EventKind.SEARCHED, at=make.NOW)
    assert anchors.anchor_if_due(at=start + timedelta(hours=25))


def test_guards_that_are_gone_are_put_up_again():
    guards.take_down(connection)
    assert "not in place" in run("verify").output
    assert "audit_event_seal" in run("guards").output
    assert guards.missing(connection) == []
    assert "All guards" in run("guards").output


def test_pruning_asks_for_an_approval():
    audit.record(EventKind.SEARCHED, at=make.NOW - timedelta(days=4000))
    assert run("prune").exit_code == 2
    approved = ("--approved-by", "Wren Sampleton, SIRO", "--because", "Schedule, minute 12")
    assert "1 events before" in run("prune", *approved, "--preview").output
    assert Event.objects.count() == 1
    assert "Removed 1 events" in run("prune", *approved).output
    assert json.loads(run("verify", "--json").stdout)["fits"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has roles")
def test_sqlite_has_no_roles():
    with pytest.raises(NotAllowedNow):
        CliRunner().invoke(command, ["database-roles"], catch_exceptions=False)
