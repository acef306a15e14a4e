"""``keepsight example``."""

import json

import pytest
from click.testing import CliRunner

from keepsight.cli.example import command
from keepsight.core.errors import BadInput


def test_the_command_says_in_words_what_was_written(tmp_path):
    done = CliRunner().invoke(command, [str(tmp_path), "--scale", "0.005", "--as-at", "2026-06-10"])
    assert done.exit_code == 0
    assert "as at 10/06/2026" in done.stdout
    assert "Everyone in these files is invented" in done.stdout
    assert (tmp_path / "fellshire" / "annex_a.xlsx").is_file()


def test_json_is_the_manifest_and_nothing_else(tmp_path):
    done = CliRunner().invoke(command, [str(tmp_path), "--scale", "0.005", "--as-at", "2026-06-10", "--json"])
    assert json.loads(done.stdout) == json.loads((tmp_path / "example.json").read_text())


def test_a_scale_out_of_range_is_one_sentence(tmp_path):
    done = CliRunner().invoke(command, [str(tmp_path), "--scale", "50"])
    assert isinstance(done.exception, BadInput)
    assert "between 0.005 and 10" in done.exception.sentence


@pytest.mark.parametrize("day", ["10/06/2026", "yesterday"])
def test_a_day_that_is_not_iso_is_refused(day, tmp_path):
    done = CliRunner().invoke(command, [str(tmp_path), "--as-at", day])
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []
