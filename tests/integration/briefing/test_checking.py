import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from keepsight.apps.briefing import actions, snapshots
from keepsight.apps.briefing.checking import SAME, check
from keepsight.apps.briefing.models import Report
from keepsight.apps.contact.models import QUEUES, ContactPlan
from keepsight.cli import brief as brief_command
from keepsight.cli import check as check_command
from tests import factories as make


@pytest.fixture
def report(fellshire, fenborough):
    return actions.make_report([fellshire, fenborough], on=make.TODAY, at=make.NOW)


def test_everything_agrees(report, fellshire, fenborough):
    found = check([fellshire, fenborough], on=make.TODAY)
    assert found.wrong == []
    assert found.report == report.pk
    assert found.snapshots == 2
    assert found.counts["together"] == ContactPlan.objects.counts(QUEUES, make.TODAY)


@pytest.mark.parametrize("queue", sorted(SAME))
def test_an_indicator_that_counts_otherwise_than_its_list_is_named(fellshire, queue, monkeypatch):
    monkeypatch.setitem(QUEUES, queue, lambda on: QUEUES["open"](on))
    assert any(queue in sentence and SAME[queue] in sentence for sentence in check([fellshire], on=make.TODAY).wrong)


def test_a_figure_that_was_changed_is_found(report, fellshire, fenborough):
    report = Report.objects.get(pk=report.pk)
    report.figures["figures"][0][4] += 1
    report.save()
    assert check([fellshire, fenborough], on=make.TODAY).wrong == [
        f"Report {report.pk}: its figures are not those of its snapshots."
    ]


def test_a_table_that_was_changed_is_found(report, fellshire, fenborough):
    report = Report.objects.get(pk=report.pk)
    report.figures["document"]["sections"][0]["tiles"][0]["value"] = 0
    report.save()
    assert check([fellshire, fenborough], on=make.TODAY).wrong == [
        f"Report {report.pk}: its tables are not those of its snapshots."
    ]


def test_a_report_still_holds_when_the_register_has_moved_on(report, fellshire, fenborough):
    ContactPlan.objects.filter(level="amber").update(level="green")
    assert check([fellshire, fenborough], on=make.TODAY).wrong == []


def test_the_command_tells_and_fails_when_a_snapshot_is_damaged(report):
    run = CliRunner().invoke(check_command.command, ["--json", "--on", "2020-06-03"])
    assert run.exit_code == 0
    assert json.loads(run.output)["wrong"] == []
    (snapshots.folder_of(report.snapshots.first()) / "plans.parquet").unlink()
    run = CliRunner().invoke(check_command.command, ["--on", "2020-06-03"])
    assert run.exit_code == check_command.NOT_AGREED
    assert "plans.parquet is gone" in run.output


def test_the_command_writes_page_pdf_and_workbook(fellshire, fenborough, tmp_path: Path):
    run = CliRunner().invoke(brief_command.command, ["--out", str(tmp_path), "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.output)
    assert said["report"] == Report.objects.get().pk
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "snapshots") == [
        "morning.html", "morning.pdf", "morning.xlsx",
    ]  # fmt: skip
    page = (tmp_path / "morning.html").read_text()
    assert "Children whom nobody has seen" in page
    assert "<script" not in page
    assert "<link" not in page


def test_the_command_takes_one_authority(fellshire, fenborough):
    run = CliRunner().invoke(brief_command.command, ["--authority", "fenborough"])
    assert run.exit_code == 0
    assert Report.objects.get().authority_codes == "fenborough"
    assert "9 open cases" in run.output
