import json
import os
from datetime import date, timedelta

import polars as pl
import pytest

from keepsight.apps.audit.models import Event
from keepsight.apps.briefing import actions, snapshots
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.contact.models import QUEUES, ContactPlan
from keepsight.apps.people.models import Child
from tests import factories as make


def take(authority, **given):
    return actions.take_snapshot(authority, **{"on": make.TODAY, "at": make.NOW, **given})


def test_a_snapshot_holds_every_plan_and_names_its_rules(fellshire):
    snapshot = take(fellshire)
    frames = snapshots.frames_of([snapshot])
    assert frames["plans"].height == snapshot.counts["tables"]["plans"] == 20
    assert snapshot.counts["queues"] == ContactPlan.objects.counts(QUEUES, make.TODAY)
    assert snapshot.pack_id == "standing+pandemic_2020"
    assert len(snapshot.pack_hash) == len(snapshot.digest) == 64
    assert Event.objects.filter(kind="snapshot_taken", subject_id=str(snapshot.pk)).count() == 1


def test_nothing_in_a_snapshot_identifies_a_child(fellshire):
    Child.objects.update(date_of_birth=date(2012, 5, 17))
    folder = snapshots.folder_of(take(fellshire))
    children = list(Child.objects.values_list("pk", "forename", "surname", "ref", "date_of_birth"))
    for path in folder.glob("*.parquet"):
        frame = pl.read_parquet(path)
        said = {str(value) for column in frame.columns for value in frame[column].to_list()}
        for _, forename, surname, ref, born in children:
            assert not said & {forename, surname, str(ref), born.isoformat()}, path.name
        if "child" in frame.columns and frame.height:
            assert frame["child"].str.len_chars().min() == 20
            assert "child_id" not in frame.columns


def test_one_child_has_one_pseudonym_in_all_tables_and_all_snapshots(fellshire):
    first = snapshots.frames_of([take(fellshire)])
    later = snapshots.frames_of([take(fellshire, on=make.days(1), at=make.NOW + timedelta(days=1))])
    assert set(first["visits"]["child"]) <= set(first["plans"]["child"])
    assert set(first["plans"]["child"]) == set(later["plans"]["child"])


def test_the_same_register_gives_the_same_snapshot(fellshire):
    first = take(fellshire)
    again = take(fellshire, at=make.NOW + timedelta(hours=1))
    assert again == first
    assert Snapshot.objects.count() == 1
    assert len(list(snapshots.folder_of(first).parent.iterdir())) == 1


def test_another_day_or_another_fact_gives_another_snapshot(fellshire):
    first = take(fellshire)
    second = take(fellshire, on=make.days(1), at=make.NOW + timedelta(days=1))
    ContactPlan.objects.filter(level="amber").update(level="green")
    third = take(fellshire, on=make.days(1), at=make.NOW + timedelta(days=1, hours=1))
    assert len({first.digest, second.digest, third.digest}) == 3
    assert [snapshots.verify(each) for each in (first, second, third)] == [[], [], []]


def test_files_cannot_be_written_to(fellshire):
    folder = snapshots.folder_of(take(fellshire))
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        "0o440"
    }  # and read by this service alone


def damage(folder, how: str) -> None:
    path = folder / "plans.parquet"
    if how == "changed":
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    elif how == "gone":
        path.unlink()
    elif how == "added":
        (folder / "extra.parquet").write_bytes(b"")
    else:
        manifest = folder / "manifest.json"
        manifest.chmod(0o644)
        said = json.loads(manifest.read_text())
        said["as_at"] = "2020-01-01"
        manifest.write_text("{" if how == "unreadable" else json.dumps(said))


@pytest.mark.parametrize("how", ["changed", "gone", "added", "manifest", "unreadable"])
def test_any_damage_is_found_and_no_figure_is_made_of_it(fellshire, how):
    snapshot = take(fellshire)
    damage(snapshots.folder_of(snapshot), how)
    assert len(snapshots.verify(snapshot)) == 1
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.frames_of([snapshot])


def test_a_crash_while_writing_leaves_no_snapshot(fellshire, monkeypatch, settings):
    monkeypatch.setattr(os, "rename", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        take(fellshire)
    assert Snapshot.objects.count() == 0
    assert list((settings.SNAPSHOTS / "fellshire").iterdir()) == []
